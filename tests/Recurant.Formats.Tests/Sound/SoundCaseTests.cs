namespace Recurant.Formats.Tests.Sound;

/// <summary>Files that stand beside the repository on some machines, in shared/cases/media.</summary>
public class SoundCaseTests
{
    [Theory]
    [InlineData("01a_sizes_ffffffff.wav", 10)]
    [InlineData("01c_sizes_7ffff000_sox_pipe.wav", 10)]
    [InlineData("02b_extensible_float32_mono.wav", 4)]
    [InlineData("03a_odd_LIST_before_data.wav", 10)]
    [InlineData("03b_odd_chunk_without_pad.wav", 10)]
    [InlineData("06_rf64_small.wav", 10)]
    public void Read_Case_GivesItsSamples(string file, int length)
    {
        SoundClip clip = SoundFile.Read(Find(file));
        Assert.Empty(clip.Warnings);
        float[] expected = length == 4 ? [0f, 0.5f, -1f, 1.5f] : [.. Enumerable.Range(1, 10).Select(i => 100 * i / 32768f)];
        Assert.Equal(expected, clip.Samples().ToArray());
    }

    [Fact]
    public void Read_Extensible24Bits_GivesItsFrames()
    {
        SoundClip clip = SoundFile.Read(Find("02a_extensible_pcm24_stereo.wav"), new SoundReadOptions { Mono = false });
        Assert.Equal([0f, -1 / 8388608f, -1f], clip.Samples(0).ToArray());
        Assert.Equal([1 / 8388608f, 8388607 / 8388608f, 0.5f], clip.Samples(1).ToArray());
    }

    [Fact]
    public void Read_CutShort_Warns()
    {
        SoundClip clip = SoundFile.Read(Find("04_early_eof_partial_frame.wav"), new SoundReadOptions { Mono = false });
        Assert.Equal((25, 2500 / 32768f, -2500 / 32768f), (clip.Length, clip.Samples(0).Span[24], clip.Samples(1).Span[24]));
        Assert.Contains("1,000", Assert.Single(clip.Warnings));
    }

    [Fact]
    public void Read_Tones_HaveTheirRates()
    {
        Assert.Equal(8_000, SoundFile.Read(Find("07a_tone_8k.wav")).SampleRate);
        Assert.Equal(16_000, SoundFile.Read(Find("07b_tone_16k.wav")).SampleRate);
        SoundClip clip = SoundFile.Read(Find("07a_tone_8k.wav"), new SoundReadOptions { SampleRate = 16_000 });
        float[] resampled = clip.Samples().ToArray(), right = SoundFile.Read(Find("07b_tone_16k.wav")).Samples().ToArray();
        Assert.Equal(right.Length, resampled.Length);
        for (int i = 500; i < right.Length - 500; i++) Assert.Equal(right[i], resampled[i], 2e-4f);
    }

    [Theory]
    [InlineData("07c_header_says_rate_zero.wav", "0 samples a second")]
    [InlineData("08b_zero_samples.wav", "the file has no samples")]
    [InlineData("09d_html_named.wav", "not a WAV file: it looks like HTML")]
    public void Read_Case_IsRefused(string file, string message)
    {
        string path = Find(file);
        string found = Assert.Throws<InvalidDataException>(() => SoundFile.Read(path)).Message;
        Assert.StartsWith(path, found);
        Assert.Contains(message, found);
    }

    [Fact]
    public void Read_8Bits_GivesItsSamples() => Assert.Equal(
        [0f, -1f, 0.9921875f, -0.0078125f, 0.0078125f], SoundFile.Read(Find("09a_pcm8.wav")).Samples().ToArray());

    [Fact]
    public void Read_Silence_HasFiniteFeatures()
    {
        SoundClip clip = SoundFile.Read(Find("08a_all_zero_1s.wav"));
        var features = new SoundFeatures(new SoundFeatureSpec { SampleRate = clip.SampleRate });
        Assert.All(features.Compute(clip.Samples().Span), x => Assert.True(float.IsFinite(x)));
    }

    private static string Find(string file)
    {
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            string path = Path.Combine(up.FullName, "shared", "cases", "media", file);
            if (System.IO.File.Exists(path)) return path;
        }

        Assert.Skip($"shared/cases/media/{file} is not on this machine.");
        return "";
    }
}
