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
    public static (TextDataset First, TextDataset Second) Stratified(TextDataset data, double secondFraction, ulong seed) =>
        Stratified(data, secondFraction, seed, PhaseWork.Unwatched);

    internal static (TextDataset First, TextDataset Second) Stratified(
        TextDataset data, double secondFraction, ulong seed, PhaseWork work)
    {
        ArgumentNullException.ThrowIfNull(data);
        RowGroups.CheckShare(secondFraction);
        RowGroups groups = RowGroups.Of(
            work.Over("splitting", data.Examples).Select(example => example.Text), data.Count, i => data.Examples[i].Text,
            text => RowGroups.HashOf(text), string.Equals);
        var goesSecond = new bool[groups.Count];
        double wanted = 0; // what is still owed to the second part, carried from label to label
        foreach (List<int> stratum in ByLabel(data, groups, seed))
        {
            int size = 0;
            foreach (int group in stratum) size += groups.Sizes[group];
            wanted += secondFraction * size;
            for (int g = 0; g < stratum.Count - 1; g++) // the last group stays: the label must be learnt from something
            {
                int count = groups.Sizes[stratum[g]];
                if (Math.Abs(wanted - count) < Math.Abs(wanted)) // taking the group comes nearer to the goal
                {
                    wanted -= count;
                    goesSecond[stratum[g]] = true;
                }
            }
        }

        KeepEveryLabelInFirst(data, groups, goesSecond);
        (int[] first, int[] second) = groups.Divide(goesSecond);
        return (data.SubsetOf(first), data.SubsetOf(second));
    }

    /// <summary>For each label in order: the groups whose first example bears it, in the order of their random keys.</summary>
    private static List<int>[] ByLabel(TextDataset data, RowGroups groups, ulong seed)
    {
        var strata = new List<int>[data.Labels.Count];
        for (int k = 0; k < strata.Length; k++) strata[k] = [];
        for (int group = 0; group < groups.Count; group++)
        {
            strata[data.LabelNumbers[groups.FirstRows[group]]].Add(group);
        }

        foreach (List<int> stratum in strata)
        {
            // SplitMix64 never gives two indices the same key, so the order is total and the sort need not be stable.
            stratum.Sort(
                (a, b) => SplitMix64.Hash(seed, groups.FirstRows[a]).CompareTo(SplitMix64.Hash(seed, groups.FirstRows[b])));
        }

        return strata;
    }

    /// <summary>
    /// A text that stands in the data with two labels can carry one of them away whole; its group then goes back.
    /// </summary>
    private static void KeepEveryLabelInFirst(TextDataset data, RowGroups groups, bool[] goesSecond)
    {
        var isThere = new bool[data.Labels.Count];
        for (int i = 0; i < data.Count; i++) isThere[data.LabelNumbers[i]] |= !goesSecond[groups.GroupOf[i]];
        if (Array.IndexOf(isThere, false) < 0) return;
        // In the order of the groups, of which few hold such a label.
        var rowsOf = new SortedDictionary<int, List<int>>();
        for (int i = 0; i < data.Count; i++)
        {
            if (!isThere[data.LabelNumbers[i]]) rowsOf.TryAdd(groups.GroupOf[i], []);
        }

        for (int i = 0; i < data.Count; i++)
        {
            if (rowsOf.TryGetValue(groups.GroupOf[i], out List<int>? rows)) rows.Add(data.LabelNumbers[i]);
        }

        foreach ((int group, List<int> labels) in rowsOf)
        {
            if (labels.Exists(label => !isThere[label]))
            {
                goesSecond[group] = false;
                labels.ForEach(label => isThere[label] = true);
            }
        }
    }
}
