using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// Whether a vector lies wholly inside the elements of a loop, known to the compiler: how it is read and written.
/// Each way of its own, because a method that chooses has branches, and before branches the compiler puts the vectors at hand
/// on the stack, where a vector of 64 bytes often lies across two cache lines (measured: docs/performance.md).
/// </summary>
internal interface IReach
{
    /// <summary>Reads a vector; lanes past <paramref name="left"/> are zero.</summary>
    static abstract TVector Load<TWidth, TVector>(ref float source, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct;

    /// <summary>Writes a vector; lanes past <paramref name="left"/> are left out.</summary>
    static abstract void Store<TWidth, TVector>(TVector value, ref float destination, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct;
}

/// <summary>There are at least as many elements left as a vector has lanes.</summary>
internal readonly struct WholeVector : IReach
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TWidth, TVector>(ref float source, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct => Unsafe.ReadUnaligned<TVector>(ref Unsafe.As<float, byte>(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TWidth, TVector>(TVector value, ref float destination, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct => Unsafe.WriteUnaligned(ref Unsafe.As<float, byte>(ref destination), value);
}

/// <summary>There are fewer.</summary>
internal readonly unsafe struct PartOfVector : IReach
{
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Load<TWidth, TVector>(ref float source, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        float* lanes = stackalloc float[16];
        for (int i = 0; i < TWidth.Count; i++) lanes[i] = i < left ? Unsafe.Add(ref source, i) : 0f;
        return TWidth.Load(lanes);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<TWidth, TVector>(TVector value, ref float destination, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        float* lanes = stackalloc float[16];
        TWidth.Store(value, lanes);
        for (int i = 0; i < left; i++) Unsafe.Add(ref destination, i) = lanes[i];
    }
}
