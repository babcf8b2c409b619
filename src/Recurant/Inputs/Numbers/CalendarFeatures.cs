namespace Recurant.Inputs;

/// <summary>
/// What the calendar tells of a time, as numbers that come round with it:
/// <code>
/// (1) sin(2 pi s), cos(2 pi s)    s: the share of the day, of the week, of the year that is over
/// </code>
/// Steps shorter than a day have all three, days and weeks have week and year, months have the year.
/// </summary>
internal static class CalendarFeatures
{
    /// <summary>How many numbers a time becomes.</summary>
    public static int Width(TimeRule rule) => 2 * Cycles(rule);

    /// <summary>Writes the numbers of a time on the wall.</summary>
    public static void Write(TimeRule rule, DateTime time, Span<float> numbers)
    {
        int cycles = Cycles(rule), at = 0;
        if (cycles > 2) Put(time.TimeOfDay.TotalDays, numbers, ref at);
        if (cycles > 1) Put(((int)time.DayOfWeek + time.TimeOfDay.TotalDays) / 7, numbers, ref at);
        if (cycles > 0) Put((time.DayOfYear - 1 + time.TimeOfDay.TotalDays) / 366, numbers, ref at);
    }

    private static int Cycles(TimeRule rule) => rule.Unit switch
    {
        TimeUnit.Ticks or TimeUnit.Irregular => rule.Size < TimeSpan.TicksPerDay ? 3 : 2,
        TimeUnit.Days or TimeUnit.BusinessDays => 2,
        TimeUnit.Months or TimeUnit.MonthEnds => rule.Size < 12 ? 1 : 0,
        _ => 0,
    };

    private static void Put(double share, Span<float> numbers, ref int at)
    {
        (double sin, double cos) = Trigonometry.SinCos(2 * Math.PI * share);                                            // (1)
        (numbers[at], numbers[at + 1]) = ((float)sin, (float)cos);
        at += 2;
    }
}
