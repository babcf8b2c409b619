using System.Runtime.InteropServices;

namespace Recurant.Inputs;

/// <summary>Turns a text into the numbers a network reads, in the same way at training and at prediction.</summary>
internal sealed class TextEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _withPairs;
    private readonly int _maximumTokens;

    public TextEncoder(Tokenizer tokenizer, Vocabulary vocabulary, bool withPairs, int maximumTokens)
    {
        _tokenizer = tokenizer;
        Vocabulary = vocabulary;
        _withPairs = withPairs;
        _maximumTokens = maximumTokens;
    }

    public Tokenizer Tokenizer => _tokenizer;

    public Vocabulary Vocabulary { get; }

    public static Tokenizer MakeTokenizer(TokenUnit unit, bool lowercase) =>
        new(new TokenizerOptions { Unit = unit, Lowercase = lowercase });

    /// <summary>
    /// The tokens of a text by number. A bag of words gets its pairs of neighbours as well and drops what it does not
    /// know. A text without any token counts as one unknown word, so that every text gets an answer.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="forms">If given, the numbers are those of forms; new forms are added.</param>
    public int[] Encode(string text, WordForms? forms = null)
    {
        if (forms is not null) return EncodeForms(text, forms);
        return [.. EncodeIn(text, new Room())];
    }

    /// <summary>The same without new memory for each text; valid until the room is used again.</summary>
    public ReadOnlySpan<int> EncodeIn(string text, Room room)
    {
        List<int> numbers = room.Numbers;
        numbers.Clear();
        if (_withPairs)
        {
            List<int> pairs = room.PairNumbers;
            pairs.Clear();
            _tokenizer.Encode(text, Vocabulary, numbers, room.Pairs, pairs);
            numbers.AddRange(pairs);
            numbers.RemoveAll(number => number == Vocabulary.Unknown);
        }
        else
        {
            _tokenizer.Encode(text, Vocabulary, numbers);
            Shorten(numbers);
        }

        if (numbers.Count == 0) numbers.Add(Vocabulary.Unknown);
        return CollectionsMarshal.AsSpan(numbers);
    }

    /// <summary>Where the numbers of a text are put together.</summary>
    internal sealed class Room
    {
        public List<int> Numbers { get; } = [];

        public List<int> PairNumbers { get; } = [];

        public WordPairs Pairs { get; } = new();
    }

    /// <summary>The tokens of a text that are read, in their order.</summary>
    public List<string> Cut(string text) => _withPairs ? _tokenizer.Tokenize(text) : Shorten(_tokenizer.Tokenize(text));

    /// <summary>The same numbers from tokens that are already cut.</summary>
    /// <param name="tokens">The tokens, for example some of those that <see cref="Cut"/> gave.</param>
    /// <param name="forms">If given, the numbers are those of forms; new forms are added.</param>
    public int[] Encode(List<string> tokens, WordForms? forms)
    {
        if (forms is not null) return forms.Encode(tokens.Count == 0 ? [""] : tokens);
        int[] numbers = _withPairs
            ? [.. WithPairs(tokens).Select(feature => Vocabulary.IndexOf(feature)).Where(number => number != Vocabulary.Unknown)]
            : [.. tokens.Select(token => Vocabulary.IndexOf(token))];
        return numbers.Length == 0 ? [Vocabulary.Unknown] : numbers;
    }

    /// <summary>A text without any token counts as one empty word, which is unknown and has one unknown character.</summary>
    private int[] EncodeForms(string text, WordForms forms)
    {
        List<string> tokens = _tokenizer.Tokenize(text);
        return forms.Encode(tokens.Count == 0 ? [""] : Shorten(tokens));
    }

    /// <summary>Of a long text takes out the middle.</summary>
    private List<T> Shorten<T>(List<T> tokens)
    {
        if (tokens.Count <= _maximumTokens) return tokens;
        int head = _maximumTokens / 2, tail = _maximumTokens - head;
        tokens.RemoveRange(head, tokens.Count - head - tail);
        return tokens;
    }

    /// <summary>The tokens, then every pair of neighbours joined by a blank; the edges of the text count as neighbours.</summary>
    public static List<string> WithPairs(List<string> tokens)
    {
        var features = new List<string>(2 * tokens.Count + 1);
        features.AddRange(tokens);
        string previous = WordPairs.TextStart;
        foreach (string token in tokens)
        {
            features.Add(previous + " " + token);
            previous = token;
        }

        features.Add(previous + " " + WordPairs.TextEnd);
        return features;
    }
}
