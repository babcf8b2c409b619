using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

/// <summary>
/// An element-wise computation, written once with the operations of <see cref="IVectorWidth{TVector}"/>. Elements never
/// meet one another, so any width gives the same bits.
/// </summary>
internal interface IVectorKernel
{
    /// <summary>
    /// Computes the elements from <paramref name="index"/> on, as many as a vector has lanes and as there are left.
    /// </summary>
    /// <param name="index">The first element.</param>
    /// <param name="left">The elements from index to the last one.</param>
    void Apply<TWidth, TVector, TReach>(int index, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach;
}

/// <summary>f(x), element by element; what f needs beside x stands in its fields, so that the compiler knows it.</summary>
internal interface IFunction
{
    TVector Of<TWidth, TVector>(TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct;
}

/// <summary>f(x, y), element by element.</summary>
internal interface IFunctionOfTwo
{
    TVector Of<TWidth, TVector>(TVector x, TVector y)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct;
}

/// <summary>f(x, y, z), element by element.</summary>
internal interface IFunctionOfThree
{
    TVector Of<TWidth, TVector>(TVector x, TVector y, TVector z)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct;
}

/// <summary>Runs a kernel over all elements at the widest vectors of this machine.</summary>
internal static class VectorLoop
{
    /// <summary>result = f(x); the result may be x.</summary>
    public static void Apply<TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> result)
        where TFunction : struct, IFunction
    {
        var kernel = new FunctionKernel<TFunction>(function, x, result);
        Run(ref kernel, result.Length);
    }

    /// <summary>result = f(x, y); the result may be x or y.</summary>
    public static void Apply<TFunction>(TFunction function, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
        where TFunction : struct, IFunctionOfTwo
    {
        var kernel = new FunctionOfTwoKernel<TFunction>(function, x, y, result);
        Run(ref kernel, result.Length);
    }

    /// <summary>result = f(x, y, result).</summary>
    public static void Accumulate<TFunction>(
        TFunction function, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
        where TFunction : struct, IFunctionOfThree
    {
        var kernel = new FunctionOfThreeKernel<TFunction>(function, x, y, result);
        Run(ref kernel, result.Length);
    }

    public static void Run<TKernel>(scoped ref TKernel kernel, int length) where TKernel : IVectorKernel, allows ref struct
    {
        if (Width.Is512)
        {
            Run<TKernel, Width512, Vector512<float>>(ref kernel, length);
        }
        else if (Width.Is256)
        {
            Run<TKernel, Width256, Vector256<float>>(ref kernel, length);
        }
        else
        {
            Run<TKernel, Width128, Vector128<float>>(ref kernel, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TKernel, TWidth, TVector>(scoped ref TKernel kernel, int length)
        where TKernel : IVectorKernel, allows ref struct
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        int index = 0;
        for (; index <= length - TWidth.Count; index += TWidth.Count)
        {
            kernel.Apply<TWidth, TVector, WholeVector>(index, length - index);
        }

        if (index < length) Rest(ref kernel, index, length);
    }

    /// <summary>The last elements, fewer than a vector has lanes: with narrower vectors, which give the same bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rest<TKernel>(scoped ref TKernel kernel, int index, int length)
        where TKernel : IVectorKernel, allows ref struct
    {
        if (length - index >= Width256.Count)
        {
            kernel.Apply<Width256, Vector256<float>, WholeVector>(index, length - index);
            index += Width256.Count;
        }

        for (; length - index >= Width128.Count; index += Width128.Count)
        {
            kernel.Apply<Width128, Vector128<float>, WholeVector>(index, length - index);
        }

        if (index < length) kernel.Apply<Width128, Vector128<float>, PartOfVector>(index, length - index);
    }

    private ref struct FunctionKernel<TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> result)
        : IVectorKernel where TFunction : struct, IFunction
    {
        private readonly ReadOnlySpan<float> _x = x;
        private readonly Span<float> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                function.Of<TWidth, TVector>(Lanes<TWidth, TVector, TReach>.Load(_x, index, left)), _result, index, left);
    }

    private ref struct FunctionOfTwoKernel<TFunction>(
        TFunction function, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
        : IVectorKernel where TFunction : struct, IFunctionOfTwo
    {
        private readonly ReadOnlySpan<float> _x = x, _y = y;
        private readonly Span<float> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                function.Of<TWidth, TVector>(
                    Lanes<TWidth, TVector, TReach>.Load(_x, index, left), Lanes<TWidth, TVector, TReach>.Load(_y, index, left)),
                _result, index, left);
    }

    private ref struct FunctionOfThreeKernel<TFunction>(
        TFunction function, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
        : IVectorKernel where TFunction : struct, IFunctionOfThree
    {
        private readonly ReadOnlySpan<float> _x = x, _y = y;
        private readonly Span<float> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                function.Of<TWidth, TVector>(
                    Lanes<TWidth, TVector, TReach>.Load(_x, index, left), Lanes<TWidth, TVector, TReach>.Load(_y, index, left),
                    Lanes<TWidth, TVector, TReach>.Load(_result, index, left)),
                _result, index, left);
    }
}

/// <summary>
/// Reading and writing one vector in a span; lanes past the last element read as zero and are not written. Whoever starts a
/// loop has made sure that its spans are as long as the loop.
/// </summary>
internal static class Lanes<TWidth, TVector, TReach>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
    where TReach : struct, IReach
{
    // One expression each: of a method with branches the compiler keeps what was read before it on the stack.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(ReadOnlySpan<float> source, int index, int left) =>
        TReach.Load<TWidth, TVector>(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), index), left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, Span<float> destination, int index, int left) =>
        TReach.Store<TWidth, TVector>(value, ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), index), left);
}
