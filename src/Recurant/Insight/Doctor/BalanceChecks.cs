using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>How often the labels or tags occur, and whether the test data have the same.</summary>
internal static class BalanceChecks
{
    private const double NearlyAll = 0.9, Uneven = 10;

    private const int FewTexts = 5;

    public static IEnumerable<Finding> Run(DoctorTexts train, DoctorTexts? test)
    {
        if (train.Classes is not { Count: > 0 } classes) yield break;
        string kind = train.HasLabels ? "label" : "tag";
        yield return Balance(train, classes, kind);
        if (train.HasLabels && Rare(train, classes) is { } rare) yield return rare;
        if (Alike(classes, kind) is { } alike) yield return alike;
        if (test?.Classes is { } tested) yield return Unknown(train, test, classes, tested, kind);
    }

    private static Finding Balance(DoctorTexts train, IReadOnlyList<(string Label, long Count)> classes, string kind)
    {
        long total = classes.Sum(each => each.Count);
        (string most, long largest) = classes.MaxBy(each => each.Count);
        (string least, long smallest) = classes.MinBy(each => each.Count);
        double ratio = (double)largest / smallest;
        string what = largest == smallest ? $"{Of(classes.Count, kind)}; each occurs {Count(largest)} times."
            : $"{Of(classes.Count, kind)}; the most frequent is \"{most}\" with {Share(largest, total)}, the rarest \"{least}\" "
            + $"with {Count(smallest)} of {Count(total)}.";
        bool isConstant = largest >= NearlyAll * total;
        FindingLevel level = classes.Count == 1 ? FindingLevel.Fault
            : train.HasLabels && isConstant ? FindingLevel.Warning
            : train.HasLabels && ratio >= Uneven ? FindingLevel.Note : FindingLevel.Ok;
        return new Finding($"{kind} balance", level, what)
        {
            Values = [Value("classes", classes.Count), Value("largest_share", (double)largest / total), Value("ratio", ratio)],
            Means = classes.Count == 1 ? "There is nothing to distinguish."
                : isConstant ? $"A model that always says \"{most}\" is correct in {Share(largest, total)} of the cases."
                : level == FindingLevel.Note ? "Accuracy hides how well the rare labels are predicted; macro F1 shows it." : "",
            Advice = classes.Count == 1 ? $"Choose the right {kind} column, or give data with at least two {kind}s."
                : level >= FindingLevel.Note
                ? "Compare with the most frequent label, look at macro F1, or collect more examples of the "
                    + "rare labels." : "",
        };
    }

    private static Finding? Rare(DoctorTexts train, IReadOnlyList<(string Label, long Count)> classes)
    {
        (string Label, long Count)[] rare = [.. classes.Where(each => each.Count < FewTexts).OrderBy(each => each.Count)];
        if (rare.Length == 0) return null;
        string names = string.Join(", ", rare.Take(5).Select(each => $"\"{each.Label}\" ({each.Count})"));
        var labels = rare.Select(each => each.Label).ToHashSet(StringComparer.Ordinal);
        return new Finding("rare labels", FindingLevel.Warning,
            $"{Of(rare.Length, "label")} with fewer than {FewTexts} texts: {names}.")
        {
            Where = Places(train.Texts.Where(text => labels.Contains(text.Answer!))),
            Means = "So few texts are not enough to learn from or to score.",
            Advice = "Collect more, merge the label with another, or leave it out.",
        };
    }

    /// <summary>Labels that differ only in how they are written are usually one label.</summary>
    private static Finding? Alike(IReadOnlyList<(string Label, long Count)> classes, string kind)
    {
        // Tags such as PRP and PRP$ are alike and mean to be two.
        if (kind == "tag") return null;
        var counts = classes.ToDictionary(each => each.Label, each => each.Count, StringComparer.Ordinal);
        string[] labels = [.. classes.Select(each => each.Label)];
        IReadOnlyList<IReadOnlyList<string>> spelt = DatasetChecks.LabelsSpeltAlike(labels);
        var told = spelt.SelectMany(group => group).ToHashSet(StringComparer.Ordinal);
        string[] groups =
        [
            .. spelt.Select(DatasetChecks.DescribeSpellings),
            .. labels.Where(label => !told.Contains(label)).GroupBy(DoctorText.Fold, StringComparer.Ordinal)
                .Where(group => group.Key.Length > 0 && group.Count() > 1)
                .Select(group => DatasetChecks.DescribeSpellings([.. group])),
        ];
        if (groups.Length == 0) return null;
        return new Finding("similar labels", FindingLevel.Warning,
            $"Labels that differ only in how they are written: {string.Join("; ", groups.Take(5))}.")
        {
            Values = [Value("groups", groups.Length), Value("texts", told.Sum(label => counts[label]))],
            Means = "They are treated as different labels.", Advice = "Spell them the same way if they mean the same.",
        };
    }

    private static Finding Unknown(
        DoctorTexts train, DoctorTexts test, IReadOnlyList<(string Label, long Count)> classes,
        IReadOnlyList<(string Label, long Count)> tested, string kind)
    {
        var known = classes.Select(each => each.Label).ToHashSet(StringComparer.Ordinal);
        (string Label, long Count)[] unknown = [.. tested.Where(each => !known.Contains(each.Label))];
        long count = unknown.Sum(each => each.Count);
        if (unknown.Length == 0)
        {
            return new Finding(
                $"{kind}s of the test", FindingLevel.Ok, $"Every {kind} of the test data occurs in {train.Name}.");
        }

        var names = unknown.Select(each => each.Label).ToHashSet(StringComparer.Ordinal);
        return new Finding(
            $"{kind}s of the test", train.HasLabels ? FindingLevel.Fault : FindingLevel.Warning,
            $"{Of(unknown.Length, kind)} of the test data ({Count(count)} occurrences) never occur in {train.Name}: "
            + $"{string.Join(", ", unknown.Take(5).Select(each => $"\"{each.Label}\""))}.")
        {
            Where = Places(test.Texts.Where(text => train.HasLabels ? names.Contains(text.Answer!)
                : text.Answer!.Split(' ').Any(names.Contains))),
            Means = "A model cannot predict what it has never seen.",
            Advice = "Correct the spelling, or add such texts to the training data.",
        };
    }
}
