using System.Text;
using static Recurant.Formats.Tests.Sound.WavBytes;

namespace Recurant.Formats.Tests.Sound;

/// <summary>WAV files as they are met: cases 01 to 09 of those that were collected from reports about other programs.</summary>
public class WavTests : TemporaryFiles
{
    private const float Full24 = 0.99999988f;

    private static readonly string s_ramp = "100 200 300 400 500 600 700 800 900 1000";

    // 01: sizes that the writer did not know.
    [Theory]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(36u, 0u)]
    [InlineData(0x7FFFF000u, 0x7FFFF000u)]
    [InlineData(0x7FFFF024u, 0x7FFFF000u)]
    [InlineData(0u, 0x80000000u)]
    public void Read_SizesOfAPipe_ReadsToTheEnd(uint riff, uint data)
    {
        SoundClip clip = Read(Riff([Format(), Chunk("data", Ramp, data)], size: riff));
        Assert.Equal(s_ramp, Shown(clip));
        Assert.Empty(clip.Warnings);
        Assert.Contains("written to a pipe", Assert.Single(clip.Notes));
    }

    // 02: the extensible format.
    [Fact]
    public void Read_Extensible24Bits_GivesItsFrames()
    {
        byte[] data = Triples(0, 1, -1, 8388607, -8388608, 4194304);
        SoundClip clip = Read(Riff([Format(0xFFFE, 2, 48_000, 24, subFormat: 1), Chunk("data", data)]), mono: false);
        Assert.Equal([0f, -1 / 8388608f, -1f], clip.Samples(0).ToArray());
        Assert.Equal([1 / 8388608f, 8388607 / 8388608f, 0.5f], clip.Samples(1).ToArray());
        Assert.Equal(Full24, clip.Samples(1).Span[1]);
        Assert.Equal((2, 48_000, 24, "PCM"), (clip.Channels, clip.SampleRate, clip.Bits, clip.Encoding));
    }

    [Fact]
    public void Read_ExtensibleFloat_ClipsNothing()
    {
        SoundClip clip = Read(Riff([Format(0xFFFE, 1, 16_000, 32, subFormat: 3), Chunk("data", Floats(0, 0.5f, -1, 1.5f))]));
        Assert.Equal([0f, 0.5f, -1f, 1.5f], clip.Samples().ToArray());
        Assert.Equal("floating point", clip.Encoding);
    }

    [Fact]
    public void Read_LongerExtension_IsNoMatter()
    {
        byte[] data = Words(100, 200, 300, 400);
        Assert.Equal("100 200 300 400", Shown(Read(Riff([Format(0xFFFE, subFormat: 1, more: 8), Chunk("data", data)]))));
        Assert.Equal("100 200 300 400", Shown(Read(Riff([Format(more: 30), Chunk("data", data)]))));
    }

    [Fact]
    public void Read_24BitsOf32_AreTheUpperOnes()
    {
        byte[] data = Ints(8388607 << 8, int.MinValue, 1 << 8);
        SoundClip clip = Read(Riff([Format(0xFFFE, 1, 16_000, 32, subFormat: 1), Chunk("data", data)]));
        Assert.Equal([Full24, -1f, 1 / 8388608f], clip.Samples().ToArray());
    }

    // 03: chunks around.
    [Fact]
    public void Read_OddChunks_AreSkippedWithTheirPadByte()
    {
        byte[] list = Chunk("LIST", [1, 2, 3, 4, 5]);
        Assert.Equal(s_ramp, Shown(Read(Riff([Format(), list, Chunk("data", Ramp)]))));
        byte[][] around =
        [
            Chunk("bext", new byte[603]), Chunk("wxyz", [7]), Format(), Chunk("fact", Ints(10)), Chunk("data", Ramp),
            Chunk("LIST", [9]),
        ];
        SoundClip clip = Read(Riff(around));
        Assert.Equal(s_ramp, Shown(clip));
        Assert.Empty(clip.Warnings);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("wxyz")]
    public void Read_OddChunkWithoutItsPadByte_ShiftsNoSamples(string next)
    {
        byte[] list = Chunk("LIST", [1, 2, 3, 4, 5], pad: false);
        byte[][] rest = next == "data" ? [] : [Chunk("fact", [1, 2, 3], pad: false)];
        Assert.Equal(s_ramp, Shown(Read(Riff([Format(), list, .. rest, Chunk("data", Ramp)]))));
    }

    [Fact]
    public void Read_OddData_HasNoFurtherSample()
    {
        byte[] data = Chunk("data", Triples(0, 100, -100), padByte: 0x55);
        SoundClip clip = Read(Riff([Format(bits: 24), data, Chunk("LIST", [1, 2])]));
        Assert.Equal([0f, 100 / 8388608f, -100 / 8388608f], clip.Samples().ToArray());
        Assert.Empty(clip.Warnings);
    }

    // 04: a file that was cut.
    [Fact]
    public void Read_CutShort_WarnsWithBothCounts()
    {
        byte[] data = Words([.. Enumerable.Range(1, 25).SelectMany(i => new[] { 100 * i, -100 * i }), 7]);
        SoundClip clip = Read(Riff([Format(channels: 2), Chunk("data", data, 4000)]), mono: false);
        Assert.Equal(25, clip.Length);
        Assert.Equal((2500 / 32768f, -2500 / 32768f), (clip.Samples(0).Span[24], clip.Samples(1).Span[24]));
        Assert.Contains("says 1,000 samples of each channel, and there are 25", Assert.Single(clip.Warnings));
    }

    // 06: more than four gigabytes could follow.
    [Theory]
    [InlineData("RF64")]
    [InlineData("BW64")]
    public void Read_Ds64_TakesTheSizeFromIt(string form)
    {
        byte[] ds64 = Chunk("ds64", [.. Ints(100, 0, 20, 0, 10, 0, 0)]);
        byte[][] chunks = [ds64, Format(), Chunk("data", Ramp, uint.MaxValue), Chunk("LIST", [1, 2])];
        SoundClip clip = Read(Riff(chunks, form, uint.MaxValue));
        Assert.Equal(s_ramp, Shown(clip));
        Assert.Empty(clip.Warnings);
    }

    // 07: rates.
    [Fact]
    public void Read_RateZero_NamesIt() =>
        Assert.Contains("it has 0 samples a second", Fault(Riff([Format(rate: 0), Chunk("data", Ramp)])));

    [Fact]
    public void Read_OtherRateAskedFor_Resamples()
    {
        int[] tone = [.. Enumerable.Range(0, 4000).Select(i => (int)(20000 * Math.Sin(2 * Math.PI * 440 * i / 8000)))];
        byte[] file = Riff([Format(rate: 8000), Chunk("data", Words(tone))]);
        Assert.Equal((8000, 4000), (Read(file).SampleRate, Read(file).Length));
        SoundClip clip = SoundFile.Read(Write("tone.wav", file), new SoundReadOptions { SampleRate = 16_000 });
        Assert.Equal((16_000, 8000, 8000), (clip.SampleRate, clip.Length, clip.SourceRate));
        Assert.Equal(0.5, clip.Duration.TotalSeconds);
        Assert.Equal("resampled from 8,000 to 16,000 Hz", Assert.Single(clip.Notes));
        for (int i = 500; i < 7500; i++)
        {
            Assert.Equal(20000 / 32768.0 * Math.Sin(2 * Math.PI * 440 * i / 16000), clip.Samples().Span[i], 1e-4);
        }
    }

    // 08: silence and next to nothing.
    [Fact]
    public void Read_NoSamples_NamesTheFile() =>
        Assert.Equal("a.wav: the file has no samples.", Fault(Riff([Format(), Chunk("data", [])])));

    [Fact]
    public void Read_NoSamplesButAChunkBehind_IsNotReadAsSound() =>
        Assert.Contains("no samples", Fault(Riff([Format(), Chunk("data", []), Chunk("LIST", [1, 2, 3, 4])])));

    [Theory]
    [InlineData(0)]
    [InlineData(32767)]
    public void Read_ShortOrConstant_HasFiniteFeatures(int value)
    {
        var features = new SoundFeatures(new SoundFeatureSpec());
        foreach (int length in (int[])[1, 50, 16_000])
        {
            SoundClip clip = Read(Riff([Format(), Chunk("data", Words([.. Enumerable.Repeat(value, length)]))]));
            Assert.Equal(length, clip.Length);
            Assert.All(features.Compute(clip.Samples().Span), x => Assert.True(float.IsFinite(x)));
        }
    }

    // 09: encodings.
    [Fact]
    public void Read_8Bits_HaveTheirZeroAt128()
    {
        SoundClip clip = Read(Riff([Format(bits: 8), Chunk("data", [128, 0, 255, 127, 129])]));
        Assert.Equal([0f, -1f, 0.9921875f, -0.0078125f, 0.0078125f], clip.Samples().ToArray());
    }

    [Fact]
    public void Read_MuLaw_GivesTheValuesOfG711()
    {
        SoundClip clip = Read(Riff([Format(7, bits: 8), Chunk("data", [0xFF, 0x7F, 0x00, 0x80])]));
        Assert.Equal("0 0 -32124 32124", Shown(clip));
        Assert.Equal("mu-law", clip.Encoding);
    }

    [Fact]
    public void Read_ALaw_GivesTheValuesOfG711()
    {
        SoundClip clip = Read(Riff([Format(6, bits: 8), Chunk("data", [0xD5, 0x55, 0x2A, 0xAA, 0xC5])]));
        Assert.Equal("8 -8 -32256 32256 264", Shown(clip));
    }

    [Theory]
    [InlineData(0x11, "IMA ADPCM")]
    [InlineData(0x02, "Microsoft ADPCM")]
    [InlineData(0x1234, "the encoding 0x1234")]
    public void Read_OtherEncoding_IsRefusedByName(int tag, string name) =>
        Assert.Contains($"a WAV file in {name}", Fault(Riff([Format(tag, bits: 4, align: 256), Chunk("data", new byte[256])])));

    [Theory]
    [InlineData("<!DOCTYPE html><html><body>404</body></html>\n")]
    [InlineData("<html><head><title>not found</title></head>\n")]
    public void Read_HtmlNamedWav_SaysSo(string text) =>
        Assert.Equal("a.wav: not a WAV file: it looks like HTML, a web page.", Fault(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Read_BlockAlignmentThatLies_IsNotFollowed()
    {
        SoundClip clip = Read(Riff([Format(align: 4), Chunk("data", Words(1, 2, 3, 4, 5))]));
        Assert.Equal("1 2 3 4 5", Shown(clip));
        Assert.Contains("block of 4 bytes, but 1 x 16 bits are 2", Assert.Single(clip.Warnings));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void Read_Float_GivesItsValues(int bits)
    {
        byte[] data = bits == 32 ? Floats(0.25f, -1.25f) : Doubles(0.25, -1.25);
        Assert.Equal([0.25f, -1.25f], Read(Riff([Format(3, bits: bits), Chunk("data", data)])).Samples().ToArray());
    }

    [Fact]
    public void Read_NotANumber_IsRefused() => Assert.Contains(
        "sample 1 of channel 0 is no finite number", Fault(Riff([Format(3, bits: 32), Chunk("data", Floats(0, float.NaN))])));

    [Fact]
    public void Read_FloatsOfWholeNumbers_Warns()
    {
        SoundClip clip = Read(Riff([Format(3, bits: 32), Chunk("data", Floats(0, -20000))]));
        Assert.Contains("the loudest sample is 20000", Assert.Single(clip.Warnings));
    }

    [Fact]
    public void Read_SeveralChannels_BecomeTheirMeanAndSaySo()
    {
        SoundClip clip = Read(Riff([Format(channels: 2), Chunk("data", Words(100, 300, -200, 0))]));
        Assert.Equal("200 -100", Shown(clip));
        Assert.Equal((1, 2), (clip.Channels, clip.SourceChannels));
        Assert.Equal("2 channels were mixed to one, their mean", Assert.Single(clip.Notes));
    }

    [Theory]
    [InlineData(1, 0, 16, "0 channels")]
    [InlineData(1, 1, 40, "samples of 40 bits in PCM")]
    [InlineData(3, 1, 16, "samples of 16 bits in floating point")]
    public void Read_OtherFormat_IsRefused(int tag, int channels, int bits, string message) =>
        Assert.Contains(message, Fault(Riff([Format(tag, channels, bits: bits), Chunk("data", Ramp)])));

    [Fact]
    public void Read_ChunksMissing_NamesThem()
    {
        Assert.Contains("no fmt chunk", Fault(Riff([Chunk("data", Ramp)])));
        Assert.Contains("no data chunk", Fault(Riff([Format()])));
        Assert.Contains("RIFX", Fault(Riff([Format()], "RIFX")));
        Assert.Contains("fmt chunk of the WAV file has 4 bytes", Fault(Riff([Chunk("fmt ", [1, 0, 1, 0]), Chunk("data", Ramp)])));
        Assert.Equal("a.wav: the file is empty.", Fault([]));
    }

    [Fact]
    public void Read_AnyBytesChanged_ReadsOrNamesTheFile()
    {
        byte[] file = Riff([Format(0xFFFE, subFormat: 1), Chunk("LIST", [1, 2, 3]), Chunk("data", Ramp)]);
        for (int place = 0; place < file.Length; place++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7F, 0x80, 0xFF])
            {
                byte[] changed = [.. file];
                changed[place] = value;
                string path = Write("a.wav", changed);
                try
                {
                    SoundClip clip = SoundFile.Read(path);
                    Assert.InRange(clip.Length, 1, file.Length);
                }
                catch (InvalidDataException exception)
                {
                    Assert.StartsWith(path, exception.Message);
                }
            }
        }
    }

    [Fact]
    public void Read_AnyCut_ReadsOrNamesTheFile()
    {
        byte[] file = Riff([Format(), Chunk("LIST", [1, 2, 3]), Chunk("data", Ramp)]);
        for (int length = 0; length < file.Length; length++)
        {
            string path = Write("a.wav", file[..length]);
            try
            {
                SoundClip clip = SoundFile.Read(path, new SoundReadOptions { Ffmpeg = "none" });
                Assert.InRange(clip.Length, 1, 10);
            }
            catch (InvalidDataException exception)
            {
                Assert.StartsWith(path, exception.Message);
            }
        }
    }

    private SoundClip Read(byte[] file, bool mono = true) =>
        SoundFile.Read(Write("a.wav", file), new SoundReadOptions { Mono = mono });

    private string Fault(byte[] file)
    {
        string path = Write("a.wav", file);
        string message = Assert.Throws<InvalidDataException>(() => SoundFile.Read(path)).Message;
        return message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
    }

    private static string Shown(SoundClip clip) =>
        string.Join(' ', clip.Samples().ToArray().Select(x => Math.Round(x * 32768.0)));
}
