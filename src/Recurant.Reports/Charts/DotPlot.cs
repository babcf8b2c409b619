using System.Globalization;

namespace Recurant.Reports;

/// <summary>One row of a <see cref="DotPlot"/>.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="Value">The value; a row without a finite one has no dot.</param>
/// <param name="Low">Where its interval begins; NaN for none.</param>
/// <param name="High">Where its interval ends; NaN for none.</param>
internal sealed record PlottedDot(string Label, double Value, double Low = double.NaN, double High = double.NaN);

/// <summary>
/// Values as dots over an axis that spans the data, with intervals where they are known. A bar would have to start at 0 and hide
/// small differences; a dot says where a value is and nothing else.
/// </summary>
internal sealed class DotPlot : IChart
{
    private const int LongestLabel = 60;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the rows are: "run".</summary>
    public required string LabelName { get; init; }

    /// <summary>What the values are: "accuracy".</summary>
    public required string ValueName { get; init; }

    /// <summary>What the intervals are: "95% interval".</summary>
    public string IntervalName { get; init; } = "";

    /// <summary>The rows.</summary>
    public required IReadOnlyList<PlottedDot> Dots { get; init; }

    /// <inheritdoc/>
    public void WriteTo(HtmlWriter to)
    {
        var axis = new Axis(
            [.. Dots.SelectMany(dot => (double[])[dot.Value, dot.Low, dot.High])], isLogarithmic: false, isTight: false);
        to.Open("figure", ("class", "chart bars"));
        to.Element("figcaption", Title);
        to.Open("div", ("role", "img"), ("aria-label", Describe()));
        foreach (PlottedDot dot in Dots) Write(to, dot, axis);
        WriteScale(to, axis);
        to.Close();
        Table().WriteBehind(to);
        to.Close();
    }

    private static void Write(HtmlWriter to, PlottedDot dot, Axis axis)
    {
        to.Open("div", ("class", "bar")).Element("span", ChartText.Label(dot.Label, LongestLabel), ("class", "label"));
        to.Open("span", ("class", "track"));
        if (HasInterval(dot))
        {
            to.Open("span", ("class", "interval"),
                ("style", $"left:{Percent(axis.Place(dot.Low))};right:{Percent(1 - axis.Place(dot.High))}"))
                .Close();
        }

        if (double.IsFinite(dot.Value))
        {
            to.Open("span", ("class", "dot"), ("style", $"left:{Percent(axis.Place(dot.Value))}")) .Close();
        }

        to.Close().Element("span", ChartText.Value(dot.Value), ("class", "value")).Close();
    }

    private static void WriteScale(HtmlWriter to, Axis axis)
    {
        to.Open("div", ("class", "bar"), ("aria-hidden", "true")).Element("span", "").Open("span", ("class", "scale"));
        foreach (double tick in axis.Ticks)
        {
            to.Element("span", ChartText.Tick(tick), ("style", $"left:{Percent(axis.Place(tick))}"));
        }

        to.Close().Element("span", "").Close();
    }

    private TextTable Table()
    {
        bool hasIntervals = Dots.Any(HasInterval);
        return new TextTable
        {
            Caption = Title,
            Columns = [LabelName, ValueName, .. hasIntervals ? [IntervalName] : Array.Empty<string>()],
            Rows = [.. Dots.Select(dot => (string[])
            [
                dot.Label, ChartText.Value(dot.Value), .. hasIntervals ? [Interval(dot)] : Array.Empty<string>(),
            ])],
        };
    }

    private string Describe()
    {
        PlottedDot[] finite = [.. Dots.Where(dot => double.IsFinite(dot.Value))];
        if (finite.Length == 0) return $"Dot plot, {Title}: empty.";
        PlottedDot most = finite.MaxBy(dot => dot.Value)!, least = finite.MinBy(dot => dot.Value)!;
        return $"Dot plot, {Title}: {ValueName} of {Dots.Count}; highest {most.Label} with {ChartText.Value(most.Value)}, "
            + $"lowest {least.Label} with {ChartText.Value(least.Value)}. The table below has the numbers.";
    }

    private static bool HasInterval(PlottedDot dot) => double.IsFinite(dot.Low) && double.IsFinite(dot.High);

    private static string Interval(PlottedDot dot) =>
        HasInterval(dot) ? $"{ChartText.Value(dot.Low)} to {ChartText.Value(dot.High)}" : "";

    private static string Percent(double share) => (share * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
