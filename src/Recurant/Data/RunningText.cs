using System.Text;

namespace Recurant.Data;

/// <summary>
/// A text as one endless row of tokens: words between blanks, every line ended by <c>&lt;eos&gt;</c>; or characters or subwords,
/// every line ended by a line feed.
/// </summary>
/// <param name="unit">What the tokens are.</param>
/// <param name="lowercase">Whether capitals are read as small letters.</param>
/// <param name="vocabulary">The tokens; of subwords as <see cref="TokensOf"/> has them.</param>
/// <param name="subwords">How words are cut into subwords, if the tokens are those.</param>
internal sealed class RunningText(TokenUnit unit, bool lowercase, Vocabulary vocabulary, BytePairEncoding? subwords = null)
{
    /// <summary>The token that ends a line of words.</summary>
    public const string EndOfLine = "<eos>";

    /// <summary>The unknown token and the line feed stand before the subwords.</summary>
    private const int FirstSubword = 2;

    /// <summary>How words are cut into subwords; null for words and characters.</summary>
    public BytePairEncoding? Subwords => subwords;

    /// <summary>The number of the token that ends a line, and that stands before the first.</summary>
    public int End => vocabulary.IndexOf(unit == TokenUnit.Word ? EndOfLine : "\n");

    /// <summary>The tokens where subwords are: the unknown one, which no text has, the line feed and the pieces.</summary>
    public static Vocabulary TokensOf(BytePairEncoding subwords) => new(["<unk>", "\n", .. subwords.Pieces]);

    /// <summary>How many characters the tokens of a text stand for; the end of a line is one.</summary>
    public static long Characters(PlainText text) => text.Lines.Sum(line => line.EnumerateRunes().Count() + 1L);

    /// <summary>The tokens of a text, the end of a line before them.</summary>
    public int[] Encode(PlainText text)
    {
        var numbers = new List<int> { End };
        foreach (string line in text.Lines) Add(line, ends: true, numbers);
        return [.. numbers];
    }

    /// <summary>The same of a text that may be large, packed.</summary>
    public TokenSequence Pack(PlainText text, PhaseWork work)
    {
        var packed = new TokenSequence(vocabulary.Count);
        packed.Add(End);
        var numbers = new List<int>();
        foreach (string line in work.Over("encoding", text.Lines))
        {
            numbers.Clear();
            Add(line, ends: true, numbers);
            foreach (int number in numbers) packed.Add(number);
        }

        return packed;
    }

    /// <summary>Counts the tokens of a text, the ends of its lines among them.</summary>
    public static WordCounts Count(PlainText text, TokenUnit unit, bool lowercase, PhaseWork work, string phase)
    {
        var counts = new WordCounts();
        foreach (string line in work.Over(phase, text.Lines))
        {
            var sink = new Counting(counts);
            Scan(lowercase ? LetterCase.ToLower(line) : line, unit, ref sink);
            counts.Add(unit == TokenUnit.Word ? EndOfLine : "\n");
        }

        return counts;
    }

    /// <summary>The tokens of one line, its end left out.</summary>
    private static void Scan<TSink>(string line, TokenUnit unit, ref TSink sink) where TSink : struct, ITokenSink
    {
        ReadOnlySpan<char> text = line;
        if (unit == TokenUnit.Word)
        {
            int start = -1;
            for (int i = 0; i <= text.Length; i++)
            {
                bool isBlank = i == text.Length || char.IsWhiteSpace(text[i]);
                if (isBlank && start >= 0) sink.Add(text[start..i], start, i);
                if (isBlank) start = -1; else if (start < 0) start = i;
            }

            return;
        }

        Span<char> character = stackalloc char[2];
        int place = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int size = rune.EncodeToUtf16(character);
            sink.Add(character[..size], place, place + size);
            place += size;
        }
    }

    private readonly struct Counting(WordCounts counts) : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end) => counts.Add(token);
    }

    private readonly struct Numbering(Vocabulary vocabulary, List<int> numbers) : ITokenSink
    {
        public void Add(ReadOnlySpan<char> token, int start, int end) => numbers.Add(vocabulary.IndexOf(token));
    }

    /// <summary>The tokens of the beginning of a text, which does not end with a line.</summary>
    public List<int> EncodePrompt(string prompt)
    {
        var numbers = new List<int>();
        string[] lines = prompt.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++) Add(lines[i], ends: i + 1 < lines.Length, numbers);
        return numbers;
    }

    /// <summary>The form of a text in which the tokens of <see cref="Cut"/> have their places.</summary>
    public string Normalise(string text)
    {
        text = text.ReplaceLineEndings("\n");
        return lowercase ? LetterCase.ToLower(text) : text;
    }

    /// <summary>The tokens that <see cref="EncodePrompt"/> gives, with their places.</summary>
    /// <param name="text">The text, normalised.</param>
    public List<TextToken> Cut(string text)
    {
        var tokens = new List<TextToken>();
        int start = 0;
        while (true)
        {
            int end = text.IndexOf('\n', start);
            string line = text[start..(end < 0 ? text.Length : end)];
            if (subwords is not null)
            {
                subwords.Cut(line, start, FirstSubword, tokens);
            }
            else
            {
                var sink = new PlaceSink(vocabulary, lowercase: false, start, tokens);
                Scan(line, unit, ref sink);
            }

            if (end < 0) return tokens;
            tokens.Add(new TextToken(End, vocabulary[End], end, end + 1));
            start = end + 1;
        }
    }

    private void Add(string line, bool ends, List<int> numbers)
    {
        if (subwords is not null)
        {
            int first = numbers.Count;
            subwords.Encode(lowercase ? LetterCase.ToLower(line) : line, numbers);
            for (int i = first; i < numbers.Count; i++) numbers[i] += FirstSubword;
            if (ends) numbers.Add(End);
            return;
        }

        var sink = new Numbering(vocabulary, numbers);
        Scan(lowercase ? LetterCase.ToLower(line) : line, unit, ref sink);
        if (ends) numbers.Add(End);
    }

    /// <summary>
    /// A token as it is written behind another; of a subword that is a byte, nothing: see <see cref="ByteOf"/>.
    /// </summary>
    /// <param name="token">The token's number.</param>
    /// <param name="before">The number of the token before it.</param>
    public string Written(int token, int before)
    {
        if (token == End) return "\n";
        string name = token == Vocabulary.Unknown ? "\uFFFD" : vocabulary[token];
        if (unit == TokenUnit.Character) return name;
        if (unit == TokenUnit.Word) return before == End ? vocabulary[token] : " " + vocabulary[token];
        if (ByteOf(token) >= 0) return "";
        name = name.Replace(SubwordScanner.Blank, ' ');
        return before == End && name[0] == ' ' ? name[1..] : name;
    }

    /// <summary>The byte that a subword stands for, as of a character that was not learnt; -1 for other tokens.</summary>
    public int ByteOf(int token)
    {
        int piece = token - FirstSubword;
        return subwords is not null && piece is >= 0 and < BytePairEncoding.ByteCount ? piece : -1;
    }

    /// <summary>
    /// Whether the words of a text stand apart from its punctuation, as in corpora made for models of words: of the words hardly
    /// any ends in a comma, and a line has several.
    /// </summary>
    public static bool IsTokenised(PlainText text)
    {
        const int Looked = 2000;
        int words = 0, glued = 0, lines = 0;
        foreach (string line in text.Lines.Take(Looked))
        {
            lines++;
            foreach (string word in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                words++;
                if (word.Length > 1 && word[^1] is ',' or ';' or ':' or '!' or '?') glued++;
            }
        }

        return words > 2 * lines && glued * 200 < words;
    }
}
