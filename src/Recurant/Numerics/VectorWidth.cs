using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

/// <summary>
/// The few vector operations that every kernel is written with, once, for any width.
/// Each is one correctly rounded IEEE operation per lane, so a kernel gives the same bits at every width.
/// </summary>
internal unsafe interface IVectorWidth<TVector> where TVector : struct
{
    /// <summary>Lanes in one vector: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of a product tile that fit the registers of this width, beside two columns of vectors.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Load(float* source);
    static abstract void Store(TVector value, float* destination);
    static abstract TVector Create(float value);
    static abstract TVector Add(TVector left, TVector right);
    static abstract TVector Subtract(TVector left, TVector right);
    static abstract TVector Multiply(TVector left, TVector right);
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left * right + addend with one rounding.</summary>
    static abstract TVector FusedMultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector Sqrt(TVector value);

    /// <summary>
    /// The smaller of two; a NaN on the right stays. What a NaN on the left gives, and which of two zeros is taken, may differ
    /// from machine to machine: the left side is a constant other than zero.
    /// </summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The greater of two, with the same caution.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>whenTrue in the lanes where left is greater than right, whenFalse in the others.</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector whenTrue, TVector whenFalse);

    /// <summary>
    /// value * 2^n, exactly, by adding n to the exponent bits. The whole number n is given as n + 1.5 * 2^23, whose lowest
    /// bits are those of n; value and result are normal numbers.
    /// </summary>
    static abstract TVector ScaleByPowerOfTwo(TVector value, TVector shifted);

    /// <summary>The exponent e of a positive normal number m * 2^e with m in [1, 2), as a float.</summary>
    static abstract TVector Exponent(TVector value);

    /// <summary>The significand m in [1, 2) of a positive normal number m * 2^e.</summary>
    static abstract TVector Significand(TVector value);
}

/// <summary>
/// Which width the kernels run at: the one place that decides it. Under the JIT and in a program compiled ahead of time alike
/// both answers are constants of the compiled code, so the branches not taken cost nothing and do not exist. A program compiled
/// ahead of time holds one copy of its code for each width and enters the right one when it starts: see docs/aot.md.
/// </summary>
internal static class Width
{
    /// <summary>Whether <see cref="Width512"/> runs on vector instructions.</summary>
    public static bool Is512 => Vector512.IsHardwareAccelerated;

    /// <summary>Whether <see cref="Width256"/> runs on vector instructions.</summary>
    public static bool Is256 => Vector256.IsHardwareAccelerated;

    /// <summary>Bits in the vectors that the kernels use; 0 where .NET works lane by lane.</summary>
    public static int Bits => Is512 ? 512 : Is256 ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
}

/// <summary>Vectors of 512 bits: AVX-512.</summary>
internal readonly unsafe struct Width512 : IVectorWidth<Vector512<float>>
{
    public static int Count => 16;
    public static int TileRows => 12;
    public static Vector512<float> Load(float* source) => Vector512.Load(source);
    public static void Store(Vector512<float> value, float* destination) => value.Store(destination);
    public static Vector512<float> Create(float value) => Vector512.Create(value);
    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;
    public static Vector512<float> Subtract(Vector512<float> left, Vector512<float> right) => left - right;
    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;
    public static Vector512<float> Divide(Vector512<float> left, Vector512<float> right) => left / right;
    public static Vector512<float> FusedMultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
        Vector512.FusedMultiplyAdd(left, right, addend);
    public static Vector512<float> Sqrt(Vector512<float> value) => Vector512.Sqrt(value);
    public static Vector512<float> Min(Vector512<float> left, Vector512<float> right) => Vector512.MinNative(left, right);
    public static Vector512<float> Max(Vector512<float> left, Vector512<float> right) => Vector512.MaxNative(left, right);
    public static Vector512<float> SelectGreater(
        Vector512<float> left, Vector512<float> right, Vector512<float> whenTrue, Vector512<float> whenFalse) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(left, right), whenTrue, whenFalse);
    public static Vector512<float> ScaleByPowerOfTwo(Vector512<float> value, Vector512<float> shifted) =>
        (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    public static Vector512<float> Exponent(Vector512<float> value) =>
        Vector512.ConvertToSingle((value.AsInt32() >>> 23) - Vector512.Create(127));
    public static Vector512<float> Significand(Vector512<float> value) =>
        ((value.AsInt32() & Vector512.Create(0x007FFFFF)) | Vector512.Create(0x3F800000)).AsSingle();
}

