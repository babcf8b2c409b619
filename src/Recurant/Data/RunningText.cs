using System.Text;

namespace Recurant.Data;

/// <summary>
/// A text as one endless row of tokens: words between blanks, every line ended by <c>&lt;eos&gt;</c>; or characters, every line
/// ended by a line feed.
/// </summary>
internal sealed class RunningText
{
    /// <summary>The token that ends a line of words.</summary>
    public const string EndOfLine = "<eos>";

    private readonly TokenUnit _unit;
    private readonly bool _lowercase;
    private readonly Vocabulary _vocabulary;

    public RunningText(TokenUnit unit, bool lowercase, Vocabulary vocabulary)
    {
        _unit = unit;
        _lowercase = lowercase;
        _vocabulary = vocabulary;
    }

    /// <summary>The number of the token that ends a line, and that stands before the first.</summary>
    public int End => _vocabulary.IndexOf(_unit == TokenUnit.Word ? EndOfLine : "\n");

    /// <summary>The tokens of one line, its end included.</summary>
    public static List<string> Tokens(string line, TokenUnit unit, bool lowercase)
    {
        if (lowercase) line = line.ToLowerInvariant();
        var tokens = new List<string>();
        if (unit == TokenUnit.Word)
        {
            tokens.AddRange(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            tokens.Add(EndOfLine);
            return tokens;
        }

        foreach (Rune rune in line.EnumerateRunes()) tokens.Add(rune.ToString());
        tokens.Add("\n");
        return tokens;
    }

    /// <summary>The tokens of a text, the end of a line before them.</summary>
    public int[] Encode(PlainText text)
    {
        var numbers = new List<int> { End };
        foreach (string line in text.Lines)
        {
            foreach (string token in Tokens(line, _unit, _lowercase)) numbers.Add(_vocabulary.IndexOf(token));
        }

        return [.. numbers];
    }

    /// <summary>The tokens of the beginning of a text, which does not end with a line.</summary>
    public List<int> EncodePrompt(string prompt)
    {
        var numbers = new List<int>();
        string[] lines = prompt.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            List<string> tokens = Tokens(lines[i], _unit, _lowercase);
            int count = i + 1 < lines.Length ? tokens.Count : tokens.Count - 1;
            for (int j = 0; j < count; j++) numbers.Add(_vocabulary.IndexOf(tokens[j]));
        }

        return numbers;
    }

    /// <summary>A token as it is written behind another.</summary>
    /// <param name="token">The token's number.</param>
    /// <param name="before">The number of the token before it.</param>
    public string Written(int token, int before)
    {
        if (_unit != TokenUnit.Word) return token == Vocabulary.Unknown ? "\uFFFD" : _vocabulary[token];
        if (token == End) return "\n";
        return before == End ? _vocabulary[token] : " " + _vocabulary[token];
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
