using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recurant.Numerics;

/// <summary>
/// left * right + addend with one rounding on processors that have vectors but no such instruction, and in native programs
/// that may not use it; .NET would call a function of the C library for every lane there.
/// </summary>
internal static class WideningFusedMultiplyAdd
{
    /// <summary>Whether <see cref="Width128"/> computes this way: known to the compiler.</summary>
    public static bool IsNeeded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.IsHardwareAccelerated && X86Base.IsSupported && !Fma.IsSupported;
    }

    /// <summary>
    /// A product of two floats is exact in double. Its sum with the addend is rounded to odd: if anything is lost, the last
    /// bit of the double is set. Rounding that to float gives what one rounding of the exact sum gives, because a double has
    /// more than two bits to spare.
    /// Source: S. Boldo and G. Melquiond, Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
    /// odd, IEEE Transactions on Computers 57 (2008), theorem 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Compute(Vector128<float> left, Vector128<float> right, Vector128<float> addend)
    {
        (Vector128<double> left0, Vector128<double> left1) = Vector128.Widen(left);
        (Vector128<double> right0, Vector128<double> right1) = Vector128.Widen(right);
        (Vector128<double> addend0, Vector128<double> addend1) = Vector128.Widen(addend);
        return Vector128.Narrow(AddToOdd(left0 * right0, addend0), AddToOdd(left1 * right1, addend1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> AddToOdd(Vector128<double> a, Vector128<double> b)
    {
        // What the sum has lost, exactly (Knuth). Not a number where the sum is none or infinite: then nothing is changed.
        Vector128<double> sum = a + b;
        Vector128<double> share = sum - a;
        Vector128<double> lost = (a - (sum - share)) + (b - share);

        // All bits of a lane are set (-1) where the statement holds. The bits of a double count away from zero.
        Vector128<long> bits = sum.AsInt64();
        Vector128<long> isEven = (bits & Vector128<long>.One) - Vector128<long>.One;
        Vector128<long> isBelow = Vector128.GreaterThan(lost, Vector128<double>.Zero).AsInt64();
        Vector128<long> isAbove = Vector128.LessThan(lost, Vector128<double>.Zero).AsInt64();
        Vector128<long> isNegative = Vector128.LessThan(sum, Vector128<double>.Zero).AsInt64();
        Vector128<long> goesOut = (Vector128.AndNot(isBelow, isNegative) | (isAbove & isNegative)) & isEven;
        Vector128<long> goesIn = (Vector128.AndNot(isAbove, isNegative) | (isBelow & isNegative)) & isEven;
        return (bits - goesOut + goesIn).AsDouble();
    }
}
