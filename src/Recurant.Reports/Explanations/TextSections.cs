using System.Globalization;
using Recurant.Insight;
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
        AddReading(page.Section(id + "-reading", number + "As it is read"), explanation);
        AddShares(page.Section(id + "-shares", number + "What each word does"), explanation);
        if (explanation.Pairs.Count > 0) AddPairs(page.Section(id + "-pairs", number + "What words do together"), explanation);
    }

    private static void AddText(PageSection section, TextExplanation explanation)
    {
        double largest = explanation.Words.Select(word => Math.Abs(word.Attribution)).DefaultIfEmpty(1).Max();
        MarkedText.Add(section, [.. explanation.Words.Select(word => new MarkedWord(
            Visible(word.Word), word.Attribution / Math.Max(largest, 1e-9),
            $"share {Signed(word.Attribution)}; without it {explanation.Label} {Four(word.ProbabilityWithout)}"))],
                IsCharacters(explanation));
        AddLegend(section, $"speaks against {explanation.Label}", $"speaks for {explanation.Label}");
        string other = explanation.Label == explanation.Predicted ? "" : $" The model itself says {explanation.Predicted}.";
        section.Note($"{explanation.Label} {Four(explanation.Probability)}.{other}");
        foreach (WordPair pair in explanation.Turns.Take(3)) section.Note(Sentence(explanation, pair));
        section.Facts([.. explanation.Probabilities.OrderByDescending(label => label.Value).Take(12)
            .Select(label => (label.Key, Four(label.Value))), ("a text without words", Four(explanation.EmptyProbability))]);
    }

    private static void AddReading(PageSection section, TextExplanation explanation)
    {
        section.Text($"The probability of {explanation.Label} when the text ends with each of its words.");
        double[] places = [.. Enumerable.Range(0, explanation.Words.Count + 1).Select(t => (double)t)];
        section.Chart(new LineChart
        {
            Title = $"Probability of {explanation.Label}", XLabel = IsCharacters(explanation) ? "characters read" : "words read",
            YLabel = "probability", FromZero = true,
            Series = [new("probability", places,
                [explanation.EmptyProbability, .. explanation.Words.Select(word => word.ProbabilityAsRead)])],
        });
    }

    private static void AddShares(PageSection section, TextExplanation explanation)
    {
        AttributionSum sum = explanation.Attribution;
        section.Text(
            "The share of a word is its integrated gradient, in log odds ln(p / (1 - p)) of the label: positive speaks for "
            + "it. All "
            + $"shares add up to {Signed(sum.Sum)}; from vectors of zeros to the text the log odds go from "
            + $"{Signed(sum.Baseline)} to "
            + $"{Signed(sum.LogOdds)}, which is {Signed(sum.Expected)}: an error of {Four(Math.Abs(sum.Error))} after "
            + $"{sum.Steps} steps.");
        section.Chart(new BarChart
        {
            Title = $"Shares in {explanation.Label}", LabelName = "word", ValueName = "share (log odds)",
            Bars = [.. explanation.Words.Select((word, t) => (Label: Label(explanation, t), Value: word.Attribution))
                .Take(MostBars)],
        });
        section.Text(
            "The label's probability when the text ends with the word (as read), without the word, and with an unknown word "
            + "in its place "
            + "(hidden). The effect is the log odds less those without the word.");
        section.Table(new TextTable
        {
            Caption = "Each word",
            Columns = ["word", "known", "as read", "without", "hidden", "effect", "share"],
            TextColumns = [0, 1],
            Rows = [.. explanation.Words.Select((word, t) => (IReadOnlyList<string>)
            [
                Label(explanation, t), word.IsKnown ? "yes" : "no", Four(word.ProbabilityAsRead), Four(word.ProbabilityWithout),
                Four(word.ProbabilityHidden), Signed(word.Effect), Signed(word.Attribution),
            ])],
        });
    }

    private static void AddPairs(PageSection section, TextExplanation explanation)
    {
        section.Text(
            "The interaction of two words: the log odds of the text, less those without the one, less those without the "
            + "other, plus "
            + "those without both. It is zero where their effects merely add. The table tells what each of the two does with "
            + "the other and "
            + "without it.");
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

        string[] names = [.. places.Select(place => Label(explanation, place))];
        section.Chart(new HeatMap
        {
            Title = "Interaction", RowName = "word", ColumnName = "word", Rows = names, Columns = names, Values = values,
        });
        section.Table(new TextTable
        {
            Caption = "The strongest pairs",
            Columns = ["pair", "interaction", "first with", "first without", "second with", "second without", "turned"],
            TextColumns = [0, 6],
            Rows = [.. explanation.Pairs.Take(MostPairs).Select(pair => (IReadOnlyList<string>)
            [
                $"{Label(explanation, pair.First)}, {Label(explanation, pair.Second)}", Signed(pair.Interaction),
                Signed(pair.FirstEffect),
                Signed(pair.FirstAlone), Signed(pair.SecondEffect), Signed(pair.SecondAlone),
                pair.Turned < 0 ? "" : Label(explanation, pair.Turned),
            ])],
        });
    }

    private static string Sentence(TextExplanation explanation, WordPair pair)
    {
        bool isFirst = pair.Turned == pair.First;
        double alone = isFirst ? pair.FirstAlone : pair.SecondAlone, together = isFirst ? pair.FirstEffect : pair.SecondEffect;
        string turned = $"\u201C{Word(pair.Turned)}\u201D";
        return $"\u201C{Word(pair.Turner)}\u201D turns {turned}: without it {turned} speaks {Side(alone)} {explanation.Label} "
            + $"({Signed(alone)}), with it {Side(together)} it ({Signed(together)}).";

        string Word(int place) => Visible(explanation.Words[place].Word);
        static string Side(double effect) => effect >= 0 ? "for" : "against";
    }

    private static bool IsCharacters(TextExplanation explanation) =>
        explanation.Words.Count > 3 && explanation.Words.All(word => new StringInfo(word.Word).LengthInTextElements <= 1);

    /// <summary>A word with its number, as words recur.</summary>
    private static string Label(TextExplanation explanation, int place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place + 1} {Visible(explanation.Words[place].Word)}");
}
