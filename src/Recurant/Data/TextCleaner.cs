using System.Buffers;
using System.Net;
using System.Text;

namespace Recurant.Data;

/// <summary>Prepares a text for the scanner: the same character always arrives in the same form.</summary>
internal static class TextCleaner
{
    private const int LongestTag = 300;

    /// <summary>What is copied as it stands: ASCII but for the marks that may begin a tag or stand for an apostrophe.</summary>
    private static readonly SearchValues<char> s_plain =
        SearchValues.Create([.. Enumerable.Range(0, 128).Select(c => (char)c).Where(c => c is not '<' and not '`')]);

    /// <summary>Names of HTML elements that occur in running text; anything else in angle brackets is left alone.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_tagNames = new HashSet<string>(
        [
            "a", "abbr", "b", "big", "blockquote", "body", "br", "center", "code", "dd", "del", "div", "dl", "dt", "em",
            "font", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "i", "img", "ins", "li", "ol", "p", "pre", "q",
            "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "u", "ul",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Turns <c>&amp;amp;</c>, <c>&amp;#39;</c> and the like into their characters.</summary>
    internal static string DecodeEntities(string text)
    {
        int at = text.IndexOf('&');
        return at >= 0 && text.IndexOf(';', at) > 0 ? WebUtility.HtmlDecode(text) : text;
    }

    /// <summary>The text with U+FFFD for every lone surrogate; the same string if it has none.</summary>
    internal static string WithoutLoneSurrogates(string text)
    {
        bool mayHave = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
        return mayHave ? string.Create(text.Length, text, static (clean, text) => Clean(text, clean, false, words: false)) : text;
    }

    /// <summary>
    /// Copies a text in its clean form. It never grows, so <paramref name="clean"/> need only be as long as the text.
    /// Lone surrogates become U+FFFD; for words, tags become a blank, quotes straight, and characters that only
    /// steer the layout are dropped.
    /// </summary>
    /// <returns>The length of the clean form.</returns>
    internal static int Clean(ReadOnlySpan<char> text, Span<char> clean, bool lowercase, bool words)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsAscii(c) && c is not '<' and not '`')
            {
                // Nearly all of most texts, many characters at once.
                ReadOnlySpan<char> rest = text[i..];
                int other = rest.IndexOfAnyExcept(s_plain), run = other < 0 ? rest.Length : other;
                rest[..run].CopyTo(clean[length..]);
                length += run;
                i += run - 1;
            }
            else if (char.IsAscii(c))
            {
                int tag = words && c == '<' ? TagLength(text[i..]) : 0;
                if (tag > 0)
                {
                    clean[length++] = ' ';
                    i += tag - 1;
                }
                else
                {
                    clean[length++] = words && c == '`' && IsInsideWord(text, i) ? '\'' : c;
                }
            }
            else if (char.IsSurrogate(c))
            {
                if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    clean[length++] = c;
                    clean[length++] = text[++i];
                }
                else
                {
                    clean[length++] = '\uFFFD';
                }
            }
            else if (!words)
            {
                clean[length++] = c;
            }
            else if (!IsDropped(c))
            {
                clean[length++] = Straight(c, text, i);
            }
        }

        if (lowercase) LowerInPlace(clean[..length]);
        return length;
    }

    private static void LowerInPlace(Span<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsAscii(c))
            {
                Ascii.ToLowerInPlace(text[i..], out int lowered);
                i += lowered - 1;
            }
            else if (char.IsHighSurrogate(c))
            {
                // Both cases of a letter outside the basic plane are outside it, so a pair takes the place of a pair.
                var rune = new Rune(c, text[i + 1]);
                LetterCase.ToLower(rune).EncodeToUtf16(text[i..]);
                i++;
            }
            else
            {
                // The small letter of the capital I with a dot is the plain i in Turkish.
                text[i] = c == '\u0130' ? 'i' : LetterCase.ToLower(c);
            }
        }
    }

    /// <summary>Straight quotes for curly ones. An accent stands for an apostrophe between letters only.</summary>
    private static char Straight(char c, ReadOnlySpan<char> text, int i) => c switch
    {
        '\u2018' or '\u2019' or '\u201B' or '\u02BC' or '\uFF07' => '\'',
        '\u201C' or '\u201D' or '\u201E' or '\u201F' => '"',
        '\u00B4' => IsInsideWord(text, i) ? '\'' : c,
        '\u2010' or '\u2011' => '-',
        _ => c,
    };

    /// <summary>Soft hyphen, byte order mark, direction marks, and the selectors between text and emoji style.</summary>
    private static bool IsDropped(char c) =>
        c is '\u00AD' or '\uFEFF' or '\uFE0E' or '\uFE0F' or '\u2060' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E');

    private static bool IsInsideWord(ReadOnlySpan<char> text, int i) =>
        i > 0 && i + 1 < text.Length && char.IsLetter(text[i - 1]) && char.IsLetter(text[i + 1]);

    /// <summary>The length of the HTML tag or comment at the start of the text; 0 if there is none.</summary>
    private static int TagLength(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("<!--"))
        {
            int stop = text[..Math.Min(text.Length, LongestTag)].IndexOf("-->");
            return stop < 0 ? 0 : stop + 3;
        }

        int name = text.Length > 1 && text[1] == '/' ? 2 : 1;
        int end = name;
        while (end < text.Length && end < LongestTag && char.IsAsciiLetterOrDigit(text[end])) end++;
        if (end == name || end >= text.Length || !s_tagNames.Contains(text[name..end])
            || (text[end] is not ('>' or '/') && !char.IsWhiteSpace(text[end])))
        {
            return 0;
        }

        ReadOnlySpan<char> rest = text[end..Math.Min(text.Length, LongestTag)];
        int close = rest.IndexOfAny('>', '<');
        return close >= 0 && rest[close] == '>' ? end + close + 1 : 0;
    }
}
