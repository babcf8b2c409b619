using System.Text;

namespace Recurant.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name in the legend and the heading of its column in the table.</param>
/// <param name="X">Where its points stand, rising.</param>
/// <param name="Y">Their values; the line is broken where one is no finite number.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Whether its points are drawn as dots that no line joins. Default: no.</summary>
    public bool IsDots { get; init; }
}

/// <summary>
/// Lines over a common axis. Reading a point (the mouse over it, or the arrow keys) shows the row of the table behind.
/// </summary>
internal sealed class LineChart : IChart
{
    /// <summary>The most points drawn of a series; more are drawn as the means of as many neighbours as it takes.</summary>
    public const int MostPoints = 300;

    /// <summary>How many different looks lines have: a colour and a pattern of dashes each.</summary>
    public const int Looks = 6;

    private const double Size = 1000;
    private const int MostNames = 24, FewNames = 8, LongestName = 14, NameHeight = 8;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>The horizontal axis: "step".</summary>
    public required string XLabel { get; init; }

    /// <summary>The vertical axis: "loss (nats)".</summary>
    public required string YLabel { get; init; }

    /// <summary>
    /// Names of the places 0, 1, 2, ... of the horizontal axis, shown instead of numbers; empty for none. Default:
    /// none.
    /// </summary>
    public IReadOnlyList<string> XNames { get; init; } = [];

    /// <summary>The lines.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Whether equal heights are equal factors. Default: no.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether the vertical axis begins at 0 at the latest. Default: no.</summary>
    public bool FromZero { get; init; }

    /// <inheritdoc/>
    public void WriteTo(HtmlWriter to)
    {
        ChartSeries[] series = [.. Series.Select(Thinned)];
        var x = new Axis([.. series.SelectMany(line => line.X)], isLogarithmic: false, isTight: true);
        IEnumerable<double> values = series.SelectMany(line => line.Y);
        var y = new Axis([.. FromZero && !IsLogarithmic ? values.Append(0) : values], IsLogarithmic, isTight: false);
        to.Open("figure", ("class", "chart lines"), ("data-first", Exact(x.First)), ("data-last", Exact(x.Last)));
        to.Element("figcaption", Title);
        if (series.Length > 1) WriteLegend(to, series);
        to.Element("div", IsLogarithmic ? YLabel + ", logarithmic" : YLabel, ("class", "ylabel"), ("aria-hidden", "true"));
        to.Open("div", ("class", XNames.Count > 0 ? "frame named" : "frame"));
        WriteTicks(to, "yticks", "bottom", y);
        to.Open("div", ("class", "plot"));
        WritePicture(to, series, x, y);
        to.Close();
        if (XNames.Count > 0) WriteNames(to, x); else WriteTicks(to, "xticks", "left", x);
        to.Close();
        to.Element("div", XLabel, ("class", "xlabel"), ("aria-hidden", "true"));
        to.Element("output", "", ("class", "readout"));
        Table(series).WriteBehind(to);
        to.Close();
    }

    private static void WriteLegend(HtmlWriter to, ChartSeries[] series)
    {
        to.Open("ul", ("class", "legend"), ("aria-hidden", "true"));
        for (int i = 0; i < series.Length; i++)
        {
            to.Open("li");
            to.Open("svg", ("viewBox", "0 0 28 8"), ("class", "swatch"));
            to.Open("path", ("d", series[i].IsDots ? "M14 4h0" : "M1 4H27"), ("class", Look(series[i], i))).Close().Close();
            to.Text(series[i].Name).Close();
        }

        to.Close();
    }

    private static void WriteTicks(HtmlWriter to, string style, string side, Axis axis)
    {
        to.Open("div", ("class", style), ("aria-hidden", "true"));
        foreach (double tick in axis.Ticks)
        {
            to.Element("span", ChartText.Tick(tick), ("style", $"{side}:{HtmlWriter.Number(axis.Place(tick) * 100)}%"));
        }

        to.Close();
    }

    private void WriteNames(HtmlWriter to, Axis x)
    {
        int every = (XNames.Count + MostNames - 1) / MostNames;
        (double Place, string Name)[] names =
        [
            .. XNames.Select((name, i) => (x.Place(i), ChartText.Label(name, LongestName)))
                .Where((pair, i) => i % every == 0 && pair.Item1 is >= -1e-9 and <= 1 + 1e-9),
        ];
        int height = NameHeight * (1 + names.Select(name => name.Name.Length).DefaultIfEmpty().Max());
        string style = names.Length <= FewNames ? "xticks named few" : "xticks named";
        to.Open("div", ("class", style), ("style", $"height:{HtmlWriter.Number(height)}px"), ("aria-hidden", "true"));
        foreach ((double place, string name) in names)
        {
            to.Element("span", name, ("style", $"left:{HtmlWriter.Number(place * 100)}%"));
        }

        to.Close();
    }

