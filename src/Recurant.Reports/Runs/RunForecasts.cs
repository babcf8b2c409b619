using System.Text.Json;
using static Recurant.Reports.RunSummary;

namespace Recurant.Reports;

/// <summary>The sections of a report that show forecasts: beside simple ones, by how far ahead, and drawn.</summary>
internal static class RunForecasts
{
    public static void Write(HtmlPage page, JsonElement members)
    {
        WriteBaselines(page, members);
        WriteHorizons(page, members);
        foreach ((int number, JsonElement example) in List(members, "examples").Index()) WriteExample(page, example, number);
        WriteSeries(page, members);
    }

    private static void WriteBaselines(HtmlPage page, JsonElement members)
    {
        JsonElement[] rows = List(members, "scores");
        PageSection section = page.Section("baselines", "Beside simple forecasts");
        section.Table(
            "Errors on the test rows, every window", rows, new("forecast", row => Text(row, "name"), IsText: true),
            Value("windows", "windows"), Value("MAE", "mae"), Value("RMSE", "rmse"), Value("MASE", "mase"), Value("sMAPE",
                "smape"),
            Value("wQL", "wql"), Value("inside 80%", "coverage80"));
        section.Text("MASE: the error over that of the value a season ago in the rows before the test, the mean over the series. "
            + "wQL: the quantile loss over the sum of the values. Inside 80%: the share of values in their 80% interval.");
    }

    private static void WriteHorizons(HtmlPage page, JsonElement members)
    {
        JsonElement[] steps = List(members, "by_horizon");
        if (steps.Length < 2) return;
        PageSection section = page.Section("horizon", "Error by how far ahead");
        double[] x = [.. steps.Select(step => Number(step, "step"))];
        var charts = new List<IChart> { Chart("Mean absolute error", "mae") };
        if (steps.Any(step => double.IsFinite(Number(step, "coverage80"))))
        {
            charts.Add(Chart("Share inside the 80% interval", "coverage80"));
        }

        section.Charts(charts);

        LineChart Chart(string title, string name) => new()
        {
            Title = title, XLabel = "steps ahead", YLabel = title.ToLowerInvariant(), FromZero = true,
            Series = [new ChartSeries("the model", x, [.. steps.Select(step => Number(step, name))])],
        };
    }

    private static void WriteExample(HtmlPage page, JsonElement example, int number)
    {
        double[] history = Numbers(example, "history"), actual = Numbers(example, "actual"), median = Numbers(example, "median"),
            low = Numbers(example, "low"), high = Numbers(example, "high");
        double[] past = [.. Enumerable.Range(1 - history.Length, history.Length).Select(i => (double)i)];
        double[] future = [.. Enumerable.Range(1, median.Length).Select(i => (double)i)];
        string name = Text(example, "name");
        PageSection section = page.Section($"example{number + 1}", $"Forecast{(name.Length > 0 ? " of " + name : "")}");
        section.Chart(new LineChart
        {
            Title = "History, forecast and 80% interval", XLabel = "steps from the origin", YLabel = Text(example, "column"),
            Series =
            [
                new ChartSeries("history", past, history), new ChartSeries("what came", future, actual),
                new ChartSeries("median", future, median), new ChartSeries("10%", future, low), new ChartSeries("90%", future,
                    high),
            ],
        });
    }

    private static void WriteSeries(HtmlPage page, JsonElement members)
    {
        JsonElement[] series = List(members, "by_series");
        if (series.Length < 2) return;
        PageSection section = page.Section("series", "Error by series");
        section.Text("The series with the largest and the smallest MASE.");
        section.Table("MASE by series", series, new("series", row => Text(row, "name"), IsText: true), Value("MASE", "mase"),
            Value("MAE", "mae"));
    }

    private static double[] Numbers(JsonElement members, string name) =>
        [.. List(members, name).Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN)];
}
