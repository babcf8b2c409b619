using System.Globalization;

namespace Recurant.Inputs;

/// <summary>
/// Turns whole clips into rows of numbers, as a <see cref="SoundFeatureSpec"/> says. The numbers are a function of the samples
/// and the specification alone: the same bits on any machine, at any vector width, and from <see cref="SoundFeatureStream"/>.
/// </summary>
/// <remarks>
/// <para>Samples are between -1 and 1, at the rate of the specification: the caller has resampled them where needed.</para>
/// <para>A clip shorter than a frame counts as if zeros followed, and becomes one frame; <see cref="IsShort"/> tells. A clip
/// without samples is refused. Silence becomes the logarithm of the floor, never a number that is not finite.</para>
/// <para>Several threads may use one of these at once.</para>
/// </remarks>
public sealed class SoundFeatures
{
    private readonly FrameLayout _layout;
    private readonly MelFilters _filters;
    private readonly RealFft _fft;
    private readonly float[] _window, _factors;
    private readonly int _static;
    private FeatureRows? _spare;

    /// <summary>Makes the tables.</summary>
    /// <param name="spec">What is computed; what it leaves open is decided here.</param>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public SoundFeatures(SoundFeatureSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Spec = spec.Decided();
        _layout = new FrameLayout(Spec);
        _filters = new MelFilters(Spec);
        _fft = new RealFft(Spec.FftSize!.Value);
        _window = FrameWindows.Of(Spec);
        _factors = Differences.Factors(Spec.DeltaWindow);
        _spare = NewRows();
        _static = _spare.Width;
        Names = NamesOf();
        int[] empty = [.. _filters.Empty];
        Warnings = empty.Length == 0 ? [] :
        [
            string.Create(CultureInfo.InvariantCulture, $"{empty.Length} of the {_filters.Bands} mel bands lie between two ")
            + "frequencies of the transform and are always at the floor: take fewer bands, or a larger FftSize.",
        ];
    }

    /// <summary>What is computed, with everything decided.</summary>
    public SoundFeatureSpec Spec { get; }

    /// <summary>The numbers of a row: bands or coefficients, with differences two or three times as many.</summary>
    public int Width => _static * (1 + Spec.Deltas);

    /// <summary>
    /// What the numbers of a row are called: "mel 300 Hz", the centre of the band, "c3" or "energy"; "d c3" is its difference
    /// and "dd c3" the difference of that.
    /// </summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What should be known about the specification: bands without a frequency in them.</summary>
    public IReadOnlyList<string> Warnings { get; }

    internal int StaticWidth => _static;

    internal FrameLayout Layout => _layout;

    internal ReadOnlySpan<float> Factors => _factors;

    /// <summary>The frames of a clip of so many samples; 0 of none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int FramesOf(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        return (int)_layout.Frames(samples);
    }

    /// <summary>Whether a clip is shorter than one frame, so that zeros fill most of what is computed.</summary>
    public bool IsShort(int samples) => samples < Spec.FrameLength;

    /// <summary>Computes the features of a clip.</summary>
    /// <param name="samples">[n], n at least 1; between -1 and 1.</param>
    /// <returns>[frames, width], row-major.</returns>
    /// <exception cref="ArgumentException">
    /// There are no samples, or more numbers would be made than an array can hold.
    /// </exception>
    public float[] Compute(ReadOnlySpan<float> samples)
    {
        long length = _layout.Frames(samples.Length) * Width;
        if (length > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{samples.Length:N0} samples become {length:N0} numbers, more than an array can hold.", nameof(samples));
        }

        var features = new float[length];
        Compute(samples, features);
        return features;
    }

    /// <summary>Computes the features of a clip; nothing is allocated once warm.</summary>
    /// <param name="samples">[n], n at least 1; between -1 and 1.</param>
    /// <param name="features">[frames, width], row-major; takes the result.</param>
    /// <exception cref="ArgumentException">There are no samples, or the result has another length.</exception>
    public void Compute(ReadOnlySpan<float> samples, Span<float> features)
    {
        if (samples.IsEmpty) throw new ArgumentException("A clip without samples has no features.", nameof(samples));
        long frames = _layout.Frames(samples.Length);
        if (features.Length != frames * Width)
        {
            throw new ArgumentException(
                $"{samples.Length:N0} samples become [{frames}, {Width}] numbers; there is room for {features.Length:N0}.",
                nameof(features));
        }

        FeatureRows rows = Interlocked.Exchange(ref _spare, null) ?? NewRows();
        float floor = rows.FloorOf(samples, frames);
        rows.Compute(samples, 0, samples.Length, 0, features, Width, floor);
        _spare = rows;
        if (Spec.Normalisation != ClipNormalisation.None) Normalise(features);
        for (int order = 1; order <= Spec.Deltas; order++)
        {
            Differences.OfClip(features, Width, (order - 1) * _static, _static, _factors);
        }
    }

    internal FeatureRows NewRows() => new(Spec, _layout, _filters, _fft, _window);

    /// <summary>
    /// x_tj = (x_tj - mean_j) / deviation_j, each column a running sum of its own over the frames, in double precision.
    /// </summary>
    private void Normalise(Span<float> features)
    {
        int frames = features.Length / Width;
        for (int j = 0; j < _static; j++)
        {
            double sum = 0, squares = 0, largest = 0;
            for (int i = j; i < features.Length; i += Width) sum += features[i];
            double mean = sum / frames;
            for (int i = j; i < features.Length; i += Width)
            {
                double difference = features[i] - mean;
                squares += difference * difference;
                largest = Math.Max(largest, Math.Abs(features[i]));
            }

            double deviation = Math.Sqrt(squares / frames);
            // What is left of a constant column is rounding, which must not be blown up.
            bool isConstant = deviation <= 1e-6 * largest;
            double factor = Spec.Normalisation == ClipNormalisation.Mean ? 1 : isConstant ? 0 : 1 / deviation;
            for (int i = j; i < features.Length; i += Width) features[i] = (float)((features[i] - mean) * factor);
        }
    }

    private string[] NamesOf()
    {
        string[] names = Spec.Kind == SoundFeatureKind.LogMel
            ? [.. MelFilters.Edges(Spec)[1..^1].Select(centre => string.Create(
                CultureInfo.InvariantCulture, $"mel {centre:0.#} Hz"))]
            : [.. Cepstrum.Orders(Spec).Select(q => q == 0 && Spec.Zeroth == ZerothCoefficient.LogEnergy ? "energy"
                : string.Create(CultureInfo.InvariantCulture, $"c{q}"))];
        return [.. Enumerable.Range(0, 1 + Spec.Deltas).SelectMany(order => names.Select(
            name => order == 0 ? name : new string('d', order) + " " + name))];
    }
}
