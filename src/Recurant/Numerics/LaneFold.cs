using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// Sum and maximum of short rows whose length is a multiple of 16: element i belongs to lane i mod 16, and the 16 lanes are then
/// joined pairwise (0 with 8, 1 with 9, ...; 0 with 4, ...). That order knows no vector width.
/// </summary>
internal static class LaneFold
{
    /// <summary>Elements that are folded at once; rows are padded to multiples of it.</summary>
    public const int Lanes = 16;

    /// <summary>A length with the padding.</summary>
    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <summary>The sum of all elements.</summary>
    public static float Sum(ReadOnlySpan<float> values)
    {
        Span<float> lanes = stackalloc float[Lanes];
        var kernel = new SumKernel { Values = values, Lanes = lanes };
        VectorLoop.Run(ref kernel, Lanes);
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }

    /// <summary>The largest element, if none is NaN.</summary>
    public static float Largest(ReadOnlySpan<float> values)
    {
        Span<float> lanes = stackalloc float[Lanes];
        var kernel = new LargestKernel { Values = values, Lanes = lanes };
        VectorLoop.Run(ref kernel, Lanes);
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) lanes[i] = lanes[i + half] > lanes[i] ? lanes[i + half] : lanes[i];
        }

        return lanes[0];
    }

    private ref struct SumKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Values;
        public Span<float> Lanes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector sum = TWidth.Create(0f);
            for (int i = index; i < Values.Length; i += LaneFold.Lanes)
            {
                sum = TWidth.Add(sum, Lanes<TWidth, TVector, TReach>.Load(Values, i, left));
            }

            Lanes<TWidth, TVector, TReach>.Store(sum, Lanes, index, left);
        }
    }

    private ref struct LargestKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Values;
        public Span<float> Lanes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector largest = Lanes<TWidth, TVector, TReach>.Load(Values, index, left);
            for (int i = index + LaneFold.Lanes; i < Values.Length; i += LaneFold.Lanes)
            {
                TVector value = Lanes<TWidth, TVector, TReach>.Load(Values, i, left);
                largest = TWidth.SelectGreater(value, largest, value, largest);
            }

            Lanes<TWidth, TVector, TReach>.Store(largest, Lanes, index, left);
        }
    }
}
