using System.Text.Json;
using static Recurant.Reports.RunSummary;

namespace Recurant.Reports;

/// <summary>The section of a report that tells where a language model's loss comes from.</summary>
internal static class RunTokenCosts
{
    public static void Write(HtmlPage page, JsonElement result, JsonElement costs)
    {
        PageSection section = page.Section("tokens", "Where the loss comes from");
        double tokens = Number(costs, "tokens");
        section.Note($"Of {RunReport.Whole(tokens)} tokens of {RunOutcome.DataOf(result)} the most probable one was correct "
            + $"{ChartText.Value(100 * Number(costs, "accuracy"))}% of the time; the mean loss per token is "
            + $"{ChartText.Value(Number(costs, "loss"))} nats.");
        JsonElement[] bands = List(costs, "by_frequency"), costliest = List(costs, "costliest");
        section.Chart(new BarChart
        {
            Title = "Mean loss by token frequency", LabelName = "occurrences", ValueName = "loss (nats)",
            Bars = [.. bands.Select(band => (RunReport.Range(band), Number(band, "loss")))],
        });
        section.Table("Rare and frequent tokens, and their share of the total loss", bands,
            new("occurrences", RunReport.Range), Value("different tokens", "kinds"), Value("times", "times"),
            Value("mean loss (nats)", "loss"), Value("share of the loss", "share"));
        if (costliest.Length == 0) return;
        section.Text("A token has a large share of the loss if it is frequent, or if it is hard to predict.");
        section.Chart(new BarChart
        {
            Title = "Tokens with the largest share of the loss", LabelName = "token", ValueName = "share of the loss",
            Bars = [.. costliest.Select(token => (Visible(Text(token, "token")), Number(token, "share")))],
        });
        section.Table("Tokens with the largest shares of the loss", costliest,
            new("token", token => Visible(Text(token, "token"))), Value("times", "times"), Value("mean loss (nats)", "loss"),
            Value("share of the loss", "share"));
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
