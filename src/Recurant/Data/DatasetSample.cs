namespace Recurant.Data;

/// <summary>Chooses rows where there is not time for all.</summary>
public static class DatasetSample
{
    /// <summary>
    /// Rows chosen at random until their sizes add up to what is wanted. The choice is the same every time, and one of more rows
    /// contains that of fewer.
    /// </summary>
    /// <param name="count">How many rows there are.</param>
    /// <param name="sizeOf">The size of a row, such as the characters of its text; asked of those that are chosen only.</param>
    /// <param name="most">The sum of sizes wanted; the last row may go beyond it.</param>
    /// <returns>The numbers of the rows, ascending; all of them where they are not too large together.</returns>
    public static int[] Rows(int count, Func<int, long> sizeOf, long most)
    {
        ArgumentNullException.ThrowIfNull(sizeOf);
        var order = new int[count];
        var keys = new ulong[count];
        for (int i = 0; i < count; i++) (order[i], keys[i]) = (i, SplitMix64.Hash(0, i));
        Array.Sort(keys, order);
        int chosen = 0;
        for (long size = 0; chosen < count && size < most; chosen++) size += 1 + sizeOf(order[chosen]);
        int[] rows = order[..chosen];
        Array.Sort(rows);
        return rows;
    }
}
