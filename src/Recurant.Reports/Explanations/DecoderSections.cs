using System.Globalization;
using static Recurant.Reports.MarkedText;

namespace Recurant.Reports;

/// <summary>The sections about one translation, or the sentence of one image.</summary>
internal static class DecoderSections
{
    /// <summary>A smaller influence, in ln p, is not shown as the most influential one.</summary>
    private const double LeastInfluence = 0.1;

    public static void Add(HtmlPage page, DecoderExplanation explanation, string id, string number)
    {
        PageSection section = page.Section(id + "-text", number + "Output");
        IReadOnlyList<PieceEffect> pieces = explanation.Pieces;
        MarkedText.Add(section, [.. pieces.Select(piece => new MarkedWord(
            Shown(piece.Piece), piece.Probability, $"probability {Four(piece.Probability)}"))], isJoined: false);
        AddLegend(section, "", "the stronger the colour, the higher the probability");
        section.Note(explanation.Text);
        section.Table("Output tokens", pieces.Index(),
            new("token", each => Label(pieces, each.Index)), new("probability", each => Four(each.Item.Probability)),
            new("most attention", each => Most(
                explanation, each.Item.Attention, 0, value => value.ToString("F2", CultureInfo.InvariantCulture)), IsText: true),
            new("most influence", each => Most(explanation, each.Item.Influence, LeastInfluence, Signed), IsText: true));
        if (pieces.Count == 0) return;
        if (explanation.StripsAcross > 0)
        {
            AddImage(page, explanation, id, number);
            return;
        }

        string[] rows = [.. pieces.Select((_, t) => Label(pieces, t))];
        string[] columns =
            [.. explanation.Source.Select((piece, s) => string.Create(CultureInfo.InvariantCulture, $"{s + 1} {Shown(piece)}"))];
        PageSection attention = page.Section(id + "-attention", number + "Attention");
        attention.Text("The attention weights of the source tokens for each token of the translation; each row sums to 1.");
        attention.Chart(new HeatMap
        {
            Title = "Attention", RowName = "translation", ColumnName = "source", Rows = rows, Columns = columns, Most = 1,
            Values = [.. pieces.Select(piece => Rounded(piece.Attention))],
        });
        PageSection influence = page.Section(id + "-influence", number + "Influence");
        influence.Text(
            "How much each source token raises the log probability of an output token, given the same output so far: with the "
            + "source token minus without it. Influence can differ from attention, because the encoder has read the whole "
            + "source.");
        influence.Chart(new HeatMap
        {
            Title = "Influence", RowName = "translation", ColumnName = "without", Rows = rows, Columns = columns,
            Values = [.. pieces.Select(piece => Rounded(piece.Influence))],
        });
    }

    private static void AddImage(HtmlPage page, DecoderExplanation explanation, string id, string number)
    {
        PageSection section = page.Section(id + "-attention", number + "Attention");
        int across = explanation.StripsAcross, down = explanation.Source.Count / across;
        section.Text("The attention weights of the image regions for each output token.");
        string[] rows = [.. Enumerable.Range(1, down).Select(row => row.ToString(CultureInfo.InvariantCulture))];
        string[] columns = [.. Enumerable.Range(1, across).Select(column => column.ToString(CultureInfo.InvariantCulture))];
        section.Add(to =>
        {
            to.Open("div", ("class", "pair"));
            for (int t = 0; t < explanation.Pieces.Count; t++)
            {
                IReadOnlyList<double> weights = explanation.Pieces[t].Attention;
                new HeatMap
                {
                    Title = Label(explanation.Pieces, t), RowName = "band", ColumnName = "strip", Rows = rows, Columns = columns,
                    Most = 1,
                    Values = [.. Enumerable.Range(0, down).Select(row => Rounded([.. weights.Skip(row * across).Take(across)]))],
                }.WriteTo(to);
            }

            to.Close();
        });
    }

    private static string Most(
        DecoderExplanation explanation, IReadOnlyList<double> values, double least, Func<double, string> show)
    {
        int most = Enumerable.Range(0, values.Count).MaxBy(s => values[s]);
        return values[most] >= least ? $"{Shown(explanation.Source[most])} ({show(values[most])})" : "no single token";
    }

    private static IReadOnlyList<double> Rounded(IReadOnlyList<double> values) =>
        [.. values.Select(value => Math.Round(value, 2))];

    private static string Shown(string piece) => piece.Length > 1 && piece[0] == '\u2581' ? piece[1..] : piece;

    private static string Label(IReadOnlyList<PieceEffect> pieces, int place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place + 1} {Shown(pieces[place].Piece)}");
}
