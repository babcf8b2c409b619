namespace Recurant.Reports;

/// <summary>A matrix of values as shades: the stronger, the farther from 0; negative values in the other colour.</summary>
internal sealed class HeatMap : IChart
{
    private const int MostNumberedColumns = 10, MostRowLabels = 40, MostColumnLabels = 24, LooseRows = 16, LongestRow =
        30, LongestColumn = 18;

    /// <summary>The width of the cells on a narrow screen, and of a digit there, in pixels.</summary>
    private const double NarrowWidth = 215, DigitWidth = 6.5;

    private double? _greatest;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the rows are: "actual".</summary>
    public required string RowName { get; init; }

    /// <summary>What the columns are: "predicted".</summary>
    public required string ColumnName { get; init; }

    /// <summary>The rows' labels, from the top.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>The columns' labels, from the left.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Values[row][column]; no finite number leaves the cell empty.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    /// <summary>The size of a value that has the full shade; 0: the greatest of the values. Default: 0.</summary>
    public double Most { get; init; }

    /// <summary>Whether each row has a full shade of its own. Default: no, one for all.</summary>
    public bool ShadeByRow { get; init; }

    /// <inheritdoc/>
    public void WriteTo(HtmlWriter to)
    {
        to.Open("figure", ("class", "chart heat"));
        to.Element("figcaption", Title);
        to.Element("div", ColumnName + " \u2192", ("class", "ylabel heat-columns"), ("aria-hidden", "true"));
        to.Open("div", ("class", "heat-frame"), ("style", $"--rows:{Rows.Count};--columns:{Columns.Count}"));
        WriteLabels(to, Rows.Count <= LooseRows ? "heat-rows loose" : "heat-rows", Rows, MostRowLabels,
            Rows.Count <= LooseRows ? LongestRow : LongestColumn);
        to.Open("div", ("class", "heat-cells"));
        WritePicture(to);
        if (Columns.Count is > 0 and <= MostNumberedColumns && Rows.Count > 0) WriteNumbers(to);
        to.Close();
        WriteLabels(to, "heat-labels", Columns, MostColumnLabels, LongestColumn);
        to.Close();
        new TextTable
        {
            Caption = $"{Title}: a row for each {RowName}, a column for each {ColumnName}",
            Columns = [$"{RowName} \\ {ColumnName}", .. Columns],
            IsMatrix = true,
            Rows = [.. Values.Select((row, i) => (string[])[Rows[i], .. row.Select(ChartText.Value)])],
        }.WriteBehind(to);
        to.Close();
    }

    /// <summary>Labels side by side; of very many only as many as there is room for.</summary>
    private static void WriteLabels(HtmlWriter to, string style, IReadOnlyList<string> labels, int most, int longest)
    {
        int every = (labels.Count + most - 1) / Math.Max(1, most);
        to.Open("div", ("class", style), ("aria-hidden", "true"));
        for (int i = 0; i < labels.Count; i++)
        {
            to.Open("span", ("title", labels[i])).Element("b", i % Math.Max(1, every) == 0 ? ChartText.Label(labels[i], longest)
                : "").Close();
        }

        to.Close();
    }

    private void WritePicture(HtmlWriter to)
    {
        to.Open("svg", ("viewBox", $"0 0 {Columns.Count} {Rows.Count}"), ("preserveAspectRatio", "none"), ("role", "img"),
            ("shape-rendering", "crispEdges"), ("aria-label", Describe()));
        for (int i = 0; i < Values.Count; i++)
        {
            for (int j = 0; j < Values[i].Count; j++)
            {
                double shade = Shade(i, j);
                if (shade < 0.004) continue;
                to.Open("rect", ("class", Values[i][j] < 0 ? "negative" : "positive"), ("x", HtmlWriter.Number(j)),
                    ("y", HtmlWriter.Number(i)), ("width", "1"), ("height", "1"), ("fill-opacity", HtmlWriter.Number(shade)));
                to.Element("title", $"{Rows[i]}, {Columns[j]}: {ChartText.Value(Values[i][j])}").Close();
            }
        }

        to.Close();
    }

    private void WriteNumbers(HtmlWriter to)
    {
        int longest = Values.Max(row => row.Max(value => ChartText.Short(value).Length));
        string style = longest * DigitWidth > NarrowWidth / Columns.Count ? "heat-numbers wide" : "heat-numbers";
        to.Open("div", ("class", style), ("aria-hidden", "true"));
        for (int i = 0; i < Values.Count; i++)
        {
            for (int j = 0; j < Values[i].Count; j++)
            {
                to.Element("span", ChartText.Short(Values[i][j]), ("class", Shade(i, j) > 0.55 ? "strong" : "weak"));
            }
        }

        to.Close();
    }

    private double Shade(int row, int column)
    {
        double value = Math.Abs(Values[row][column]);
        if (!double.IsFinite(value)) return 0;
        double most = Most > 0 ? Most : ShadeByRow ? Greatest(Values[row]) : _greatest ??= Values.Max(Greatest);
        return most > 0 ? Math.Min(1, value / most) : 0;
    }

    private static double Greatest(IReadOnlyList<double> row) =>
        row.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();

    private string Describe() =>
        $"Matrix, {Title}: {Rows.Count} rows ({RowName}), {Columns.Count} columns ({ColumnName}). The table below has the "
            + $"numbers.";
}
