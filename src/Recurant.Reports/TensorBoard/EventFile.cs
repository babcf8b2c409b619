using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Recurant.Reports;

/// <summary>
/// A file of scalar values as TensorBoard reads it: records in the TFRecord framing, each a protobuf message Event.
/// <code>
/// record = length (8 bytes) | masked CRC32C of these | data | masked CRC32C of the data     (little-endian)
/// mask(c) = ((c >> 15) | (c &lt;&lt; 17)) + 0xa282ead8
/// </code>
/// Sources: tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto.
/// </summary>
internal sealed class EventFile : IDisposable
{
    /// <summary>Beside it TensorBoard reads nothing: the first record must bear it.</summary>
    public const string FileVersion = "brain.Event:2";

    private readonly FileStream _file;

    /// <summary>Makes a new file in a directory, which is made where it is missing.</summary>
    /// <param name="directory">The directory; TensorBoard takes its name for the run's.</param>
    /// <param name="begun">When the run began; part of the file's name.</param>
    public EventFile(string directory, DateTimeOffset begun)
    {
        Directory.CreateDirectory(directory);
        string name = $"events.out.tfevents.{begun.ToUnixTimeSeconds():D10}.{Environment.ProcessId}.recurant";
        _file = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Write(Message(begun, step: 0, to => AppendText(to, 3, FileVersion)));
    }

    /// <summary>Writes values that belong to one step.</summary>
    public void Write(DateTimeOffset time, long step, params ReadOnlySpan<(string Tag, double Value)> values)
    {
        var summary = new List<byte>();
        foreach ((string tag, double value) in values)
        {
            var one = new List<byte>();
            AppendText(one, 1, tag);
            // Field 2, wire type 5: float simple_value.
            one.Add(2 << 3 | 5);
            Append(one, BitConverter.SingleToUInt32Bits((float)value), 4);
            AppendBytes(summary, 1, one);
        }

        Write(Message(time, step, to => AppendBytes(to, 5, summary)));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>CRC32C with the mask that keeps a checksum of a text that holds checksums from being easy to meet.</summary>
    public static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        uint sum = Checksum(data);
        return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
    }

    /// <summary>CRC32C (Castagnoli), as RFC 3720 has it.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in data) sum = BitOperations.Crc32C(sum, value);
        return ~sum;
    }

    private void Write(List<byte> data)
    {
        // One write for the whole record: a reader that follows the file sees it whole.
        var record = new byte[data.Count + 16];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedChecksum(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Count), MaskedChecksum(record.AsSpan(12, data.Count)));
        _file.Write(record);
    }

    /// <summary>An Event: 1 double wall_time, 2 int64 step, and one of 3 string file_version, 5 Summary summary.</summary>
    private static List<byte> Message(DateTimeOffset time, long step, Action<List<byte>> what)
    {
        var message = new List<byte> { 1 << 3 | 1 };
        Append(message, BitConverter.DoubleToUInt64Bits(time.ToUnixTimeMilliseconds() / 1000.0), 8);
        message.Add(2 << 3);
        AppendVarint(message, (ulong)step);
        what(message);
        return message;
    }

    private static void AppendText(List<byte> to, int field, string text) => AppendBytes(to, field, Encoding.UTF8.GetBytes(text));

    private static void AppendBytes(List<byte> to, int field, IReadOnlyCollection<byte> bytes)
    {
        to.Add((byte)(field << 3 | 2));
        AppendVarint(to, (ulong)bytes.Count);
        to.AddRange(bytes);
    }

    private static void AppendVarint(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.Add((byte)(value | 0x80));
        to.Add((byte)value);
    }

    private static void Append(List<byte> to, ulong bits, int bytes)
    {
        for (int i = 0; i < bytes; i++) to.Add((byte)(bits >> (8 * i)));
    }
}
