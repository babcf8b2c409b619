using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a label.</summary>
internal sealed class TextView(TextExplanation explanation) : IExplanationView
{
    private const int WidestWord = 16, MostPairs = 3;

    private TextExplanation Explanation => explanation;

    public IEnumerable<string> Lines(UserTerminal terminal)
    {
        string label = TextLayout.OneLine(explanation.Label);
        string text = TextLayout.OneLine(explanation.Text);
        foreach (string line in TextLayout.Wrap(text, Math.Min(80, terminal.Width)))
        {
            yield return Effects.Strong(line, terminal.HasColour);
        }

        yield return $"{label} {Numbers.Four(explanation.Probability)} (empty text: {Numbers.Four(explanation.EmptyProbability)})";
        if (explanation.Label != explanation.Predicted)
        {
            yield return $"(the model predicts {TextLayout.OneLine(explanation.Predicted)})";
        }

        yield return "";
        foreach (string line in Table(terminal)) yield return line;
        yield return "";
        AttributionSum sum = explanation.Attribution;
        if (explanation.Words.Count > 0)
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
            explanation.Words.Select(word => word.Word.Length + (word.IsKnown ? 0 : 1)).DefaultIfEmpty(4).Max(), 4, WidestWord);
        double largest = explanation.Words.Select(word => Math.Abs(word.Attribution)).DefaultIfEmpty(0).Max();
        yield return $"{Heading.PadRight(width)}  as read  without   hidden   effect    share";
        foreach (WordEffect word in explanation.Words)
        {
            string name = Effects.Cell(Shown(word.Word) + (word.IsKnown ? "" : "*"), width);
            yield return $"{name}   {Numbers.Four(word.ProbabilityAsRead)}   {Numbers.Four(word.ProbabilityWithout)}   "
                + $"{Numbers.Four(word.ProbabilityHidden)}  {Effects.Signed(word.Effect),7}  "
                + $"{Effects.Signed(word.Attribution),7}  "
                + $"" + Effects.Bar(word.Attribution, largest, terminal.HasColour).TrimEnd();
        }

        if (explanation.Words.Any(word => !word.IsKnown)) yield return "(*: not in the vocabulary)";
    }

    private IEnumerable<string> Pairs(int width)
    {
        var turns = explanation.Turns.Take(MostPairs).ToList();
        foreach (WordPair pair in turns)
        {
            bool isFirst = pair.Turned == pair.First;
            double alone = isFirst ? pair.FirstAlone : pair.SecondAlone,
                together = isFirst ? pair.FirstEffect : pair.SecondEffect;
            string turner = Word(pair.Turner), turned = Word(pair.Turned), label = TextLayout.OneLine(explanation.Label);
            string sentence = $"{turner} reverses {turned}: {turned} speaks {ForOrAgainst(alone)} {label} without {turner} "
                + $"({Effects.Signed(alone)}) and {ForOrAgainst(together)} it with {turner} ({Effects.Signed(together)})";
            foreach (string line in TextLayout.Wrap(sentence, width)) yield return line;
        }

        double least = Math.Max(WordPair.LeastEffect,
            TextExplanation.LeastTurnShare * explanation.Words.Select(word => Math.Abs(word.Effect)).DefaultIfEmpty().Max());
        foreach (WordPair pair in explanation.Pairs.Except(turns).Take(Math.Max(0, MostPairs - turns.Count)))
        {
            if (Math.Abs(pair.Interaction) < least) yield break;
            string beyond = Effects.Signed(pair.Interaction);
            yield return $"{Word(pair.First)} and {Word(pair.Second)} together: {beyond} beyond the sum of their effects";
        }
    }

    private static string Shown(string word) => word == " " ? "\u2423" : word;

    private string Heading => explanation.Words.All(word => word.Word.Length <= 1) ? "char" : "word";

    private string Word(int place) => $"\"{TextLayout.OneLine(Shown(explanation.Words[place].Word))}\"";

    private static string ForOrAgainst(double effect) => effect >= 0 ? "for" : "against";

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteString("text", explanation.Text);
        writer.WriteString("label", explanation.Label);
        writer.WriteString("predicted", explanation.Predicted);
        writer.WriteNumber("probability", explanation.Probability);
        writer.WriteStartObject("probabilities");
        foreach ((string label, double probability) in explanation.Probabilities) writer.WriteNumber(label, probability);
        writer.WriteEndObject();
        writer.WriteNumber("empty_probability", explanation.EmptyProbability);
        writer.WriteObject("attribution", sum =>
        {
            sum.WriteString("unit", "log odds of the label");
            sum.WriteString("baseline", "zero vectors");
            sum.WriteNumber("baseline_log_odds", explanation.Attribution.Baseline);
            sum.WriteNumber("log_odds", explanation.Attribution.LogOdds);
            sum.WriteNumber("sum", explanation.Attribution.Sum);
            sum.WriteNumber("expected", explanation.Attribution.Expected);
            sum.WriteNumber("error", explanation.Attribution.Error);
            sum.WriteNumber("steps", explanation.Attribution.Steps);
        });
        writer.WriteObjects("words", explanation.Words, word =>
        {
            writer.WriteString("word", word.Word);
            writer.WriteBoolean("known", word.IsKnown);
            writer.WriteNumber("probability_as_read", word.ProbabilityAsRead);
            writer.WriteNumber("probability_without", word.ProbabilityWithout);
            writer.WriteNumber("probability_hidden", word.ProbabilityHidden);
            writer.WriteNumber("effect", word.Effect);
            writer.WriteNumber("attribution", word.Attribution);
        });
        writer.WriteObjects("pairs", explanation.Pairs, pair =>
        {
            writer.WriteNumber("first", pair.First);
            writer.WriteNumber("second", pair.Second);
            writer.WriteNumber("interaction", pair.Interaction);
            writer.WriteNumber("first_effect", pair.FirstEffect);
            writer.WriteNumber("first_alone", pair.FirstAlone);
            writer.WriteNumber("second_effect", pair.SecondEffect);
            writer.WriteNumber("second_alone", pair.SecondAlone);
            if (pair.Turned >= 0)
            {
                writer.WriteNumber("turned", pair.Turned);
                writer.WriteNumber("turner", pair.Turner);
            }

        });
    }

    public string Page(IReadOnlyList<IExplanationView> all, string model) =>
        ExplanationPage.Of([.. all.Cast<TextView>().Select(view => view.Explanation)], model);
}
