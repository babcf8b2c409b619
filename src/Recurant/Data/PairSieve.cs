using System.Numerics;

namespace Recurant.Data;

/// <summary>
/// How often things occur at most, in a byte for each of them instead of a string and its count: of the pairs of words of a
/// large text nine tenths occur once, are not kept, and need not be made. Two things may share a byte, which then counts both:
/// what the sieve lets through must be counted once more, and what it holds back is rare for certain.
/// </summary>
/// <param name="expected">About how many there are, with all that come again.</param>
internal sealed class PairSieve(long expected)
{
    private readonly byte[] _counts =
        new byte[BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(2 * expected, 1 << 12, 1 << 26))];

    /// <summary>How many were counted, each as often as it came.</summary>
    public long Total { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(ReadOnlySpan<char> thing)
    {
        ref byte count = ref At(thing);
        if (count < byte.MaxValue) count++;
        Total++;
    }

    /// <summary>Whether one may have been counted so often; true of all that were.</summary>
    public bool MayReach(ReadOnlySpan<char> thing, int count) => At(thing) >= Math.Min(count, byte.MaxValue);

    private ref byte At(ReadOnlySpan<char> thing) => ref _counts[RowGroups.HashOf(thing) & (uint)(_counts.Length - 1)];
}
