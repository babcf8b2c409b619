using System.Globalization;
using Recurant.Insight;
using static Recurant.Reports.MarkedText;

namespace Recurant.Reports;

/// <summary>The sections about a data set, and about a sequence of a generated problem.</summary>
internal static class DataSections
{
    private const int MostBars = 15;

    public static void Add(HtmlPage page, DataExplanation explanation)
    {
        if (explanation.Words.Count > 0) AddWords(page.Section("words", "Words"), explanation);
        if (explanation.Units.Count > 0) AddUnits(page.Section("units", "Hidden units"), explanation);
        if (explanation.Traits.Count > 0) AddTraits(page.Section("traits", "Units that follow something"), explanation);
        PageSection mistakes = page.Section("mistakes", "Surest mistakes");
        if (explanation.Accuracy is { } accuracy)
        {
            mistakes.Text($"Accuracy {Four(accuracy)} over {Whole(explanation.Texts)} texts.");
        }

        if (explanation.Mistakes.Count == 0)
        {
            mistakes.Text("There are none to show.");
            return;
        }

        mistakes.Table(new TextTable
        {
            Caption = "Wrong answers, the surest first", Columns = ["text", "said", "probability", "right", "line"],
            TextColumns = [0, 1, 3],
            Rows = [.. explanation.Mistakes.Select(mistake => (IReadOnlyList<string>)
            [
                mistake.Place >= 0 ? $"{mistake.Text} (word {Whole(mistake.Place + 1)})" : mistake.Text, mistake.Predicted,
                Four(mistake.Probability), mistake.Expected, mistake.Line > 0 ? Whole(mistake.Line) : "",
            ])],
        });
    }

    public static void Add(HtmlPage page, ProblemExplanation explanation)
    {
        PageSection section = page.Section("steps", explanation.Problem);
        section.Facts([("said", Join(explanation.Answer)), ("right", Join(explanation.Expected))]);
        section.Text(
            "The effect of a step: the answer (of copying the log probability of the right symbols) less the same with the "
            + "number 0 "
            + "(of copying a blank) in its place.");
        section.Chart(new LineChart
        {
            Title = "Effect of each step", XLabel = "step", YLabel = "effect",
            Series =
                [new("effect", [.. explanation.Steps.Select((_, t) => t + 1.0)],
                [.. explanation.Steps.Select(step => step.Effect)])],
        });
        section.Table(new TextTable
        {
            Caption = "The steps that did most", Columns = ["step", "input", "effect"], TextColumns = [1],
            Rows = [.. explanation.Steps.Select((step, t) => (step, t)).OrderByDescending(pair => Math.Abs(pair.step.Effect))
                .Take(20)
                .OrderBy(pair => pair.t).Select(pair => (IReadOnlyList<string>)
                    [Whole(pair.t + 1), Join(pair.step.Input),
                        pair.step.Effect.ToString("+0.0000;\u22120.0000;0.0000", CultureInfo.InvariantCulture)])],
        });
    }

    private static void AddWords(PageSection section, DataExplanation explanation)
    {
        section.Text(
            "The mean share of a word (integrated gradients, log odds of the label) over the texts that get the label. Words "
            + "are ranked "
            + $"by the mean less two standard errors. The largest error of a text's sum is {Four(explanation.LargestError)}.");
        IGrouping<string, WordImportance>[] labels = [.. explanation.Words.GroupBy(word => word.Label)];
        section.Add(to =>
        {
            to.Open("div", ("class", "pair"));
            foreach (IGrouping<string, WordImportance> label in labels)
            {
                new BarChart
                {
                    Title = $"Words that speak for {label.Key}", LabelName = "word", ValueName = "mean share",
                    Bars = [.. label.Take(MostBars).Select(word => (Visible(word.Word), word.Mean))],
                }.WriteTo(to);
            }

            to.Close();
        });
        section.Table(new TextTable
        {
            Caption = "Words with their counts", Columns = ["word", "label", "count", "mean share", "standard error"],
            TextColumns = [0, 1],
            Rows = [.. explanation.Words.Select(word => (IReadOnlyList<string>)
                [Visible(word.Word), word.Label, Whole(word.Count), Signed(word.Mean), Four(word.StandardError)])],
        });
    }

    private static void AddUnits(PageSection section, DataExplanation explanation)
    {
        section.Text(
            "What changes in the log odds of the answer when the output layer reads zero in the place of one unit, its mean "
            + "size.");
        section.Chart(new BarChart
        {
            Title = "Units that change answers most", LabelName = "unit", ValueName = "change",
            Bars = [.. explanation.Units.Take(MostBars).Select(unit => ($"{Whole(unit.Unit)} for {unit.Label}", unit.Effect))],
        });
    }

    private static void AddTraits(PageSection section, DataExplanation explanation)
    {
        section.Text(
            "For each thing that can be named the unit whose output follows it best (Pearson's correlation). The unit is "
            + "chosen on one half "
            + "of the texts; \u201Cheld out\u201D is its correlation on the other. Chance is the best of all units when the "
            + "trait is shifted along "
            + "the text, the mean and the largest of nineteen shifts.");
        section.Table(new TextTable
        {
            Caption = "Units that follow something",
            Columns = ["what", "unit", "found", "held out", "chance", "limit", "more than chance"],
            TextColumns = [0, 6],
            Rows = [.. explanation.Traits.Select(trait => (IReadOnlyList<string>)
            [
                trait.Trait, Whole(trait.Unit), Signed(trait.Correlation), Signed(trait.HeldOut), Four(trait.Chance),
                Four(trait.Limit),
                trait.IsReal ? "yes" : "no",
            ])],
        });
    }

    private static string Whole(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)));
}
