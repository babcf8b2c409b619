using System.Globalization;

namespace Recurant.Formats;

/// <summary>Times that are numbers: seconds or a fraction of them since 1970, or a count from anywhere.</summary>
internal sealed class NumericTime : TimeFormat
{
    private readonly long _ticksPerOne;
    private readonly bool _counted;
    private readonly bool _nanoseconds;

    /// <summary>Makes a format.</summary>
    /// <param name="column">The name of the column.</param>
    /// <param name="ticksPerOne">Ticks that 1 is; 0 for nanoseconds.</param>
    /// <param name="counted">Whether the numbers count from anywhere.</param>
    /// <param name="cells">Cells to learn the decimals from.</param>
    private NumericTime(string column, long ticksPerOne, bool counted, IEnumerable<string> cells)
        : base([column])
    {
        (_ticksPerOne, _counted, _nanoseconds) = (Math.Max(1, ticksPerOne), counted, ticksPerOne == 0);
        int least = int.MaxValue;
        foreach (string cell in cells)
        {
            int point = cell.IndexOf('.');
            int decimals = point < 0 ? 0 : cell.Length - point - 1;
            least = Math.Min(least, decimals);
            Decimals = Math.Max(Decimals, decimals);
        }

        HasFixedDecimals = least == Decimals;
    }

    internal override bool HasOffset => !_counted;

    internal override bool IsCounted => _counted;

    private int Decimals { get; }

    private bool HasFixedDecimals { get; }

    /// <summary>Numbers as large as times since 1970 are in our days, told by their size; null if they are not.</summary>
    internal static NumericTime? Epoch(string column, IReadOnlyList<string> cells)
    {
        double least = double.MaxValue, most = double.MinValue;
        foreach (string cell in cells)
        {
            if (NumberCells.IsMissing(cell)) continue;
            if (!double.TryParse(cell, CultureInfo.InvariantCulture, out double number)) return null;
            (least, most) = (Math.Min(least, number), Math.Max(most, number));
        }

        // 1975 to 2100; the units are so far apart that only one fits.
        foreach ((double Size, long Ticks) unit in ((double, long)[])
            [(1, TimeSpan.TicksPerSecond), (1e3, TimeSpan.TicksPerMillisecond), (1e6, TimeSpan.TicksPerMicrosecond), (1e9, 0)])
        {
            if (least >= 1.6e8 * unit.Size && most <= 4.1e9 * unit.Size) return new NumericTime(column, unit.Ticks, false, cells);
        }

        return null;
    }

    internal static NumericTime Counter(string column, IReadOnlyList<string> cells) =>
        new(column, TimeSpan.TicksPerSecond, true, cells);

    public override IReadOnlyList<string> Write(long instant, TimeAxis axis)
    {
        long ticks = _counted ? instant : instant - DateTime.UnixEpoch.Ticks;
        decimal number = _nanoseconds ? ticks * 100m : (decimal)ticks / _ticksPerOne;
        string format = "0" + (Decimals == 0 ? "" : "." + new string(HasFixedDecimals ? '0' : '#', Decimals));
        return [number.ToString(format, CultureInfo.InvariantCulture)];
    }

    public override string ToString() => _counted ? "numbers that count"
        : _nanoseconds ? "nanoseconds since 1970"
        : _ticksPerOne switch
        {
            TimeSpan.TicksPerSecond => "seconds since 1970",
            TimeSpan.TicksPerMillisecond => "milliseconds since 1970",
            _ => "microseconds since 1970",
        };

    internal override bool TryRead(FieldRows row, out long ticks, out TimeSpan offset) =>
        TryRead(row[Places[0]], out ticks, out offset);

    internal override bool TryRead(ReadOnlySpan<char> cell, out long ticks, out TimeSpan offset)
    {
        (ticks, offset) = (0, default);
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
            && Math.Abs(whole) < long.MaxValue / 2 / _ticksPerOne)
        {
            ticks = _nanoseconds ? whole / 100 : whole * _ticksPerOne;
        }
        else if (decimal.TryParse(cell, Styles, CultureInfo.InvariantCulture, out decimal number)
            && Math.Abs(number) < 9e17m / _ticksPerOne)
        {
            ticks = (long)Math.Round(_nanoseconds ? number / 100 : number * _ticksPerOne);
        }
        else
        {
            return false;
        }

        if (_counted) return true;
        ticks += DateTime.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
    }
}
