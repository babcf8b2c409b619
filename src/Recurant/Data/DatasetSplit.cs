using System.Runtime.InteropServices;

namespace Recurant.Data;

/// <summary>Divides a data set into two parts.</summary>
public static class DatasetSplit
{
    /// <summary>
    /// Divides the data so that each label keeps its share in both parts. The choice depends on the data and the seed only.
    /// Examples with identical texts always fall on the same side, so that no text of the second part has been seen in
    /// the first. Each label keeps at least one example in the first part; both parts keep the order of the data.
    /// </summary>
    /// <param name="data">The data to divide.</param>
    /// <param name="secondFraction">The share of examples wanted in the second part, from 0 up to but not including 1.
    /// What one label cannot give exactly is carried to the next, so the whole comes as near as duplicates allow.</param>
    /// <param name="seed">Another seed gives another choice.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="secondFraction"/> is outside its range.</exception>
    public static (TextDataset First, TextDataset Second) Stratified(TextDataset data, double secondFraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(secondFraction >= 0 && secondFraction < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(secondFraction), secondFraction, "The share of the second part must be at least 0 and less than 1.");
        }

        List<List<int>> groups = GroupByText(data.Examples);
        var goesSecond = new bool[data.Count];
        double wanted = 0; // what is still owed to the second part, carried from label to label
        foreach (List<List<int>> stratum in ByLabel(data, groups, seed))
        {
            int size = 0;
            foreach (List<int> group in stratum)
            {
                size += group.Count;
            }

            wanted += secondFraction * size;
            for (int g = 0; g < stratum.Count - 1; g++) // the last group stays: the label must be learnt from something
            {
                List<int> group = stratum[g];
                if (Math.Abs(wanted - group.Count) < Math.Abs(wanted)) // taking the group comes nearer to the goal
                {
                    wanted -= group.Count;
                    foreach (int index in group)
                    {
                        goesSecond[index] = true;
                    }
                }
            }
        }

        KeepEveryLabelInFirst(data, groups, goesSecond);

        var first = new List<TextExample>();
        var second = new List<TextExample>();
        for (int i = 0; i < data.Count; i++)
        {
            (goesSecond[i] ? second : first).Add(data.Examples[i]);
        }

        return (new TextDataset(data.Name, first), new TextDataset(data.Name, second));
    }

    private static List<List<int>> GroupByText(IReadOnlyList<TextExample> examples)
    {
        var groups = new List<List<int>>();
        var groupOf = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int i = 0; i < examples.Count; i++)
        {
            ref List<int>? group = ref CollectionsMarshal.GetValueRefOrAddDefault(groupOf, examples[i].Text, out _);
            if (group is null)
            {
                group = new List<int>(1);
                groups.Add(group);
            }

            group.Add(i);
        }

        return groups;
    }

    /// <summary>For each label in order: the groups whose first example bears it, in the order of their random keys.</summary>
    private static List<List<int>>[] ByLabel(TextDataset data, List<List<int>> groups, ulong seed)
    {
        var place = new Dictionary<string, int>(StringComparer.Ordinal);
        var strata = new List<List<int>>[data.Labels.Count];
        for (int k = 0; k < strata.Length; k++)
        {
            place.Add(data.Labels[k], k);
            strata[k] = [];
        }

        foreach (List<int> group in groups)
        {
            strata[place[data.Examples[group[0]].Label]].Add(group);
        }

        foreach (List<List<int>> stratum in strata)
        {
            // SplitMix64 never gives two indices the same key, so the order is total and the sort need not be stable.
            stratum.Sort((a, b) => SplitMix64.Hash(seed, a[0]).CompareTo(SplitMix64.Hash(seed, b[0])));
        }

        return strata;
    }

    /// <summary>
    /// A text that stands in the data with two labels can carry one of them away whole; its group then goes back.
    /// </summary>
    private static void KeepEveryLabelInFirst(TextDataset data, List<List<int>> groups, bool[] goesSecond)
    {
        var missing = new HashSet<string>(data.Labels, StringComparer.Ordinal);
        for (int i = 0; i < data.Count; i++)
        {
            if (!goesSecond[i])
            {
                missing.Remove(data.Examples[i].Label);
            }
        }

        foreach (List<int> group in groups)
        {
            if (missing.Count == 0)
            {
                return;
            }

            if (group.Exists(index => missing.Contains(data.Examples[index].Label)))
            {
                foreach (int index in group)
                {
                    goesSecond[index] = false;
                    missing.Remove(data.Examples[index].Label);
                }
            }
        }
    }
}
