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
    /// <returns>One over the deviation, which the backward pass needs.</returns>
    public static float Forward(ReadOnlySpan<float> z, Span<float> y)
    {
        float mean = (float)(Reductions.Sum(z) / z.Length);
        VectorLoop.Apply(new Centered(mean), z, y);
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
        VectorLoop.Apply(new NormGradient(mean, slope, scale), y, dy, dz);
    }

    private readonly struct Centered(float mean) : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => TWidth.Subtract(x, TWidth.Create(mean));
    }

    private readonly struct NormGradient(float mean, float slope, float scale) : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector y, TVector dy) =>
            TWidth.Multiply(TWidth.Create(scale), TWidth.FusedMultiplyAdd(
                y, TWidth.Create(-slope), TWidth.Subtract(dy, TWidth.Create(mean))));
    }
}
