using System.Text.Json;

namespace Recurant.Reports;

/// <summary>The section of a report that tells where a language model's loss comes from.</summary>
internal static class RunTokenCosts
{
    public static void Write(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "token_costs") is not { ValueKind: JsonValueKind.Object } costs) return;
        PageSection section = page.Section("tokens", "Where the loss comes from");
        double tokens = RunSummary.Number(costs, "tokens");
        section.Note($"Of {RunReport.Whole(tokens)} tokens of {RunOutcome.DataOf(result)} the most probable one was right "
            + $"{ChartText.Value(100 * RunSummary.Number(costs, "accuracy"))} times in 100; a token cost "
            + $"{ChartText.Value(RunSummary.Number(costs, "loss"))} nats on average.");
        JsonElement[] bands = RunSummary.List(costs, "by_frequency"), costliest = RunSummary.List(costs, "costliest");
        section.Chart(new BarChart
        {
            Title = "Mean loss by how often the token occurs there", LabelName = "occurrences", ValueName = "loss (nats)",
            Bars = [.. bands.Select(band => (RunReport.Range(band), RunSummary.Number(band, "loss")))],
        });
        section.Table(new TextTable
        {
            Caption = "Rare and frequent tokens: how many different ones, how often, and their part of the whole loss",
            Columns = ["occurrences", "different tokens", "times", "mean loss (nats)", "share of the loss"],
            Rows = [.. bands.Select(band => (string[])
            [
                RunReport.Range(band), ChartText.Value(RunSummary.Number(band, "kinds")),
                ChartText.Value(RunSummary.Number(band, "times")),
                ChartText.Value(RunSummary.Number(band, "loss")), ChartText.Value(RunSummary.Number(band, "share")),
            ])],
        });
        if (costliest.Length == 0) return;
        section.Text("A token takes a great share of the loss because it is frequent, or because it is hard to foretell.");
        section.Chart(new BarChart
        {
            Title = "Tokens that cost most in all", LabelName = "token", ValueName = "share of the loss",
            Bars = [.. costliest.Select(token => (Visible(RunSummary.Text(token, "token")), RunSummary.Number(token, "share")))],
        });
        section.Table(new TextTable
        {
            Caption = "Tokens with the greatest shares of the loss",
            Columns = ["token", "times", "mean loss (nats)", "share of the loss"],
            Rows = [.. costliest.Select(token => (string[])
            [
                Visible(RunSummary.Text(token, "token")), ChartText.Value(RunSummary.Number(token, "times")),
                ChartText.Value(RunSummary.Number(token, "loss")), ChartText.Value(RunSummary.Number(token, "share")),
            ])],
        });
    }

    /// <summary>A token as it can be seen: of blanks and line ends their names.</summary>
    private static string Visible(string token) => token switch
    {
        " " => "(blank)",
        "\n" => "(end of line)",
        "\t" => "(tab)",
        "<eos>" => "(end of line)",
        "<unk>" => "(unknown)",
        _ when string.IsNullOrWhiteSpace(token) => "(white space)",
        _ => token.Replace('\u2581', '\u2423'),
    };
}
