using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// Layer normalisation of one row: subtract its mean, divide by its deviation. The sums go through the fixed tree of
/// <see cref="Reductions"/>, so the width of the vectors changes no bit.
/// <code>
/// (1) y = (z - mean(z)) / sqrt(mean((z - mean(z))^2) + epsilon)
/// </code>
/// Ba, Kiros and Hinton 2016, "Layer normalization".
/// </summary>
internal static class RowNorm
{
    /// <summary>What is added to the variance, so that a row of equal numbers can be divided: 1e-5, as in PyTorch.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>(1); y may be z.</summary>
    /// <returns>One over the deviation, which the way back needs.</returns>
    public static float Forward(ReadOnlySpan<float> z, Span<float> y)
    {
        float mean = (float)(Reductions.Sum(z) / z.Length);
        var center = new CenterKernel { Z = z, Mean = mean, Y = y };
        VectorLoop.Run(ref center, y.Length);
        float scale = (float)(1 / Math.Sqrt(Reductions.SumOfSquares(y) / y.Length + Epsilon));
        Elementwise.Scale(y, scale);
        return scale;
    }

    /// <summary>(1') dz = scale (dy - mean(dy) - y mean(dy y)), in the place of dy or of y.</summary>
    /// <param name="y">What <see cref="Forward"/> gave.</param>
    /// <param name="scale">What it returned.</param>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="dz">The gradient of z.</param>
    public static void Backward(ReadOnlySpan<float> y, float scale, ReadOnlySpan<float> dy, Span<float> dz)
    {
        float mean = (float)(Reductions.Sum(dy) / dy.Length), slope = Reductions.Dot(dy, y) / y.Length;
        var kernel = new BackwardKernel { Y = y, DY = dy, Mean = mean, Slope = slope, Scale = scale, DZ = dz };
        VectorLoop.Run(ref kernel, dz.Length);
    }

    private ref struct CenterKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Z;
        public float Mean;
        public Span<float> Y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.Subtract(Lanes<TWidth, TVector, TReach>.Load(Z, index, left), TWidth.Create(Mean)), Y, index, left);
    }

    private ref struct BackwardKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Y, DY;
        public float Mean, Slope, Scale;
        public Span<float> DZ;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector dy = TWidth.Subtract(Lanes<TWidth, TVector, TReach>.Load(DY, index, left), TWidth.Create(Mean));
            TVector dz = TWidth.FusedMultiplyAdd(Lanes<TWidth, TVector, TReach>.Load(Y, index, left), TWidth.Create(-Slope), dy);
            Lanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(TWidth.Create(Scale), dz), DZ, index, left);
        }
    }
}
