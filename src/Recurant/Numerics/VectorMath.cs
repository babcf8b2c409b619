using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// exp, expm1, tanh, sigmoid and log of a vector: the same sequence of correctly rounded operations at every width.
/// The polynomials were fitted at Chebyshev nodes; the largest errors found over all floats of the range, in units in
/// the last place of the true value, are measured by the tests and stand in docs/numerics.md.
/// </summary>
internal static class VectorMath<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; the first has so few digits that n times it is exact for |n| < 256.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
    private const float RoundingShift = 12582912f;

    // From -126 ln 2 to 127.5 ln 2 the result is a normal number; outside, e^x stays at its value at the border.
    private const float LargestExponent = 88.3762589f;
    private const float SmallestExponent = -87.3365402f;

    /// <summary>e^x: x = n ln 2 + r, |r| up to ln 2 / 2, and e^x = 2^n (1 + r + r^2 q(r)). NaN stays NaN;
    /// beyond the range of normal numbers the result stays at 1.2e-38 and 2.4e38.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TWidth.Max(TWidth.Create(SmallestExponent), TWidth.Min(TWidth.Create(LargestExponent), x));
        Reduce(x, out TVector shifted, out TVector tail);
        return TWidth.ScaleByPowerOfTwo(TWidth.Add(TWidth.Create(1f), tail), shifted);
    }

    /// <summary>
    /// e^x for x down to minus a million, as significand and exponent: x = n ln 2 + r, |r| up to ln 2 / 2, e^x = e^r 2^n.
    /// NaN stays NaN; smaller x count as minus a million.
    /// </summary>
    /// <param name="x">At most 0, or little above.</param>
    /// <param name="significand">e^r, 0.7 to 1.42.</param>
    /// <param name="exponent">n.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ExpParts(TVector x, out TVector significand, out TVector exponent)
    {
        // Far below 2^22, where the shift no longer rounds to whole numbers.
        Reduce(TWidth.Max(TWidth.Create(-1e6f), x), out TVector shifted, out TVector tail);
        significand = TWidth.Add(TWidth.Create(1f), tail);
        exponent = TWidth.Subtract(shifted, TWidth.Create(RoundingShift));
    }

    /// <summary>2^n of whole numbers n from -126 to 127; smaller n count as -126.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector PowerOfTwo(TVector n) => TWidth.ScaleByPowerOfTwo(
        TWidth.Create(1f), TWidth.Add(TWidth.Max(TWidth.Create(-126f), n), TWidth.Create(RoundingShift)));

    /// <summary>
    /// tanh(x) = (e^2x - 1) / (e^2x + 1), with e^2x - 1 computed without cancellation; at |x| >= 10 it is 1 in float.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector doubled = TWidth.Add(x, x);
        doubled = TWidth.Max(TWidth.Create(-20f), TWidth.Min(TWidth.Create(20f), doubled));
        Reduce(doubled, out TVector shifted, out TVector tail);
        TVector scale = TWidth.ScaleByPowerOfTwo(TWidth.Create(1f), shifted);
        TVector expm1 = TWidth.FusedMultiplyAdd(scale, tail, TWidth.Subtract(scale, TWidth.Create(1f)));
        return TWidth.Divide(expm1, TWidth.Add(expm1, TWidth.Create(2f)));
    }

    /// <summary>sigmoid(x) = 1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        TVector one = TWidth.Create(1f);
        return TWidth.Divide(one, TWidth.Add(one, Exp(TWidth.Subtract(default, x))));
    }

    /// <summary>
    /// ln(x) for normal x > 0: x = m 2^e with m in [sqrt(1/2), sqrt(2)), f = m - 1, ln x = e ln 2 + f - f^2/2 + f^3 p(f).
    /// Smaller x, zero and negative numbers count as the smallest normal number; infinity stays, and so does NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector x)
    {
        x = TWidth.Max(TWidth.Create(1.17549435e-38f), x);
        TVector e = TWidth.Exponent(x), m = TWidth.Significand(x), one = TWidth.Create(1f);
        TVector root = TWidth.Create(1.41421356f);
        e = TWidth.SelectGreater(m, root, TWidth.Add(e, one), e);
        m = TWidth.SelectGreater(m, root, TWidth.Multiply(m, TWidth.Create(0.5f)), m);
        TVector f = TWidth.Subtract(m, one);
        TVector p = TWidth.Create(0.0697161144f);
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(-0.114797338f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(0.116854199f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(-0.124256873f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(0.142490576f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(-0.166678023f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(0.200007157f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(-0.24999997f));
        p = TWidth.FusedMultiplyAdd(p, f, TWidth.Create(0.333333312f));
        TVector square = TWidth.Multiply(f, f);
        TVector small = TWidth.FusedMultiplyAdd(TWidth.Multiply(square, f), p, TWidth.Multiply(square, TWidth.Create(-0.5f)));
        small = TWidth.FusedMultiplyAdd(e, TWidth.Create(Ln2Low), small);
        TVector result = TWidth.FusedMultiplyAdd(e, TWidth.Create(Ln2High), TWidth.Add(f, small));
        // The exponent bits of infinity and NaN are no exponent: both are handed through. A NaN is greater than nothing.
        result = TWidth.SelectGreater(x, TWidth.Create(float.MaxValue), x, result);
        return TWidth.SelectGreater(x, default, result, x);
    }

    /// <summary>n = round(x / ln 2), shifted = n + 1.5 * 2^23, r = x - n ln 2, tail = r + r^2 q(r) = e^r - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(TVector x, out TVector shifted, out TVector tail)
    {
        TVector shift = TWidth.Create(RoundingShift);
        shifted = TWidth.FusedMultiplyAdd(x, TWidth.Create(Log2E), shift);
        TVector n = TWidth.Subtract(shifted, shift);
        TVector r = TWidth.FusedMultiplyAdd(n, TWidth.Create(-Ln2High), x);
        r = TWidth.FusedMultiplyAdd(n, TWidth.Create(-Ln2Low), r);
        TVector q = TWidth.Create(0.00139262508f);
        q = TWidth.FusedMultiplyAdd(q, r, TWidth.Create(0.00836323288f));
        q = TWidth.FusedMultiplyAdd(q, r, TWidth.Create(0.0416665542f));
        q = TWidth.FusedMultiplyAdd(q, r, TWidth.Create(0.166665767f));
        q = TWidth.FusedMultiplyAdd(q, r, TWidth.Create(0.5f));
        tail = TWidth.FusedMultiplyAdd(TWidth.Multiply(r, r), q, r);
    }
}
