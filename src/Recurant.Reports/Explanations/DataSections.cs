using System.Globalization;
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
        if (explanation.Traits.Count > 0) AddTraits(page.Section("traits", "Units that track a property"), explanation);
        PageSection mistakes = page.Section("mistakes", "Most confident mistakes");
        if (explanation.Accuracy is { } accuracy)
        {
            mistakes.Text($"Accuracy {Four(accuracy)} on {Whole(explanation.Texts)} texts.");
        }

        if (explanation.Mistakes.Count == 0)
        {
            mistakes.Text("No mistakes.");
            return;
        }

        mistakes.Table(new TextTable
        {
            Caption = "Wrong answers, the most confident first", Columns = ["text", "predicted", "probability", "expected", "line"],
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
        section.Facts([("predicted", Join(explanation.Answer)), ("expected", Join(explanation.Expected))]);
        section.Text(
            "The effect of a step on the answer: the answer minus the answer with the step's number set to 0. For copying, it is "
            + "the effect on the log probability of the expected symbols, with the step's symbol set to blank.");
        section.Chart(new LineChart
        {
            Title = "Effect of each step", XLabel = "step", YLabel = "effect",
            Series =
                [new("effect", [.. explanation.Steps.Select((_, t) => t + 1.0)],
                [.. explanation.Steps.Select(step => step.Effect)])],
        });
        section.Table(new TextTable
        {
            Caption = "Steps with the largest effects", Columns = ["step", "input", "effect"], TextColumns = [1],
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
            "The mean share of a word (integrated gradients, in log odds of the label) over its occurrences in texts that get the "
            + "label. Words are ranked by the mean minus two standard errors, so that rare words need a clear effect. The largest "
            + $"error of a text's sum is {Four(explanation.LargestError)}.");
        IGrouping<string, WordImportance>[] labels = [.. explanation.Words.GroupBy(word => word.Label)];
        section.Add(to =>
        {
            to.Open("div", ("class", "pair"));
            foreach (IGrouping<string, WordImportance> label in labels)
            {
                new BarChart
                {
                    Title = $"Words for {ChartText.Isolated(label.Key)}", LabelName = "word", ValueName = "mean share",
                    Bars = [.. label.Take(MostBars).Select(word => (Visible(word.Word), word.Mean))],
                }.WriteTo(to);
            }

            to.Close();
        });
        section.Table(new TextTable
        {
            Caption = "Words", Columns = ["word", "label", "count", "mean share", "standard error"],
            TextColumns = [0, 1],
            Rows = [.. explanation.Words.Select(word => (IReadOnlyList<string>)
                [Visible(word.Word), word.Label, Whole(word.Count), Signed(word.Mean), Four(word.StandardError)])],
        });
    }

    private static void AddUnits(PageSection section, DataExplanation explanation)
    {
        section.Text(
            "The mean absolute change of the log odds of the answer when the output layer reads zero instead of the unit.");
        section.Chart(new BarChart
        {
            Title = "Units with the largest effects", LabelName = "unit", ValueName = "change",
            Bars = [.. explanation.Units.Take(MostBars).Select(unit => ($"{Whole(unit.Unit)} for {unit.Label}", unit.Effect))],
        });
    }

    private static void AddTraits(PageSection section, DataExplanation explanation)
    {
        section.Text(
            "For each property, the unit whose output correlates with it most (Pearson). The unit is chosen on one half of the "
            + "texts; \u201Cheld out\u201D is its correlation on the other half. \u201CChance\u201D is the best correlation of any unit "
            + "when the property is shifted along the text: the mean of nineteen shifts, and the largest of them as the limit.");
        section.Table(new TextTable
        {
            Caption = "Units that track a property",
            Columns = ["property", "unit", "correlation", "held out", "chance", "limit", "above chance"],
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
