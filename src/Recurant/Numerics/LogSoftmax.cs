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
        var kernel = new ShiftedExpKernel { Values = z, Shift = largest };
        VectorLoop.Run(ref kernel, z.Length);
        sum = (float)Reductions.Sum(z);
        return largest + Elementwise.Log(sum);
    }

    /// <summary>values = factor * values + addend, fused.</summary>
    public static void ScaleAndAdd(Span<float> values, float factor, float addend)
    {
        var kernel = new ScaleAndAddKernel { Values = values, Factor = factor, Addend = addend };
        VectorLoop.Run(ref kernel, values.Length);
    }

    /// <summary>The largest element, if none is NaN.</summary>
    public static float Largest(ReadOnlySpan<float> values)
    {
        Span<float> lanes = stackalloc float[MaximumLanes];
        lanes.Fill(float.NegativeInfinity);
        for (int i = 0; i < values.Length; i += MaximumLanes)
        {
            ReadOnlySpan<float> part = values.Slice(i, Math.Min(MaximumLanes, values.Length - i));
            var kernel = new LargestKernel { Source = part, Largest = lanes[..part.Length] };
            VectorLoop.Run(ref kernel, part.Length);
        }

        float largest = lanes[0];
        foreach (float lane in lanes) largest = lane > largest ? lane : largest;
        return largest;
    }

    private ref struct LargestKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Source;
        public Span<float> Largest;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector value = Lanes<TWidth, TVector, TReach>.Load(Source, index, left), largest = Lanes<TWidth, TVector, TReach>.Load(Largest, index, left);
            Lanes<TWidth, TVector, TReach>.Store(TWidth.SelectGreater(value, largest, value, largest), Largest, index, left);
        }
    }

    private ref struct ShiftedExpKernel : IVectorKernel
    {
        public Span<float> Values;
        public float Shift;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector shifted = TWidth.Subtract(Lanes<TWidth, TVector, TReach>.Load(Values, index, left), TWidth.Create(Shift));
            Lanes<TWidth, TVector, TReach>.Store(VectorMath<TWidth, TVector>.Exp(shifted), Values, index, left);
        }
    }

    private ref struct ScaleAndAddKernel : IVectorKernel
    {
        public Span<float> Values;
        public float Factor, Addend;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(
                    Lanes<TWidth, TVector, TReach>.Load(Values, index, left), TWidth.Create(Factor), TWidth.Create(Addend)),
                Values, index, left);
    }
}
