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
    /// <summary>Computes the elements from <paramref name="index"/> on, as many as a vector has lanes.</summary>
    void Apply<TWidth, TVector>(int index)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct;
}

/// <summary>Runs a kernel over all elements at the widest vectors of this machine.</summary>
internal static class VectorLoop
{
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

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run<TKernel, TWidth, TVector>(scoped ref TKernel kernel, int length)
        where TKernel : IVectorKernel, allows ref struct
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        int index = 0;
        for (; index <= length - TWidth.Count; index += TWidth.Count)
        {
            kernel.Apply<TWidth, TVector>(index);
        }

        if (index < length) Rest<TKernel, TWidth, TVector>(ref kernel, index, length);
    }

    /// <summary>The last elements, fewer than a vector has lanes: with narrower vectors, which give the same bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rest<TKernel, TWidth, TVector>(scoped ref TKernel kernel, int index, int length)
        where TKernel : IVectorKernel, allows ref struct
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        if (TWidth.Count > Width256.Count && length - index >= Width256.Count)
        {
            kernel.Apply<Width256, Vector256<float>>(index);
            index += Width256.Count;
        }

        for (; index < length; index += Width128.Count) kernel.Apply<Width128, Vector128<float>>(index);
    }
}

/// <summary>Reading and writing one vector in a span; past the end of the span lanes read as zero and are not written.</summary>
internal static class Lanes<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TVector Load(ReadOnlySpan<float> source, int index) =>
        (uint)index <= (uint)(source.Length - TWidth.Count) && source.Length >= TWidth.Count
            ? Unsafe.ReadUnaligned<TVector>(
                ref Unsafe.As<float, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), index)))
            : LoadTail(source, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, Span<float> destination, int index)
    {
        if ((uint)index <= (uint)(destination.Length - TWidth.Count) && destination.Length >= TWidth.Count)
        {
            Unsafe.WriteUnaligned(
                ref Unsafe.As<float, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(destination), index)), value);
        }
        else
        {
            StoreTail(value, destination, index);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe TVector LoadTail(ReadOnlySpan<float> source, int index)
    {
        Span<float> lanes = stackalloc float[16];
        lanes.Clear();
        source[index..].CopyTo(lanes);
        fixed (float* pointer = lanes) return TWidth.Load(pointer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void StoreTail(TVector value, Span<float> destination, int index)
    {
        Span<float> lanes = stackalloc float[16];
        fixed (float* pointer = lanes) TWidth.Store(value, pointer);
        lanes[..(destination.Length - index)].CopyTo(destination[index..]);
    }
}
