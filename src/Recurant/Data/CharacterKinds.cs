using System.Globalization;
using System.Text;

namespace Recurant.Data;

/// <summary>What a character is to the word scanner.</summary>
internal enum CharacterKind
{
    /// <summary>White space or a control character: separates and is no token.</summary>
    Blank,

    /// <summary>A letter, or a mark that combines with one.</summary>
    Letter,

    /// <summary>A digit or another number character.</summary>
    Digit,

    /// <summary>A letter of a script that puts no blanks between words.</summary>
    UnspacedLetter,

    /// <summary>Anything else: punctuation, symbols, emoji.</summary>
    Other,
}

/// <summary>Sorts characters by their Unicode category.</summary>
internal static class CharacterKinds
{
    /// <summary>The kind of the character at a place, and its length in UTF-16 code units.</summary>
    internal static CharacterKind At(ReadOnlySpan<char> text, int index, out int size)
    {
        char c = text[index];
        size = 1;
        if (char.IsAscii(c))
        {
            return char.IsAsciiLetter(c) ? CharacterKind.Letter
                : char.IsAsciiDigit(c) ? CharacterKind.Digit
                : c <= ' ' || c == '\x7F' ? CharacterKind.Blank
                : CharacterKind.Other;
        }

        int scalar = c;
        UnicodeCategory category;
        if (char.IsHighSurrogate(c))
        {
            var rune = new Rune(c, text[index + 1]);
            size = 2;
            scalar = rune.Value;
            category = Rune.GetUnicodeCategory(rune);
        }
        else
        {
            category = CharUnicodeInfo.GetUnicodeCategory(c);
        }

        switch (category)
        {
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter:
                return CharacterKind.Letter;
            case UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber:
                return IsUnspaced(scalar) ? CharacterKind.UnspacedLetter : CharacterKind.Letter;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark:
                return CharacterKind.Letter;
            case UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber:
                return CharacterKind.Digit;
            case UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
            case UnicodeCategory.Control:
                return CharacterKind.Blank;
            case UnicodeCategory.Format:
                // The joiners stand inside words of Persian and of Indian scripts; the rest only steer the layout.
                return c is '\u200C' or '\u200D' ? CharacterKind.Letter : CharacterKind.Blank;
            default:
                return CharacterKind.Other;
        }
    }

    /// <summary>Ideographs, hiragana, Thai, Lao, Tibetan, Myanmar, Khmer; a katakana run is a word, so it is not here.</summary>
    private static bool IsUnspaced(int scalar) => scalar switch
    {
        < 0x0E00 => false,
        <= 0x0FFF => true,
        <= 0x109F => scalar >= 0x1000,
        >= 0x1780 and <= 0x17FF => true,
        >= 0x3005 and <= 0x3007 => true,
        >= 0x3021 and <= 0x3029 => true,
        >= 0x3041 and <= 0x309F => true,
        >= 0x3400 and <= 0x4DBF => true,
        >= 0x4E00 and <= 0x9FFF => true,
        >= 0xF900 and <= 0xFAFF => true,
        >= 0x1B000 and <= 0x1B16F => true,
        >= 0x20000 and <= 0x3FFFF => true,
        _ => false,
    };
}
