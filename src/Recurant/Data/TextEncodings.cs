using System.Globalization;
using System.Text;

namespace Recurant.Data;

/// <summary>The encodings of text files: by name, by what a file begins with, and by what its bytes look like.</summary>
public static class TextEncodings
{
    private const int FewestCharacters = 2;

    /// <summary>
    /// The encoding of a name, such as utf-8, utf-16, windows-1252, latin1, iso-8859-2, koi8-r, shift_jis, gb18030 or cp850.
    /// </summary>
    /// <param name="name">The name, in capitals or not.</param>
    /// <exception cref="ArgumentException">There is no such encoding.</exception>
    public static Encoding Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        string plain = name.Trim().ToLowerInvariant();
        plain = plain switch
        {
            "utf8" => "utf-8", "utf16" => "utf-16", "utf16le" => "utf-16le", "utf16be" => "utf-16be", "utf32" => "utf-32",
            "ansi" or "cp1252" or "1252" => "windows-1252", "latin-1" or "latin_1" => "iso-8859-1", "sjis" => "shift_jis",
            _ when plain.StartsWith("cp", StringComparison.Ordinal) && plain.Length > 2 && plain[2..].All(char.IsAsciiDigit) =>
                (plain.Length == 6 && plain.StartsWith("cp12", StringComparison.Ordinal) ? "windows-" : "ibm") + plain[2..],
            _ when plain.StartsWith("latin", StringComparison.Ordinal) && plain.Length == 6 => "iso-8859-" + plain[5],
            _ => plain,
        };
        // UTF-7 is none for files, and .NET warns against it.
        Encoding? found = plain is "utf-7" ? null : CodePagesEncodingProvider.Instance.GetEncoding(plain);
        try
        {
            return found ?? (plain is "utf-7" ? throw new ArgumentException("No encoding.") : Encoding.GetEncoding(plain));
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException(
                $"There is no encoding \"{name}\". Usual names are utf-8, utf-16, windows-1252, iso-8859-1 (latin1), "
                + "windows-1250, windows-1251, koi8-r, shift_jis, gb18030, big5 and euc-kr.",
                nameof(name), exception);
        }
    }

    /// <summary>
    /// The encoding that the byte order mark at the start of a file names, and its length; null if there is none.
    /// </summary>
    internal static (Encoding Encoding, int Length)? OfMark(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: true), 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => null,
    };

    /// <summary>
    /// UTF-16 without a mark where it is certain: zeros stand at even places only or at odd places only, at a quarter of them at
    /// least, and what is read so is all characters of text. Null otherwise.
    /// </summary>
    internal static Encoding? Utf16(ReadOnlySpan<byte> head)
    {
        int even = 0, odd = 0;
        for (int i = 0; i < head.Length; i++)
        {
            if (head[i] == 0) (even, odd) = (even + 1 - (i & 1), odd + (i & 1));
        }

        // A single zero may be chance; of text in Latin letters most are followed by one.
        if ((even == 0) == (odd == 0) || head.Length / 2 < FewestCharacters || 8 * (even + odd) < head.Length) return null;
        for (int i = 0; i + 1 < head.Length; i += 2)
        {
            // A line feed whose other byte is no zero is one of single bytes, not half of a letter.
            if ((head[i] == '\n' && head[i + 1] != 0) || (head[i + 1] == '\n' && head[i] != 0)) return null;
            char character = (char)(even > 0 ? (head[i] << 8) | head[i + 1] : (head[i + 1] << 8) | head[i]);
            if (char.IsSurrogate(character) || character is '\t' or '\n' or '\r') continue;
            if (CharUnicodeInfo.GetUnicodeCategory(character)
                is UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
            {
                return null;
            }
        }

        return even > 0 ? Encoding.BigEndianUnicode : Encoding.Unicode;
    }

    /// <summary>The encoding that bytes which are no UTF-8 are probably in, by the sorts of letters they become.</summary>
    internal static string Likely(ReadOnlySpan<byte> sample)
    {
        int high = sample.Length - sample.ToArray().Count(static value => value < 0x80);
        if (5 * high < sample.Length) return IsCentralEuropean(sample) ? "windows-1250" : "windows-1252";
        static bool IsSmallCyrillic(char c) => c is >= 'а' and <= 'я';
        // In windows-1251 small letters stand where koi8-r has capitals.
        double windows = ShareOf(sample, "windows-1251", IsSmallCyrillic), koi = ShareOf(sample, "koi8-r", IsSmallCyrillic);
        if (Math.Max(windows, koi) > 0.6) return koi > windows ? "koi8-r" : "windows-1251";
        string[] asian = ["shift_jis", "euc-jp", "euc-kr", "gb18030", "big5"];
        foreach (string name in asian)
        {
            if (ShareOf(sample, name, IsOf(name)) > 0.7) return name;
        }

        return koi > windows ? "koi8-r" : "windows-1251";
    }

    private static Func<char, bool> IsOf(string name) => name switch
    {
        "shift_jis" or "euc-jp" => static c => c is >= '\u3041' and <= '\u30FE',
        "euc-kr" => static c => c is >= '\uAC00' and <= '\uD7A3',
        _ => static c => c is >= '\u4E00' and <= '\u9FA5' or >= '\u3000' and <= '\u3002' or >= '\uFF00' and <= '\uFF5E',
    };

    /// <summary>
    /// Which share of the characters beyond ASCII are of one sort; 0 where the bytes are no text in the encoding.
    /// </summary>
    private static double ShareOf(ReadOnlySpan<byte> sample, string name, Func<char, bool> isOne)
    {
        string text = CodePagesEncodingProvider.Instance.GetEncoding(name)!.GetString(sample);
        int all = text.Count(static c => c >= 0x80), invalid = text.Count(static c => c is '\uFFFD' or '\u30FB' or '?');
        return invalid > 1 + (all / 50) ? 0 : text.Count(isOne) / (double)Math.Max(1, all);
    }

    /// <summary>Whether letters stand inside words that are signs in windows-1252, as in Polish and Czech.</summary>
    private static bool IsCentralEuropean(ReadOnlySpan<byte> sample)
    {
        for (int i = 1; i + 1 < sample.Length; i++)
        {
            if (sample[i] is 0xB3 or 0xB9 or 0xBF or 0xBE or 0x9F or 0x9D or 0x8D or 0x8F or 0xA3
                && char.IsAsciiLetter((char)sample[i - 1]) && char.IsAsciiLetter((char)sample[i + 1]))
            {
                return true;
            }
        }

        return false;
    }
}
