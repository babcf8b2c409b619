using System.Globalization;

namespace Recurant.Reports;

/// <summary>The chapter of an explanation of numbers: what columns and steps did.</summary>
internal static class SeriesSections
{
    private const int MostColumns = 40;

    public static void Add(HtmlPage page, SeriesExplanation explanation, string id, string number)
    {
        string of = explanation.Id.Length > 0 ? $" of {explanation.Id}" : "";
        PageSection section = page.Section(id, $"{number}{explanation.Answer}{of}");
        section.Text(string.Create(
            CultureInfo.InvariantCulture,
            $"The answer is {ChartText.Value(explanation.Value)} ({explanation.Unit}); with every value at its mean it would be "
            + $"{ChartText.Value(explanation.Baseline)}. The effects below add up to the difference, but for "
            + $"{ChartText.Value(explanation.Gap)} (integrated gradients at {explanation.Points} points)."));
        (string Column, double Effect)[] columns = [.. explanation.ByColumn.Take(MostColumns)];
        if (columns.Length > 1)
        {
            section.Table("Effect of each column", columns, new("column", each => each.Column, IsText: true),
                new("effect", each => each.Effect));
        }

        IReadOnlyList<(int Step, double Effect)> steps = explanation.ByStep;
        section.Chart(new LineChart
        {
            Title = "Effect of each step", XLabel = "step", YLabel = "effect",
            Series = [new ChartSeries("effect", [.. steps.Select(each => (double)each.Step)],
                [.. steps.Select(each => each.Effect)])],
        });
    }
}
