using System.Text.Json;

namespace Recurant.Reports;

/// <summary>The sections of a report that tell what is inside the model: gates and gradients over time, equations.</summary>
internal static class RunInsides
{
    private const int MostLags = 60, MostMoments = 60;

    public static void Write(HtmlPage page, RunRecord record)
    {
        WriteLens(page, record);
        WriteEquations(page, record);
    }

    /// <summary>
    /// Lines of the kind "lens": {"step": n, "values": {CHART: {SERIES: number}}, "by_lag": {SERIES: [norm at lag 0, 1, ...]}}.
    /// </summary>
    private static void WriteLens(HtmlPage page, RunRecord record)
    {
        JsonElement[] lines = [.. record.OfKind("lens").Where(line => !double.IsNaN(RunSummary.Number(line, "step")))];
        if (lines.Length == 0) return;
        PageSection section = page.Section("lens", "Gates and gradients during training");
        section.Text("Measured at regular steps during training; 'recurant lens' explains the quantities.");
        foreach (string title in Names(lines, "values"))
        {
            section.Chart(new LineChart { Title = title, XLabel = "step", YLabel = "value", Series = ValuesOf(lines, title) });
        }

        foreach (string name in Names(lines, "by_lag")) WriteByLag(section, lines, name);
    }

    private static List<ChartSeries> ValuesOf(JsonElement[] lines, string title)
    {
        var series = new Dictionary<string, (List<double> X, List<double> Y)>();
        foreach (JsonElement line in lines)
        {
            JsonElement? values = RunSummary.Member(RunSummary.Member(line, "values"), title);
            if (values is not { ValueKind: JsonValueKind.Object } members) continue;
            foreach (JsonProperty value in members.EnumerateObject())
            {
                if (!series.TryGetValue(value.Name, out (List<double> X, List<double> Y) points))
                {
                    series[value.Name] = points = ([], []);
                }

                points.X.Add(RunSummary.Number(line, "step"));
                points.Y.Add(value.Value.ValueKind == JsonValueKind.Number ? value.Value.GetDouble() : double.NaN);
            }
        }

        return [.. series.Select(each => new ChartSeries(each.Key, each.Value.X, each.Value.Y))];
    }

    private static void WriteByLag(PageSection section, JsonElement[] lines, string name)
    {
        (double Step, double[] Norms)[] moments = [.. lines
            .Select(line => (
                RunSummary.Number(line, "step"), Numbers(RunSummary.Member(RunSummary.Member(line, "by_lag"), name))))
            .Where(moment => moment.Item2.Length > 0)];
        if (moments.Length == 0) return;
        (double Step, double[] Norms) first = moments[0], last = moments[^1];
        section.Chart(new LineChart
        {
            Title = $"Gradient by lag, {name}", XLabel = "steps back", YLabel = "norm", IsLogarithmic = true,
            Series =
            [
                Line($"step {ChartText.Value(last.Step)}", last.Norms),
                .. moments.Length > 1 ? (ChartSeries[])[Line($"step {ChartText.Value(first.Step)}", first.Norms)] : [],
            ],
        });
        if (moments.Length < 3) return;
        (double Step, double[] Norms)[] shown =
            [.. moments.Where((_, i) => i % ((moments.Length + MostMoments - 1) / MostMoments) == 0)];
        int lags = Math.Min(MostLags, shown.Max(moment => moment.Norms.Length));
        section.Chart(new HeatMap
        {
            Title = $"Gradient by lag over time, {name}: each row scaled to its maximum", RowName = "step",
            ColumnName = "steps back",
            Rows = [.. shown.Select(moment => ChartText.Value(moment.Step))],
            Columns = [.. Enumerable.Range(0, lags).Select(lag => ChartText.Value(lag))],
            Values = [.. shown.Select(moment => (double[])
                [.. Enumerable.Range(0, lags).Select(lag => lag < moment.Norms.Length ? moment.Norms[lag] : double.NaN)])],
            ShadeByRow = true,
        });
    }

    private static ChartSeries Line(string name, double[] norms) =>
        new(name, [.. Enumerable.Range(0, norms.Length).Select(lag => (double)lag)], norms);

    private static void WriteEquations(HtmlPage page, RunRecord record)
    {
        if (RunSummary.Member(record.Result, "layers") is not { ValueKind: JsonValueKind.Array } layers) return;
        PageSection section = page.Section("equations", "The model's equations");
        section.Text("The layers in the order in which the data passes through them, with their shapes.");
        foreach (JsonElement layer in layers.EnumerateArray())
        {
            section.Heading3($"{RunSummary.Text(layer, "name")}  {RunSummary.Text(layer, "shape")}");
            section.Text($"{RunReport.Whole(RunSummary.Number(layer, "parameters"))} parameters.");
            if (RunSummary.Member(layer, "equations") is not { ValueKind: JsonValueKind.Array } equations) continue;
            string lines = string.Join('\n', equations.EnumerateArray().Select(equation => equation.GetString()));
            if (lines.Length > 0) section.Code(lines);
        }
    }

    private static IEnumerable<string> Names(JsonElement[] lines, string member) => lines
        .Select(line => RunSummary.Member(line, member)).OfType<JsonElement>()
        .Where(values => values.ValueKind == JsonValueKind.Object)
        .SelectMany(values => values.EnumerateObject().Select(value => value.Name)).Distinct();

    private static double[] Numbers(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } array
        ? [.. array.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN)]
        : [];
}
