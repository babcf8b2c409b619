using System.Runtime.InteropServices;

namespace Recurant.Heads;

/// <summary>
/// The simplest tagger: gives every word the tag it had most often, and a word it never saw the tag that words seen once had
/// most often. What a model is worth shows beside it.
/// May be used by several threads at once.
/// </summary>
public sealed class MostFrequentTags
{
    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _known;
    private readonly string _other;

    /// <summary>Counts the tags of every word.</summary>
    /// <param name="data">Tagged sentences; at least one.</param>
    /// <exception cref="ArgumentException">There are no sentences.</exception>
    public MostFrequentTags(TaggedDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Count == 0) throw new ArgumentException($"{data.Name}: there are no sentences to count in.", nameof(data));
        _known = data.Tags;
        var counts = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (TaggedSentence sentence in data.Sentences)
        {
            for (int t = 0; t < sentence.Words.Count; t++)
            {
                ref Dictionary<string, int>? ofWord =
                    ref CollectionsMarshal.GetValueRefOrAddDefault(counts, sentence.Words[t], out _);
                ofWord ??= new Dictionary<string, int>(StringComparer.Ordinal);
                CollectionsMarshal.GetValueRefOrAddDefault(ofWord, sentence.Tags[t], out _)++;
            }
        }

        var once = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string word, Dictionary<string, int> tags) in counts)
        {
            string tag = MostFrequent(tags);
            _tags.Add(word, tag);
            if (tags.Count == 1 && tags[tag] == 1) CollectionsMarshal.GetValueRefOrAddDefault(once, tag, out _)++;
        }

        if (once.Count == 0)
        {
            foreach (string tag in _tags.Values) CollectionsMarshal.GetValueRefOrAddDefault(once, tag, out _)++;
        }

        _other = MostFrequent(once);
    }

    /// <summary>The tag of a word.</summary>
    public string TagOf(string word) => _tags.GetValueOrDefault(word, _other);

    /// <summary>Scores these tags on tagged sentences; the loss is not looked at and stands as 0.</summary>
    public TaggerEvaluation Evaluate(TaggedDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var score = new TagScore(_known);
        foreach (TaggedSentence sentence in data.Sentences)
        {
            IReadOnlyList<string> words = sentence.Words;
            score.Add(sentence.Tags, [.. words.Select(TagOf)], t => !_tags.ContainsKey(words[t]));
        }

        return score.ToEvaluation(loss: 0);
    }

    /// <summary>Of tags that are as frequent the first in ordinal order.</summary>
    private static string MostFrequent(Dictionary<string, int> tags)
    {
        string best = "";
        int most = 0;
        foreach ((string tag, int count) in tags)
        {
            if (count > most || (count == most && string.CompareOrdinal(tag, best) < 0)) (best, most) = (tag, count);
        }

        return best;
    }
}
