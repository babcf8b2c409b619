using System.Globalization;
using System.Text;

namespace Recurant.Formats;

/// <summary>Dates and times in one cell, by the parts of the date and what stands between them.</summary>
internal sealed class PatternTime : TimeFormat
{
    private readonly DatePart[] _date;
    private readonly string _ahead; // before the first part: the Q of Q1 2000
    private readonly ClockStyle _clock;

    internal PatternTime(string column, string ahead, DatePart[] date, ClockStyle clock)
        : base([column])
    {
        (_ahead, _date, _clock) = (ahead, date, clock);
    }

    internal override bool HasOffset => _clock.Offset is not null;

    /// <summary>Whether the day stands before the month, both as numbers.</summary>
    internal bool IsDayFirst => Order.StartsWith("DM", StringComparison.Ordinal);

    internal bool IsMonthFirst => Order.StartsWith("MD", StringComparison.Ordinal);

    internal bool HasClock => _clock.IsThere;

    private string Order => string.Concat(_date.Select(part => part.Field switch
    {
        DateField.Day => "D", DateField.Month => "M", DateField.Year or DateField.ShortYear => "Y", _ => "",
    }));

    public override IReadOnlyList<string> Write(long instant, TimeAxis axis)
    {
        DateTime local = axis.Local(instant);
        return [Write(local, TimeSpan.FromTicks(local.Ticks - instant))];
    }

    public override string ToString() =>
        $"{_ahead}{string.Concat(_date.Select(part => part.Pattern))}{_clock.Pattern}";

    internal string Write(DateTime local, TimeSpan offset)
    {
        var text = new StringBuilder(_ahead);
        foreach (DatePart part in _date)
        {
            int number = part.Field switch
            {
                DateField.Year => local.Year,
                DateField.ShortYear => local.Year % 100,
                DateField.Month => local.Month,
                DateField.Day => local.Day,
                DateField.Quarter => (local.Month + 2) / 3,
                DateField.Week => ISOWeek.GetWeekOfYear(local),
                _ => -1,
            };
            if (part.Field == DateField.Year && Array.Exists(_date, other => other.Field == DateField.Week))
            {
                number = ISOWeek.GetYear(local);
            }

            text.Append(number >= 0 ? number.ToString(CultureInfo.InvariantCulture).PadLeft(part.Width, '0')
                : Named(part, local));
            text.Append(part.Behind);
        }

        _clock.Append(text, local, offset);
        return text.ToString();
    }

    internal override bool TryRead(FieldRows row, out long ticks, out TimeSpan offset) =>
        TryRead(row[Places[0]], out ticks, out offset);

    internal override bool TryRead(ReadOnlySpan<char> cell, out long ticks, out TimeSpan offset)
    {
        (ticks, offset) = (0, default);
        if (!cell.StartsWith(_ahead, StringComparison.OrdinalIgnoreCase)) return false;
        cell = cell[_ahead.Length..];
        int year = 1, month = 1, day = 1, week = 0;
        foreach (DatePart part in _date)
        {
            if (part.Field is DateField.MonthName or DateField.Weekday)
            {
                int letters = 0;
                while (letters < cell.Length && char.IsLetter(cell[letters])) letters++;
                if (part.Field == DateField.MonthName)
                {
                    month = DateNames.Month(cell[..letters]);
                    if (month == 0) return false;
                }
                else if (DateNames.Weekday(cell[..letters]) < 0)
                {
                    return false;
                }

                cell = cell[letters..];
            }
            else
            {
                int most = part.IsFixed ? part.Width : part.Field == DateField.Year ? 4 : 2;
                int number = 0, digits = 0;
                while (digits < most && digits < cell.Length && char.IsAsciiDigit(cell[digits]))
                {
                    number = (10 * number) + (cell[digits++] - '0');
                }

                if (digits == 0 || (part.IsFixed && digits < most)) return false;
                switch (part.Field)
                {
                    case DateField.Year: year = number; break;
                    case DateField.ShortYear: year = number + (number < 70 ? 2000 : 1900); break;
                    case DateField.Month: month = number; break;
                    case DateField.Day: day = number; break;
                    case DateField.Week: week = number; break;
                    default:
                        if (number is < 1 or > 4) return false;
                        month = (3 * number) - 2;
                        break;
                }

                cell = cell[digits..];
            }

            if (part.Behind.Length > 0)
            {
                if (!cell.StartsWith(part.Behind, StringComparison.OrdinalIgnoreCase)) return false;
                cell = cell[part.Behind.Length..];
            }
        }

        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (week > 0)
        {
            if (week > ISOWeek.GetWeeksInYear(year)) return false;
            ticks = ISOWeek.ToDateTime(year, week, DayOfWeek.Monday).Ticks;
        }
        else
        {
            ticks = new DateTime(year, month, day).Ticks;
        }

        return ClockReading.TryRead(cell, ref ticks, out offset);
    }

    private static string Named(DatePart part, DateTime local)
    {
        string name = part.Field == DateField.MonthName
            ? CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(local.Month)
            : CultureInfo.InvariantCulture.DateTimeFormat.GetDayName(local.DayOfWeek);
        name = part.IsLong ? name : name[..3];
        return part.IsUpper ? name.ToUpperInvariant() : part.IsLower ? name.ToLowerInvariant() : name;
    }
}

/// <summary>The English names of months and days, short and long.</summary>
internal static class DateNames
{
    private static readonly string[] s_months =
        [.. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames.Where(name => name.Length > 0)];

    private static readonly string[] s_days = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    /// <summary>1 to 12; 0 if it is none.</summary>
    internal static int Month(ReadOnlySpan<char> name) => Find(s_months, name) + 1;

    /// <summary>0, Sunday, to 6; -1 if it is none.</summary>
    internal static int Weekday(ReadOnlySpan<char> name) => Find(s_days, name);

    private static int Find(string[] names, ReadOnlySpan<char> name)
    {
        if (name.Length < 3) return -1;
        for (int i = 0; i < names.Length; i++)
        {
            if (name.Equals(names[i], StringComparison.OrdinalIgnoreCase)
                || (name.Length <= 4 && name.Equals(names[i].AsSpan(0, Math.Min(name.Length, names[i].Length)),
                    StringComparison.OrdinalIgnoreCase)))
            {
                return i;
            }
        }

        return -1;
    }
}
