using System.Buffers;

namespace Recurant.Data;

/// <summary>
/// Cuts a text into tokens. The same text gives the same tokens on every machine; any string is accepted, and a lone
/// surrogate is read as U+FFFD. A tokenizer may be used by several threads at once.
/// </summary>
/// <remarks>
/// <para>Words (<see cref="TokenUnit.Word"/>):</para>
/// <list type="bullet">
/// <item>HTML entities are decoded; HTML tags, soft hyphens and variation selectors are dropped; curly quotes and
/// apostrophes become straight ones.</item>
/// <item>A word is a run of letters and digits with the marks that combine with them. Numbers such as <c>3.5</c>,
/// <c>1,000</c>, <c>10/10</c> and <c>8:30</c> stay whole, and so do initials such as <c>u.s.</c></item>
/// <item>English contractions are cut so that the negation stands alone: <c>don't</c> gives <c>do n't</c>, <c>it's</c> gives
/// <c>it 's</c>. Text that is already cut so gives the same tokens. Other inner apostrophes stay: <c>o'clock</c>.</item>
/// <item>A hyphen between letters separates and is dropped: <c>well-made</c> gives <c>well made</c>.</item>
/// <item>Web and mail addresses, <c>@names</c>, <c>#topics</c>, emoticons such as <c>:-)</c>, emoji with their modifiers and
/// marks such as <c>&lt;unk&gt;</c> are one token each.</item>
/// <item>Ideographs, hiragana and the scripts of South-East Asia give a token a letter.</item>
/// <item>A run of one of <c>. ! ? * - = _ ~ + $ #</c> is one token of at most three (stars: five) of them; a run that
/// mixes ! and ? is <c>?!</c>; every other mark is a token by itself.</item>
/// </list>
/// <para>Characters (<see cref="TokenUnit.Character"/>): each Unicode scalar value is a token; nothing is dropped. Scalar
/// values and not text elements, because what a text element is changes with the version of Unicode.</para>
/// </remarks>
public sealed class Tokenizer
{
    private const int CacheSize = 1 << 13;

