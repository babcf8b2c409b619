using System.Globalization;
using System.Text;

namespace Recurant.Formats;

/// <summary>How a file writes the time of day behind a date; all parts may be absent.</summary>
internal sealed class ClockStyle
{
    /// <summary>What stands between date and time; null where there is no time.</summary>
    private string? _before;

    private char _between = ':';
    private int _hourWidth = 2;
    private bool _minutes, _seconds;
    private int _fraction;
    private bool _fixedFraction = true;
    private string? _half; // " AM": how the half of the day is written

    /// <summary>An example of the offset, such as Z or +05:30; null where there is none.</summary>
    internal string? Offset { get; private set; }

    internal bool IsThere => _before is not null;

    internal string Pattern => _before is null ? "" : _before + (_half is null ? "H" : "h")
        + (_hourWidth > 1 ? _half is null ? "H" : "h" : "")
        + (_minutes ? $"{_between}mm" : "") + (_seconds ? $"{_between}ss" : "")
        + (_fraction > 0 ? "." + new string(_fixedFraction ? 'f' : 'F', _fraction) : "") + (_half is null ? "" : " tt")
        + Offset switch
        {
            null => "",
            "Z" or "z" => "Z",
            _ => "zzz",
        };

    /// <summary>Learns from what stands behind the date in a cell; several cells widen it.</summary>
    internal void Learn(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty) return;
        int start = 0;
        while (start < rest.Length && !char.IsAsciiDigit(rest[start])) start++;
        if (start == rest.Length) return;
        bool first = _before is null;
        _before ??= rest[..start].ToString();
        int at = start;
        int digits = Digits(rest, ref at);
        _hourWidth = first ? digits : Math.Min(_hourWidth, digits);
        if (at < rest.Length && rest[at] is ':' or '-' or '.' && at + 2 < rest.Length && !IsOffset(rest, at))
        {
            _between = rest[at++];
            Digits(rest, ref at);
            _minutes = true;
            if (at < rest.Length && rest[at] == _between)
            {
                at++;
                Digits(rest, ref at);
                _seconds = true;
                if (at < rest.Length && rest[at] is '.' or ',')
                {
                    at++;
                    int fraction = Digits(rest, ref at);
                    _fixedFraction &= _fraction == 0 ? first : _fraction == fraction;
                    _fraction = Math.Max(_fraction, fraction);
                }
                else if (_fraction > 0)
                {
                    _fixedFraction = false;
                }
            }
        }

        ReadOnlySpan<char> tail = rest[at..];
        int half = tail.IndexOfAny("aApP");
        if (half >= 0 && half <= 1 && tail.Length > half + 1 && tail[half + 1] is 'm' or 'M')
        {
            _half ??= tail[..(half + 2)].ToString();
            tail = tail[(half + 2)..];
        }

        if (!tail.IsEmpty) Offset ??= tail.ToString();
    }

    internal void Append(StringBuilder text, DateTime local, TimeSpan offset)
    {
        if (_before is null) return;
        int hour = _half is null ? local.Hour : local.Hour % 12 == 0 ? 12 : local.Hour % 12;
        text.Append(_before).Append(hour.ToString(_hourWidth > 1 ? "00" : "0", CultureInfo.InvariantCulture));
        if (_minutes) text.Append(_between).Append(local.Minute.ToString("00", CultureInfo.InvariantCulture));
        if (_seconds) text.Append(_between).Append(local.Second.ToString("00", CultureInfo.InvariantCulture));
        if (_fraction > 0)
        {
            string all = (local.Ticks % TimeSpan.TicksPerSecond).ToString("0000000", CultureInfo.InvariantCulture);
            string fraction = all.PadRight(_fraction, '0')[.._fraction];
            if (!_fixedFraction) fraction = fraction.TrimEnd('0');
            if (fraction.Length > 0) text.Append('.').Append(fraction);
        }

        if (_half is not null)
        {
            bool upper = char.IsUpper(_half.TrimStart()[0]);
            string name = local.Hour < 12 ? "am" : "pm";
            text.Append(_half[0] == ' ' ? " " : "").Append(upper ? name.ToUpperInvariant() : name);
        }

        if (Offset is null) return;
        string sample = Offset.Trim();
        string blank = Offset[..(Offset.Length - Offset.TrimStart().Length)];
        if (offset == TimeSpan.Zero && char.IsLetter(sample[0]))
        {
            text.Append(Offset);
            return;
        }

        text.Append(blank).Append(offset < TimeSpan.Zero ? '-' : '+')
            .Append(Math.Abs(offset.Hours + (24 * offset.Days)).ToString("00", CultureInfo.InvariantCulture));
        bool colon = sample.Contains(':') || char.IsLetter(sample[0]);
        if (sample.Length > 3 || offset.Minutes != 0 || colon)
        {
            text.Append(colon ? ":" : "").Append(Math.Abs(offset.Minutes).ToString("00", CultureInfo.InvariantCulture));
        }
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at - start;
    }

    private static bool IsOffset(ReadOnlySpan<char> text, int at) => text[at] == '-' && text[(at + 1)..].Contains(':');
}

