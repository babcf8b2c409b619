using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// Softmax over thousands of words, in few passes over the row: the largest is found by running maxima of 64 lanes, which are
/// the same whatever the vector width, for a maximum does not depend on the order.
/// </summary>
internal static class LogSoftmax
{
    private const int MaximumLanes = 64;

    /// <summary>z becomes e^(z - largest), not yet divided by their sum. Returns ln sum_k e^(z_k).</summary>
    /// <param name="z">[V].</param>
    /// <param name="largest">The largest z; unspecified where one is NaN, and then the result is NaN.</param>
    /// <param name="sum">The sum of the exponentials, by which to divide for probabilities.</param>
    public static float Exponentials(Span<float> z, out float largest, out float sum)
    {
        largest = Largest(z);
        VectorLoop.Apply(new ShiftedExp(largest), z, z);
        sum = (float)Reductions.Sum(z);
        return largest + Elementwise.Log(sum);
    }

    /// <summary>values = factor * values + addend, fused.</summary>
    public static void ScaleAndAdd(Span<float> values, float factor, float addend) =>
        VectorLoop.Apply(new ScaledAndAdded(factor, addend), values, values);

    /// <summary>The largest element, if none is NaN.</summary>
    public static float Largest(ReadOnlySpan<float> values)
    {
        Span<float> lanes = stackalloc float[MaximumLanes];
        lanes.Fill(float.NegativeInfinity);
        for (int i = 0; i < values.Length; i += MaximumLanes)
        {
            ReadOnlySpan<float> part = values.Slice(i, Math.Min(MaximumLanes, values.Length - i));
            VectorLoop.Apply(new Larger(), part, lanes[..part.Length], lanes[..part.Length]);
        }

        float largest = lanes[0];
        foreach (float lane in lanes) largest = lane > largest ? lane : largest;
        return largest;
    }

    private readonly struct Larger : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector x, TVector largest) =>
            TWidth.SelectGreater(x, largest, x, largest);
    }

    private readonly struct ShiftedExp(float shift) : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) =>
            VectorMath<TWidth, TVector>.Exp(TWidth.Subtract(x, TWidth.Create(shift)));
    }

    private readonly struct ScaledAndAdded(float factor, float addend) : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) =>
            TWidth.FusedMultiplyAdd(x, TWidth.Create(factor), TWidth.Create(addend));
    }
}
