using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>Texts that stand more than once, contradict one another, or stand in the test data too.</summary>
internal static class DuplicateChecks
{
    private const double ManyDuplicates = 0.05, ManyConflicts = 0.005, MuchLeakage = 0.05;

    public static IEnumerable<Finding> Within(DoctorTexts data)
    {
        DoctorRows rows = data.Rows;
        // Of empty texts length and encoding speak; lines of running text may well repeat.
        int[] texts = rows.WithLetters();
        long exact = texts.Length - DoctorGroups.Distinct(
            texts, row => DoctorRows.WithAnswer(rows.Texts[row], rows.Answers[row]));
        long folded = texts.Length - DoctorGroups.Distinct(
            texts, row => DoctorRows.WithAnswer(rows.Folded[row], rows.Answers[row]));
        var near = new DoctorGroups(texts, row => rows.Folded[row]);
        IEnumerable<int> again = near.Several.SelectMany(
            group => group.GroupBy(row => rows.Answers[row]).SelectMany(same => same.Skip(1)));
        FindingLevel level = folded == 0 ? FindingLevel.Ok
            : data.HasAnswers && folded > ManyDuplicates * texts.Length ? FindingLevel.Warning
                : FindingLevel.Note;
        yield return new Finding(
            "duplicates", level,
            $"{data.Name}: {Count(exact)} of {Of(data.Count, data.Unit)} ({Share(exact, texts.Length)}) repeat an earlier one"
                + $"{(data.HasAnswers ? " with the same answer" : "")}; ignoring case, spaces and punctuation, "
                + $"{Count(folded)} ({Share(folded, texts.Length)}).")
        {
            Where = data.Places(again),
            Values = [Value("exact", exact), Value("near", folded), Value("texts", data.Count)],
            Means = folded == 0 ? "" : "When data are set aside at random, copies end up in validation and test too, and the "
                + "scores are too good.",
            Advice = level == FindingLevel.Warning ? "Remove the copies before splitting the data." : "",
        };
        if (data.HasAnswers) yield return Conflicts(data, near);
    }

    private static Finding Conflicts(DoctorTexts data, DoctorGroups near)
    {
        DoctorRows rows = data.Rows;
        ArraySegment<int>[] groups =
            [.. near.Several.Where(group => group.Any(row => rows.Answers[row] != rows.Answers[group[0]]))];
        if (groups.Length == 0)
        {
            return new Finding("conflicts", FindingLevel.Ok, $"{data.Name}: no {data.Unit} has two different answers.");
        }

        long texts = groups.Sum(group => (long)group.Count);
        int exact = groups.Count(group => group.GroupBy(row => rows.Texts[row])
            .Any(same => same.DistinctBy(row => rows.Answers[row]).Count() > 1));
        bool isGrave = data.HasLabels && texts > ManyConflicts * data.Count;
        string[] places = [.. groups.Take(MostPlaces).Select(group => string.Join(" / ", group
            .GroupBy(row => rows.Answers[row]).Take(4).Select(same => data.At(same.First()))
            .Select(text => data.HasLabels ? $"{text.Place} (\"{text.Answer}\")" : text.Place)))];
        return new Finding(
            "conflicts", isGrave ? FindingLevel.Warning : FindingLevel.Note,
            $"{data.Name}: {Of(groups.Length, data.Unit)} with different answers ({Count(exact)} of them identical letter for "
                + $"letter), in "
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
        DoctorRows learnt = train.Rows, tested = test.Rows;
        // Of the training texts those are kept that the test has too: few as a rule.
        HashSet<ulong> ofTest = [.. tested.Folded, .. tested.Texts], exact = [], answered = [];
        var near = new Dictionary<ulong, int>();
        for (int row = 0; row < train.Count; row++)
        {
            if (ofTest.Contains(learnt.Texts[row])) exact.Add(learnt.Texts[row]);
            ulong folded = learnt.Folded[row];
            if (folded == DoctorRows.Nothing || !ofTest.Contains(folded)) continue;
            near.TryAdd(folded, row);
            answered.Add(DoctorRows.WithAnswer(folded, learnt.Answers[row]));
        }

        int[] leaked = [.. tested.WithLetters().Where(row => near.ContainsKey(tested.Folded[row]))];
        if (leaked.Length == 0)
        {
            yield return new Finding("leakage", FindingLevel.Ok, $"No {test.Unit} of {test.Name} occurs in {train.Name}.");
            yield break;
        }

        long same = leaked.Count(row => exact.Contains(tested.Texts[row]));
        long otherwise = leaked.Count(
            row => !answered.Contains(DoctorRows.WithAnswer(tested.Folded[row], tested.Answers[row])));
        bool hasAnswers = train.HasAnswers;
        FindingLevel level = !hasAnswers ? FindingLevel.Note
            : leaked.Length >= MuchLeakage * test.Count ? FindingLevel.Fault : FindingLevel.Warning;
        yield return new Finding(
            "leakage", level,
            $"{Of(leaked.Length, test.Unit)} of {test.Name} ({Share(leaked.Length, test.Count)}) also occur in {train.Name}, "
                + $"{Count(same)} of them identical letter for "
                + $"letter{(hasAnswers ? $"; {Count(otherwise)} with a different answer" : "")}.")
        {
            Where = [.. leaked.Take(MostPlaces).Select(
                row => $"{test.At(row).Place} = {train.At(near[tested.Folded[row]]).Place}")],
            Values = [Value("leaked", leaked.Length), Value("exact", same), Value("other_answer", otherwise),
                Value("tested", test.Count)],
            Means = "The test contains texts that the model may have memorised: scores on new texts will be lower.",
            Advice = "Remove them from the training data and score again.",
        };
    }
}
