using System.Runtime.InteropServices;

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
    public static (TaggedDataset First, TaggedDataset Second) Random(TaggedDataset data, double secondFraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(secondFraction >= 0 && secondFraction < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(secondFraction), secondFraction, "The share of the second part must be at least 0 and less than 1.");
        }

        var groups = new OrderedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (int i = 0; i < data.Count; i++)
        {
            // A word holds no line end.
            string key = string.Join('\n', data.Sentences[i].Words);
            if (!groups.TryGetValue(key, out List<int>? group)) groups.Add(key, group = []);
            group.Add(i);
        }

        List<List<int>> order = [.. groups.Values];
        // No two keys are the same, so the order is total.
        order.Sort((a, b) => SplitMix64.Hash(seed, a[0]).CompareTo(SplitMix64.Hash(seed, b[0])));
        var goesSecond = new bool[data.Count];
        double wanted = secondFraction * data.Count;
        foreach (List<int> group in CollectionsMarshal.AsSpan(order)[..Math.Max(0, order.Count - 1)])
        {
            // Taking the group must come nearer to the goal.
            if (Math.Abs(wanted - group.Count) >= Math.Abs(wanted)) continue;
            wanted -= group.Count;
            foreach (int index in group) goesSecond[index] = true;
        }

        var first = new List<TaggedSentence>();
        var second = new List<TaggedSentence>();
        for (int i = 0; i < data.Count; i++) (goesSecond[i] ? second : first).Add(data.Sentences[i]);
        return (new TaggedDataset(data.Name, first), new TaggedDataset(data.Name, second));
    }
}
