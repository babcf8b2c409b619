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

        mistakes.Table("Wrong answers, the most confident first", explanation.Mistakes,
            new("text", mistake => mistake.Place >= 0 ? $"{mistake.Text} (word {Whole(mistake.Place + 1)})" : mistake.Text),
            new("predicted", mistake => mistake.Predicted, IsText: true), new(
                "probability", mistake => Four(mistake.Probability)),
            new("expected", mistake => mistake.Expected, IsText: true),
            new("line", mistake => mistake.Line > 0 ? Whole(mistake.Line) : ""));
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
        section.Table("Steps with the largest effects",
            explanation.Steps.Index().OrderByDescending(pair => Math.Abs(pair.Item.Effect)).Take(20).OrderBy(pair => pair.Index),
            new("step", pair => Whole(pair.Index + 1)), new("input", pair => Join(pair.Item.Input), IsText: true),
            new("effect", pair => pair.Item.Effect.ToString("+0.0000;\u22120.0000;0.0000", CultureInfo.InvariantCulture)));
    }

    private static void AddWords(PageSection section, DataExplanation explanation)
    {
        section.Text(
            "The mean share of a word (integrated gradients, in log odds of the label) over its occurrences in texts that get "
                + "the "
            + "label. Words are ranked by the mean minus two standard errors, so that rare words need a clear effect. The "
            + "largest "
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
        section.Table("Words", explanation.Words,
            new("word", word => Visible(word.Word)), new("label", word => word.Label, IsText: true), new(
                "count", word => Whole(word.Count)),
            new("mean share", word => Signed(word.Mean)), new("standard error", word => Four(word.StandardError)));
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
            + "texts; \u201Cheld out\u201D is its correlation on the other half. \u201CChance\u201D is the best correlation of "
            + "any unit "
            + "when the property is shifted along the text: the mean of nineteen shifts, and the largest of them as the limit.");
        section.Table("Units that track a property", explanation.Traits,
            new("property", trait => trait.Trait), new("unit", trait => Whole(trait.Unit)),
            new("correlation", trait => Signed(trait.Correlation)), new("held out", trait => Signed(trait.HeldOut)),
            new("chance", trait => Four(trait.Chance)), new("limit", trait => Four(trait.Limit)),
            new("above chance", trait => trait.IsReal ? "yes" : "no", IsText: true));
    }

    private static string Whole(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)));
}
