using System.Globalization;
using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>Characters that tell of a file read or written in the wrong encoding, or that nobody sees.</summary>
internal static class EncodingChecks
{
    private sealed record Kind(string Name, Func<string, bool> IsIn, FindingLevel Level, string Means, string Advice);

    private static readonly Kind[] s_kinds =
    [
        new("replacement characters (U+FFFD)", text => text.Contains('\uFFFD', StringComparison.Ordinal), FindingLevel.Warning,
            "A program could not decode the bytes and inserted this character instead; the original characters are lost.",
            "Convert the original file again with its true encoding."),
        new("text decoded twice, such as U+00C3 U+00A9 for an e with an acute", IsDecodedTwice, FindingLevel.Warning,
            "UTF-8 was read as Windows-1252 or Latin-1: accented letters and quotation marks became two or three characters.",
            "Encode the text in that encoding and decode it as UTF-8."),
        new("control characters", text => text.Any(IsControl), FindingLevel.Warning,
            "They are not text; U+0080 to U+009F are usually Windows-1252 read as Latin-1.",
            "Remove them, or convert the file again."),
        new("byte order marks inside the text (U+FEFF)", text => text.Contains('\uFEFF', StringComparison.Ordinal),
            FindingLevel.Warning,
            "Files were concatenated; the mark becomes part of a word, which then is a different word.", "Remove them."),
        new("text direction marks", text => text.Any(IsDirection), FindingLevel.Note,
            "They are invisible and can make a text look different from what it is.",
                "Remove them where the script does not need them."),
        new("invisible characters (zero-width space, soft hyphen)", text => text.AsSpan().IndexOfAny("\u200B\u2060\u00AD") >= 0,
            FindingLevel.Note,
            "They are invisible and split words or become part of them.", "Remove them."),
    ];

    public static IEnumerable<Finding> Run(DoctorTexts data)
    {
        var found = new List<int>[s_kinds.Length];
        for (int kind = 0; kind < found.Length; kind++) found[kind] = [];
        var apart = new List<int>();
        int composed = 0;
        foreach (DoctorText text in data.Texts)
        {
            for (int kind = 0; kind < found.Length; kind++)
            {
                Func<string, bool> isIn = s_kinds[kind].IsIn;
                if (isIn(text.Text) || (text.Answer is { } answer && isIn(answer))) found[kind].Add(text.Index);
            }

            if (HasAccentsApart(text.Text)) apart.Add(text.Index);
            if (text.Text.AsSpan().ContainsAnyInRange('\u00C0', '\u024F') && text.Text.Any(IsComposed)) composed++;
        }

        bool isClean = true;
        for (int i = 0; i < found.Length; i++)
        {
            Kind kind = s_kinds[i];
            if (found[i].Count == 0) continue;
            isClean = false;
            yield return new Finding("encoding", kind.Level, $"{data.Name}: {Of(found[i].Count, data.Unit)} with {kind.Name}.")
            {
                Where = data.Places(found[i]), Means = kind.Means, Advice = kind.Advice, Values =
                    [Value("texts", found[i].Count)],
            };
        }

        if (apart.Count > 0)
        {
            isClean = false;
            yield return new Finding(
                "encoding", composed > 0 ? FindingLevel.Warning : FindingLevel.Note,
                $"{data.Name}: {Of(apart.Count, data.Unit)} with accents as separate characters (NFD)"
                + (composed > 0 ? $", and {Count(composed)} with precomposed letters (NFC)." : "."))
            {
                Where = data.Places(apart), Values = [Value("decomposed", apart.Count), Value("composed", composed)],
                Means = composed > 0 ? "The same word is encoded in two ways and is two words to a model." : "",
                Advice = composed > 0 ? "Normalise all texts to one form, usually NFC." : "",
            };
        }

        if (isClean) yield return new Finding("encoding", FindingLevel.Ok, $"{data.Name}: no damaged or invisible characters.");
    }

    private static bool IsComposed(char c) => c is >= '\u00C0' and <= '\u024F' and not '\u00D7' and not '\u00F7';

    /// <summary>
    /// The first byte of a character of two bytes in UTF-8 (C3, C2) as a letter of Latin-1, and behind it a second byte (80 to
    /// BF), as Latin-1 or as Windows-1252 shows it; or the beginning of the signs of three bytes, E2 80.
    /// </summary>
    private static bool IsDecodedTwice(string text)
    {
        for (int i = 0; i + 1 < text.Length; i++)
        {
            char next = text[i + 1];
            if (text[i] is '\u00C3' or '\u00C2' && (next is >= '\u0080' and <= '\u00BF' || IsHighWindows(next))) return true;
            if (text[i] == '\u00E2' && next is '\u20AC' or '\u0080') return true;
        }

        return false;
    }

    // What Windows-1252 shows for 80 to 9F.
    private const string HighWindows =
        "\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C\u201D"
        + "\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178";

    private static bool IsHighWindows(char c) => HighWindows.Contains(c, StringComparison.Ordinal);

    private static bool IsControl(char c) => char.IsControl(c) && c is not '\t' and not '\n' and not '\r';

    private static bool IsDirection(char c) =>
        c is '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool HasAccentsApart(string text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] is >= '\u0300' and <= '\u036F' && char.GetUnicodeCategory(text[i - 1]) is UnicodeCategory.LowercaseLetter
                or UnicodeCategory.UppercaseLetter)
            {
                return true;
            }
        }

        return false;
    }
}
