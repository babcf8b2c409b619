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
        section.Note($"Of {RunReport.Whole(tokens)} tokens of {RunOutcome.DataOf(result)} the most probable one was correct "
            + $"{ChartText.Value(100 * RunSummary.Number(costs, "accuracy"))}% of the time; the mean loss per token is "
            + $"{ChartText.Value(RunSummary.Number(costs, "loss"))} nats.");
        JsonElement[] bands = RunSummary.List(costs, "by_frequency"), costliest = RunSummary.List(costs, "costliest");
        section.Chart(new BarChart
        {
            Title = "Mean loss by token frequency", LabelName = "occurrences", ValueName = "loss (nats)",
            Bars = [.. bands.Select(band => (RunReport.Range(band), RunSummary.Number(band, "loss")))],
        });
        section.Table(new TextTable
        {
            Caption = "Rare and frequent tokens, and their share of the total loss",
            Columns = ["occurrences", "different tokens", "times", "mean loss (nats)", "share of the loss"],
            Rows = [.. bands.Select(band => (string[])
            [
                RunReport.Range(band), ChartText.Value(RunSummary.Number(band, "kinds")),
                ChartText.Value(RunSummary.Number(band, "times")),
                ChartText.Value(RunSummary.Number(band, "loss")), ChartText.Value(RunSummary.Number(band, "share")),
            ])],
        });
        if (costliest.Length == 0) return;
        section.Text("A token has a large share of the loss if it is frequent, or if it is hard to predict.");
        section.Chart(new BarChart
        {
            Title = "Tokens with the largest share of the loss", LabelName = "token", ValueName = "share of the loss",
            Bars = [.. costliest.Select(token => (Visible(RunSummary.Text(token, "token")), RunSummary.Number(token, "share")))],
        });
        section.Table(new TextTable
        {
            Caption = "Tokens with the largest shares of the loss",
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
