using System.Globalization;
using System.Text.Json.Serialization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Inputs;

/// <summary>Whose features are computed: what is left open in a <see cref="SoundFeatureSpec"/> is decided as they do.</summary>
public enum SoundConvention
{
    /// <summary>Kaldi, without dither.</summary>
    Kaldi,

    /// <summary>The Hidden Markov Model Toolkit, HTK.</summary>
    Htk,

    /// <summary>librosa from 0.10 on.</summary>
    Librosa,
}

/// <summary>What is told of a frame.</summary>
public enum SoundFeatureKind
{
    /// <summary>The logarithm of the energy in each of the mel bands.</summary>
    LogMel,

    /// <summary>Mel-frequency cepstral coefficients: the cosine transform of the logarithms.</summary>
    Mfcc,
}

/// <summary>How the samples of a frame are weighed; i = 0 .. L - 1.</summary>
public enum FrameWindow
{
    /// <summary>(1/2 - 1/2 cos(2 pi i / (L - 1)))^0.85, Kaldi's.</summary>
    Povey,

    /// <summary>0.54 - 0.46 cos(2 pi i / (L - 1)).</summary>
    Hamming,

    /// <summary>1/2 - 1/2 cos(2 pi i / (L - 1)); in librosa's convention with L in place of L - 1.</summary>
    Hann,

    /// <summary>1.</summary>
    Rectangular,
}

/// <summary>What stands before the first sample of a clip and behind the last one.</summary>
public enum FramePadding
{
    /// <summary>
    /// Nothing: only frames that lie wholly in the clip count, 1 + (n - L) / S rounded down. A clip shorter than a frame is one
    /// frame, with zeros behind it.
    /// </summary>
    None,

    /// <summary>Zeros. In librosa's convention 1 + n / S frames, else (n + S / 2) / S, at least one.</summary>
    Zeros,

    /// <summary>
    /// The clip backwards, as many frames as with zeros; in librosa's convention without the sample at the border, else with it.
    /// </summary>
    Reflect,
}

/// <summary>The pitch that the bands are spread evenly over.</summary>
public enum MelScale
{
    /// <summary>1127 ln(1 + f / 700) (O'Shaughnessy 1987; HTK).</summary>
    Htk,

    /// <summary>3 f / 200 up to 1000 Hz, then 15 + 27 ln(f / 1000) / ln 6.4 (Slaney 1998, Auditory Toolbox).</summary>
    Slaney,
}

/// <summary>What stands in the place of the coefficient c_0.</summary>
public enum ZerothCoefficient
{
    /// <summary>c_0 itself.</summary>
    Cepstrum,

    /// <summary>The logarithm of the energy of the frame, the sum of x_i^2.</summary>
    LogEnergy,

    /// <summary>Nothing: it is left out.</summary>
    None,
}

/// <summary>What is done to the features of each clip, column by column and before differences are taken.</summary>
public enum ClipNormalisation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The mean of the clip is subtracted.</summary>
    Mean,

    /// <summary>
    /// The mean is subtracted, and what is left divided by the standard deviation; a column that is the same in all frames
    /// becomes 0.
    /// </summary>
    MeanVariance,
}

/// <summary>
/// How sound becomes rows of numbers. Properties that are null are decided by the convention; <see cref="Decided"/> tells how.
/// <code>
/// (1) x_i = scale s_(tS + i),  i = 0 .. L - 1                frame t of the samples s, less its mean where RemoveMean says so
/// (2) y_i = w_i (x_i - k x_(i-1)),  y_0 = w_0 (1 - k) x_0    pre-emphasis k, window w
/// (3) P_j = |sum over i of y_i e^(-2 pi i j / N)|^2          with UsePower false the root of it
/// (4) m_b = u ln max(floor, sum over j of V_bj P_j)          triangles V, evenly spread over the mel scale; u of the LogUnit
/// (5) c_q = l_q sqrt(2/B) sum over b of m_b cos(pi q (b - 1/2) / B),  l_q = 1 + (lifter / 2) sin(pi q / lifter)
/// (6) d_t = sum over h = 1 .. H of h (c_(t+h) - c_(t-h)) / (2 sum over h of h^2)    before the first frame stands the first one
/// </code>
/// <para>The conventions differ in more than their settings: triangles are linear in mel and end before half the sample rate
/// with Kaldi and HTK, and linear in Hz with librosa; c_0 is divided by sqrt(2) with Kaldi and librosa and stands first there,
/// with HTK last; the lifter's sine is that of q + 1 with librosa. The energy's floor is the <see cref="LogFloor"/>.</para>
/// <para>(5) after Davis and Mermelstein 1980, the rest as in Young et al., The HTK Book (3.4), chapter 5; the source code of
/// Kaldi's feature-window, feature-fbank, mel-computations and feature-mfcc; and librosa's documentation of melspectrogram,
/// power_to_db, filters.mel and mfcc.</para>
/// </summary>
public sealed record SoundFeatureSpec
{
    internal const int MostFrame = 65_536, MostBands = 512, MostDeltaWindow = 16, MostRate = 768_000;