    private void WritePicture(HtmlWriter to, ChartSeries[] series, Axis x, Axis y)
    {
        to.Open("svg", ("viewBox", "0 0 1000 1000"), ("preserveAspectRatio", "none"), ("role", "img"),
            ("aria-label", Describe(series)));
        foreach (double tick in y.Ticks)
        {
            string place = HtmlWriter.Number(Size - y.Place(tick) * Size);
            to.Open("path", ("class", "grid"), ("d", $"M0 {place}H1000")).Close();
        }

        for (int i = 0; i < series.Length; i++)
        {
            (string lines, string dots) = Paths(series[i], x, y);
            if (lines.Length > 0) to.Open("path", ("class", Look(series[i], i)), ("d", lines)).Close();
            if (dots.Length > 0) to.Open("path", ("class", Look(series[i] with { IsDots = true }, i)), ("d", dots)).Close();
        }

        to.Close();
    }

    private static string Look(ChartSeries series, int index) => $"series s{index % Looks}{(series.IsDots ? " dots" : "")}";

    /// <summary>The lines of a series, and apart from them the dots: points that no line joins to another.</summary>
    private static (string Lines, string Dots) Paths(ChartSeries series, Axis x, Axis y)
    {
        StringBuilder lines = new(), dots = new();
        bool isDrawing = false;
        for (int i = 0; i < series.X.Count; i++)
        {
            if (!Shows(i))
            {
                isDrawing = false;
                continue;
            }

            bool isAlone = series.IsDots || (!isDrawing && (i + 1 == series.X.Count || !Shows(i + 1)));
            (isAlone ? dots : lines).Append(isDrawing && !isAlone ? 'L' : 'M')
                .Append(HtmlWriter.Number(x.Place(series.X[i]) * Size)).Append(' ')
                .Append(HtmlWriter.Number(Size - y.Place(series.Y[i]) * Size)).Append(isAlone ? "h0" : "");
            isDrawing = true;
        }

        return (lines.ToString(), dots.ToString());

        bool Shows(int i) => y.Shows(series.Y[i]) && x.Shows(series.X[i]);
    }

    private string Describe(ChartSeries[] series)
    {
        var text = new StringBuilder($"Line chart, {Title}: {YLabel} against {XLabel}.");
        foreach (ChartSeries line in series)
        {
            double[] finite = [.. line.Y.Where(double.IsFinite)];
            if (finite.Length == 0) continue;
            text.Append($" {line.Name} goes from {ChartText.Value(finite[0])} to {ChartText.Value(finite[^1])}, ")
                .Append($"least {ChartText.Value(finite.Min())}, most {ChartText.Value(finite.Max())}.");
        }

        return text.Append(" The table below has the numbers.").ToString();
    }

    /// <summary>One row for each place where any line has a point.</summary>
    private TextTable Table(ChartSeries[] series)
    {
        var rows = new SortedDictionary<double, string[]>();
        for (int i = 0; i < series.Length; i++)
        {
            for (int j = 0; j < series[i].X.Count; j++)
            {
                if (!rows.TryGetValue(series[i].X[j], out string[]? row))
                {
                    row = new string[series.Length + 1];
                    Array.Fill(row, "");
                    row[0] = NameOf(series[i].X[j]);
                    rows.Add(series[i].X[j], row);
                }

                row[i + 1] = ChartText.Value(series[i].Y[j]);
            }
        }

        return new TextTable
        {
            Caption = Title,
            Columns = [XLabel, .. series.Select(line => line.Name)],
            Rows = [.. rows.Values],
            TextColumns = [],
        };
    }

    /// <summary>A place of the horizontal axis: its number, and its name where it has one.</summary>
    private string NameOf(double x) => x >= 0 && x < XNames.Count && Math.Floor(x) == x
        ? $"{ChartText.Value(x)} {XNames[(int)x]}"
        : ChartText.Value(x);

    private static ChartSeries Thinned(ChartSeries series)
    {
        int count = series.X.Count;
        if (count <= MostPoints) return series;
        int width = (count + MostPoints - 1) / MostPoints;
        var x = new List<double>();
        var y = new List<double>();
        for (int begin = 0; begin < count; begin += width)
        {
            int end = Math.Min(count, begin + width);
            double sum = 0;
            int finite = 0;
            for (int i = begin; i < end; i++)
            {
                if (!double.IsFinite(series.Y[i])) continue;
                sum += series.Y[i];
                finite++;
            }

            x.Add(series.X[end - 1]);
            y.Add(finite == 0 ? double.NaN : sum / finite);
        }

        return series with { X = x, Y = y };
    }

    private static string Exact(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
