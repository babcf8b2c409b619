using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recurant.Tests.Inputs.Sound;

public class SoundFeaturesTests
{
    /// <summary>Rounding in single precision of logarithms of energies, and of cepstra of up to 60 times as much.</summary>
    private const double Tolerance = 2e-4, CepstrumTolerance = 2e-3;

    private static readonly JsonSerializerOptions s_json = new()
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly SoundFeatureSpec s_librosa = new() { Convention = SoundConvention.Librosa, SampleRate = 22_050 };

    public static TheoryData<string, SoundFeatureSpec> Specs => new()
    {
        { "kaldi", new() },
        { "kaldi 40", new() { MelBands = 40, FftSize = 1024 } },
        { "kaldi mfcc", new() { Kind = SoundFeatureKind.Mfcc } },
        { "kaldi mfcc c0", new() { Kind = SoundFeatureKind.Mfcc, Zeroth = ZerothCoefficient.Cepstrum, RemoveMean = false } },
        { "kaldi mfcc without", new() { Kind = SoundFeatureKind.Mfcc, Zeroth = ZerothCoefficient.None, RawEnergy = false } },
        { "kaldi weighed energy", new() { Kind = SoundFeatureKind.Mfcc, RawEnergy = false } },
        { "kaldi reflect", new() { Padding = FramePadding.Reflect, Window = FrameWindow.Hamming } },
        { "kaldi zeros", new() { Padding = FramePadding.Zeros, Window = FrameWindow.Hann, UsePower = false } },
        {
            "kaldi 8k", new()
            {
                SampleRate = 8_000, FrameMilliseconds = 32, StepMilliseconds = 12.5, Window = FrameWindow.Rectangular,
            }
        },
        { "librosa", s_librosa },
        {
            "librosa 16k", s_librosa with
            {
                SampleRate = 16_000, FrameLength = 400, FrameStep = 160, FftSize = 512, MelBands = 40,
            }
        },
        { "librosa reflect", s_librosa with { Padding = FramePadding.Reflect, MelScale = MelScale.Htk, AreaNorm = false } },
        { "librosa mfcc", s_librosa with { Kind = SoundFeatureKind.Mfcc } },
        { "librosa mfcc lifter", s_librosa with { Kind = SoundFeatureKind.Mfcc, Lifter = 30, TopDecibels = 20 } },
        { "librosa natural", s_librosa with { Decibels = false, TopDecibels = 0, LogFloor = 1e-5f } },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void Compute_AnyConvention_AgreesWithTheDefinition(string name, SoundFeatureSpec spec)
    {
        var features = new SoundFeatures(spec);
        // Shorter than a frame, a few frames, and more than one block of them with a rest.
        foreach (int length in (int[])[300, 5_000, 9_731])
        {
            float[] samples = Sound(length, spec.SampleRate), computed = features.Compute(samples);
            double[][] expected = SoundReference.Compute(spec, samples);
            Assert.Equal(features.FramesOf(length), expected.Length);
            Assert.Equal(expected.Length * features.Width, computed.Length);
            double tolerance = spec.Kind == SoundFeatureKind.Mfcc ? CepstrumTolerance : Tolerance;
            if (features.Spec.Decibels == true) tolerance *= 4.35;
            for (int i = 0; i < computed.Length; i++)
            {
                double right = expected[i / features.Width][i % features.Width];
                Assert.True(
                    Math.Abs(computed[i] - right) <= tolerance,
                    $"{name}, {length}: frame {i / features.Width}, {features.Names[i % features.Width]}: {computed[i]}, "
                    + $"not {right}");
            }
        }
    }

    /// <summary>What librosa's documentation prints for mel_frequencies(n_mels=40).</summary>
    [Fact]
    public void Edges_OfSlaneysScale_AreThoseThatLibrosaPrints()
    {
        SoundFeatureSpec spec = (s_librosa with { MelBands = 38 }).Decided();
        double[] printed =
        [
            0, 85.317, 170.635, 255.952, 341.269, 426.586, 511.904, 597.221, 682.538, 767.855, 853.173, 938.49, 1024.856,
            1119.114, 1222.042, 1334.436, 1457.167, 1591.187, 1737.532, 1897.337, 2071.84, 2262.393, 2470.47, 2697.686,
            2945.799, 3216.731, 3512.582, 3835.643, 4188.417, 4573.636, 4994.285, 5453.621, 5955.205, 6502.92, 7101.009,
            7754.107, 8467.272, 9246.028, 10096.408, 11025,
        ];
        Assert.Equal(printed, MelFilters.Edges(spec).Select(edge => Math.Round(edge, 3)));
    }

    /// <summary>filters.mel(sr=22050, n_fft=2048), as the documentation of its port mel_filter prints it.</summary>
    [Fact]
    public void Filters_OfLibrosa_AreThoseThatItsPortsPrint()
    {
        var filters = new MelFilters(s_librosa.Decided());
        Same(0, 1, [0.016182853208219942, 0.032365706416439884, 0.028990088037379964, 0.012807234829160026]);
        Same(1, 3, [0.009779235793639925, 0.025962089001859864, 0.035393705451959974, 0.01921085224374004, 0.003027999035520103]);

        void Same(int band, int start, double[] printed)
        {
            float[] weights = filters.Of(band, out int first).ToArray();
            Assert.Equal(start, first);
            Assert.Equal(printed.Select(weight => (float)weight), weights, (x, y) => Math.Abs(x - y) < 1e-8f);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(399, 1)]
    [InlineData(400, 1)]
    [InlineData(559, 1)]
    [InlineData(560, 2)]
    public void FramesOf_WithoutPadding_CountsWholeFrames(int samples, int frames)
    {
        var features = new SoundFeatures(new SoundFeatureSpec());
        Assert.Equal((frames, samples < 400), (features.FramesOf(samples), features.IsShort(samples)));
    }

    [Fact]
    public void Compute_NoSamples_Refuses() =>
        Assert.Contains("without samples", Assert.Throws<ArgumentException>(
            () => new SoundFeatures(new SoundFeatureSpec()).Compute([])).Message);

    [Fact]
    public void Compute_WrongRoom_NamesBoth() => Assert.Contains("[2, 23]", Assert.Throws<ArgumentException>(
        () => new SoundFeatures(new SoundFeatureSpec()).Compute(new float[560], new float[24])).Message);

    [Theory]
    [InlineData(SoundConvention.Kaldi)]
    [InlineData(SoundConvention.Htk)]
    [InlineData(SoundConvention.Librosa)]
    public void Compute_SilenceAndFullScale_IsFinite(SoundConvention convention)
    {
        foreach (SoundFeatureKind kind in Enum.GetValues<SoundFeatureKind>())
        {
            foreach (ClipNormalisation normalisation in Enum.GetValues<ClipNormalisation>())
            {
                var features = new SoundFeatures(new()
                {
                    Convention = convention, Kind = kind, Zeroth = ZerothCoefficient.LogEnergy, Deltas = 2,
                    Normalisation = normalisation,
                });
                Assert.All(features.Compute(new float[16_000]), x => Assert.True(float.IsFinite(x)));
                Assert.All(features.Compute(new float[50]), x => Assert.True(float.IsFinite(x)));
                Assert.All(features.Compute([.. Enumerable.Repeat(1f, 16_000)]), x => Assert.True(float.IsFinite(x)));
            }
        }
    }

    [Fact]
    public void Compute_PartOfAClip_SameBits()
    {
        // A frame does not know how many others are computed beside it, nor which of the sixteen lanes it stands in.
        var features = new SoundFeatures(new() { MelBands = 40 });
        float[] samples = Sound(400 + 40 * 160, 16_000), whole = features.Compute(samples);
        for (int frame = 0; frame <= 40; frame++)
        {
            Bits.AssertEqual(
                whole.AsSpan(frame * 40, 40), features.Compute(samples.AsSpan(frame * 160, 400)), $"frame {frame}");
        }
    }

    /// <summary>
    /// The bits themselves: they do not change with the width of vectors (run the tests with DOTNET_EnableAVX512=0,
    /// DOTNET_EnableAVX2=0 or DOTNET_EnableHWIntrinsic=0), nor from one version to the next unless that is meant.
    /// </summary>
    [Fact]
    public void Compute_AnyMachine_SameBits()
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SoundConvention convention in Enum.GetValues<SoundConvention>())
        {
            foreach (SoundFeatureKind kind in Enum.GetValues<SoundFeatureKind>())
            {
                var features = new SoundFeatures(new() { Convention = convention, Kind = kind, Deltas = 2 });
                all.AppendData(MemoryMarshal.AsBytes<float>(features.Compute(Bits.Random(9_999, 5))));
            }
        }

        all.AppendData(MemoryMarshal.AsBytes<float>(SoundResampler.Resample(Bits.Random(4_410, 6), 44_100, 16_000)));
        Assert.Equal("22ACCC9AB4F2DB29", Convert.ToHexString(all.GetHashAndReset())[..16]);
    }

