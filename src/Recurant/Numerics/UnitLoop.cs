using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

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

/// <summary>
/// A kernel in two passes over each row. One long chain of dependent operations leaves the units of a core waiting; cut in
/// two, several vectors are under way at the same time (5 to 6% less time for the gates of an LSTM).
/// </summary>
internal interface ITwoPassKernel : IUnitKernel
{
    /// <summary>The second pass; what the first left for it stands in memory.</summary>
    void ApplySecond<TWidth, TVector, TReach>(int j, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach;
}

/// <summary>Runs a kernel over the units of some rows at the widest vectors of this machine.</summary>
internal static class UnitLoop
{
    /// <summary>Rows first to end - 1, or of so many together the first ones; in each the units 0 .. units - 1.</summary>
    public static void Run<TKernel>(scoped ref TKernel kernel, int first, int end, int units, int together = 1)
        where TKernel : IUnitKernel, allows ref struct
    {
        for (int row = first; row < end; row += together)
        {
            kernel.Begin(row);
            Pass<TKernel, FirstPass<TKernel>>(ref kernel, units);
        }
    }

    /// <summary>The same for a kernel in two passes.</summary>
    public static void RunTwice<TKernel>(scoped ref TKernel kernel, int first, int end, int units)
        where TKernel : ITwoPassKernel, allows ref struct
    {
        for (int row = first; row < end; row++)
        {
            kernel.Begin(row);
            Pass<TKernel, FirstPass<TKernel>>(ref kernel, units);
            Pass<TKernel, SecondPass<TKernel>>(ref kernel, units);
        }
    }

    private static void Pass<TKernel, TPass>(scoped ref TKernel kernel, int units)
        where TKernel : allows ref struct
        where TPass : struct, IPass<TKernel>
    {
        if (Width.Is512)
        {
            Pass<TKernel, TPass, Width512, Vector512<float>>(ref kernel, units);
        }
        else if (Width.Is256)
        {
            Pass<TKernel, TPass, Width256, Vector256<float>>(ref kernel, units);
        }
        else
        {
            Pass<TKernel, TPass, Width128, Vector128<float>>(ref kernel, units);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Pass<TKernel, TPass, TWidth, TVector>(scoped ref TKernel kernel, int units)
        where TKernel : allows ref struct
        where TPass : struct, IPass<TKernel>
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        int j = 0;
        for (; j <= units - TWidth.Count; j += TWidth.Count)
        {
            TPass.Apply<TWidth, TVector, WholeVector>(ref kernel, j, TWidth.Count);
        }

        if (j < units) Rest<TKernel, TPass>(ref kernel, j, units);
    }

    /// <summary>The last units, fewer than a vector has lanes: with narrower vectors, which give the same bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rest<TKernel, TPass>(scoped ref TKernel kernel, int j, int units)
        where TKernel : allows ref struct
        where TPass : struct, IPass<TKernel>
    {
        if (units - j >= Width256.Count)
        {
            TPass.Apply<Width256, Vector256<float>, WholeVector>(ref kernel, j, Width256.Count);
            j += Width256.Count;
        }

        for (; units - j >= Width128.Count; j += Width128.Count)
        {
            TPass.Apply<Width128, Vector128<float>, WholeVector>(ref kernel, j, Width128.Count);
        }

        if (j < units) TPass.Apply<Width128, Vector128<float>, PartOfVector>(ref kernel, j, units - j);
    }

    /// <summary>Which of a kernel's passes, known to the compiler.</summary>
    private interface IPass<TKernel> where TKernel : allows ref struct
    {
        static abstract void Apply<TWidth, TVector, TReach>(scoped ref TKernel kernel, int j, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach;
    }

    private readonly struct FirstPass<TKernel> : IPass<TKernel> where TKernel : IUnitKernel, allows ref struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void IPass<TKernel>.Apply<TWidth, TVector, TReach>(scoped ref TKernel kernel, int j, int left) =>
            kernel.Apply<TWidth, TVector, TReach>(j, left);
    }

    private readonly struct SecondPass<TKernel> : IPass<TKernel> where TKernel : ITwoPassKernel, allows ref struct
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void IPass<TKernel>.Apply<TWidth, TVector, TReach>(scoped ref TKernel kernel, int j, int left) =>
            kernel.ApplySecond<TWidth, TVector, TReach>(j, left);
    }
}

/// <summary>Reading and writing one vector; lanes past the last unit read as zero and are not written.</summary>
internal static unsafe class UnitLanes<TWidth, TVector, TReach>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
    where TReach : struct, IReach
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(Address source, int left) => TReach.Load<TWidth, TVector>(ref *source.Pointer, left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, Address destination, int left) =>
        TReach.Store<TWidth, TVector>(value, ref *destination.Pointer, left);
}
