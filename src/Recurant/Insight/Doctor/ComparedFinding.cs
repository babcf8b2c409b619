using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>A model must beat whoever looks at nothing, and should beat whoever looks at words without their order.</summary>
internal static class ComparedFinding
{
    /// <summary>Of two shares of answers that are right, where two standard deviations tell chance from a difference.</summary>
    public static Finding OfShares(
        string check, string whom, string measure, double score, double baseline, int count, FindingLevel worse)
    {
        // Two standard deviations of a share of so many.
        double doubt = 2 * Math.Sqrt(Math.Max(baseline * (1 - baseline), 1e-9) / count);
        FindingLevel level = score > baseline + doubt ? FindingLevel.Ok : score >= baseline ? FindingLevel.Note : worse;
        return new Finding(check, level,
            $"{measure} {Four(score)}; {whom}: {Four(baseline)} ({Of(count, "case")}, two standard deviations "
                + $"are {Four(doubt)}).")
        {
            Values = [Value("score", score), Value("baseline", baseline), Value("deviation", doubt / 2)],
            Means = level == FindingLevel.Ok ? "" : level == FindingLevel.Note ? "The difference may be due to chance."
                : "A simpler method is better.",
            Advice = level <= FindingLevel.Note ? "" : "Train longer, look for errors in the data, or use the simpler method.",
        };
    }

    /// <summary>Of two numbers of any kind; what it means and what to do are said only of a model that is no better.</summary>
    public static Finding Against(
        string check, bool isBetter, string what, string means, string advice,
        params IReadOnlyList<KeyValuePair<string, double>> values) =>
        new(check, isBetter ? FindingLevel.Ok : FindingLevel.Warning, what)
        {
            Values = values, Means = isBetter ? "" : means, Advice = isBetter ? "" : advice,
        };
}
