using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>Words that say the label: some are honest, some are the label itself that got into the text.</summary>
internal static class GiveawayChecks
{
    /// <summary>A word is looked at from so many texts on, and if chance gives one label to all of them less often than
    /// this.</summary>
    private const int FewestTexts = 20;

    private const double Chance = 1e-6;

    /// <summary>A word that stands in so many of a label's texts and in no other is as a rule no word of the text.</summary>
    private const double NearlyAll = 0.9;

    private const int Shown = 5;

    private sealed record Word(string Text, string Label, int Texts, bool IsFirst);

    public static IEnumerable<Finding> Run(DoctorTexts data)
    {
        var sizes = data.Classes!.ToDictionary(each => each.Label, each => (int)each.Count, StringComparer.Ordinal);
        if (sizes.Count < 2) yield break;
        Dictionary<string, (string? Label, int Texts)> ofWords = new(StringComparer.Ordinal), ofFirst = new(
            StringComparer.Ordinal);
        foreach (DoctorText text in data.Texts)
        {
            foreach (string word in text.Words.Distinct(StringComparer.Ordinal)) Add(ofWords, word, text.Answer);
            if (text.Words.Count > 0) Add(ofFirst, text.Words[0], text.Answer);
        }

        Word[] anywhere = [.. Find(data, sizes, ofWords, first: false)], first = [.. Find(data, sizes, ofFirst, first: true)];
        Word[] grave = [.. anywhere.Concat(first).Where(word => word.Texts >= NearlyAll * sizes[word.Label]).DistinctBy(word =>
            word.Text)];
        if (grave.Length > 0)
        {
            var words = grave.Select(word => word.Text).ToHashSet(StringComparer.Ordinal);
            yield return new Finding(
                "words that are the label", FindingLevel.Warning,
                $"{data.Name}: {List(grave, sizes)}.")
            {
                Where = Places(data.Texts.Where(text => text.Words.Exists(words.Contains))),
                Means = "The text contains the label or a sign of its source: a model learns that sign and nothing else.",
                Advice = "Remove the sign from all texts and score again.",
            };
        }

        yield return Finding("words of one label", data, anywhere, sizes, "occur in many texts, but only with one label");
        yield return Finding("first words of one label", data, first, sizes, "start texts of only one label");
    }

    private static Finding Finding(string check, DoctorTexts data, Word[] words, Dictionary<string, int> sizes, string what)
    {
        if (words.Length == 0) return new Finding(check, FindingLevel.Ok, $"{data.Name}: no words that {what}.");
        return new Finding(check, FindingLevel.Note,
            $"{data.Name}: words that {what}: {Count(words.Length)}, such as {List(words, sizes)}.")
        {
            Values = [Value("words", words.Length)],
            Means = "They may be genuine topic words, or a signature, source or template that gives the label away.",
        };
    }

    private static string List(Word[] words, Dictionary<string, int> sizes) => string.Join(", ", words
        .OrderByDescending(word => (double)word.Texts / sizes[word.Label]).Take(Shown)
        .Select(word => $"\"{word.Text}\" ({Count(word.Texts)} of {Count(sizes[word.Label])} \"{word.Label}\")"));

    /// <summary>Counts a text with a word, and the label as long as all of these have the same.</summary>
    private static void Add(Dictionary<string, (string? Label, int Texts)> counts, string word, string? label)
    {
        bool isKnown = counts.TryGetValue(word, out (string? Label, int Texts) count);
        counts[word] = (!isKnown || count.Label == label ? label : null, count.Texts + 1);
    }

    private static IEnumerable<Word> Find(
        DoctorTexts data, Dictionary<string, int> sizes, Dictionary<string, (string? Label, int Texts)> counts, bool first)
    {
        foreach ((string word, (string? label, int texts)) in counts)
        {
            if (label is null || texts < FewestTexts) continue;
            double share = (double)sizes[label] / data.Count;
            if (texts * Math.Log(share) < Math.Log(Chance)) yield return new Word(word, label, texts, first);
        }
    }
}
