using System.Text.Json;
using static Recurant.Reports.RunSummary;

namespace Recurant.Reports;

/// <summary>The section of a report that tells what a translator does well and badly.</summary>
internal static class RunTranslations
{
    public static void Write(HtmlPage page, JsonElement result, JsonElement members)
    {
        JsonElement[] bands = List(members, "by_length"), worst = List(members, "worst");
        PageSection section = page.Section("translations", "Translations");
        section.Text($"{RunReport.Whole(Number(members, "pairs"))} pairs of {RunOutcome.DataOf(result)} by source "
            + "length. A score that falls with length, or a length ratio far below 1, means that long texts are forgotten or "
            + "cut short.");
        section.Chart(new BarChart
        {
            Title = "chrF by source length", LabelName = "words", ValueName = "chrF", Most = 100,
            Bars = [.. bands.Select(band => (RunReport.Range(band), Number(band, "chrf")))],
        });
        section.Table("Scores by source length in words; length ratio: words of the translations / words of the references",
            bands,
            new("words", RunReport.Range), Value("pairs", "pairs"), Value("BLEU", "bleu"), Value("chrF", "chrf"),
            Value("length ratio", "length_ratio"));
        if (worst.Length == 0) return;
        section.Text("The translations that differ most from the reference. Some of them may be correct in other words, and some "
            + "references may be wrong.");
        section.Table("Worst translations first", worst,
            Words("source", "source"), Words("expected", "right"), Words("translated", "translated"), Value("chrF", "chrf"));
    }
}
