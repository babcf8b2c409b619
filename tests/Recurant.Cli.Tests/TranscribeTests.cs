using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Speech from the command line: words that are tones.</summary>
public sealed class TranscribeTests : IDisposable
{
    private const int Rate = 8000;

    private static readonly string[] s_words = ["do", "re"];

    private static readonly string[] s_small =
        ["--task", "transcribe", "--batch", "4", "--threads", "1", "--out", "m.safetensors"];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_ListOfSounds_IsLearntTestedAndWrittenDown()
    {
        WriteList("train.tsv", 0, 60);
        WriteList("test.tsv", 100, 8);
        CommandResult trained = _place.Run(["train", "train.tsv", "--test", "test.tsv", "--json", .. s_small]);
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("train.tsv: 60 clips of speech, 60 seconds, 8000 Hz", trained.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(trained.Out);
        Assert.Equal("transcribe", document.RootElement.GetProperty("task").GetString());
        JsonElement test = document.RootElement.GetProperty("test");
        Assert.Equal((8, 24), (test.GetProperty("utterances").GetInt32(), test.GetProperty("words").GetInt32()));
        Assert.InRange(test.GetProperty("word_error_rate").GetDouble(), 0, 0.1);
        Assert.InRange(test.GetProperty("character_error_rate").GetDouble(), 0, 0.05);
        JsonElement baseline = document.RootElement.GetProperty("baseline");
        Assert.Equal("most-frequent-transcript", baseline.GetProperty("name").GetString());
        Assert.InRange(baseline.GetProperty("test").GetProperty("word_error_rate").GetDouble(), 0.2, 1);

        CommandResult scored = _place.Run("test", "m.safetensors", "test.tsv", "--beam", "5");
        Assert.Matches("(?m)^utterances +8$", scored.Out);

        CommandResult said = _place.Run("predict", "m.safetensors", "s100.wav", "s101.wav");
        string[] right = File.ReadAllLines(_place.Path("test.tsv")).Select(line => line.Split('\t')[1]).ToArray();
        Assert.Equal(right[..2], said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var line = JsonDocument.Parse(_place.Run("predict", "m.safetensors", "s100.wav", "--json").Out);
        Assert.Equal("s100.wav", line.RootElement.GetProperty("file").GetString());
        Assert.Equal(right[0], line.RootElement.GetProperty("text").GetString());
        JsonElement[] words = [.. line.RootElement.GetProperty("words").EnumerateArray()];
        Assert.Equal(right[0].Split(' '), words.Select(word => word.GetProperty("word").GetString()));
        Assert.True(words[0].GetProperty("start").GetDouble() < words[0].GetProperty("end").GetDouble());
        Assert.True(words[0].GetProperty("end").GetDouble() < words[1].GetProperty("end").GetDouble());

        // Another rate is refused, unless it may be resampled.
        WriteSound("fast.wav", 100, 2 * Rate);
        CommandResult refused = _place.Run("predict", "m.safetensors", "fast.wav");
        Assert.Equal(1, refused.Code);
        Assert.Contains("fast.wav: it has 16000 samples a second; 8000 are expected", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, _place.Run("predict", "m.safetensors", "fast.wav", "--resample").Code);

        // Characters that training had not are named, with how often they come.
        _place.Write("new.tsv", "s100.wav\tfa do fa\n");
        CommandResult unknown = _place.Run("test", "m.safetensors", "new.tsv", "--json");
        Assert.True(unknown.Code == 0, unknown.Error);
        Assert.Contains("characters that training had not, each counted as an error, with how often they come: \"a\" 2, \"f\" 2",
            unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FaultyLists_AreRefused()
    {
        WriteList("train.tsv", 0, 6);
        File.AppendAllText(_place.Path("train.tsv"), "nowhere.wav\tdo\n");
        CommandResult missing = _place.Run(["train", "train.tsv", "--test", "train.tsv", .. s_small]);
        Assert.Equal(1, missing.Code);
        Assert.Contains("train.tsv: 1 of its 7 files are not there; the first, of line 7, is", missing.Error,
            StringComparison.Ordinal);
        Assert.Contains("nowhere.wav", missing.Error, StringComparison.Ordinal);

        WriteList("long.tsv", 0, 6);
        File.AppendAllText(_place.Path("long.tsv"), $"s0.wav\t{new string('o', 80)}\n");
        CommandResult impossible = _place.Run(["train", "long.tsv", "--test", "long.tsv", .. s_small]);
        Assert.Equal(1, impossible.Code);
        Assert.Matches("long.tsv: .*s0.wav has \\d+ steps .* needs 159\\.", impossible.Error);

        WriteList("few.tsv", 0, 6);
        CommandResult few = _place.Run(["train", "few.tsv", .. s_small]);
        Assert.Equal(1, few.Code);
        _place.Write("broken.wav", "RIFF");
        _place.Write("broken.tsv", "s0.wav\tdo\nbroken.wav\tre\n");
        CommandResult broken = _place.Run(["train", "broken.tsv", "--test", "broken.tsv", .. s_small]);
        Assert.Equal(1, broken.Code);
        Assert.Contains("broken.tsv: line 2: ", broken.Error, StringComparison.Ordinal);
        Assert.False(_place.Has("m.safetensors"));
        CommandResult unit = _place.Run(["train", "few.tsv", "--test", "few.tsv", "--unit", "subword", .. s_small]);
        Assert.Equal(2, unit.Code);
    }

    private void WriteList(string name, int first, int count)
    {
        var list = new StringBuilder();
        for (int i = first; i < first + count; i++)
        {
            list.Append(CultureInfo.InvariantCulture, $"s{i}.wav\t{WriteSound($"s{i}.wav", i, Rate)}\n");
        }

        _place.Write(name, list.ToString());
    }

    /// <summary>Three words of 0.2 s with near silence around them, as a WAV file of 16 bits; gives what is said.</summary>
    private string WriteSound(string name, int i, int rate)
    {
        var said = new List<string>();
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var random = new Random(i);
        for (int w = 0; w < 3; w++)
        {
            int word = random.Next(s_words.Length);
            said.Add(s_words[word]);
            Tone(0.1, 0);
            Tone(0.2, 400 + 800 * word);
        }

        Tone(0.1, 0);
        byte[] samples = bytes.ToArray();
        var file = new MemoryStream();
        using var header = new BinaryWriter(file);
        header.Write("RIFF"u8);
        header.Write(36 + samples.Length);
        header.Write("WAVEfmt "u8);
        header.Write(16);
        header.Write((short)1);
        header.Write((short)1);
        header.Write(rate);
        header.Write(2 * rate);
        header.Write((short)2);
        header.Write((short)16);
        header.Write("data"u8);
        header.Write(samples.Length);
        header.Write(samples);
        _place.WriteBytes(name, file.ToArray());
        return string.Join(' ', said);

        void Tone(double seconds, double frequency)
        {
            for (int t = 0; t < (int)(seconds * rate); t++)
            {
                writer.Write((short)(8000 * Math.Sin(2 * Math.PI * frequency * t / rate) + 200 * (random.NextDouble() - 0.5)));
            }
        }
    }
}
