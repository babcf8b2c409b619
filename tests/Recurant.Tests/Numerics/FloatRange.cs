namespace Recurant.Tests.Numerics;

/// <summary>Computes destination from source, element by element.</summary>
internal delegate void SpanFunction(ReadOnlySpan<float> source, Span<float> destination);

/// <summary>The floats between two bounds in ascending order, all of them or every so many.</summary>
internal static class FloatRange
{
    private const int Block = 1 << 14;

    /// <summary>The largest error in units in the last place of the true value, and where it is.</summary>
    public static (double Error, float At) LargestError(
        SpanFunction function, Func<double, double> exact, float low, float high, int stride)
    {
        double largest = 0;
        float at = 0;
        float[] results = new float[Block];
        foreach (ReadOnlyMemory<float> inputs in Blocks(low, high, stride))
        {
            ReadOnlySpan<float> x = inputs.Span;
            function(x, results.AsSpan(0, x.Length));
            for (int i = 0; i < x.Length; i++)
            {
                double y = exact(x[i]), error = Math.Abs(results[i] - y) / UnitInTheLastPlace(y);
                // Written so that a NaN counts as an error.
                if (!(error <= largest)) (largest, at) = (error, x[i]);
                if (double.IsNaN(error)) return (largest, at);
            }
        }

        return (largest, at);
    }

    /// <summary>The floats from low to high in steps of so many neighbours, a block at a time in the same memory.</summary>
    public static IEnumerable<ReadOnlyMemory<float>> Blocks(float low, float high, int stride)
    {
        float[] block = new float[Block];
        int count = 0;
        long last = Rank(high);
        for (long rank = Rank(low); rank <= last; rank += stride)
        {
            block[count++] = FromRank(rank);
            if (count == Block)
            {
                yield return block;
                count = 0;
            }
        }

        yield return block.AsMemory(0, count);
    }

    /// <summary>The distance of neighbouring floats around a number.</summary>
    public static double UnitInTheLastPlace(double value) =>
        Math.ScaleB(1, Math.Max(value == 0 ? -126 : Math.ILogB(value), -126) - 23);

    private static long Rank(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits >= 0 ? bits : int.MinValue - (long)bits;
    }

    private static float FromRank(long rank) =>
        BitConverter.Int32BitsToSingle((int)(rank >= 0 ? rank : int.MinValue - rank));
}
