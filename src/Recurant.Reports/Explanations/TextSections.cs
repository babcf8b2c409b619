using System.Globalization;
using static Recurant.Reports.ChartText;
using static Recurant.Reports.MarkedText;

namespace Recurant.Reports;

/// <summary>The sections about one text and its label.</summary>
internal static class TextSections
{
    private const int MostBars = 60, MostPairs = 12;

    public static void Add(HtmlPage page, TextExplanation explanation, string id, string number)
    {
        AddText(page.Section(id + "-text", number + "The text"), explanation);
        if (explanation.Words.Count == 0) return;
        AddReading(page.Section(id + "-reading", number + "Word by word"), explanation);
        AddShares(page.Section(id + "-shares", number + "Contribution of each word"), explanation);
        if (explanation.Pairs.Count > 0)
        {
            AddPairs(page.Section(id + "-pairs", number + "Interactions between words"), explanation);
        }

    }

    private static void AddText(PageSection section, TextExplanation explanation)
    {
        double largest = explanation.Words.Select(word => Math.Abs(word.Attribution)).DefaultIfEmpty(1).Max();
        MarkedText.Add(section, [.. explanation.Words.Select(word => new MarkedWord(
            Visible(word.Word), word.Attribution / Math.Max(largest, 1e-9),
            $"share {Signed(word.Attribution)}; probability of {explanation.Label} without it {Four(word.ProbabilityWithout)}"))],
                IsCharacters(explanation));
        AddLegend(section, $"against {Isolated(explanation.Label)}", $"for {Isolated(explanation.Label)}");
        string other = explanation.Label == explanation.Predicted
            ? "" : $" The model predicts {Isolated(explanation.Predicted)}.";
        section.Note($"{Isolated(explanation.Label)}: probability {Four(explanation.Probability)}.{other}");
        foreach (WordPair pair in explanation.Turns.Take(3)) section.Note(Sentence(explanation, pair));
        section.Facts([.. explanation.Probabilities.OrderByDescending(label => label.Value).Take(12)
            .Select(label => (label.Key, Four(label.Value))), ("empty text", Four(explanation.EmptyProbability))]);
    }

    private static void AddReading(PageSection section, TextExplanation explanation)
    {
        section.Text($"The probability of {Isolated(explanation.Label)} if the text ended after each word.");
        double[] places = [.. Enumerable.Range(0, explanation.Words.Count + 1).Select(t => (double)t)];
        section.Chart(new LineChart
        {
            Title = $"Probability of {Isolated(explanation.Label)}", XLabel = IsCharacters(explanation)
                ? "text up to character" : "text up to word",
            XNames = ["(empty)", .. explanation.Words.Select(word => Visible(word.Word))],
            YLabel = "probability", FromZero = true,
            Series = [new("probability", places,
                [explanation.EmptyProbability, .. explanation.Words.Select(word => word.ProbabilityAsRead)])],
        });
    }

    private static void AddShares(PageSection section, TextExplanation explanation)
    {
        AttributionSum sum = explanation.Attribution;
        section.Text(
            "The share of a word is its integrated gradient in the log odds ln(p / (1 - p)) of the label; a positive share "
                + "speaks "
            + $"for the label. The shares sum to {Signed(sum.Sum)}. They should sum to {Signed(sum.Expected)}, the difference "
            + $"between the log odds of the text ({Signed(sum.LogOdds)}) and of zero vectors ({Signed(sum.Baseline)}); the error "
            + $"after {sum.Steps} integration steps is {Four(Math.Abs(sum.Error))}.");
        section.Chart(new BarChart
        {
            Title = $"Shares for {Isolated(explanation.Label)}", LabelName = "word", ValueName = "share (log odds)",
            Bars = [.. explanation.Words.Select((word, t) => (Label: Numbered(explanation, t), Value: word.Attribution))
                .Take(MostBars)],
        });
        section.Text(
            "The probability of the label if the text ended after the word (as read), without the word, and with an unknown word "
            + "in its place (hidden). The effect is how much the word raises the log odds: those of the text minus those without "
            + "the word.");
        section.Table("Each word", explanation.Words.Index(),
            new("word", each => Numbered(explanation, each.Index)), new(
                "known", each => each.Item.IsKnown ? "yes" : "no", IsText: true),
            new("as read", each => Four(each.Item.ProbabilityAsRead)), new("without", each => Four(each.Item.ProbabilityWithout)),
            new("hidden", each => Four(each.Item.ProbabilityHidden)), new("effect", each => Signed(each.Item.Effect)),
            new("share", each => Signed(each.Item.Attribution)));
    }

