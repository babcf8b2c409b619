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
}

/// <summary>The times of a table: their rule, and what clock they are told by.</summary>
/// <param name="Rule">How they follow one another.</param>
/// <param name="Offset">Where times were given with an offset from UTC: the last of them. Default: none.</param>
/// <param name="Zone">The zone whose clock tells the times, an IANA name; null where it is not known.</param>
public sealed record TimeAxis(TimeRule Rule, TimeSpan Offset = default, string? Zone = null)
{
    /// <summary>The time on the wall at an instant.</summary>
    /// <param name="instant">Ticks as a table holds them.</param>
    public DateTime Local(long instant) => throw new NotImplementedException();

    /// <summary>The instant that is a number of steps away.</summary>
    /// <param name="instant">Ticks as a table holds them.</param>
    /// <param name="steps">How many; below 0 for those before.</param>
    public long After(long instant, int steps) => throw new NotImplementedException();
}
