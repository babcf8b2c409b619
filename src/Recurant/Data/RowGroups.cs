using System.Numerics;

namespace Recurant.Data;

/// <summary>
/// Which rows of a data set are equal: each row has the number of its group, and groups are numbered in the order of their first
/// rows. Rows are told apart by hashes, and compared where these are equal; nothing of a row is kept.
/// </summary>
internal sealed class RowGroups
{
    private RowGroups(int[] groupOf, int[] firstRows, int[] sizes) => (GroupOf, FirstRows, Sizes) = (groupOf, firstRows, sizes);

    /// <summary>The group of each row.</summary>
    public int[] GroupOf { get; }

    /// <summary>The first row of each group.</summary>
    public int[] FirstRows { get; }

    /// <summary>How many rows each group has.</summary>
    public int[] Sizes { get; }

    /// <summary>The number of groups.</summary>
    public int Count => FirstRows.Length;

    /// <summary>Groups rows.</summary>
    /// <typeparam name="T">What decides whether two rows are equal.</typeparam>
    /// <param name="rows">The rows; gone through once.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="rowAt">A row again, to be compared with one of equal hash.</param>
    /// <param name="hash">The hash of a row.</param>
    /// <param name="areEqual">Whether two rows are equal.</param>
    public static RowGroups Of<T>(
        IEnumerable<T> rows, int count, Func<int, T> rowAt, Func<T, ulong> hash, Func<T, T, bool> areEqual)
    {
        // [slots]: 1 + a group, 0 for an empty slot.
        var slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4L, count + count / 4L))];
        int[] groupOf = new int[count], first = new int[count];
        // Half of each hash: enough to compare few rows that differ.
        var hashes = new uint[count];
        int groups = 0, i = 0;
        foreach (T row in rows)
        {
            ulong key = hash(row);
            uint check = (uint)(key >> 32);
            int slot = (int)(key & (uint)(slots.Length - 1)), group;
            while (true)
            {
                group = slots[slot] - 1;
                if (group < 0 || (hashes[group] == check && areEqual(rowAt(first[group]), row))) break;
                slot = (slot + 1) & (slots.Length - 1);
            }

            if (group < 0)
            {
                group = groups++;
                slots[slot] = group + 1;
                first[group] = i;
                hashes[group] = check;
            }

            groupOf[i++] = group;
        }

        var sizes = new int[groups];
        foreach (int group in groupOf) sizes[group]++;
        if (groups < count) Array.Resize(ref first, groups);
        return new RowGroups(groupOf, first, sizes);
    }

    /// <summary>A hash that is the same on every machine.</summary>
    public static ulong HashOf(ReadOnlySpan<char> text, ulong start = 0)
    {
        ulong hash = start ^ ((ulong)text.Length * 0x9E3779B97F4A7C15);
        foreach (char c in text) hash = BitOperations.RotateLeft((hash ^ c) * 0xFF51AFD7ED558CCD, 31);
        return SplitMix64.Hash(hash, 0);
    }

    /// <summary>The rows whose groups stay, and those whose groups go to the second part; both in order.</summary>
    public (int[] First, int[] Second) Divide(bool[] goesSecond)
    {
        int inSecond = GroupOf.Count(group => goesSecond[group]);
        int[] first = new int[GroupOf.Length - inSecond], second = new int[inSecond];
        for (int i = 0, firsts = 0, seconds = 0; i < GroupOf.Length; i++)
        {
            if (goesSecond[GroupOf[i]]) second[seconds++] = i; else first[firsts++] = i;
        }

        return (first, second);
    }

    /// <summary>Throws unless the share of the second part is at least 0 and less than 1.</summary>
    public static void CheckShare(double secondFraction)
    {
        if (secondFraction is >= 0 and < 1) return;
        throw new ArgumentOutOfRangeException(
            nameof(secondFraction), secondFraction, "The share of the second part must be at least 0 and less than 1.");
    }
}
