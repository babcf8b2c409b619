namespace Recurant.Formats;

/// <summary>What one value of a column, or one text, consists of.</summary>
internal enum CellKind
{
    /// <summary>Blank, or a mark for a missing value such as NA or null.</summary>
    Missing,

    /// <summary>Words, or anything else that is none of the others.</summary>
    Words,

    /// <summary>One number or several, with signs, separators, currencies or units.</summary>
    Number,

    /// <summary>A date or a time of day.</summary>
    Date,

    /// <summary>One token that mixes letters and digits, an address of the web or of mail: a name for a machine.</summary>
    Code,
}

/// <summary>Tells words from numbers, dates and codes.</summary>
internal static class Cells
{
    private const int LongestUnit = 4;

    /// <summary>What stands between and around the digits of numbers and dates.</summary>
    private const string Signs =
        " \t.,:;+-/'%$()[]|*=~_#\u00A0\u2009\u202F\u2019\u2212\u20AC\u00A3\u00A5\u00B0\u00B1\u00B2\u00B3\u2013";

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_missing = Lookup(
        "na n/a n.a. nan null none nil - -- --- ? . \\n #n/a <na> nat undefined");

    /// <summary>Letters that numbers have around them: exponents, units, currencies, infinity.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_units = Lookup(
        "e x mm cm m km mg g kg t l ml s ms us ns min h d hz khz mhz ghz b kb mb gb tb kib mib gib k v mv kv w kw mw kwh "
        + "wh a ma c f pa hpa kpa bar mbar mph kmh rpm ppm db dbm lux lx deg usd eur gbp chf jpy cny inr rub pln kr bn mio "
        + "mrd mln st nd rd th inf nan infinity na null");

    /// <summary>Names of months and days, short and long, and what stands beside a time.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_dates = Lookup(
        "t z am pm utc gmt est edt cst cdt mst mdt pst pdt cet cest met mez mesz bst ist jst uhr jan january januar "
        + "janvier enero gennaio janeiro januari j\u00E4n feb february februar f\u00E9vrier febrero febbraio fevereiro "
        + "februari mar march m\u00E4rz m\u00E4r mars marzo mar\u00E7o maart mrz apr april avril abril aprile may mai mayo "
        + "maggio maio mei jun june juni juin junio giugno junho jul july juli juillet julio luglio julho aug august "
        + "ao\u00FBt agosto augustus sep sept september septembre septiembre settembre setembro oct october oktober okt "
        + "octobre octubre ottobre outubro nov november novembre noviembre novembro dec december dez dezember d\u00E9cembre "
        + "diciembre dicembre dezembro mon monday tue tuesday tues wed wednesday thu thursday thur thurs fri friday sat "
        + "saturday sun sunday mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag lun mer jeu "
        + "ven sam dim mi\u00E9 jue vie s\u00E1b dom gio \u5E74 \u6708 \u65E5 \u6642 \u65F6 \u5206 \u79D2 \uB144 \uC6D4 "
        + "\uC77C");

    /// <summary>What a value consists of.</summary>
    internal static CellKind KindOf(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.IsEmpty || (value.Length <= 9 && s_missing.Contains(value))) return CellKind.Missing;
        bool digits = false;
        bool dateWord = false;
        bool mixed = false;
        for (int i = 0; i < value.Length;)
        {
            char c = value[i];
            if (char.IsDigit(c))
            {
                digits = true;
                i++;
            }
            else if (char.IsLetter(c))
            {
                int end = i + 1;
                while (end < value.Length && char.IsLetter(value[end])) end++;
                ReadOnlySpan<char> letters = value[i..end];
                bool date = s_dates.Contains(letters);
                bool unit = letters.Length <= LongestUnit && digits && s_units.Contains(letters);
                // Before the digits only a currency or a month: t0 and v1 are names.
                bool leads = !digits && (end == value.Length || !char.IsDigit(value[end]));
                date &= digits || leads;
                mixed |= !date && !unit && !(leads && letters.Length == 3 && s_units.Contains(letters));
                dateWord |= date && letters.Length > 1;
                i = end;
            }
            else if (Signs.Contains(c))
            {
                i++;
            }
            else
            {
                mixed = true;
                i++;
            }

            if (mixed && i > 64)
            {
                return CellKind.Words; // as long as a text
            }
        }

        return mixed ? (IsCode(value, digits) ? CellKind.Code : CellKind.Words)
            : !digits ? CellKind.Words
            : dateWord || LooksLikeDate(value) ? CellKind.Date
            : CellKind.Number;
    }

    /// <summary>Whether a text has nothing to read in it: numbers or dates, or a row of them with a word or two.</summary>
    internal static bool IsNumeric(ReadOnlySpan<char> text) =>
        KindOf(text) is CellKind.Number or CellKind.Date || IsRowOfNumbers(text);

    /// <summary>At least three fields that are numbers, and those two thirds of all.</summary>
    private static bool IsRowOfNumbers(ReadOnlySpan<char> text)
    {
        const int Fewest = 3;
        int fields = 0;
        int numbers = 0;
        foreach (Range range in text.SplitAny(" \t,;|"))
        {
            ReadOnlySpan<char> field = text[range];
            if (!field.IsWhiteSpace())
            {
                fields++;
                bool ends = char.IsAsciiDigit(field[^1]) || field[^1] == '.';
                numbers += ends && !field.ContainsAnyExcept("0123456789.+-eE:/") ? 1 : 0;
                if (fields >= 12 && numbers == 0)
                {
                    return false; // prose
                }
            }
        }

        return numbers >= Fewest && 3 * numbers >= 2 * fields;
    }

    private static bool IsCode(ReadOnlySpan<char> value, bool digits) =>
        !value.ContainsAny(' ', '\t')
        && (digits || value.Contains('@') || value.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            || value.StartsWith("www.", StringComparison.OrdinalIgnoreCase));

    /// <summary>Three numbers with one sign between them, of which at most one has more than two digits; or a time.</summary>
    private static bool LooksLikeDate(ReadOnlySpan<char> value)
    {
        int end = value.IndexOfAny(' ', 'T');
        ReadOnlySpan<char> first = end < 0 ? value : value[..end];
        int colon = first.IndexOf(':');
        if (colon is 1 or 2)
        {
            return char.IsDigit(first[colon - 1]) && first.Length > colon + 2 && char.IsDigit(first[colon + 1]);
        }

        int separator = first.IndexOfAny('-', '/', '.');
        if (separator is < 1 or > 4) return false;
        int numbers = 0;
        int longer = 0;
        foreach (Range range in first.Split(first[separator]))
        {
            ReadOnlySpan<char> number = first[range];
            if (number.IsEmpty ? numbers < 2 : number.Length > 4 || number.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            numbers += number.IsEmpty ? 0 : 1;
            longer += number.Length > 2 ? 1 : 0;
        }

        return numbers == 3 && longer <= 1;
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(string words) =>
        new HashSet<string>(words.Split(' '), StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