    private static void AddPairs(PageSection section, TextExplanation explanation)
    {
        section.Text(
            "The interaction of two words is the log odds of the text, minus those without the first word, minus those without "
            + "the second, plus those without both. It is zero if their effects simply add up. The table shows the effect of "
            + "each word with and without the other. A word counts as "
            + "reversed by another if its effect changes sign, both effects are at least "
            + $"{TextExplanation.LeastTurnShare.ToString("0%", CultureInfo.InvariantCulture)} of the largest effect of a word, "
            + $"and its "
            + "share has the sign of its effect.");
        HashSet<WordPair> turns = [.. explanation.Turns];
        int[] places = [.. explanation.Pairs.SelectMany(pair => new[] { pair.First, pair.Second }).Distinct().Order()];
        var values = new double[places.Length][];
        for (int i = 0; i < places.Length; i++)
        {
            values[i] = new double[places.Length];
            Array.Fill(values[i], double.NaN);
        }

        foreach (WordPair pair in explanation.Pairs)
        {
            int i = Array.IndexOf(places, pair.First), j = Array.IndexOf(places, pair.Second);
            values[i][j] = values[j][i] = Math.Round(pair.Interaction, 2);
        }

        string[] names = [.. places.Select(place => Numbered(explanation, place))];
        section.Chart(new HeatMap
        {
            Title = "Interaction", RowName = "word", ColumnName = "word", Rows = names, Columns = names, Values = values,
        });
        section.Table("The strongest pairs", explanation.Pairs.Take(MostPairs),
            new("pair", pair => $"{Numbered(explanation, pair.First)}, {Numbered(explanation, pair.Second)}"),
            new("interaction", pair => Signed(pair.Interaction)), new("1st, with 2nd", pair => Signed(pair.FirstEffect)),
            new("1st, without", pair => Signed(pair.FirstAlone)), new("2nd, with 1st", pair => Signed(pair.SecondEffect)),
            new("2nd, without", pair => Signed(pair.SecondAlone)),
            new("reversed", pair => turns.Contains(pair) ? Numbered(explanation, pair.Turned) : "", IsText: true));
    }

    private static string Sentence(TextExplanation explanation, WordPair pair)
    {
        bool isFirst = pair.Turned == pair.First;
        double alone = isFirst ? pair.FirstAlone : pair.SecondAlone, together = isFirst ? pair.FirstEffect : pair.SecondEffect;
        string turned = $"\u201C{Word(pair.Turned)}\u201D", turner = $"\u201C{Word(pair.Turner)}\u201D", label = Isolated(
            explanation.Label);
        return $"{turner} reverses {turned}: {turned} speaks {Side(alone)} {label} without {turner} ({Signed(alone)}) and "
            + $"{Side(together)} it with {turner} ({Signed(together)}).";

        string Word(int place) => Visible(explanation.Words[place].Word);
        static string Side(double effect) => effect >= 0 ? "for" : "against";
    }

    private static bool IsCharacters(TextExplanation explanation) =>
        explanation.Words.Count > 3 && explanation.Words.All(word => new StringInfo(word.Word).LengthInTextElements <= 1);

    /// <summary>A word with its number, as words recur.</summary>
    private static string Numbered(TextExplanation explanation, int place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place + 1} {Visible(explanation.Words[place].Word)}");
}
