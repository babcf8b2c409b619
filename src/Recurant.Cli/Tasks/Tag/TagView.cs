using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a sentence's tags, or of the tag of one word.</summary>
internal sealed class TagView(TagExplanation explanation, int? word) : ExplanationView<TagExplanation>(
    explanation, ExplanationPage.Of)
{
    private const int WidestWord = 18, MostTags = 5, Strongest = 2;

    /// <summary>Influences below this share of the word's largest are noise and not named.</summary>
    private const double LeastShare = 0.25;

    public override IEnumerable<string> Lines(UserTerminal terminal)
    {
        foreach (string line in word is { } place ? OneWord(place, terminal) : AllWords(Math.Min(80, terminal.Width)))
        {
            yield return line;
        }

        yield return "";
    }

    private IEnumerable<string> AllWords(int width)
    {
        List<string[]> rows = [["word", "tag", "p", "from context", "strongest influence"]];
        foreach ((TagEffect tagged, int t) in Explanation.Words.Select((tagged, t) => (tagged, t)))
        {
            IEnumerable<string> strongest = Enumerable.Range(0, Explanation.Words.Count)
                .Where(j => Math.Abs(tagged.Influence[j]) >= LeastShare * tagged.Influence.Max(Math.Abs))
                .OrderByDescending(j => Math.Abs(tagged.Influence[j])).Take(Strongest)
                .Select(
                    j => $"{(j == t ? "itself" : Short(Explanation.Words[j].Word, 12))} {Effects.Signed(tagged.Influence[j])}");
            rows.Add([
                Short(tagged.Word + (tagged.IsKnown ? "" : "*"), WidestWord), Short(tagged.Tag, 10),
                Effects.Three(tagged.Probability),
                Effects.Three(tagged.ProbabilityFromContext), string.Join(", ", strongest)]);
        }

        foreach (string line in TextLayout.Table(rows, width, 1, 4)) yield return line;
        if (Explanation.Words.Any(tagged => !tagged.IsKnown)) yield return "(*: not in the vocabulary)";
    }

    private IEnumerable<string> OneWord(int place, UserTerminal terminal)
    {
        if (Explanation.Words.Count == 0) yield break;
        TagEffect tagged = Explanation.Words[place];
        yield return Effects.Strong($"{TextLayout.OneLine(tagged.Word)}: {tagged.Tag}", terminal.HasColour)
            + $" {Numbers.Four(tagged.Probability)}, from the context only {Numbers.Four(tagged.ProbabilityFromContext)}";
        yield return string.Join(", ", tagged.Probabilities.OrderByDescending(tag => tag.Value).Take(MostTags)
            .Select(tag => $"{tag.Key} {Numbers.Four(tag.Value)}"));
        yield return "";
        int width = Math.Clamp(Explanation.Words.Max(other => other.Word.Length), 4, WidestWord);
        double largest = tagged.Influence.Max(Math.Abs);
        for (int j = 0; j < Explanation.Words.Count; j++)
        {
            string mark = j == place ? ">" : " ";
            yield return $"{mark} {Effects.Cell(Explanation.Words[j].Word, width)}  {Effects.Signed(tagged.Influence[j]),7}  "
                + Effects.Bar(tagged.Influence[j], largest, terminal.HasColour).TrimEnd();
        }

        yield return "(how much a word raises the log odds of the tag; for the word itself, compared with it hidden)";
    }

    private static string Short(string text, int width) => TextLayout.Shorten(TextLayout.OneLine(text), width);

    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteBoolean("random_field", Explanation.HasRandomField);
        writer.WriteObjects("words", Explanation.Words.Index().Where(each => word is null || word == each.Index), each =>
        {
            TagEffect tagged = each.Item;
            writer.Write(("place", each.Index), ("word", tagged.Word), ("known", tagged.IsKnown), ("tag", tagged.Tag),
                ("probability", tagged.Probability), ("probability_from_context", tagged.ProbabilityFromContext));
            writer.WriteObject("probabilities", members =>
            {
                foreach ((string tag, double probability) in tagged.Probabilities) members.WriteNumber(tag, probability);
            });
            writer.WriteNumbers("influence", tagged.Influence);
        });
    }
}
