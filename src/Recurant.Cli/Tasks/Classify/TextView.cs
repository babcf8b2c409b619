using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a label.</summary>
internal sealed class TextView(TextExplanation explanation) : ExplanationView<TextExplanation>(explanation, ExplanationPage.Of)
{
    private const int WidestWord = 16, MostPairs = 3;

    public override IEnumerable<string> Lines(UserTerminal terminal)
    {
        string label = TextLayout.OneLine(Explanation.Label);
        string text = TextLayout.OneLine(Explanation.Text);
        foreach (string line in TextLayout.Wrap(text, Math.Min(80, terminal.Width)))
        {
            yield return Effects.Strong(line, terminal.HasColour);
        }

        yield return $"{label} {Numbers.Four(Explanation.Probability)} (empty "
            + $"text: {Numbers.Four(Explanation.EmptyProbability)})";
        if (Explanation.Label != Explanation.Predicted)
        {
            yield return $"(the model predicts {TextLayout.OneLine(Explanation.Predicted)})";
        }

        yield return "";
        foreach (string line in Table(terminal)) yield return line;
        yield return "";
        AttributionSum sum = Explanation.Attribution;
        if (Explanation.Words.Count > 0)
        {
            yield return $"sum of shares {Effects.Signed(sum.Sum)}, expected {Effects.Signed(sum.Expected)} "
                + $"(error {Numbers.Four(Math.Abs(sum.Error))} after {sum.Steps} steps)";
        }

        foreach (string line in Pairs(Math.Min(80, terminal.Width))) yield return line;
        yield return "";
    }

    private IEnumerable<string> Table(UserTerminal terminal)
    {
        int width =
            Math.Clamp(
            Explanation.Words.Select(word => word.Word.Length + (word.IsKnown ? 0 : 1)).DefaultIfEmpty(4).Max(), 4, WidestWord);
        double largest = Explanation.Words.Select(word => Math.Abs(word.Attribution)).DefaultIfEmpty(0).Max();
        yield return $"{Heading.PadRight(width)}  as read  without   hidden   effect    share";
        foreach (WordEffect word in Explanation.Words)
        {
            string name = Effects.Cell(Shown(word.Word) + (word.IsKnown ? "" : "*"), width);
            yield return $"{name}   {Numbers.Four(word.ProbabilityAsRead)}   {Numbers.Four(word.ProbabilityWithout)}   "
                + $"{Numbers.Four(word.ProbabilityHidden)}  {Effects.Signed(word.Effect),7}  "
                + $"{Effects.Signed(word.Attribution),7}  "
                + $"" + Effects.Bar(word.Attribution, largest, terminal.HasColour).TrimEnd();
        }

        if (Explanation.Words.Any(word => !word.IsKnown)) yield return "(*: not in the vocabulary)";
    }

    private IEnumerable<string> Pairs(int width)
    {
        var turns = Explanation.Turns.Take(MostPairs).ToList();
        foreach (WordPair pair in turns)
        {
            bool isFirst = pair.Turned == pair.First;
            double alone = isFirst ? pair.FirstAlone : pair.SecondAlone,
                together = isFirst ? pair.FirstEffect : pair.SecondEffect;
            string turner = Word(pair.Turner), turned = Word(pair.Turned), label = TextLayout.OneLine(Explanation.Label);
            string sentence = $"{turner} reverses {turned}: {turned} speaks {ForOrAgainst(alone)} {label} without {turner} "
                + $"({Effects.Signed(alone)}) and {ForOrAgainst(together)} it with {turner} ({Effects.Signed(together)})";
            foreach (string line in TextLayout.Wrap(sentence, width)) yield return line;
        }

        double least = Math.Max(WordPair.LeastEffect,
            TextExplanation.LeastTurnShare * Explanation.Words.Select(word => Math.Abs(word.Effect)).DefaultIfEmpty().Max());
        foreach (WordPair pair in Explanation.Pairs.Except(turns).Take(Math.Max(0, MostPairs - turns.Count)))
        {
            if (Math.Abs(pair.Interaction) < least) yield break;
            string beyond = Effects.Signed(pair.Interaction);
            yield return $"{Word(pair.First)} and {Word(pair.Second)} together: {beyond} beyond the sum of their effects";
        }
    }

    private static string Shown(string word) => word == " " ? "\u2423" : word;

    private string Heading => Explanation.Words.All(word => word.Word.Length <= 1) ? "char" : "word";

    private string Word(int place) => $"\"{TextLayout.OneLine(Shown(Explanation.Words[place].Word))}\"";

    private static string ForOrAgainst(double effect) => effect >= 0 ? "for" : "against";

    public override void WriteJson(Utf8JsonWriter writer)
    {
        AttributionSum sum = Explanation.Attribution;
        writer.Write(("text", Explanation.Text), ("label", Explanation.Label), ("predicted", Explanation.Predicted),
            ("probability", Explanation.Probability));
        writer.WriteObject("probabilities", members =>
        {
            foreach ((string label, double probability) in Explanation.Probabilities) members.WriteNumber(label, probability);
        });
        writer.WriteNumber("empty_probability", Explanation.EmptyProbability);
        writer.WriteObject("attribution", members => members.Write(
            ("unit", "log odds of the label"), ("baseline", "zero vectors"), ("baseline_log_odds", sum.Baseline),
            ("log_odds", sum.LogOdds), ("sum", sum.Sum), ("expected", sum.Expected), ("error", sum.Error), ("steps", sum.Steps)));
        writer.WriteObjects("words", Explanation.Words, word => writer.Write(
            ("word", word.Word), ("known", word.IsKnown), ("probability_as_read", word.ProbabilityAsRead),
            ("probability_without", word.ProbabilityWithout), ("probability_hidden", word.ProbabilityHidden),
            ("effect", word.Effect), ("attribution", word.Attribution)));
        writer.WriteObjects("pairs", Explanation.Pairs, pair => writer.Write(
            ("first", pair.First), ("second", pair.Second), ("interaction", pair.Interaction), ("first_effect", pair.FirstEffect),
            ("first_alone", pair.FirstAlone), ("second_effect", pair.SecondEffect), ("second_alone", pair.SecondAlone),
            ("turned", pair.Turned >= 0 ? pair.Turned : (int?)null), ("turner", pair.Turned >= 0 ? pair.Turner : (int?)null)));
    }
}
