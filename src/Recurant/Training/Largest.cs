namespace Recurant.Training;

/// <summary>Finds the largest of many rows.</summary>
internal static class Largest
{
    /// <summary>The numbers of the largest rows, the largest first; of equal ones the first.</summary>
    /// <param name="count">How many rows there are.</param>
    /// <param name="most">How many are wanted.</param>
    /// <param name="size">The size of a row; asked once each.</param>
    public static int[] Of(int count, int most, Func<int, int> size)
    {
        // The smallest of those kept comes first, and of equal ones the last.
        var kept = new PriorityQueue<int, (int Size, int Order)>(most + 1);
        for (int i = 0; i < count; i++)
        {
            kept.Enqueue(i, (size(i), -i));
            if (kept.Count > most) kept.Dequeue();
        }

        var rows = new int[kept.Count];
        for (int i = rows.Length - 1; i >= 0; i--) rows[i] = kept.Dequeue();
        return rows;
    }
}
