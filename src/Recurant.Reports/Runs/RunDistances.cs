using System.Text.Json;
using static Recurant.Reports.RunSummary;

namespace Recurant.Reports;

/// <summary>The section of a report that tells how far back a network of a generated problem remembers.</summary>
internal static class RunDistances
{
    public static void Write(HtmlPage page, JsonElement result, JsonElement members)
    {
        JsonElement[] bands = List(members, "bands");
        bool isCopying = Text(members, "problem").StartsWith("copying", StringComparison.Ordinal);
        string error = isCopying ? "error rate" : "mean squared error";
        string distance = isCopying ? "position of the symbol" : "steps back to the first number";
        PageSection section = page.Section("distance", "How far back it remembers");
        section.Text($"{RunReport.Whole(Number(members, "sequences"))} test sequences. "
            + (isCopying
            ? "All symbols are equally far back; the first one is asked for first, so position 0 is the one to answer at once."
                : "The network has to remember two numbers; the one farther back is in the first half of the sequence.")
            + $" Without any memory the {error} is {ChartText.Value(Number(members, "without_memory"))}.");
        section.Chart(new BarChart
        {
            Title = $"Error by {distance}", LabelName = distance, ValueName = error,
            Most = Math.Max(
                Number(members, "without_memory"),
                bands.Select(band => Number(band, "error")).Where(double.IsFinite).DefaultIfEmpty().Max()),
            Bars = [.. bands.Select(band => (RunReport.Range(band), Number(band, "error")))],
        });
        section.Table(
            $"Error by {distance}", bands, new(distance, RunReport.Range), Value("answers", "count"), Value(error, "error"));
    }
}
