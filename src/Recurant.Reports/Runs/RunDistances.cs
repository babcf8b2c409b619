using System.Text.Json;

namespace Recurant.Reports;

/// <summary>The section of a report that tells how far back a network of a generated problem remembers.</summary>
internal static class RunDistances
{
    public static void Write(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "by_distance") is not { ValueKind: JsonValueKind.Object } members) return;
        JsonElement[] bands = RunSummary.List(members, "bands");
        bool isCopying = RunSummary.Text(members, "problem").StartsWith("copying", StringComparison.Ordinal);
        string error = isCopying ? "error rate" : "mean squared error";
        string distance = isCopying ? "position of the symbol" : "steps back to the first number";
        PageSection section = page.Section("distance", "How far back it remembers");
        section.Text($"{RunReport.Whole(RunSummary.Number(members, "sequences"))} test sequences. "
            + (isCopying ? "All symbols are equally far back; the first one is asked for first, so position 0 is the one to answer at once."
                : "The network has to remember two numbers; the one farther back is in the first half of the sequence.")
            + $" Without any memory the {error} is {ChartText.Value(RunSummary.Number(members, "without_memory"))}.");
        section.Chart(new BarChart
        {
            Title = $"Error by {distance}", LabelName = distance, ValueName = error,
            Most = Math.Max(
                RunSummary.Number(members, "without_memory"),
                bands.Select(band => RunSummary.Number(band, "error")).Where(double.IsFinite).DefaultIfEmpty().Max()),
            Bars = [.. bands.Select(band => (RunReport.Range(band), RunSummary.Number(band, "error")))],
        });
        section.Table(new TextTable
        {
            Caption = $"Error by {distance}",
            Columns = [distance, "answers", error],
            Rows = [.. bands.Select(band => (string[])
            [
                RunReport.Range(band), ChartText.Value(RunSummary.Number(band, "count")),
                ChartText.Value(RunSummary.Number(band, "error")),
            ])],
        });
    }
}
