using System.Text.Json;

namespace Recurant.Reports;

/// <summary>The section of a report that tells what a translator does well and badly.</summary>
internal static class RunTranslations
{
    public static void Write(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "translations") is not { ValueKind: JsonValueKind.Object } members) return;
        JsonElement[] bands = RunSummary.List(members, "by_length"), worst = RunSummary.List(members, "worst");
        PageSection section = page.Section("translations", "Translations");
        section.Text($"{RunReport.Whole(RunSummary.Number(members, "pairs"))} pairs of {RunOutcome.DataOf(result)} by source "
            + "length. A score that falls with length, or a length ratio far below 1, means that long texts are forgotten or cut short.");
        section.Chart(new BarChart
        {
            Title = "chrF by source length", LabelName = "words", ValueName = "chrF", Most = 100,
            Bars = [.. bands.Select(band => (RunReport.Range(band), RunSummary.Number(band, "chrf")))],
        });
        section.Table(new TextTable
        {
            Caption = "Scores by source length in words; length ratio: words of the translations / words of the references",
            Columns = ["words", "pairs", "BLEU", "chrF", "length ratio"],
            Rows = [.. bands.Select(band => (string[])
            [
                RunReport.Range(band), ChartText.Value(RunSummary.Number(band, "pairs")),
                ChartText.Value(RunSummary.Number(band, "bleu")),
                ChartText.Value(RunSummary.Number(band, "chrf")), ChartText.Value(RunSummary.Number(band, "length_ratio")),
            ])],
        });
        if (worst.Length == 0) return;
        section.Text("The translations that differ most from the reference. Some of them may be correct in other words, and some "
            + "references may be wrong.");
        section.Table(new TextTable
        {
            Caption = "Worst translations first",
            Columns = ["source", "expected", "translated", "chrF"],
            Rows = [.. worst.Select(pair => (string[])
            [
                RunSummary.Text(pair, "source"), RunSummary.Text(pair, "right"), RunSummary.Text(pair, "translated"),
                ChartText.Value(RunSummary.Number(pair, "chrf")),
            ])],
            TextColumns = [0, 1, 2],
        });
    }
}
