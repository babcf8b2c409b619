namespace Recurant.Formats;

/// <summary>What a number or a word of a date says.</summary>
internal enum DateField
{
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Quarter,
    Week,
    Weekday,
}

/// <summary>A part of a date and what stands behind it.</summary>
/// <param name="Field">What it says.</param>
/// <param name="Width">The digits that are printed at least.</param>
/// <param name="Behind">What follows, up to the next part.</param>
internal sealed record DatePart(DateField Field, int Width, string Behind)
{
    /// <summary>Whether exactly so many digits are read, for want of anything behind them.</summary>
    internal bool IsFixed { get; init; }

    /// <summary>Of names: whether they are written in full, and how large the letters are.</summary>
    internal bool IsLong { get; init; }

    internal bool IsUpper { get; init; }

    internal bool IsLower { get; init; }

    internal string Pattern => Field switch
    {
        DateField.Year => new string('y', Math.Max(4, Width)),
        DateField.ShortYear => "yy",
        DateField.Month => Width > 1 ? "MM" : "M",
        DateField.MonthName => IsLong ? "MMMM" : "MMM",
        DateField.Day => Width > 1 ? "dd" : "d",
        DateField.Quarter => "q",
        DateField.Week => "ww",
        _ => IsLong ? "dddd" : "ddd",
    } + Behind;
}
