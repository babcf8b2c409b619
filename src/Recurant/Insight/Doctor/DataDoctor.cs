namespace Recurant.Insight;

/// <summary>
/// Looks at data before they are learnt from: balance, duplicates, contradictions, lengths, leakage into the test data, unknown
/// words, damaged characters, words that give the label away. docs/doctor.md has the rules.
/// </summary>
public static class DataDoctor
{
    /// <summary>Examines labelled texts.</summary>
    /// <param name="train">The texts to learn from.</param>
    /// <param name="test">Texts that are to be tested with; null for none.</param>
    public static DoctorReport Examine(TextDataset train, TextDataset? test = null) => Examine(train, test, DoctorTexts.Of);

    /// <summary>Examines tagged sentences.</summary>
    /// <param name="train">The sentences to learn from.</param>
    /// <param name="test">Sentences that are to be tested with; null for none.</param>
    public static DoctorReport Examine(TaggedDataset train, TaggedDataset? test = null) => Examine(train, test, DoctorTexts.Of);

    /// <summary>Examines pairs of texts.</summary>
    /// <param name="train">The pairs to learn from.</param>
    /// <param name="test">Pairs that are to be tested with; null for none.</param>
    public static DoctorReport Examine(PairDataset train, PairDataset? test = null) => Examine(train, test, DoctorTexts.Of);

    /// <summary>Examines running text, line by line.</summary>
    /// <param name="train">The text to learn from.</param>
    /// <param name="test">Text that is to be tested with; null for none.</param>
    public static DoctorReport Examine(PlainText train, PlainText? test = null) => Examine(train, test, DoctorTexts.Of);

    private static DoctorReport Examine<T>(T train, T? test, Func<T, DoctorTexts> textsOf) where T : class
    {
        ArgumentNullException.ThrowIfNull(train);
        return Examine(textsOf(train), test is null ? null : textsOf(test));
    }

    private static DoctorReport Examine(DoctorTexts train, DoctorTexts? test)
    {
        var findings = new List<Finding>();
        if (train.Count == 0)
        {
            return new DoctorReport([new Finding("size", FindingLevel.Fault, $"{train.Name}: there is nothing in it.")
            {
                Means = "There is nothing to learn from.", Advice = "Name a file that holds data.",
            }]);
        }

        findings.AddRange(BalanceChecks.Run(train, test));
        findings.AddRange(DuplicateChecks.Within(train));
        if (test is not null) findings.AddRange(DuplicateChecks.Across(train, test));
        findings.AddRange(LengthChecks.Run(train));
        if (test is not null) findings.AddRange([.. LengthChecks.Run(test), LengthChecks.UnknownWords(train, test)]);
        findings.AddRange(EncodingChecks.Run(train));
        if (test is not null) findings.AddRange(EncodingChecks.Run(test).Where(finding => finding.Level > FindingLevel.Ok));
        if (train.HasLabels) findings.AddRange(GiveawayChecks.Run(train));
        return new DoctorReport(findings);
    }
}
