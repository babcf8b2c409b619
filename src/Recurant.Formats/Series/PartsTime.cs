using System.Globalization;

namespace Recurant.Formats;

/// <summary>Times divided among columns of numbers: year, month, day, hour, minute, second.</summary>
internal sealed class PartsTime : TimeFormat
{
    /// <summary>What the parts are called, each in several languages.</summary>
    private static readonly string[][] s_names =
    [
        ["year", "yr", "jahr", "annee", "ano", "anno", "yyyy"], ["month", "mon", "mo", "monat", "mois", "mes", "mese", "mm"],
        ["day", "tag", "jour", "dia", "giorno", "dd", "dayofmonth", "day of month"],
        ["hour", "hr", "stunde", "heure", "hora", "ora", "hh"], ["minute", "min", "minuto"], ["second", "sec", "sekunde"],
    ];

    private readonly int[] _parts;
    private readonly int[] _widths;

    private PartsTime(string[] columns, int[] places, int[] parts, int[] widths)
        : base(columns)
    {
        (Places, _parts, _widths) = (places, parts, widths);
    }

    /// <summary>Which part a column's name says; -1 for none.</summary>
    internal static int PartOf(string name)
    {
        string normal = KnownNames.Normal(name);
        return Array.FindIndex(s_names, names => names.Contains(normal));
    }

    /// <summary>The format of columns by their names; null unless they begin with the year and leave none out.</summary>
    /// <param name="names">The names of all columns.</param>
    /// <param name="candidates">The places of those that may be parts.</param>
    /// <param name="cells">The cells of a column.</param>
    internal static PartsTime? Find(
        IReadOnlyList<string> names, IReadOnlyList<int> candidates, Func<int, IReadOnlyList<string>> cells)
    {
        var places = new List<int>();
        for (int part = 0; part < s_names.Length; part++)
        {
            int place = -1;
            foreach (int candidate in candidates)
            {
                if (PartOf(names[candidate]) == part && place < 0) place = candidate;
            }

            if (place < 0) break;
            places.Add(place);
        }

        if (places.Count < 2) return null;
        int[] widths = [.. places.Select(place => cells(place).Where(cell => !NumberCells.IsMissing(cell))
            .Select(cell => cell.Length).DefaultIfEmpty(1).Min())];
        var format = new PartsTime(
            [.. places.Select(place => names[place])], [.. places], [.. Enumerable.Range(0, places.Count)], widths);
        int rows = cells(places[0]).Count;
        var parts = new int[places.Count];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < parts.Length; i++)
            {
                if (!TryPart(cells(places[i])[row], out parts[i])) return null;
            }

            if (!TryJoin(parts, out _)) return null;
        }

        return format;
    }

    public override IReadOnlyList<string> Write(long instant, TimeAxis axis)
    {
        DateTime local = axis.Local(instant);
        int[] all = [local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second];
        return [.. _parts.Select((part, i) =>
            all[part].ToString(CultureInfo.InvariantCulture).PadLeft(Math.Min(2, _widths[i]), '0'))];
    }

    public override string ToString() => string.Join(", ", _parts.Select(part => s_names[part][0]));

    internal override bool TryRead(FieldRows row, out long ticks, out TimeSpan offset)
    {
        (ticks, offset) = (0, default);
        Span<int> parts = stackalloc int[Places.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!TryPart(row[Places[i]], out parts[i])) return false;
        }

        return TryJoin(parts, out ticks);
    }

    private static bool TryPart(ReadOnlySpan<char> cell, out int number)
    {
        if (cell.EndsWith(".0")) cell = cell[..^2];
        return int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryJoin(ReadOnlySpan<int> parts, out long ticks)
    {
        ticks = 0;
        int year = parts[0], month = parts[1], day = parts.Length > 2 ? parts[2] : 1;
        int hour = parts.Length > 3 ? parts[3] : 0, minute = parts.Length > 4 ? parts[4] : 0;
        int second = parts.Length > 5 ? parts[5] : 0;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 24
            || minute > 59 || second > 60)
        {
            return false;
        }

        ticks = new DateTime(year, month, day).Ticks
            + ((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond;
        return ticks <= DateTime.MaxValue.Ticks;
    }
}

/// <summary>A date in one column and the time of day in another.</summary>
internal sealed class DateAndClock : TimeFormat
{
    private readonly PatternTime _joined;
    private char[] _cell = new char[64];

    private DateAndClock(string[] columns, PatternTime joined)
        : base(columns)
    {
        _joined = joined;
    }

    internal override bool HasOffset => _joined.HasOffset;

    /// <summary>The format of a column of dates and one of times of day; null if they are not.</summary>
    internal static DateAndClock? Find(
        string date, string clock, IReadOnlyList<string> dates, IReadOnlyList<string> clocks, bool? dayFirst)
    {
        if (!clocks.All(cell => cell.Length is >= 4 and <= 16 && cell.IndexOf(':') is 1 or 2)) return null;
        string[] cells = [.. dates.Zip(clocks, (a, b) => $"{a} {b}")];
        List<PatternTime> found = TimeGuess.Find(date, cells, dayFirst);
        return found.Count == 0 || !found[0].HasClock ? null : new DateAndClock([date, clock], found[0]);
    }

    public override IReadOnlyList<string> Write(long instant, TimeAxis axis)
    {
        string text = _joined.Write(instant, axis)[0];
        int blank = text.IndexOf(':') < 0 ? text.LastIndexOf(' ') : text.LastIndexOf(' ', text.IndexOf(':'));
        return blank < 0 ? [text, ""] : [text[..blank], text[(blank + 1)..]];
    }

    public override string ToString() => _joined.ToString();

    internal override bool TryRead(FieldRows row, out long ticks, out TimeSpan offset)
    {
        ReadOnlySpan<char> date = row[Places[0]], clock = row[Places[1]];
        if (date.Length + clock.Length + 1 > _cell.Length) _cell = new char[2 * (date.Length + clock.Length + 1)];
        date.CopyTo(_cell);
        _cell[date.Length] = ' ';
        clock.CopyTo(_cell.AsSpan(date.Length + 1));
        return _joined.TryRead(_cell.AsSpan(0, date.Length + clock.Length + 1), out ticks, out offset);
    }
}
