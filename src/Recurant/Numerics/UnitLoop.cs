using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

/// <summary>Whether a vector lies wholly inside the elements of a loop, known to the compiler.</summary>
internal interface IReach
{
    static abstract bool IsWhole { get; }
}

internal readonly struct WholeVector : IReach { public static bool IsWhole => true; }
internal readonly struct PartOfVector : IReach { public static bool IsWhole => false; }

/// <summary>
/// The element-wise part of a cell's step: many rows, in each the same units. Elements never meet one another, so any
/// width gives the same bits.
/// </summary>
internal interface IUnitKernel
{
    /// <summary>Points the kernel at a row.</summary>
    void Begin(int row);

    /// <summary>Computes the units from <paramref name="j"/> on, as many as a vector has lanes and as there are left.</summary>
    /// <param name="j">The first unit.</param>
    /// <param name="left">The units from j to the last one.</param>
    void Apply<TWidth, TVector, TReach>(int j, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach;
}

/// <summary>Runs a kernel over the units of some rows at the widest vectors of this machine.</summary>
internal static class UnitLoop
{
    /// <summary>Rows first, first + stride, ... below count; in each the units 0 .. units - 1.</summary>
    public static void Run<TKernel>(scoped ref TKernel kernel, int first, int count, int stride, int units)
        where TKernel : IUnitKernel, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<TKernel, Width512, Vector512<float>>(ref kernel, first, count, stride, units);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<TKernel, Width256, Vector256<float>>(ref kernel, first, count, stride, units);
        }
        else
        {
            Run<TKernel, Width128, Vector128<float>>(ref kernel, first, count, stride, units);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TKernel, TWidth, TVector>(scoped ref TKernel kernel, int first, int count, int stride, int units)
        where TKernel : IUnitKernel, allows ref struct
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        for (int row = first; row < count; row += stride)
        {
            kernel.Begin(row);
            int j = 0;
            for (; j <= units - TWidth.Count; j += TWidth.Count)
            {
                kernel.Apply<TWidth, TVector, WholeVector>(j, TWidth.Count);
            }

            if (j < units) ApplyPart<TKernel, TWidth, TVector>(ref kernel, j, units - j);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ApplyPart<TKernel, TWidth, TVector>(scoped ref TKernel kernel, int j, int left)
        where TKernel : IUnitKernel, allows ref struct
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct =>
        kernel.Apply<TWidth, TVector, PartOfVector>(j, left);
}

/// <summary>Reading and writing one vector; lanes past the last unit read as zero and are not written.</summary>
internal static unsafe class UnitLanes<TWidth, TVector, TReach>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
    where TReach : struct, IReach
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(Address source, int left) =>
        TReach.IsWhole ? TWidth.Load(source.Pointer) : LoadPart(source.Pointer, left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, Address destination, int left)
    {
        if (TReach.IsWhole) TWidth.Store(value, destination.Pointer); else StorePart(value, destination.Pointer, left);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector LoadPart(float* source, int left)
    {
        float* lanes = stackalloc float[16];
        new Span<float>(lanes, 16).Clear();
        new ReadOnlySpan<float>(source, left).CopyTo(new Span<float>(lanes, 16));
        return TWidth.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(TVector value, float* destination, int left)
    {
        float* lanes = stackalloc float[16];
        TWidth.Store(value, lanes);
        new ReadOnlySpan<float>(lanes, left).CopyTo(new Span<float>(destination, left));
    }
}
