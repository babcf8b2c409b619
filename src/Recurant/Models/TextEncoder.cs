using Recurant.Data;

namespace Recurant.Models;

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

    /// <summary>The encoder that belongs to a specification. Where characters are read, the tokens keep their capitals.</summary>
    public TextEncoder(ClassifierSpec spec, Vocabulary vocabulary)
        : this(
            MakeTokenizer(spec.Unit, spec.Lowercase && spec.CharacterSize == 0), vocabulary, spec.Model == ModelKind.BagOfWords,
            spec.MaximumTokens)
    {
    }

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
        List<int> numbers = [];
        if (_withPairs)
        {
            foreach (string feature in WithPairs(_tokenizer.Tokenize(text)))
            {
                int number = Vocabulary.IndexOf(feature);
                if (number != Vocabulary.Unknown) numbers.Add(number);
            }
        }
        else
        {
            _tokenizer.Encode(text, Vocabulary, numbers);
        }

        if (numbers.Count == 0) return [Vocabulary.Unknown];
        return [.. _withPairs ? numbers : Shorten(numbers)];
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

    private List<T> Shorten<T>(List<T> tokens)
    {
        if (tokens.Count <= _maximumTokens) return tokens;
        int head = _maximumTokens / 2, tail = _maximumTokens - head;
        return [.. tokens[..head], .. tokens[^tail..]];
    }

    /// <summary>The tokens, then every pair of neighbours joined by a blank; the edges of the text count as neighbours.</summary>
    public static List<string> WithPairs(List<string> tokens)
    {
        var features = new List<string>(2 * tokens.Count + 1);
        features.AddRange(tokens);
        string previous = "<s>";
        foreach (string token in tokens)
        {
            features.Add(previous + " " + token);
            previous = token;
        }

        features.Add(previous + " </s>");
        return features;
    }
}
