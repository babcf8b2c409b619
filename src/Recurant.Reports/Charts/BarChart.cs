namespace Recurant.Reports;

/// <summary>Lying bars, one a row; those of negative values run to the left.</summary>
internal sealed class BarChart : IChart
{
    private const int LongestLabel = 60;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the rows are: "word".</summary>
    public required string LabelName { get; init; }

    /// <summary>What the values are: "share of texts".</summary>
    public required string ValueName { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<(string Label, double Value)> Bars { get; init; }

    /// <summary>The value of a bar as long as there is room; 0: the greatest of the values. Default: 0.</summary>
    public double Most { get; init; }

    /// <inheritdoc/>
    public void WriteTo(HtmlWriter to)
    {
        double[] finite = [.. Bars.Select(bar => bar.Value).Where(double.IsFinite)];
        double most = Most > 0 ? Most : Math.Max(finite.DefaultIfEmpty().Max(), 0);
        double least = Math.Min(finite.DefaultIfEmpty().Min(), 0);
        double range = most - least > 0 ? most - least : 1, zero = -least / range * 1000;
        to.Open("figure", ("class", "chart bars"));
        to.Element("figcaption", Title);
        to.Open("div", ("role", "img"), ("aria-label", Describe()));
        foreach ((string label, double value) in Bars)
        {
            double end = double.IsFinite(value) ? Math.Clamp((value - least) / range, 0, 1) * 1000 : zero;
            to.Open("div", ("class", "bar")).Element("span", ChartText.Label(label, LongestLabel), ("class", "label"));
            to.Open("svg", ("viewBox", "0 0 1000 10"), ("preserveAspectRatio", "none"));
            to.Open("rect", ("class", value < 0 ? "negative" : "positive"), ("x", HtmlWriter.Number(Math.Min(zero, end))),
                ("y", "0"),
                ("width", HtmlWriter.Number(Math.Abs(end - zero))), ("height", "10")).Close();
            if (least < 0) to.Open("path", ("class", "grid"), ("d", $"M{HtmlWriter.Number(zero)} 0V10")).Close();
            to.Close().Element("span", ChartText.Value(value), ("class", "value")).Close();
        }

        to.Close();
        TextTable.Of(Title, Bars, new(LabelName, bar => bar.Label), new(ValueName, bar => bar.Value)).WriteBehind(to);
        to.Close();
    }

    private string Describe()
    {
        if (Bars.Count == 0) return $"Bar chart, {Title}: empty.";
        (string Label, double Value) most = Bars.MaxBy(bar => bar.Value), least = Bars.MinBy(bar => bar.Value);
        return $"Bar chart, {Title}: {ValueName} of {Bars.Count}; most {most.Label} with {ChartText.Value(most.Value)}, "
            + $"least {least.Label} with {ChartText.Value(least.Value)}. The table below has the numbers.";
    }
}