    /// <summary>
    /// Strings made lately, so that frequent words are not made again and again. Threads may overwrite each other's entries:
    /// each entry is a complete string and is compared before it is used.
    /// </summary>
    private readonly string?[] _cache = new string?[CacheSize];

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="options">How to cut.</param>
    /// <exception cref="ArgumentOutOfRangeException">The unit is none of <see cref="TokenUnit"/>.</exception>
    public Tokenizer(TokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Unit is not (TokenUnit.Word or TokenUnit.Character))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Unit, "Unit must be Word or Character.");
        }

        Options = options;
    }

    /// <summary>How this tokenizer cuts.</summary>
    public TokenizerOptions Options { get; }

    /// <summary>Cuts a text into tokens.</summary>
    /// <param name="text">Any string.</param>
    /// <returns>The tokens in the order of the text; none for an empty or blank text.</returns>
    public List<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        Tokenize(text, tokens);
        return tokens;
    }

    /// <summary>Cuts a text into tokens and adds them to a list.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="tokens">Gets the tokens added at its end.</param>
    public void Tokenize(string text, List<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var sink = new StringSink(tokens, _cache);
        Scan(text, ref sink);
    }

    /// <summary>Cuts a text and adds the number of each token to a list, without making strings of the tokens.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="vocabulary">Gives the numbers.</param>
    /// <param name="indices">Gets the numbers added at its end.</param>
    public void Encode(string text, Vocabulary vocabulary, List<int> indices)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(indices);
        var sink = new IndexSink(vocabulary, indices);
        Scan(text, ref sink);
    }

    /// <summary>The same, and adds the number of every pair of neighbours to another list, as <see cref="WordPairs"/> joins them.
    /// </summary>
    internal void Encode(string text, Vocabulary vocabulary, List<int> indices, WordPairs pairs, List<int> pairIndices)
    {
        pairs.BeginText();
        var sink = new PairIndexSink(vocabulary, indices, pairs, pairIndices);
        Scan(text, ref sink);
        pairIndices.Add(vocabulary.IndexOf(pairs.Next(WordPairs.TextEnd)));
    }

    /// <summary>Cuts a text and counts its tokens, without making strings of those that were counted before.</summary>
    internal void Count(string text, WordCounts counts)
    {
        var sink = new CountSink(counts);
        Scan(text, ref sink);
    }

    /// <summary>Cuts a text and calls with each of its pairs of neighbours, as <see cref="WordPairs"/> joins them.</summary>
    internal void ForPairs(string text, WordPairs pairs, Action<ReadOnlySpan<char>> call)
    {
        pairs.BeginText();
        var sink = new PairSink(pairs, call);
        Scan(text, ref sink);
        call(pairs.Next(WordPairs.TextEnd));
    }

    private void Scan<TSink>(string text, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        ArgumentNullException.ThrowIfNull(text);
        bool words = Options.Unit == TokenUnit.Word;
        if (words) text = TextCleaner.DecodeEntities(text);
        char[] buffer = Workspace.Rent<char>(Math.Max(1, text.Length));
        try
        {
            int length = TextCleaner.Clean(text, buffer, Options.Lowercase, words);
            ScanClean(buffer.AsSpan(0, length), ref sink);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>The text as it is before it is cut: entities decoded, quotes straight, small letters, ...</summary>
    internal string Clean(string text)
    {
        bool words = Options.Unit == TokenUnit.Word;
        if (words) text = TextCleaner.DecodeEntities(text);
        var buffer = new char[text.Length];
        int length = TextCleaner.Clean(text, buffer, Options.Lowercase, words);
        return buffer.AsSpan(0, length).SequenceEqual(text) ? text : new string(buffer, 0, length);
    }

    /// <summary>Cuts a text that is clean.</summary>
    internal void ScanClean<TSink>(ReadOnlySpan<char> clean, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        if (Options.Unit == TokenUnit.Word)
        {
            new WordScanner(clean).Scan(ref sink);
        }
        else
        {
            ScanCharacters(clean, ref sink);
        }
    }

    private static void ScanCharacters<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        for (int i = 0; i < text.Length;)
        {
            int length = char.IsHighSurrogate(text[i]) ? 2 : 1; // the cleaner has left no lone surrogate
            sink.Add(text.Slice(i, length), i, i + length);
            i += length;
        }
    }

    private readonly struct StringSink(List<string> tokens, string?[] cache) : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end)
        {
            ref string? entry = ref cache[string.GetHashCode(token) & (CacheSize - 1)];
            string? known = entry;
            if (known is null || !token.SequenceEqual(known))
            {
                known = token.ToString();
                entry = known;
            }

            tokens.Add(known);
        }
    }

    private readonly struct CountSink(WordCounts counts) : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end) => counts.Add(token);
    }

    private readonly struct PairSink(WordPairs pairs, Action<ReadOnlySpan<char>> call) : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end) => call(pairs.Next(token));
    }

    private readonly struct PairIndexSink(Vocabulary vocabulary, List<int> indices, WordPairs pairs, List<int> pairIndices)
        : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end)
        {
            indices.Add(vocabulary.IndexOf(token));
            pairIndices.Add(vocabulary.IndexOf(pairs.Next(token)));
        }
    }

    private readonly struct IndexSink(Vocabulary vocabulary, List<int> indices) : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end) => indices.Add(vocabulary.IndexOf(token));
    }
}

/// <summary>Takes tokens one after another. Structs implement it, so that the scanner is compiled for each.</summary>
internal interface ITokenSink
{
    /// <summary>The next token.</summary>
    /// <param name="token">What it is called, which may differ from what stands in the text: several points are "...".</param>
    /// <param name="start">Its place in the text that is scanned.</param>
    /// <param name="end">The place behind it.</param>
    void Add(ReadOnlySpan<char> token, int start, int end);
}