/// <summary>Vectors of 256 bits: AVX2 with FMA.</summary>
internal readonly unsafe struct Width256 : IVectorWidth<Vector256<float>>
{
    public static int Count => 8;
    public static int TileRows => 6;
    public static Vector256<float> Load(float* source) => Vector256.Load(source);
    public static void Store(Vector256<float> value, float* destination) => value.Store(destination);
    public static Vector256<float> Create(float value) => Vector256.Create(value);
    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;
    public static Vector256<float> Subtract(Vector256<float> left, Vector256<float> right) => left - right;
    public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;
    public static Vector256<float> Divide(Vector256<float> left, Vector256<float> right) => left / right;
    public static Vector256<float> FusedMultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
        Vector256.FusedMultiplyAdd(left, right, addend);
    public static Vector256<float> Sqrt(Vector256<float> value) => Vector256.Sqrt(value);
    public static Vector256<float> Min(Vector256<float> left, Vector256<float> right) => Vector256.MinNative(left, right);
    public static Vector256<float> Max(Vector256<float> left, Vector256<float> right) => Vector256.MaxNative(left, right);
    public static Vector256<float> SelectGreater(
        Vector256<float> left, Vector256<float> right, Vector256<float> whenTrue, Vector256<float> whenFalse) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), whenTrue, whenFalse);
    public static Vector256<float> ScaleByPowerOfTwo(Vector256<float> value, Vector256<float> shifted) =>
        (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    public static Vector256<float> Exponent(Vector256<float> value) =>
        Vector256.ConvertToSingle((value.AsInt32() >>> 23) - Vector256.Create(127));
    public static Vector256<float> Significand(Vector256<float> value) =>
        ((value.AsInt32() & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).AsSingle();
}

/// <summary>
/// Vectors of 128 bits: SSE, NEON, or none at all (then .NET does lane by lane what the vector would do at once).
/// </summary>
internal readonly unsafe struct Width128 : IVectorWidth<Vector128<float>>
{
    public static int Count => 4;
    public static int TileRows => 6;
    public static Vector128<float> Load(float* source) => Vector128.Load(source);
    public static void Store(Vector128<float> value, float* destination) => value.Store(destination);
    public static Vector128<float> Create(float value) => Vector128.Create(value);
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;
    public static Vector128<float> Subtract(Vector128<float> left, Vector128<float> right) => left - right;
    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;
    public static Vector128<float> Divide(Vector128<float> left, Vector128<float> right) => left / right;
    public static Vector128<float> FusedMultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        WideningFusedMultiplyAdd.IsNeeded
            ? WideningFusedMultiplyAdd.Compute(left, right, addend)
            : Vector128.FusedMultiplyAdd(left, right, addend);
    public static Vector128<float> Sqrt(Vector128<float> value) => Vector128.Sqrt(value);
    public static Vector128<float> Min(Vector128<float> left, Vector128<float> right) => Vector128.MinNative(left, right);
    public static Vector128<float> Max(Vector128<float> left, Vector128<float> right) => Vector128.MaxNative(left, right);
    public static Vector128<float> SelectGreater(
        Vector128<float> left, Vector128<float> right, Vector128<float> whenTrue, Vector128<float> whenFalse) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), whenTrue, whenFalse);
    public static Vector128<float> ScaleByPowerOfTwo(Vector128<float> value, Vector128<float> shifted) =>
        (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    public static Vector128<float> Exponent(Vector128<float> value) =>
        Vector128.ConvertToSingle((value.AsInt32() >>> 23) - Vector128.Create(127));
    public static Vector128<float> Significand(Vector128<float> value) =>
        ((value.AsInt32() & Vector128.Create(0x007FFFFF)) | Vector128.Create(0x3F800000)).AsSingle();
}
