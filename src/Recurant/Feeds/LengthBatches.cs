namespace Recurant.Feeds;

/// <summary>
/// Sequences in batches of similar length, none of which has many tokens, so that their memory stays small. The longest come
/// first: the memory takes its final size at once.
/// </summary>
internal static class LengthBatches
{
    /// <summary>The numbers of the sequences of each batch; of empty ones there are none.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="mostSequences">The most sequences of a batch.</param>
    /// <param name="mostTokens">Not many more tokens than this; but one sequence, however long.</param>
    public static IEnumerable<ArraySegment<int>> Of(IReadOnlyList<int[]> sequences, int mostSequences, int mostTokens)
    {
        int[] order = [.. Enumerable.Range(0, sequences.Count).Where(i => sequences[i].Length > 0)];
        Array.Sort(order, (a, b) => sequences[a].Length != sequences[b].Length
            ? sequences[b].Length.CompareTo(sequences[a].Length)
            : a.CompareTo(b));
        for (int start = 0, count; start < order.Length; start += count)
        {
            count = Math.Min(Math.Clamp(mostTokens / sequences[order[start]].Length, 1, mostSequences), order.Length - start);
            yield return new ArraySegment<int>(order, start, count);
        }
    }
}
