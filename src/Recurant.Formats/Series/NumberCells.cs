using System.Globalization;

namespace Recurant.Formats;

/// <summary>What a cell of a table of numbers is.</summary>
internal enum NumberCell
{
    /// <summary>A finite number.</summary>
    Number,

    /// <summary>Blank, or a mark for a missing value.</summary>
    Missing,

    /// <summary>Infinite, or more than 32 bits hold.</summary>
    Infinite,

    /// <summary>None of these.</summary>
    Other,
}

/// <summary>Reads numbers as people write them: with signs, currencies, percents, thousands and either decimal mark.</summary>
internal static class NumberCells
{
    private const NumberStyles Plain =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private const int LongestNumber = 64;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_missing = new HashSet<string>(
        "na n/a n.a. #n/a #na nan -nan null none nil - -- ? . nat <na> \\n missing".Split(' '), StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_infinite = new HashSet<string>(
        "inf -inf +inf infinity -infinity +infinity 1.#inf -1.#inf \u221E -\u221E".Split(' '), StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_currencies = new HashSet<string>(
        "usd eur gbp chf jpy cny inr kr us$ chf. rs rs. r$ z\u0142".Split(' '), StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a cell stands for a missing value.</summary>
    internal static bool IsMissing(ReadOnlySpan<char> cell) => cell.IsEmpty || (cell.Length <= 7 && s_missing.Contains(cell));

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">The cell, without blanks around it.</param>
    /// <param name="comma">Whether the comma is the decimal mark, and the point stands between thousands.</param>
    /// <param name="value">The number; NaN if it is none.</param>
    internal static NumberCell Read(ReadOnlySpan<char> cell, bool comma, out float value)
    {
        value = float.NaN;
        if (cell.IsEmpty) return NumberCell.Missing;
        char first = cell[0];
        if (char.IsAsciiDigit(first) || first is '-' or '.' or '+')
        {
            if (!comma || cell.IndexOfAny('.', ',') < 0)
            {
                if (float.TryParse(cell, Plain, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number))
                {
                    value = number;
                    return NumberCell.Number;
                }
            }
        }

        return ReadSlowly(cell, comma, out value);
    }

    /// <summary>What a cell says about the decimal mark: above 0 for the comma, below 0 for the point, 0 for neither.</summary>
    /// <param name="cell">A cell.</param>
    /// <param name="ambiguous">The mark that stands before three digits and may be either; 0 if there is none.</param>
    internal static int Evidence(ReadOnlySpan<char> cell, out char ambiguous)
    {
        ambiguous = '\0';
        Span<char> digits = stackalloc char[LongestNumber];
        ReadOnlySpan<char> number = digits[..Strip(cell, digits, out _)];
        int point = number.LastIndexOf('.'), comma = number.LastIndexOf(',');
        if (point < 0 && comma < 0) return 0;
        if (point >= 0 && comma >= 0) return comma > point ? 1 : -1;
        char mark = point >= 0 ? '.' : ',';
        int sign = mark == ',' ? 1 : -1;
        int last = Math.Max(point, comma);
        if (number.Count(mark) > 1) return IsGrouped(number, mark) ? -sign : 0;
        int after = number.Length - last - 1;
        bool decides = after != 3 || last > 3 || last == 0 || number[0] == '0';
        if (!decides) ambiguous = mark;
        return decides ? sign : 0;
    }

    private static NumberCell ReadSlowly(ReadOnlySpan<char> cell, bool comma, out float value)
    {
        value = float.NaN;
        if (IsMissing(cell)) return NumberCell.Missing;
        if (cell.Length <= 9 && s_infinite.Contains(cell)) return NumberCell.Infinite;
        if (cell.Equals("true", StringComparison.OrdinalIgnoreCase)) return Is(1, out value);
        if (cell.Equals("false", StringComparison.OrdinalIgnoreCase)) return Is(0, out value);
        Span<char> buffer = stackalloc char[LongestNumber];
        ReadOnlySpan<char> number = buffer[..Strip(cell, buffer, out bool negative)];
        if (number.IsEmpty) return NumberCell.Other;
        (char mark, char thousands) = comma ? (',', '.') : ('.', ',');
        Span<char> plain = stackalloc char[LongestNumber];
        int whole = number.IndexOf(mark);
        ReadOnlySpan<char> integer = whole < 0 ? number : number[..whole];
        if (integer.Contains(thousands) && !IsGrouped(integer, thousands)) return NumberCell.Other;
        int length = 0;
        foreach (char c in integer)
        {
            if (c != thousands) plain[length++] = c;
        }

        if (whole >= 0)
        {
            ReadOnlySpan<char> fraction = number[(whole + 1)..];
            if (fraction.ContainsAny('.', ',')) return NumberCell.Other;
            plain[length++] = '.';
            fraction.CopyTo(plain[length..]);
            length += fraction.Length;
        }

        if (!float.TryParse(plain[..length], Plain, CultureInfo.InvariantCulture, out float found)) return NumberCell.Other;
        if (!float.IsFinite(found)) return NumberCell.Infinite;
        value = negative ? -found : found;
        return NumberCell.Number;
    }

    private static NumberCell Is(float number, out float value)
    {
        value = number;
        return NumberCell.Number;
    }

    /// <summary>Groups of three digits behind a first one of one to three.</summary>
    private static bool IsGrouped(ReadOnlySpan<char> number, char thousands)
    {
        int at = 0;
        foreach (Range range in number.Split(thousands))
        {
            ReadOnlySpan<char> group = number[range];
            if (group.IsEmpty || group.ContainsAnyExceptInRange('0', '9') || (at++ == 0 ? group.Length > 3 : group.Length != 3))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Takes off signs, parentheses, currencies, percents and the blanks between thousands; 0 characters are left of what is no
    /// number.
    /// </summary>
    private static int Strip(ReadOnlySpan<char> cell, Span<char> buffer, out bool negative)
    {
        negative = false;
        cell = cell.Trim();
        if (cell.Length > 2 && cell[0] == '(' && cell[^1] == ')')
        {
            negative = true;
            cell = cell[1..^1].Trim();
        }

        bool sign = false;
        while (!cell.IsEmpty && !char.IsAsciiDigit(cell[0]) && cell[0] is not ('.' or ','))
        {
            if (cell[0] is '-' or '\u2212' or '+' or '\u2013' && !sign)
            {
                sign = true;
                negative ^= cell[0] != '+';
                cell = cell[1..].TrimStart();
            }
            else if (IsCurrency(cell[0]))
            {
                cell = cell[1..].TrimStart();
            }
            else
            {
                int letters = 0;
                while (letters < cell.Length && (char.IsLetter(cell[letters]) || cell[letters] is '.' or '$')) letters++;
                if (letters == 0 || !s_currencies.Contains(cell[..letters])) return 0;
                cell = cell[letters..].TrimStart();
            }
        }

        while (!cell.IsEmpty && !char.IsAsciiDigit(cell[^1]) && cell[^1] is not ('.' or ','))
        {
            if (cell[^1] == '%' || IsCurrency(cell[^1]))
            {
                cell = cell[..^1].TrimEnd();
            }
            else
            {
                int letters = 0;
                while (letters < cell.Length && (char.IsLetter(cell[^(letters + 1)]) || cell[^(letters + 1)] is '.')) letters++;
                if (letters == 0 || !s_currencies.Contains(cell[^letters..])) return 0;
                cell = cell[..^letters].TrimEnd();
            }
        }

        if (cell.IsEmpty || cell.Length > buffer.Length) return 0;
        int length = 0;
        int digits = 0;
        for (int i = 0; i < cell.Length; i++)
        {
            char c = cell[i];
            bool inside = i > 0 && i + 1 < cell.Length && char.IsAsciiDigit(cell[i - 1]);
            if (c is ' ' or '\'' or '\u00A0' or '\u2009' or '\u202F' or '\u2019')
            {
                // Between thousands: three digits follow.
                if (!inside || !ThreeDigits(cell[(i + 1)..])) return 0;
                continue;
            }

            bool exponent = c is 'e' or 'E' && inside;
            bool exponentSign = c is '-' or '+' && i > 0 && cell[i - 1] is 'e' or 'E';
            if (!char.IsAsciiDigit(c) && c is not ('.' or ',') && !exponent && !exponentSign) return 0;
            digits += char.IsAsciiDigit(c) ? 1 : 0;
            buffer[length++] = c;
        }

        return digits > 0 ? length : 0;
    }

    private static bool ThreeDigits(ReadOnlySpan<char> rest) =>
        rest.Length >= 3 && !rest[..3].ContainsAnyExceptInRange('0', '9') && (rest.Length == 3 || !char.IsAsciiDigit(rest[3]));

    private static bool IsCurrency(char c) => c is '$' or '\u20AC' or '\u00A3' or '\u00A5' or '\u20B9' or '\u20BD' or '\u20A9'
        || char.GetUnicodeCategory(c) == UnicodeCategory.CurrencySymbol;
}
