using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Recurant.Numerics;

/// <summary>
/// Where some floats stand in a <see cref="FloatBuffer"/>: what a span is without its length, for kernels that check once
/// for many rows. Whoever holds one keeps the buffer reachable and does not let it grow.
/// </summary>
internal readonly unsafe struct Address(float* pointer)
{
    public readonly float* Pointer = pointer;

    /// <summary>No place at all.</summary>
    public static Address None => default;

    public bool IsNone => Pointer == null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Address operator +(Address address, nint floats) => new(address.Pointer + floats);

    public static bool operator ==(Address left, Address right) => left.Pointer == right.Pointer;

    public static bool operator !=(Address left, Address right) => left.Pointer != right.Pointer;

    /// <summary>Begins to fetch so many floats from memory or from another core, without waiting for them.</summary>
    public void Prefetch(int length)
    {
        for (int i = 0; Sse.IsSupported && i < length; i += 16) Sse.Prefetch0(Pointer + i);
    }

    /// <summary>So many floats from here on.</summary>
    public Span<float> Span(int length) => new(Pointer, length);

    public override bool Equals(object? other) => other is Address address && address == this;

    public override int GetHashCode() => ((nint)Pointer).GetHashCode();
}
