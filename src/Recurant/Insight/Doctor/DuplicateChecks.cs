using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>Texts that stand more than once, contradict one another, or stand in the test data too.</summary>
internal static class DuplicateChecks
{
    private const double ManyDuplicates = 0.05, ManyConflicts = 0.005, MuchLeakage = 0.05;

    public static IEnumerable<Finding> Within(DoctorTexts data)
    {
        // Of empty texts length and encoding speak; lines of running text may well repeat.
        DoctorText[] texts = [.. data.Texts.Where(text => text.Folded.Length > 0)];
        Dictionary<string, List<DoctorText>> near = Group(texts);
        long exact = texts.Length - texts.DistinctBy(text => (text.Text, text.Answer)).Count();
        long folded = texts.Length - texts.DistinctBy(text => (text.Folded, text.Answer)).Count();
        DoctorText[] again = [.. near.Values.SelectMany(
            group => group.GroupBy(text => text.Answer, StringComparer.Ordinal).SelectMany(same => same.Skip(1)))];
        FindingLevel level = folded == 0 ? FindingLevel.Ok
            : data.Texts[0].Answer is not null && folded > ManyDuplicates * texts.Length ? FindingLevel.Warning
                : FindingLevel.Note;
        yield return new Finding(
            "duplicates", level,
            $"{data.Name}: {Count(exact)} of {Of(data.Texts.Count, data.Unit)} ({Share(exact, texts.Length)}) repeat an earlier one"
                + $"{(data.Texts[0].Answer is null ? "" : " with the same answer")}; ignoring case, spaces and punctuation, "
                + $"{Count(folded)} ({Share(folded, texts.Length)}).")
        {
            Where = Places(again),
            Values = [Value("exact", exact), Value("near", folded), Value("texts", data.Texts.Count)],
            Means = folded == 0 ? "" : "When data are set aside at random, copies end up in validation and test too, and the "
                + "scores are too good.",
            Advice = level == FindingLevel.Warning ? "Remove the copies before splitting the data." : "",
        };
        if (data.Texts[0].Answer is not null) yield return Conflicts(data, near);
    }

    private static Finding Conflicts(DoctorTexts data, Dictionary<string, List<DoctorText>> near)
    {
        List<DoctorText>[] groups = [.. near.Values.Where(group => group.Any(text => text.Answer != group[0].Answer))];
        if (groups.Length == 0) return new Finding("conflicts", FindingLevel.Ok, $"{data.Name}: no {data.Unit} has two different answers.");
        long texts = groups.Sum(group => (long)group.Count);
        int exact = groups.Count(group => group.GroupBy(text => text.Text, StringComparer.Ordinal)
            .Any(same => same.DistinctBy(text => text.Answer).Count() > 1));
        bool isGrave = data.HasLabels && texts > ManyConflicts * data.Texts.Count;
        string[] places = [.. groups.Take(MostPlaces).Select(group => string.Join(" / ", group
            .GroupBy(text => text.Answer, StringComparer.Ordinal).Take(4)
            .Select(same => data.HasLabels ? $"{same.First().Place} (\"{same.Key}\")" : same.First().Place)))];
        return new Finding(
            "conflicts", isGrave ? FindingLevel.Warning : FindingLevel.Note,
            $"{data.Name}: {Of(groups.Length, data.Unit)} with different answers ({Count(exact)} of them identical letter for letter), in "
                + $"{Count(texts)} rows.")
        {
            Where = places,
            Values = [Value("groups", groups.Length), Value("exact_groups", exact), Value("rows", texts)],
            Means = data.HasLabels ? "No model can be right about all of them, and which answer it learns is arbitrary."
                : "The same words have several answers, which may be fine.",
            Advice = data.HasLabels ? "Decide which answer is right, or remove them." : "",
        };
    }

    public static IEnumerable<Finding> Across(DoctorTexts train, DoctorTexts test)
    {
        var exact = new HashSet<string>(train.Texts.Select(text => text.Text), StringComparer.Ordinal);
        Dictionary<string, List<DoctorText>> near = Group(train.Texts.Where(text => text.Folded.Length > 0));
        DoctorText[] leaked = [.. test.Texts.Where(text => text.Folded.Length > 0 && near.ContainsKey(text.Folded))];
        if (leaked.Length == 0)
        {
            yield return new Finding("leakage", FindingLevel.Ok, $"No {test.Unit} of {test.Name} occurs in {train.Name}.");
            yield break;
        }

        long same = leaked.Count(text => exact.Contains(text.Text));
        long otherwise = leaked.Count(text => near[text.Folded].TrueForAll(learnt => learnt.Answer != text.Answer));
        bool hasAnswers = train.Texts[0].Answer is not null;
        FindingLevel level = !hasAnswers ? FindingLevel.Note
            : leaked.Length >= MuchLeakage * test.Texts.Count ? FindingLevel.Fault : FindingLevel.Warning;
        yield return new Finding(
            "leakage", level,
            $"{Of(leaked.Length, test.Unit)} of {test.Name} ({Share(leaked.Length, test.Texts.Count)}) also occur in {train.Name}, "
                + $"{Count(same)} of them identical letter for letter{(hasAnswers ? $"; {Count(otherwise)} with a different answer" : "")}.")
        {
            Where = [.. leaked.Take(MostPlaces).Select(text => $"{text.Place} = {near[text.Folded][0].Place}")],
            Values = [Value("leaked", leaked.Length), Value("exact", same), Value("other_answer", otherwise),
                Value("tested", test.Texts.Count)],
            Means = "The test contains texts that the model may have memorised: scores on new texts will be lower.",
            Advice = "Remove them from the training data and score again.",
        };
    }

    private static Dictionary<string, List<DoctorText>> Group(IEnumerable<DoctorText> texts)
    {
        var groups = new Dictionary<string, List<DoctorText>>(StringComparer.Ordinal);
        foreach (DoctorText text in texts)
        {
            if (!groups.TryGetValue(text.Folded, out List<DoctorText>? group)) groups.Add(text.Folded, group = []);
            group.Add(text);
        }

        return groups;
    }
}
