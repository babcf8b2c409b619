namespace Recurant.Data;

/// <summary>Divides tagged sentences into two parts.</summary>
public static class TaggedSplit
{
    /// <summary>
    /// Divides the data at random. The choice depends on the data and the seed only. Sentences of the same words always fall on
    /// the same side; both parts keep the order of the data, and the first keeps at least one sentence.
    /// </summary>
    /// <param name="data">The data to divide.</param>
    /// <param name="secondFraction">The share of sentences wanted in the second part, from 0 up to but not including 1.</param>
    /// <param name="seed">Another seed gives another choice.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="secondFraction"/> is outside its range.</exception>
    public static (TaggedDataset First, TaggedDataset Second) Random(TaggedDataset data, double secondFraction, ulong seed) =>
        Random(data, secondFraction, seed, PhaseWork.Unwatched);

    internal static (TaggedDataset First, TaggedDataset Second) Random(
        TaggedDataset data, double secondFraction, ulong seed, PhaseWork work)
    {
        ArgumentNullException.ThrowIfNull(data);
        RowGroups.CheckShare(secondFraction);
        RowGroups groups = RowGroups.Of(
            work.Over("splitting", data.Sentences).Select(sentence => sentence.Words), data.Count, i => data.Sentences[i].Words,
            HashOf, (a, b) => a.SequenceEqual(b, StringComparer.Ordinal));
        int[] order = [.. Enumerable.Range(0, groups.Count)];
        // No two keys are the same, so the order is total.
        Array.Sort(Array.ConvertAll(order, group => SplitMix64.Hash(seed, groups.FirstRows[group])), order);
        var goesSecond = new bool[groups.Count];
        double wanted = secondFraction * data.Count;
        foreach (int group in order.AsSpan(0, Math.Max(0, order.Length - 1)))
        {
            // Taking the group must come nearer to the goal.
            int size = groups.Sizes[group];
            if (Math.Abs(wanted - size) >= Math.Abs(wanted)) continue;
            wanted -= size;
            goesSecond[group] = true;
        }

        (int[] first, int[] second) = groups.Divide(goesSecond);
        return (data.Subset(first), data.Subset(second));
    }

    private static ulong HashOf(IReadOnlyList<string> words)
    {
        ulong hash = 0;
        for (int i = 0; i < words.Count; i++) hash = RowGroups.HashOf(words[i], hash);
        return hash;
    }
}