    /// <summary>The bands that models of sound are usually given: 40.</summary>
    public const int UsualBands = 40;

    /// <summary>Who decides what is left open. Default: Kaldi.</summary>
    public SoundConvention Convention { get; init; } = SoundConvention.Kaldi;

    /// <summary>What is told of a frame. Default: log mel energies.</summary>
    public SoundFeatureKind Kind { get; init; } = SoundFeatureKind.LogMel;

    /// <summary>Samples a second, in Hz: 100 to 768,000. Default: 16,000.</summary>
    public int SampleRate { get; init; } = 16_000;

    /// <summary>L in samples: 8 to 65,536. Default: as <see cref="FrameMilliseconds"/> says; 2048 with librosa.</summary>
    public int? FrameLength { get; init; }

    /// <summary>L in milliseconds, rounded down to samples; not together with FrameLength. Default: 25 ms.</summary>
    public double? FrameMilliseconds { get; init; }

    /// <summary>S in samples: 1 to 65,536. Default: as <see cref="StepMilliseconds"/> says; 512 with librosa.</summary>
    public int? FrameStep { get; init; }

    /// <summary>S in milliseconds, rounded down to samples; not together with FrameStep. Default: 10 ms.</summary>
    public double? StepMilliseconds { get; init; }

    /// <summary>
    /// N: a power of two from the frame length to 65,536. Default: the smallest such. Shorter frames have zeros behind them,
    /// with librosa on both sides.
    /// </summary>
    public int? FftSize { get; init; }

    /// <summary>w of (2). Default: Povey with Kaldi, Hamming with HTK, Hann with librosa.</summary>
    public FrameWindow? Window { get; init; }

    /// <summary>What stands around the clip. Default: nothing with Kaldi and HTK, zeros with librosa.</summary>
    public FramePadding? Padding { get; init; }

    /// <summary>
    /// The factor of (1): above 0. Default: 32768 with Kaldi and HTK, which count samples as whole numbers; 1 with librosa.
    /// </summary>
    public float? SampleScale { get; init; }

    /// <summary>Whether each frame loses its mean. Default: true with Kaldi.</summary>
    public bool? RemoveMean { get; init; }

    /// <summary>k of (2): 0 to 1, inside each frame. Default: 0.97 with Kaldi and HTK, 0 with librosa.</summary>
    public float? PreEmphasis { get; init; }

    /// <summary>
    /// Whether (3) is a power; else it is a magnitude. Default: true, although HTK's own default is the magnitude.
    /// </summary>
    public bool? UsePower { get; init; }

    /// <summary>B: 1 to 512. Default: 23 with Kaldi, 20 with HTK, 128 with librosa.</summary>
    public int? MelBands { get; init; }

    /// <summary>Where the lowest band begins, in Hz. Default: 20 with Kaldi, else 0.</summary>
    public double? LowFrequency { get; init; }

    /// <summary>Where the highest band ends, in Hz: up to half the sample rate, the default.</summary>
    public double? HighFrequency { get; init; }

    /// <summary>The scale of the bands. Default: Slaney's with librosa, else HTK's.</summary>
    public MelScale? MelScale { get; init; }

    /// <summary>
    /// Whether every triangle is multiplied by 2 / its width in Hz, so that bands of equal noise are equal. Default: true with
    /// librosa.
    /// </summary>
    public bool? AreaNorm { get; init; }

