namespace Recurant.Inputs;

/// <summary>
/// Hides stretches of time and of frequency from a network that learns: SpecAugment (Park et al. 2019), without its warping of
/// time.
/// <code>
/// (1) bands f_0 .. f_0 + f - 1,  f uniform in 0 .. F,  f_0 uniform in 0 .. B - f           so many masks of frequency
/// (2) frames t_0 .. t_0 + t - 1,  t uniform in 0 .. min(T, p n),  t_0 uniform in 0 .. n - t    so many masks of time
/// </code>
/// What is hidden becomes the mean of its column over the clip: in the paper 0, where clips have the mean 0. Differences of bands
/// are hidden with them. Which cells are hidden is a function of the random stream alone.
/// </summary>
internal sealed record SpectrumMasks
{
    /// <summary>The number of masks (1): 0 to 1000. Default: 2. For cepstra, whose columns are no frequencies, 0.</summary>
    public int FrequencyMasks { get; init; } = 2;

    /// <summary>F in bands: 0 or more. Default: 27, as in the paper for 80 bands.</summary>
    public int WidestMask { get; init; } = 27;

    /// <summary>The number of masks (2): 0 to 1000. Default: 2.</summary>
    public int TimeMasks { get; init; } = 2;

    /// <summary>T in frames: 0 or more. Default: 100, as in the paper for frames 10 ms apart.</summary>
    public int LongestMask { get; init; } = 100;

    /// <summary>p, the share of a clip that one mask hides at most: 0 to 1. Default: 0.2, the paper's for short clips.</summary>
    public float LongestShare { get; init; } = 0.2f;

    /// <summary>Hides parts of a clip.</summary>
    /// <param name="random">Decides which; no other numbers may be drawn from this stream.</param>
    /// <param name="features">[frames, width], row-major; changed.</param>
    /// <param name="width">The columns: bands, and behind them their differences.</param>
    /// <param name="bands">B; the width is a multiple of it.</param>
    /// <exception cref="ArgumentException">A shape or a property is outside its range.</exception>
    public void Apply(Philox random, Span<float> features, int width, int bands)
    {
        Validate();
        if (bands < 1 || width < bands || width % bands != 0 || features.Length % width != 0)
        {
            throw new ArgumentException(
                $"{features.Length} numbers in rows of {width} with {bands} bands: whole rows of whole groups of bands are "
                + "expected.");
        }

        int frames = features.Length / width;
        if (frames == 0) return;
        uint drawn = 0;
        Span<float> means = width <= 1024 ? stackalloc float[width] : new float[width];
        Means(features, means);
        for (int mask = 0; mask < FrequencyMasks; mask++)
        {
            (int first, int count) = Draw(random, ref drawn, Math.Min(WidestMask, bands), bands);                           // (1)
            for (int column = first; column < width; column += bands)
            {
                for (int frame = 0; frame < frames; frame++)
                {
                    means.Slice(column, count).CopyTo(features.Slice(frame * width + column, count));
                }
            }
        }

        int longest = Math.Min(LongestMask, (int)(LongestShare * frames));
        for (int mask = 0; mask < TimeMasks; mask++)
        {
            (int first, int count) = Draw(random, ref drawn, longest, frames);                                              // (2)
            for (int frame = first; frame < first + count; frame++) means.CopyTo(features.Slice(frame * width, width));
        }
    }

    private static (int First, int Count) Draw(Philox random, ref uint drawn, int most, int all)
    {
        int count = random.Below(drawn++, most + 1);
        return (random.Below(drawn++, all - count + 1), count);
    }

    private static void Means(ReadOnlySpan<float> features, Span<float> means)
    {
        int width = means.Length, frames = features.Length / width;
        for (int j = 0; j < width; j++)
        {
            double sum = 0;
            for (int i = j; i < features.Length; i += width) sum += features[i];
            means[j] = (float)(sum / frames);
        }
    }

    private void Validate()
    {
        SpecRange.Require(FrequencyMasks is >= 0 and <= 1000, FrequencyMasks, "0 to 1000");
        SpecRange.Require(WidestMask >= 0, WidestMask, "0 or more");
        SpecRange.Require(TimeMasks is >= 0 and <= 1000, TimeMasks, "0 to 1000");
        SpecRange.Require(LongestMask >= 0, LongestMask, "0 or more");
        if (LongestShare is >= 0 and <= 1) return;
        throw new ArgumentException($"{nameof(LongestShare)} is {LongestShare}; it must be 0 to 1.");
    }
}
