namespace Recurant.Data;

/// <summary>
/// The words a model knows, each with its number. Number 0 is <c>&lt;unk&gt;</c>, which stands for every other word.
/// May be used by several threads at once.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>The number of <c>&lt;unk&gt;</c>, given to every word that is not in the vocabulary.</summary>
    public const int Unknown = 0;

    private const string UnknownWord = "<unk>";

    private readonly string[] _words;
    private readonly Dictionary<string, int> _indices;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _spanIndices;

    /// <summary>Makes a vocabulary of the words given, as they were saved with a model.</summary>
    /// <param name="words">Distinct words; the first must be <c>&lt;unk&gt;</c>.</param>
    /// <exception cref="ArgumentException">The first word is another, or a word occurs twice.</exception>
    public Vocabulary(IReadOnlyList<string> words)
        : this(words, [])
    {
    }

    private Vocabulary(IReadOnlyList<string> words, int[] counts)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0 || words[0] != UnknownWord)
        {
            string found = words.Count == 0 ? "nothing" : $"\"{words[0]}\"";
            throw new ArgumentException(
                $"The first word of a vocabulary must be \"{UnknownWord}\"; found {found}.", nameof(words));
        }

        _words = new string[words.Count];
        _indices = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int i = 0; i < words.Count; i++)
        {
            _words[i] = words[i];
            if (!_indices.TryAdd(words[i], i))
            {
                throw new ArgumentException(
                    $"The word \"{words[i]}\" stands twice in the vocabulary, at {_indices[words[i]]} and at {i}.",
                    nameof(words));
            }
        }

        _spanIndices = _indices.GetAlternateLookup<ReadOnlySpan<char>>();
        Counts = counts;
    }

    /// <summary>The number of words, <c>&lt;unk&gt;</c> included.</summary>
    public int Count => _words.Length;

    /// <summary>The words in the order of their numbers.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>
    /// How often each word occurred in the documents the vocabulary was built from; place 0 counts all the words left
    /// out. Empty if the vocabulary was made from a list.
    /// </summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>The word with the number given.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public string this[int index] => _words[index];

    /// <summary>
    /// Counts the words of the documents and keeps the most frequent: ordered by falling count, equal counts by ordinal
    /// comparison, so that the order of the documents does not matter.
    /// </summary>
    /// <param name="documents">Each a list of tokens. A token <c>&lt;unk&gt;</c> counts as an unknown word.</param>
    /// <param name="minimumCount">Rarer words are left out; at least 1.</param>
    /// <param name="maximumSize">The most entries the vocabulary may have, <c>&lt;unk&gt;</c> included; at least 1.</param>
    public static Vocabulary Build(IEnumerable<IReadOnlyList<string>> documents, int minimumCount, int maximumSize)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumSize, 1);

        var counts = new WordCounts();
        foreach (IReadOnlyList<string> document in documents)
        {
            for (int i = 0; i < document.Count; i++) counts.Add(document[i]);
        }

        return Build(counts, minimumCount, maximumSize);
    }

    /// <summary>The same from words that are counted.</summary>
    internal static Vocabulary Build(WordCounts words, int minimumCount, int maximumSize)
    {
        Dictionary<string, int> counts = words.Counts;
        counts.Remove(UnknownWord, out int unknown);
        unknown += (int)words.LeftOut;
        var ordered = new List<KeyValuePair<string, int>>(counts.Count);
        foreach (KeyValuePair<string, int> entry in counts)
        {
            if (entry.Value >= minimumCount)
            {
                ordered.Add(entry);
            }
            else
            {
                unknown += entry.Value;
            }
        }

        ordered.Sort((a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value) : string.CompareOrdinal(a.Key, b.Key));
        int kept = Math.Min(ordered.Count, maximumSize - 1);
        for (int i = kept; i < ordered.Count; i++) unknown += ordered[i].Value;
        var known = new string[kept + 1];
        var keptCounts = new int[kept + 1];
        (known[0], keptCounts[0]) = (UnknownWord, unknown);
        for (int i = 0; i < kept; i++) (known[i + 1], keptCounts[i + 1]) = (ordered[i].Key, ordered[i].Value);
        return new Vocabulary(known, keptCounts);
    }

    /// <summary>The number of a word; <see cref="Unknown"/> if it is not in the vocabulary.</summary>
    /// <param name="token">A token as <see cref="Tokenizer"/> makes it.</param>
    public int IndexOf(string token) => _indices.GetValueOrDefault(token, Unknown);

    /// <summary>The number of a word; <see cref="Unknown"/> if it is not in the vocabulary.</summary>
    /// <param name="token">A token as <see cref="Tokenizer"/> makes it.</param>
    public int IndexOf(ReadOnlySpan<char> token) => _spanIndices.TryGetValue(token, out int index) ? index : Unknown;
}