    [Fact]
    public void Compute_Differences_AreSlopes()
    {
        var features = new SoundFeatures(new() { MelBands = 5, Deltas = 2 });
        float[] rows = features.Compute(Sound(400 + 30 * 160, 16_000));
        for (int t = 0; t <= 30; t++)
        {
            for (int j = 0; j < 10; j++)
            {
                double slope = 0;
                for (int h = 1; h <= 2; h++)
                {
                    slope += h * (rows[Math.Min(30, t + h) * 15 + j] - (double)rows[Math.Max(0, t - h) * 15 + j]) / 10;
                }

                Assert.Equal(slope, rows[t * 15 + 5 + j], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(ClipNormalisation.Mean)]
    [InlineData(ClipNormalisation.MeanVariance)]
    public void Compute_Normalised_HasMeanZero(ClipNormalisation normalisation)
    {
        var plain = new SoundFeatures(new() { MelBands = 5 });
        var features = new SoundFeatures(plain.Spec with { Normalisation = normalisation });
        float[] samples = Sound(16_000, 16_000), rows = features.Compute(samples), raw = plain.Compute(samples);
        for (int j = 0; j < 5; j++)
        {
            float[] column = [.. rows.Where((_, i) => i % 5 == j)], before = [.. raw.Where((_, i) => i % 5 == j)];
            double mean = before.Average(x => (double)x), deviation = Math.Sqrt(before.Average(x => (x - mean) * (x - mean)));
            for (int t = 0; t < column.Length; t++)
            {
                double right = (before[t] - mean) / (normalisation == ClipNormalisation.Mean ? 1 : deviation);
                Assert.Equal(right, column[t], 1e-5);
            }
        }
    }

    [Fact]
    public void Compute_ManyThreads_SameBits()
    {
        var features = new SoundFeatures(new() { Kind = SoundFeatureKind.Mfcc, Deltas = 2 });
        float[][] clips = [.. Enumerable.Range(0, 24).Select(i => Sound(8_000 + 100 * i, 16_000))];
        float[][] expected = [.. clips.Select(clip => features.Compute(clip))], actual = new float[clips.Length][];
        Parallel.For(0, clips.Length, i => actual[i] = features.Compute(clips[i]));
        for (int i = 0; i < clips.Length; i++) Bits.AssertEqual(expected[i], actual[i], $"clip {i}");
    }

    [Fact]
    public void Compute_Warm_AllocatesNothing()
    {
        var features = new SoundFeatures(new()
        {
            Kind = SoundFeatureKind.Mfcc, Deltas = 2, Normalisation = ClipNormalisation.Mean,
        });
        float[] samples = Sound(16_000, 16_000), rows = new float[features.FramesOf(16_000) * features.Width];
        Allocation.AssertNoneWarm(() => features.Compute(samples, rows), 5);
    }

    [Fact]
    public void Decided_Default_IsKaldis() => Assert.Equal(
        new SoundFeatureSpec
        {
            FrameLength = 400, FrameStep = 160, FftSize = 512, Window = FrameWindow.Povey, Padding = FramePadding.None,
            SampleScale = 32768f, RemoveMean = true, PreEmphasis = 0.97f, UsePower = true, MelBands = 23, LowFrequency = 20,
            HighFrequency = 8000, MelScale = MelScale.Htk, AreaNorm = false, LogFloor = 1.1920929e-7f, Decibels = false,
            TopDecibels = 0, Cepstra = 13, Lifter = 22, Zeroth = ZerothCoefficient.LogEnergy,
            RawEnergy = true,
        },
        new SoundFeatureSpec().Decided());

    [Theory]
    [MemberData(nameof(Specs))]
    public void Decided_Twice_IsTheSameAndSurvivesJson(string name, SoundFeatureSpec spec)
    {
        SoundFeatureSpec decided = spec.Decided();
        Assert.Equal(decided, decided.Decided());
        string json = JsonSerializer.Serialize(decided, s_json);
        Assert.Equal(decided, JsonSerializer.Deserialize<SoundFeatureSpec>(json, s_json));
        Assert.NotEqual("", name);
    }

    public static TheoryData<SoundFeatureSpec, string> Faults => new()
    {
        { new() { SampleRate = 0 }, "SampleRate is 0; it must be 100 to 768,000" },
        { new() { FrameLength = 400, FrameMilliseconds = 25 }, "FrameLength is given in samples and in milliseconds" },
        { new() { FrameMilliseconds = -1 }, "FrameLength is -1 ms" },
        { new() { FrameStep = 0 }, "FrameStep is 0" },
        { new() { FftSize = 256 }, "FftSize is 256; it must be a power of two from the frame length, 400, to 65,536" },
        { new() { FftSize = 600 }, "FftSize is 600" },
        { new() { MelBands = 0 }, "MelBands is 0" },
        { new() { HighFrequency = 9000 }, "HighFrequency is 9000; it must be at most half the sample rate, 8000" },
        { new() { LowFrequency = 8000 }, "LowFrequency is 8000" },
        { new() { LowFrequency = double.NaN }, "LowFrequency is NaN" },
        { new() { LogFloor = 0 }, "LogFloor is 0" },
        { new() { Kind = SoundFeatureKind.Mfcc, Cepstra = 24 }, "Cepstra is 24; it must be 1 to the number of bands, 23" },
        { new() { Kind = SoundFeatureKind.Mfcc, Cepstra = 1, Zeroth = ZerothCoefficient.None }, "Cepstra is 1" },
        { new() { Deltas = 3 }, "Deltas is 3" },
        { new() { PreEmphasis = 1.5f }, "PreEmphasis is 1.5" },
        { new() { Window = (FrameWindow)9 }, "Window is 9" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Decided_OutsideItsRange_NamesProperty(SoundFeatureSpec spec, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(spec.Decided).Message);

    [Fact]
    public void Names_OfCepstra_StandInTheConventionsOrder()
    {
        var spec = new SoundFeatureSpec { Kind = SoundFeatureKind.Mfcc, Cepstra = 3, Deltas = 1 };
        Assert.Equal("energy c1 c2 d energy d c1 d c2", string.Join(' ', new SoundFeatures(spec).Names));
        spec = spec with { Convention = SoundConvention.Htk, Deltas = 0 };
        Assert.Equal("c1 c2 c0", string.Join(' ', new SoundFeatures(spec).Names));
        Assert.StartsWith("mel ", new SoundFeatures(new()).Names[0]);
    }

    [Fact]
    public void Warnings_BandsWithoutFrequencies_AreCounted()
    {
        Assert.Empty(new SoundFeatures(new()).Warnings);
        Assert.Contains("of the 200 mel bands", Assert.Single(new SoundFeatures(new() { MelBands = 200 }).Warnings));
    }

    /// <summary>Some tones that rise and fall, and noise.</summary>
    internal static float[] Sound(int length, int rate)
    {
        float[] sound = Bits.Random(length, 77);
        for (int i = 0; i < length; i++)
        {
            double t = (double)i / rate, rise = 0.5 + 0.5 * Math.Sin(7 * t);
            double tones = 0.3 * rise * Math.Sin(2 * Math.PI * 440 * t) + 0.1 * Math.Sin(2 * Math.PI * 1900 * t);
            sound[i] = (float)(0.02 * sound[i] + tones);
        }

        return sound;
    }
}
