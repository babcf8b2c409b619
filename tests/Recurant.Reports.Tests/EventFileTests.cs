using System.Buffers.Binary;
using System.Text;

namespace Recurant.Reports.Tests;

/// <summary>The files for TensorBoard, read back by a reader written from the formats' descriptions.</summary>
public sealed class EventFileTests : IDisposable
{
    private static readonly DateTimeOffset s_begun = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "recurant-events-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public EventFileTests() => Directory.CreateDirectory(_directory);

    /// <summary>The examples of RFC 3720, appendix B.4, and the usual check value of the nine digits.</summary>
    [Fact]
    public void Checksum_PublishedExamples_AreThose()
    {
        Assert.Equal(0x8a9136aau, EventFile.Checksum(new byte[32]));
        Assert.Equal(0x62a8ab43u, EventFile.Checksum([.. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Equal(0x46dd794eu, EventFile.Checksum([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113fdb5cu, EventFile.Checksum([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
        Assert.Equal(0xe3069283u, EventFile.Checksum("123456789"u8));
    }

    [Fact]
    public void MaskedChecksum_OfTheDigits_IsRotatedBy15AndShifted()
    {
        uint sum = 0xe3069283;
        Assert.Equal(unchecked(((sum >> 15) | (sum << 17)) + 0xa282ead8), EventFile.MaskedChecksum("123456789"u8));
    }

    [Fact]
    public void Write_TwoSteps_AreReadBack()
    {
        using (var file = new EventFile(_directory, s_begun))
        {
            file.Write(s_begun.AddSeconds(1.5), 3, ("train/loss", 0.25), ("train/tokens", 1234));
            file.Write(s_begun.AddSeconds(2), 300_000_000_000, ("train/loss", double.NaN));
        }

        string path = Assert.Single(Directory.GetFiles(_directory));
        Assert.StartsWith("events.out.tfevents.1767323045.", Path.GetFileName(path));
        List<Event> events = Read(path);
        Assert.Equal([EventFile.FileVersion, null, null], events.Select(each => each.FileVersion));
        Assert.Equal([0L, 3, 300_000_000_000], events.Select(each => each.Step));
        Assert.Equal([1767323045.0, 1767323046.5, 1767323047.0], events.Select(each => each.WallTime));
        Assert.Equal([("train/loss", 0.25f), ("train/tokens", 1234f)], events[1].Values);
        Assert.True(float.IsNaN(Assert.Single(events[2].Values).Value));
    }

    [Fact]
    public void Observer_ATrainingRun_WritesItsCurves()
    {
        TextDataset data = TextDataset.FromPairs(
            Enumerable.Range(0, 60).Select(
                i => ($"film number {i} was {(i % 2 == 0 ? "good" : "bad")}", i % 2 == 0 ? "yes" : "no")));
        TrainingResult<ClassifierModel, Evaluation> result;
        using (var observer = new TensorBoardObserver(_directory))
        {
            result = ClassifierTrainer.Train(data, new TrainingOptions
            {
                Hidden = 4, Embedding = 4, Epochs = 3, Batch = 16, Threads = 1, Observers = [observer],
            });
        }

        List<Event> events = Read(Assert.Single(Directory.GetFiles(_directory)));
        (long Step, float Value)[] losses = Values("train/loss"), accuracies = Values("validation/accuracy");
        Assert.Equal(Enumerable.Range(1, losses.Length).Select(step => (long)step), losses.Select(point => point.Step));
        Assert.Equal(result.Epochs.Count, accuracies.Length);
        Assert.Equal(result.Epochs.Select(epoch => (float)epoch.Validation.Value), accuracies.Select(point => point.Value));
        Assert.Equal(losses.Length / result.Epochs.Count, accuracies[0].Step);
        Assert.Equal(losses.Length, Values("train/gradient_norm").Count(point => point.Value > 0));

        (long Step, float Value)[] Values(string tag) => [.. events.SelectMany(
            each => each.Values.Where(value => value.Tag == tag).Select(value => (each.Step, value.Value)))];
    }

    private sealed record Event(double WallTime, long Step, string? FileVersion, List<(string Tag, float Value)> Values);

    private static List<Event> Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var events = new List<Event>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(
                EventFile.MaskedChecksum(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            byte[] data = bytes[(at + 12)..(at + 12 + length)];
            Assert.Equal(EventFile.MaskedChecksum(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            at += 16 + length;
            events.Add(Parse(data));
        }

        return events;
    }

    private static Event Parse(byte[] data)
    {
        double time = double.NaN;
        long step = 0;
        string? version = null;
        var values = new List<(string, float)>();
        foreach ((int field, byte[] value) in Fields(data))
        {
            switch (field)
            {
                case 1: time = BitConverter.ToDouble(value); break;
                case 2: step = BitConverter.ToInt64(value); break;
                case 3: version = Encoding.UTF8.GetString(value); break;
                case 5:
                    foreach ((int one, byte[] bytes) in Fields(value))
                    {
                        Assert.Equal(1, one);
                        Dictionary<int, byte[]> parts = Fields(bytes).ToDictionary(part => part.Field, part => part.Value);
                        values.Add((Encoding.UTF8.GetString(parts[1]), BitConverter.ToSingle(parts[2])));
                    }

                    break;
                default: Assert.Fail($"Event has no field {field} here."); break;
            }
        }

        return new Event(time, step, version, values);
    }

    /// <summary>The fields of a protobuf message; a varint is given as eight bytes.</summary>
    private static IEnumerable<(int Field, byte[] Value)> Fields(byte[] data)
    {
        int at = 0;
        while (at < data.Length)
        {
            ulong key = Varint();
            int field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0: yield return (field, BitConverter.GetBytes(Varint())); break;
                case 1: yield return (field, data[at..(at += 8)]); break;
                case 2:
                    int length = (int)Varint();
                    yield return (field, data[at..(at += length)]);
                    break;
                case 5: yield return (field, data[at..(at += 4)]); break;
                default: throw new InvalidDataException($"wire type {key & 7}");
            }
        }

        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = data[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80) return value;
            }
        }
    }
}
