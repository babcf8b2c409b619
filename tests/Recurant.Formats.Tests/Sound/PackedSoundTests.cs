using System.IO.Compression;
using static Recurant.Formats.Tests.Sound.WavBytes;

namespace Recurant.Formats.Tests.Sound;

/// <summary>
/// Formats other than WAV. The files in tests/goldens/sound are a quarter of a second of 440 Hz at 16 kHz and an eighth of full
/// scale, made by ffmpeg (-f lavfi -i sine=frequency=440:sample_rate=16000:duration=0.25) with its encoders libmp3lame,
/// libvorbis and libopus.
/// </summary>
public class PackedSoundTests : TemporaryFiles
{
    [Theory]
    [InlineData("tone.mp3", "MP3", 4000, 7000)]
    [InlineData("tone.ogg", "Vorbis", 4000, 4000)]
    public void Read_Tone_IsThatTone(string name, string encoding, int least, int most)
    {
        SoundClip clip = SoundFile.Read(Golden(name));
        Assert.Equal((encoding, 16_000, 1), (clip.Encoding, clip.SampleRate, clip.SourceChannels));
        Assert.Null(clip.Bits);
        Assert.InRange(clip.Length, least, most);
        AssertTone(clip);
    }

    [Theory]
    [InlineData("tone.mp3", "MP3")]
    [InlineData("tone.ogg", "Vorbis")]
    public void Read_OtherName_TellsByTheContent(string name, string encoding)
    {
        string path = Write("sound.wav", File.ReadAllBytes(Golden(name)));
        Assert.Equal(encoding, SoundFile.Read(path).Encoding);
    }

    [Fact]
    public void Read_Gzip_IsUnpacked()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Riff([Format(), Chunk("data", Ramp)]));
        }

        Assert.Equal(10, SoundFile.Read(Write("a.wav.gz", packed.ToArray())).Length);
    }

    [Theory]
    [InlineData("tone.mp3")]
    [InlineData("tone.ogg")]
    public void Read_DamagedOrCut_ReadsOrNamesTheFile(string name)
    {
        byte[] whole = File.ReadAllBytes(Golden(name));
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = i % 2 == 0 ? whole[..(whole.Length * i / 200)] : [.. whole];
            if (i % 2 == 1) bytes[whole.Length * i / 200] ^= 0x5A;
            string path = Write("damaged", bytes);
            try
            {
                Assert.InRange(SoundFile.Read(path, new SoundReadOptions { Ffmpeg = "none" }).Length, 1, 20_000);
            }
            catch (InvalidDataException exception)
            {
                Assert.StartsWith(path, exception.Message);
            }
        }
    }

    [Theory]
    [InlineData("fLaC\0\0\0\u0022", "a FLAC file")]
    [InlineData("OggS\0\u0002\0\0\0\0OpusHead", "an Ogg file")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005", "of no kind that is known here")]
    public void Read_WithoutFfmpeg_SaysWhatIsNeeded(string content, string kind)
    {
        string path = Write("sound", System.Text.Encoding.Latin1.GetBytes(content));
        string message = Assert.Throws<InvalidDataException>(
            () => SoundFile.Read(path, new SoundReadOptions { Ffmpeg = Path.Combine(Root, "none") })).Message;
        Assert.StartsWith($"{path}: this is {kind}. WAV, MP3 and Ogg Vorbis are read here; for anything else", message);
        Assert.Contains("ffmpeg", message);
    }

    [Theory]
    [InlineData("\u0089PNG\r\n\u001A\n", "a PNG image")]
    [InlineData("{\"a\": 1}", "JSON text")]
    [InlineData("some words", "a text file")]
    public void Read_NoSound_SaysWhatItIs(string content, string kind)
    {
        string path = Write("sound.mp3", System.Text.Encoding.Latin1.GetBytes(content));
        Assert.Equal(
            $"{path}: not a sound file: it looks like {kind}.",
            Assert.Throws<InvalidDataException>(() => SoundFile.Read(path)).Message);
    }

    [Fact]
    public void Read_Ffmpeg_ReadsWhatItWrites()
    {
        // Stands for ffmpeg: writes a WAV file as to a pipe, and says on which file it was called.
        string wav = Write("out.wav", Riff([Format(3, 2, 22_050, 32), Chunk("data", Floats(0.5f, 0.25f), uint.MaxValue)]));
        SoundClip clip = SoundFile.Read(Write("a.flac", "fLaC\0\0"), new SoundReadOptions { Ffmpeg = Script($"cat '{wav}'") });
        Assert.Equal((22_050, 2, "ffmpeg"), (clip.SampleRate, clip.SourceChannels, clip.Encoding));
        Assert.Equal([0.375f], clip.Samples().ToArray());
        Assert.Empty(clip.Warnings);
    }

    [Fact]
    public void Read_FfmpegFails_SaysWhatItSays()
    {
        string path = Write("a.flac", "fLaC\0\0");
        string program = Script("echo 'Invalid data found' >&2; exit 1");
        Assert.Equal(
            $"{path}: this is a FLAC file, and ffmpeg cannot read it: Invalid data found",
            Assert.Throws<InvalidDataException>(() => SoundFile.Read(path, new SoundReadOptions { Ffmpeg = program })).Message);
    }

    [Fact]
    public void Read_Opus_GoesThroughFfmpeg()
    {
        string? path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "ffmpeg")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(
            path is null, "NO FFMPEG: what it decodes cannot be read here. Install it (Debian: apt-get install ffmpeg).");
        SoundClip clip = SoundFile.Read(Golden("tone.opus"));
        Assert.Equal(("ffmpeg", 48_000), (clip.Encoding, clip.SampleRate));
        AssertTone(clip);
        byte[] opus = File.ReadAllBytes(Golden("tone.opus"));
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(opus);
        Assert.Equal(clip.Length, SoundFile.Read(Write("tone.opus.gz", packed.ToArray())).Length);
    }

    /// <summary>
    /// In the middle of the clip, where encoders have settled: the energy is at 440 Hz, an eighth of full scale.
    /// </summary>
    private static void AssertTone(SoundClip clip)
    {
        ReadOnlySpan<float> middle = clip.Samples().Span.Slice(clip.Length / 2 - clip.SampleRate / 20, clip.SampleRate / 10);
        double real = 0, imaginary = 0, energy = 0;
        for (int i = 0; i < middle.Length; i++)
        {
            double angle = 2 * Math.PI * 440 * i / clip.SampleRate;
            real += middle[i] * Math.Cos(angle);
            imaginary += middle[i] * Math.Sin(angle);
            energy += middle[i] * (double)middle[i];
        }

        double amplitude = 2 * Math.Sqrt(real * real + imaginary * imaginary) / middle.Length;
        Assert.InRange(amplitude, 0.115, 0.135);
        Assert.InRange(amplitude * amplitude / 2 * middle.Length / energy, 0.98, 1.0001);
    }

    private string Script(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program that stands for ffmpeg is a script of a Unix shell.");
        string path = Write("ffmpeg", $"#!/bin/sh\n{command}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        return path;
    }

    private static string Golden(string name)
    {
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            string path = Path.Combine(up.FullName, "tests", "goldens", "sound", name);
            if (File.Exists(path)) return path;
        }

        throw new FileNotFoundException($"No tests/goldens/sound/{name} above {AppContext.BaseDirectory}.");
    }
}
