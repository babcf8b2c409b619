using System.Globalization;

namespace Recurant.Data;

/// <summary>By what the times of neighbouring rows differ.</summary>
public enum TimeUnit
{
    /// <summary>By no rule: rows follow one another at any distance.</summary>
    Irregular,

    /// <summary>By a number of ticks (100 ns): seconds, minutes, hours.</summary>
    Ticks,

    /// <summary>By a number of days of the calendar, at the same time of day.</summary>
    Days,

    /// <summary>By a day, Saturday and Sunday left out.</summary>
    BusinessDays,

    /// <summary>By a number of months, on the same day of the month.</summary>
    Months,

    /// <summary>By a number of months, on the last day of the month.</summary>
    MonthEnds,
}

/// <summary>The calendar of a series: what time comes after a time.</summary>
/// <param name="Unit">What is counted.</param>
/// <param name="Size">How many of them a step is, 1 or more; of an irregular series the median distance in ticks.</param>
/// <param name="DayOfMonth">Of months: the day, 1 to 31, of which a shorter month takes its last; otherwise 0.</param>
public sealed record TimeRule(TimeUnit Unit, long Size, int DayOfMonth = 0)
{
    /// <summary>Whether one time alone can follow another.</summary>
    public bool IsRegular => Unit != TimeUnit.Irregular;

    /// <summary>The rule in words: "daily", "every 30 minutes", "monthly, on the last day".</summary>
    public override string ToString() => Unit switch
    {
        TimeUnit.Ticks => Every(Size),
        TimeUnit.Days => Size switch { 1 => "daily", 7 => "weekly", _ => $"every {Number(Size)} days" },
        TimeUnit.BusinessDays => "on business days",
        TimeUnit.Months => Months + (DayOfMonth > 1 ? $", on day {Number(DayOfMonth)}" : ""),
        TimeUnit.MonthEnds => Months + ", on the last day",
        _ => Size > 1 ? $"irregular, about {Every(Size)}" : "irregular",
    };

    private string Months => Size switch
    {
        1 => "monthly",
        3 => "quarterly",
        12 => "yearly",
        _ => $"every {Number(Size)} months",
    };

    /// <summary>The rule that the times of all series follow.</summary>
    /// <param name="times">The time of each row, ascending within a series, as a <see cref="SeriesTable"/> holds them.</param>
    /// <param name="series">The series; a distance is one between rows of the same.</param>
    /// <param name="clock">The clock that tells the times; its rule is not looked at.</param>
    /// <remarks>
    /// <para>Months are tried first, then business days and days, where all times have the same time of day on the clock; then a
    /// fixed distance: the largest that divides all of them, or the median one where they differ from its multiples by less than
    /// a quarter (a sampling clock that jitters). The rule is irregular where more than four rows would be missing for each that
    /// is there.</para>
    /// </remarks>
    public static TimeRule Learn(ReadOnlySpan<long> times, IReadOnlyList<SeriesSpan> series, TimeAxis clock)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(clock);
        return TimeLearning.Learn(times, series, clock);
    }

    private static string Every(long ticks)
    {
        (long Ticks, string One, string Many)[] units =
        [
            (TimeSpan.TicksPerHour, "hourly", "hours"), (TimeSpan.TicksPerMinute, "every minute", "minutes"),
            (TimeSpan.TicksPerSecond, "every second", "seconds"), (TimeSpan.TicksPerMillisecond, "every millisecond", "ms"),
            (TimeSpan.TicksPerMicrosecond, "every microsecond", "us"),
        ];
        if (ticks >= 2 * TimeSpan.TicksPerDay && ticks % TimeSpan.TicksPerDay == 0)
        {
            return $"every {Number(ticks / TimeSpan.TicksPerDay)} days";
        }

        foreach ((long size, string one, string many) in units)
        {
            if (ticks == size) return one;
            if (ticks >= size && (ticks % size == 0 || ticks >= 1000 * size))
            {
                return $"every {((double)ticks / size).ToString("0.###", CultureInfo.InvariantCulture)} {many}";
            }
        }

        return $"every {Number(ticks)} ticks";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
