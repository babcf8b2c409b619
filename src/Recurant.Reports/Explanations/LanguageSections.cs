using System.Globalization;
using static Recurant.Reports.MarkedText;

namespace Recurant.Reports;

/// <summary>The sections about one text and how surprising it is.</summary>
internal static class LanguageSections
{
    private const int MostMatrix = 80, ExpectedShown = 3;

    public static void Add(HtmlPage page, LanguageExplanation explanation, string id, string number)
    {
        PageSection section = page.Section(id + "-text", number + "The text");
        IReadOnlyList<TokenSurprise> tokens = explanation.Tokens;
        if (tokens.Count == 0)
        {
            section.Text("The text is empty.");
            return;
        }

        double largest = Math.Max(1e-9, tokens.Max(token => token.Bits));
        bool isJoined = tokens.Count > 3 && tokens.All(token => new StringInfo(token.Token).LengthInTextElements <= 1);
        MarkedText.Add(section, [.. tokens.Select(token => new MarkedWord(
            Visible(token.Token), -token.Bits / largest,
            $"{Signed(token.Bits)[1..]} bits; most probable {Visible(token.Expected[0].Key)} {Four(token.Expected[0].Value)}"))],
                isJoined);
        AddLegend(section, "the stronger the colour, the more surprising", "");
        section.Facts([
            ("bits", Signed(explanation.Bits)[1..]), ("bits per token", Signed(explanation.Bits / tokens.Count)[1..]),
            ("tokens", tokens.Count.ToString(CultureInfo.InvariantCulture))]);
        PageSection reading = page.Section(id + "-bits", number + "Token by token");
        reading.Chart(new LineChart
        {
            Title = "Surprisal", XLabel = "token", YLabel = "bits", FromZero = true,
            XNames = ["", .. tokens.Select(token => Visible(token.Token))],
            Series = [new("bits", [.. tokens.Select((_, t) => t + 1.0)], [.. tokens.Select(token => token.Bits)])],
        });
        reading.Table("Tokens", tokens.Index(),
            new("token", each => Label(tokens, each.Index)), new("bits", each => Signed(each.Item.Bits)[1..]),
            new("probability", each => Four(each.Item.Probability)),
            new("most probable", each => string.Join(", ", each.Item.Expected.Take(ExpectedShown)
                .Select(other => $"{Visible(other.Key)} {Four(other.Value)}")), IsText: true));
        if (tokens.Count > MostMatrix || tokens[^1].Influence.Count == 0) return;
        PageSection influence = page.Section(id + "-influence", number + "Influence of earlier tokens");
        influence.Text(
            "The bits of a token without an earlier token, minus its bits with it: positive if the earlier token made it less "
                + "surprising.");
        string[] names = [.. tokens.Select((_, t) => Label(tokens, t))];
        influence.Chart(new HeatMap
        {
            Title = "Influence", RowName = "token", ColumnName = "without", Rows = names, Columns = names,
            Values = [.. tokens.Select(token => (IReadOnlyList<double>)
                [.. Enumerable.Range(0, tokens.Count)
                    .Select(j => j < token.Influence.Count ? Math.Round(token.Influence[j], 2) : double.NaN)])],
        });
    }

    private static string Label(IReadOnlyList<TokenSurprise> tokens, int place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place + 1} {Visible(tokens[place].Token)}");
}
