using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a sentence's tags, or of the tag of one word.</summary>
internal sealed class TagView(TagExplanation explanation, int? word) : IExplanationView
{
    private const int WidestWord = 18, MostTags = 5, Strongest = 2;

    /// <summary>Influences below this share of the word's largest are noise and not named.</summary>
    private const double LeastShare = 0.25;

    private TagExplanation Explanation => explanation;

    public IEnumerable<string> Lines(UserTerminal terminal)
    {
        foreach (string line in word is { } place ? OneWord(place, terminal) : AllWords(Math.Min(80, terminal.Width))) yield return line;
        yield return "";
    }

    private IEnumerable<string> AllWords(int width)
    {
        List<string[]> rows = [["word", "tag", "p", "from context", "strongest influence"]];
        foreach ((TagEffect tagged, int t) in explanation.Words.Select((tagged, t) => (tagged, t)))
        {
            IEnumerable<string> strongest = Enumerable.Range(0, explanation.Words.Count)
                .Where(j => Math.Abs(tagged.Influence[j]) >= LeastShare * tagged.Influence.Max(Math.Abs))
                .OrderByDescending(j => Math.Abs(tagged.Influence[j])).Take(Strongest)
                .Select(
                    j => $"{(j == t ? "itself" : Short(explanation.Words[j].Word, 12))} {Effects.Signed(tagged.Influence[j])}");
            rows.Add([
                Short(tagged.Word + (tagged.IsKnown ? "" : "*"), WidestWord), Short(tagged.Tag, 10),
                Effects.Three(tagged.Probability),
                Effects.Three(tagged.ProbabilityFromContext), string.Join(", ", strongest)]);
        }

        foreach (string line in TextLayout.Table(rows, width, 1, 4)) yield return line;
        if (explanation.Words.Any(tagged => !tagged.IsKnown)) yield return "(*: not in the vocabulary)";
    }

    private IEnumerable<string> OneWord(int place, UserTerminal terminal)
    {
        if (explanation.Words.Count == 0) yield break;
        TagEffect tagged = explanation.Words[place];
        yield return Effects.Strong($"{TextLayout.OneLine(tagged.Word)}: {tagged.Tag}", terminal.HasColour)
            + $" {Numbers.Four(tagged.Probability)}, from the context only {Numbers.Four(tagged.ProbabilityFromContext)}";
        yield return string.Join(", ", tagged.Probabilities.OrderByDescending(tag => tag.Value).Take(MostTags)
            .Select(tag => $"{tag.Key} {Numbers.Four(tag.Value)}"));
        yield return "";
        int width = Math.Clamp(explanation.Words.Max(other => other.Word.Length), 4, WidestWord);
        double largest = tagged.Influence.Max(Math.Abs);
        for (int j = 0; j < explanation.Words.Count; j++)
        {
            string mark = j == place ? ">" : " ";
            yield return $"{mark} {Effects.Cell(explanation.Words[j].Word, width)}  {Effects.Signed(tagged.Influence[j]),7}  "
                + Effects.Bar(tagged.Influence[j], largest, terminal.HasColour).TrimEnd();
        }

        yield return "(how much a word raises the log odds of the tag; for the word itself, compared with it hidden)";
    }

    private static string Short(string text, int width) => TextLayout.Shorten(TextLayout.OneLine(text), width);

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteBoolean("random_field", explanation.HasRandomField);
        writer.WriteStartArray("words");
        for (int t = 0; t < explanation.Words.Count; t++)
        {
            if (word is { } place && place != t) continue;
            TagEffect tagged = explanation.Words[t];
            writer.WriteStartObject();
            writer.WriteNumber("place", t);
            writer.WriteString("word", tagged.Word);
            writer.WriteBoolean("known", tagged.IsKnown);
            writer.WriteString("tag", tagged.Tag);
            writer.WriteNumber("probability", tagged.Probability);
            writer.WriteNumber("probability_from_context", tagged.ProbabilityFromContext);
            writer.WriteStartObject("probabilities");
            foreach ((string tag, double probability) in tagged.Probabilities) writer.WriteNumber(tag, probability);
            writer.WriteEndObject();
            writer.WriteNumbers("influence", tagged.Influence);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public string Page(IReadOnlyList<IExplanationView> all, string model) =>
        ExplanationPage.Of([.. all.Cast<TagView>().Select(view => view.Explanation)], model);
}
