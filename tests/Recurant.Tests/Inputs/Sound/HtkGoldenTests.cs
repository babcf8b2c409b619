using System.Buffers.Binary;
using Recurant.Tests.Data;

namespace Recurant.Tests.Inputs.Sound;

/// <summary>Features that HTK 3.4 computed of one recording, which stand beside the repository on some machines.</summary>
public class HtkGoldenTests
{
    /// <summary>HTK computes in single precision, too; an independent program in double precision comes to 1.2e-4.</summary>
    private const float Tolerance = 3e-4f;

    private static readonly SoundFeatureSpec s_mel = new()
    {
        Convention = SoundConvention.Htk, MelBands = 23, PreEmphasis = 0f, LowFrequency = 0, HighFrequency = 8000,
    };

    private static readonly SoundFeatureSpec s_mfcc = s_mel with { Kind = SoundFeatureKind.Mfcc, Deltas = 2 };

    [Theory]
    [InlineData("fbank_htk.1", 0)]
    [InlineData("fbank_htk.2", 25)]
    public void Compute_LogMel_IsWhatHtkComputed(string name, double low) => Compare(name, s_mel with { LowFrequency = low });

    [Theory]
    [InlineData("fea_htk.1", 0, 8000, 23, 0f, ZerothCoefficient.Cepstrum)]
    [InlineData("fea_htk.2", 0, 8000, 23, 0f, ZerothCoefficient.LogEnergy)]
    [InlineData("fea_htk.3", 20, 8000, 23, 0f, ZerothCoefficient.LogEnergy)]
    [InlineData("fea_htk.4", 0, 8000, 23, 0.97f, ZerothCoefficient.LogEnergy)]
    [InlineData("fea_htk.6", 125, 7800, 24, 0.97f, ZerothCoefficient.Cepstrum)]
    public void Compute_MfccWithDifferences_IsWhatHtkComputed(
        string name, double low, double high, int bands, float emphasis, ZerothCoefficient zeroth) =>
        Compare(name, s_mfcc with
        {
            LowFrequency = low, HighFrequency = high, MelBands = bands, PreEmphasis = emphasis, Zeroth = zeroth,
        });

    private static void Compare(string name, SoundFeatureSpec spec)
    {
        byte[] wav = File.ReadAllBytes(SharedData.Find("kaldi_htk_golden/test.wav"));
        byte[] golden = File.ReadAllBytes(SharedData.Find("kaldi_htk_golden/test.wav." + name));
        // The recording has a head of 44 bytes and samples of 16 bits.
        var samples = new float[(wav.Length - 44) / 2];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(44 + 2 * i)) / 32768f;
        }

        int frames = BinaryPrimitives.ReadInt32BigEndian(golden);
        int width = BinaryPrimitives.ReadInt16BigEndian(golden.AsSpan(8)) / 4;
        var features = new SoundFeatures(spec);
        float[] computed = features.Compute(samples);
        Assert.Equal((142, features.Width, 142 * features.Width), (frames, width, computed.Length));
        float worst = 0;
        for (int i = 0; i < computed.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(computed[i] - BinaryPrimitives.ReadSingleBigEndian(golden.AsSpan(12 + 4 * i))));
        }

        TestContext.Current.SendDiagnosticMessage($"{name}: largest difference {worst:G3}");
        Assert.True(worst <= Tolerance, $"{name}: largest difference {worst:G3}");
    }
}