    /// <summary>
    /// The smallest value under a logarithm: above 0. Default: 2^-23 with Kaldi, 1 with HTK, 1e-10 with librosa. It keeps silence
    /// finite.
    /// </summary>
    public float? LogFloor { get; init; }

    /// <summary>u of (4): 1, or for decibels 10 / ln 10. Default: decibels with librosa.</summary>
    public bool? Decibels { get; init; }

    /// <summary>
    /// Values of (4) further below the largest of the clip than this are raised to that border, in decibels: above 0, or 0
    /// for no such border. Default: 80 with librosa, else 0. A stream cannot have it.
    /// </summary>
    public float? TopDecibels { get; init; }

    /// <summary>c_0 and those that follow: 1 to the number of bands. Default: 13, with librosa 20. Of MFCC only.</summary>
    public int? Cepstra { get; init; }

    /// <summary>The lifter of (5): 0 for none. Default: 22 with Kaldi and HTK, 0 with librosa. Of MFCC only.</summary>
    public float? Lifter { get; init; }

    /// <summary>What stands in the place of c_0. Default: the energy with Kaldi, else c_0. Of MFCC only.</summary>
    public ZerothCoefficient? Zeroth { get; init; }

    /// <summary>Whether the energy is that of (1); else that of (2). Default: true.</summary>
    public bool? RawEnergy { get; init; }

    /// <summary>
    /// How often differences (6) are appended: 0, 1, or 2 for those of the differences as well. Default: 0.
    /// </summary>
    public int Deltas { get; init; }

    /// <summary>H of (6) in frames: 1 to 16. Default: 2.</summary>
    public int DeltaWindow { get; init; } = 2;

    /// <summary>What is done to each clip. Default: nothing. A stream cannot have it.</summary>
    public ClipNormalisation Normalisation { get; init; } = ClipNormalisation.None;

    /// <summary>Whether every frame can be computed without the clip's later ones, but for differences.</summary>
    [JsonIgnore]
    public bool IsStreamable =>
        Normalisation == ClipNormalisation.None
        && (TopDecibels ?? (IsLibrosa ? 80f : 0f)) == 0;

    [JsonIgnore]
    private bool IsLibrosa => Convention == SoundConvention.Librosa;