/// <summary>Reads the time of day behind a date, in any of its styles.</summary>
internal static class ClockReading
{
    /// <summary>Adds the time to the ticks of the date; nothing at all is midnight.</summary>
    internal static bool TryRead(ReadOnlySpan<char> rest, ref long ticks, out TimeSpan offset)
    {
        offset = default;
        if (rest.IsEmpty) return true;
        if (rest[0] is 'T' or 't' or ' ' or '_' or ':' or ',')
        {
            rest = rest[1..].TrimStart();
            if (rest.IsEmpty) return true;
        }
        else
        {
            return TryReadOffset(rest, out offset);
        }

        if (!Number(ref rest, 2, out int hour) || hour > 24) return false;
        int minute = 0, second = 0;
        long fraction = 0;
        if (!rest.IsEmpty && rest[0] is ':' or '-' or '.' or 'h')
        {
            char between = rest[0];
            if (between == '-' && rest.Contains(':')) return End(rest, hour, 0, 0, 0, ref ticks, out offset);
            rest = rest[1..];
            if (!Number(ref rest, 2, out minute) || minute > 59) return false;
            if (!rest.IsEmpty && rest[0] == between && between != 'h')
            {
                rest = rest[1..];
                if (!Number(ref rest, 2, out second) || second > 60) return false;
                if (!rest.IsEmpty && rest[0] is '.' or ',')
                {
                    rest = rest[1..];
                    int digits = 0;
                    while (!rest.IsEmpty && char.IsAsciiDigit(rest[0]))
                    {
                        if (digits++ < 7) fraction = (10 * fraction) + (rest[0] - '0');
                        rest = rest[1..];
                    }

                    if (digits == 0) return false;
                    for (; digits < 7; digits++) fraction *= 10;
                }
            }
        }

        return End(rest, hour, minute, second, fraction, ref ticks, out offset);
    }

    private static bool End(
        ReadOnlySpan<char> rest, int hour, int minute, int second, long fraction, ref long ticks, out TimeSpan offset)
    {
        offset = default;
        ReadOnlySpan<char> half = rest.TrimStart();
        if (half.Length >= 2 && half[0] is 'a' or 'A' or 'p' or 'P' && half[1] is 'm' or 'M')
        {
            if (hour is < 1 or > 12) return false;
            hour = (hour % 12) + (half[0] is 'p' or 'P' ? 12 : 0);
            rest = half[2..];
        }

        if (hour == 24 && (minute > 0 || second > 0)) return false;
        ticks += (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
        return TryReadOffset(rest, out offset);
    }

    private static bool TryReadOffset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = default;
        rest = rest.Trim();
        if (rest.IsEmpty || rest is "Z" or "z" || rest.Equals("UTC", StringComparison.OrdinalIgnoreCase)
            || rest.Equals("GMT", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (rest[0] is not ('+' or '-')) return false;
        bool negative = rest[0] == '-';
        rest = rest[1..];
        if (!Number(ref rest, 2, out int hours) || hours > 15) return false;
        if (!rest.IsEmpty && rest[0] == ':') rest = rest[1..];
        int minutes = 0;
        if (!rest.IsEmpty && (!Number(ref rest, 2, out minutes) || minutes > 59)) return false;
        if (!rest.IsEmpty) return false;
        offset = new TimeSpan(hours, minutes, 0);
        offset = negative ? -offset : offset;
        return true;
    }

    private static bool Number(ref ReadOnlySpan<char> rest, int most, out int number)
    {
        number = 0;
        int digits = 0;
        while (digits < most && digits < rest.Length && char.IsAsciiDigit(rest[digits]))
        {
            number = (10 * number) + (rest[digits++] - '0');
        }

        rest = rest[digits..];
        return digits > 0;
    }
}
