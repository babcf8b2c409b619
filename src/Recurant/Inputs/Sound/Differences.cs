using System.Runtime.CompilerServices;

namespace Recurant.Inputs;

/// <summary>
/// Differences of frames, (6) of <see cref="SoundFeatureSpec"/>: the slope of the straight line that fits 2 H + 1 frames best.
/// </summary>
internal static class Differences
{
    /// <summary>h / (2 sum of h^2) for h = 1 .. H.</summary>
    public static float[] Factors(int window)
    {
        int squares = Enumerable.Range(1, window).Sum(h => h * h);
        return [.. Enumerable.Range(1, window).Select(h => (float)(h / (2.0 * squares)))];
    }

    /// <summary>result += factor (later - earlier), one h of the sum.</summary>
    public static void Add(ReadOnlySpan<float> later, ReadOnlySpan<float> earlier, float factor, Span<float> result) =>
        VectorLoop.Accumulate(new Term(factor), later[..result.Length], earlier[..result.Length], result);

    /// <summary>
    /// Computes all differences of a clip: those of columns first .. first + width - 1 into the columns behind them.
    /// </summary>
    /// <param name="rows">[frames, pitch].</param>
    /// <param name="pitch">Floats from a frame to the next.</param>
    /// <param name="first">The first column that differences are taken of.</param>
    /// <param name="width">The number of these columns.</param>
    /// <param name="factors">The factors for h = 1 .. H.</param>
    public static void OfClip(Span<float> rows, int pitch, int first, int width, ReadOnlySpan<float> factors)
    {
        int last = rows.Length / pitch - 1;
        for (int t = 0; t <= last; t++)
        {
            Span<float> result = rows.Slice(t * pitch + first + width, width);
            result.Clear();
            for (int h = 1; h <= factors.Length; h++)
            {
                int later = Math.Min(last, t + h) * pitch + first, earlier = Math.Max(0, t - h) * pitch + first;
                Add(rows.Slice(later, width), rows.Slice(earlier, width), factors[h - 1], result);
            }
        }
    }

    private readonly struct Term(float factor) : IFunctionOfThree
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfThree.Of<TWidth, TVector>(TVector x, TVector y, TVector z) =>
            TWidth.FusedMultiplyAdd(TWidth.Create(factor), TWidth.Subtract(x, y), z);
    }
}
