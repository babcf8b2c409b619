using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Sounds from the command line.</summary>
public sealed class SoundTests : IDisposable
{
    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_FoldersOfSounds_ToldByTheirPitch()
    {
        for (int i = 0; i < 24; i++)
        {
            string kind = i % 2 == 0 ? "low" : "high";
            Sound($"sounds/{kind}/{i}.wav", i % 2 == 0 ? 300 : 1200, 1200 + 100 * i);
        }

        CommandResult trained = _place.Run(
            "train", "sounds", "--hidden", "6", "--models", "1", "--epochs", "3", "--threads", "1", "--out", "m.safetensors",
                "--json");
        Assert.True(trained.Code == 0, trained.Error);
        using var document = JsonDocument.Parse(trained.Out);
        Assert.Equal("classify", document.RootElement.GetProperty("task").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("test").GetProperty("accuracy").GetDouble());
        Assert.Contains("24 sounds, 7.05 s at 8000 samples a second; 40 log mel energies every 10 ms", trained.Error,
            StringComparison.Ordinal);
        Sound("new.wav", 310, 2000);
        Assert.Matches("^new.wav\tlow\t[01]\\.\\d{4}\n$", _place.Run("predict", "m.safetensors", "new.wav").Out);
        // Another sample rate is refused, and read when that is asked for.
        Sound("fast.wav", 1250, 4000, rate: 16_000);
        CommandResult refused = _place.Run("predict", "m.safetensors", "fast.wav");
        Assert.Equal(1, refused.Code);
        Assert.Contains("fast.wav: it has 16000 samples a second, the model 8000. Give --resample", refused.Error,
            StringComparison.Ordinal);
        Assert.StartsWith("fast.wav\thigh\t", _place.Run("predict", "m.safetensors", "fast.wav", "--resample", "true").Out);
        CommandResult explained = _place.Run("explain", "m.safetensors", "new.wav");
        Assert.True(explained.Code == 0, explained.Error);
        _place.Write("page.wav", "<html><body>not found</body></html>");
        CommandResult page = _place.Run("predict", "m.safetensors", "page.wav");
        Assert.Equal(1, page.Code);
        Assert.Contains("page.wav", page.Error, StringComparison.Ordinal);
        Assert.Contains("HTML", page.Error, StringComparison.Ordinal);
    }

    /// <summary>A sine in a WAV file of 16 bits.</summary>
    private void Sound(string name, double hertz, int count, int rate = 8000)
    {
        string path = _place.Path(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write("RIFF"u8);
        writer.Write(36 + 2 * count);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(2 * rate);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * count);
        for (int i = 0; i < count; i++) writer.Write((short)(10_000 * Math.Sin(2 * Math.PI * hertz * i / rate)));
    }
}
