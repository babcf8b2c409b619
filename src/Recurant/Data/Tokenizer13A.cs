using System.Text;

namespace Recurant.Data;

/// <summary>
/// The tokens of mteval-v13a, the script by which BLEU is counted at the WMT conferences. Each rule runs over the whole text
/// before the next one, from the left, and matches do not overlap.
/// </summary>
internal static class Tokenizer13A
{
    public static List<string> Tokenize(string text)
    {
        text = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ');
        if (text.Contains('&', StringComparison.Ordinal))
        {
            text = text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
                .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        }

        string spaced = SetPunctuationApart(" " + text + " ");
        // A full stop or a comma stays with digits on both sides of it.
        spaced = Pairs(spaced, (a, b) => !char.IsAsciiDigit(a) && b is '.' or ',', spaceBeforeFirst: false);
        spaced = Pairs(spaced, (a, b) => a is '.' or ',' && !char.IsAsciiDigit(b), spaceBeforeFirst: true);
        spaced = Pairs(spaced, (a, b) => char.IsAsciiDigit(a) && b == '-', spaceBeforeFirst: false);
        return Words(spaced);
    }

    private static string SetPunctuationApart(string text)
    {
        var result = new StringBuilder(2 * text.Length);
        foreach (char c in text)
        {
            bool isApart = c is >= '{' and <= '~' or >= '[' and <= '`' or >= ' ' and <= '&' or >= '(' and <= '+'
                or >= ':' and <= '@' or '/';
            if (isApart) result.Append(' ').Append(c).Append(' '); else result.Append(c);
        }

        return result.ToString();
    }

    /// <summary>Two neighbours become "a b " or " a b", where the rule says so.</summary>
    private static string Pairs(string text, Func<char, char, bool> isPair, bool spaceBeforeFirst)
    {
        var result = new StringBuilder(2 * text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 == text.Length || !isPair(text[i], text[i + 1]))
            {
                result.Append(text[i]);
                continue;
            }

            if (spaceBeforeFirst) result.Append(' ');
            result.Append(text[i]).Append(' ').Append(text[i + 1]);
            if (!spaceBeforeFirst) result.Append(' ');
            i++;
        }

        return result.ToString();
    }

    private static List<string> Words(string text)
    {
        List<string> words = [];
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i])) i++;
            if (i > start) words.Add(text[start..i]);
            while (i < text.Length && char.IsWhiteSpace(text[i])) i++;
        }

        return words;
    }
}