    /// <summary>The same with everything that was left open, lengths in samples: what belongs into a model file.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range, or two contradict one another; the message names the property and the range.
    /// </exception>
    public SoundFeatureSpec Decided()
    {
        Known.Require(Convention, nameof(Convention));
        Require(SampleRate is >= 100 and <= MostRate, SampleRate, "100 to 768,000");
        bool isKaldi = Convention == SoundConvention.Kaldi, isHtk = Convention == SoundConvention.Htk;
        int length = Samples(FrameLength, FrameMilliseconds, IsLibrosa ? 2048 : null, 25, nameof(FrameLength));
        var decided = this with
        {
            FrameLength = length,
            FrameMilliseconds = null,
            FrameStep = Samples(FrameStep, StepMilliseconds, IsLibrosa ? 512 : null, 10, nameof(FrameStep)),
            StepMilliseconds = null,
            FftSize = FftSize ?? (int)uint.Max(8, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(0, length))),
            Window = Window ?? (isKaldi ? FrameWindow.Povey : isHtk ? FrameWindow.Hamming : FrameWindow.Hann),
            Padding = Padding ?? (IsLibrosa ? FramePadding.Zeros : FramePadding.None),
            SampleScale = SampleScale ?? (IsLibrosa ? 1f : 32768f),
            RemoveMean = RemoveMean ?? isKaldi,
            PreEmphasis = PreEmphasis ?? (IsLibrosa ? 0f : 0.97f),
            UsePower = UsePower ?? true,
            MelBands = MelBands ?? (isKaldi ? 23 : isHtk ? 20 : 128),
            LowFrequency = LowFrequency ?? (isKaldi ? 20 : 0),
            HighFrequency = HighFrequency ?? SampleRate / 2.0,
            MelScale = MelScale ?? (IsLibrosa ? Inputs.MelScale.Slaney : Inputs.MelScale.Htk),
            AreaNorm = AreaNorm ?? IsLibrosa,
            LogFloor = LogFloor ?? (isKaldi ? 1.1920929e-7f : isHtk ? 1f : 1e-10f),
            Decibels = Decibels ?? IsLibrosa,
            TopDecibels = TopDecibels ?? (IsLibrosa ? 80f : 0f),
            Cepstra = Cepstra ?? (IsLibrosa ? 20 : 13),
            Lifter = Lifter ?? (IsLibrosa ? 0f : 22f),
            Zeroth = Zeroth ?? (isKaldi ? ZerothCoefficient.LogEnergy : ZerothCoefficient.Cepstrum),
            RawEnergy = RawEnergy ?? true,
        };
        decided.Validate();
        return decided;
    }

    private int Samples(int? samples, double? milliseconds, int? usual, double usualMilliseconds, string property)
    {
        if (samples is not null && milliseconds is not null)
        {
            throw new ArgumentException($"{property} is given in samples and in milliseconds; one of the two is enough.");
        }

        if ((samples ?? (milliseconds is null ? usual : null)) is { } known) return known;
        // 0.001 * 16000 * 25 is 400.00000000000006, and a length just below a whole number is meant to be that number.
        double exact = SampleRate * (milliseconds ?? usualMilliseconds) / 1000;
        return exact is >= 0 and <= int.MaxValue ? (int)(exact + 1e-9) : throw new ArgumentException(
            $"{property} is {milliseconds} ms; a length above 0 is expected.");
    }

    private void Validate()
    {
        Known.Require(Kind, nameof(Kind));
        Known.Require(Window!.Value, nameof(Window));
        Known.Require(Padding!.Value, nameof(Padding));
        Known.Require(MelScale!.Value, nameof(MelScale));
        Known.Require(Zeroth!.Value, nameof(Zeroth));
        Known.Require(Normalisation, nameof(Normalisation));
        int length = FrameLength!.Value, step = FrameStep!.Value, fft = FftSize!.Value, bands = MelBands!.Value;
        Require(length is >= 8 and <= MostFrame, length, "8 to 65,536 samples", nameof(FrameLength));
        Require(step is >= 1 and <= MostFrame, step, "1 to 65,536 samples", nameof(FrameStep));
        Require(
            fft >= length && fft <= MostFrame && int.IsPow2(fft), fft,
            $"a power of two from the frame length, {length}, to 65,536", nameof(FftSize));
        Require(bands is >= 1 and <= MostBands, bands, "1 to 512", nameof(MelBands));
        Require(Kind == SoundFeatureKind.LogMel || Cepstra >= 1 && Cepstra <= bands, Cepstra!.Value,
            $"1 to the number of bands, {bands}", nameof(Cepstra));
        Require(Kind == SoundFeatureKind.LogMel || Cepstra > 1 || Zeroth != ZerothCoefficient.None, Cepstra.Value,
            "2 or more where the first is left out", nameof(Cepstra));
        Require(Deltas is >= 0 and <= 2, Deltas, "0 to 2");
        Require(DeltaWindow is >= 1 and <= MostDeltaWindow, DeltaWindow, "1 to 16");
        RequireNumber(SampleScale > 0 && SampleScale <= 1e6f, SampleScale, "above 0, up to 1,000,000", nameof(SampleScale));
        RequireNumber(PreEmphasis is >= 0 and <= 1, PreEmphasis, "0 to 1", nameof(PreEmphasis));
        RequireNumber(LogFloor is >= 1e-30f and <= 1e30f, LogFloor, "1e-30 to 1e30", nameof(LogFloor));
        RequireNumber(TopDecibels >= 0, TopDecibels, "above 0, or 0 for no such border", nameof(TopDecibels));
        RequireNumber(Lifter is >= 0 and <= 1000, Lifter, "0 to 1000", nameof(Lifter));
        RequireNumber(LowFrequency >= 0 && LowFrequency < HighFrequency, LowFrequency,
            $"0 or more, and below HighFrequency, {HighFrequency}", nameof(LowFrequency));
        RequireNumber(HighFrequency <= SampleRate / 2.0, HighFrequency,
            $"at most half the sample rate, {SampleRate / 2.0}", nameof(HighFrequency));
    }

    private static void RequireNumber(bool holds, double? value, string range, string property)
    {
        if (!holds) throw new ArgumentException($"{property} is {value}; it must be {range}.");
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SoundFeatureSpec), PrintMembers);
}
