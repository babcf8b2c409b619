using System.Globalization;

namespace Recurant.Data;

/// <summary>The times of a table: their rule, and what clock they are told by.</summary>
/// <param name="Rule">How they follow one another.</param>
/// <param name="Offset">Where times were given with an offset from UTC: the last of them. Default: none.</param>
/// <param name="Zone">The zone whose clock tells the times, an IANA name; null where it is not known.</param>
public sealed record TimeAxis(TimeRule Rule, TimeSpan Offset = default, string? Zone = null)
{
    private const int DaysOfWeek = 7, BusinessDaysOfWeek = 5;

    /// <summary>
    /// Whether the times are no dates but numbers that count: steps, cycles, seconds from a start. One is 10,000,000 ticks, so
    /// that 0.5 can be told too. Default: false.
    /// </summary>
    public bool IsCounted { get; init; }

    /// <summary>The time on the wall at an instant.</summary>
    /// <param name="instant">Ticks as a table holds them.</param>
    /// <exception cref="InvalidOperationException">The times are counted.</exception>
    /// <exception cref="ArgumentException">There is no such zone.</exception>
    public DateTime Local(long instant)
    {
        if (IsCounted)
        {
            throw new InvalidOperationException(
                $"The times are counted ({Count(instant)}); they are no dates. Ask {nameof(IsCounted)} first.");
        }

        if (Zone is null) return new DateTime(instant + Offset.Ticks, DateTimeKind.Unspecified);
        var utc = new DateTime(instant, DateTimeKind.Utc);
        return DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(utc, FindZone(Zone)), DateTimeKind.Unspecified);
    }

    /// <summary>A time as messages tell it: a date, with its hour where there is one, or a number that counts.</summary>
    internal string Text(long instant)
    {
        if (IsCounted) return Count(instant);
        DateTime local = Local(instant);
        return local.ToString(
            local.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : local.TimeOfDay.Ticks % TimeSpan.TicksPerSecond == 0
                ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
    }

    /// <summary>The instant at which the clock tells a time.</summary>
    /// <param name="local">The time on the wall.</param>
    /// <param name="after">
    /// An instant before the one asked for: of an hour that comes twice when clocks are set back, it decides which is meant.
    /// Default: none, the first.
    /// </param>
    /// <returns>Ticks as a table holds them; of a time that is left out when clocks are set forward, the one an hour
    /// later.</returns>
    /// <exception cref="ArgumentException">There is no such zone.</exception>
    public long InstantOf(DateTime local, long after = long.MinValue)
    {
        if (Zone is null) return local.Ticks - Offset.Ticks;
        TimeZoneInfo zone = FindZone(Zone);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsAmbiguousTime(local))
        {
            TimeSpan[] offsets = zone.GetAmbiguousTimeOffsets(local);
            long first = local.Ticks - offsets.Max().Ticks;
            return first > after ? first : local.Ticks - offsets.Min().Ticks;
        }

        // What does not exist is told by the offset that held before.
        TimeSpan offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1)) : zone.GetUtcOffset(local);
        return local.Ticks - offset.Ticks;
    }

    /// <summary>The instant that is a number of steps away.</summary>
    /// <param name="instant">Ticks as a table holds them.</param>
    /// <param name="steps">How many; below 0 for those before.</param>
    /// <remarks>
    /// Days and months are counted on the clock, so that midnight stays midnight when clocks change; hours and less on UTC. Of
    /// irregular times a step is their median distance.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The time would be before the year 1 or after the year 9999.</exception>
    public long After(long instant, int steps)
    {
        if (Rule.Unit is TimeUnit.Ticks or TimeUnit.Irregular) return instant + (Rule.Size * steps);
        DateTime local = Local(instant);
        return InstantOf(Rule.Unit switch
        {
            TimeUnit.Days => local.AddDays(Rule.Size * (double)steps),
            TimeUnit.BusinessDays => AddBusinessDays(local, steps),
            TimeUnit.Months => AddMonths(local, checked((int)(Rule.Size * steps)), Rule.DayOfMonth),
            _ => AddMonths(local, checked((int)(Rule.Size * steps)), 31),
        });
    }

    /// <summary>The axis in words: "daily", "hourly, Europe/Berlin", "counted by 1".</summary>
    public override string ToString()
    {
        string zone = Zone is not null ? $", {Zone}" : "";
        if (!IsCounted) return Rule + zone;
        return Rule.IsRegular ? $"counted by {Count(Rule.Size)}" : "counted, irregular";
    }

    /// <summary>The number that a counted time is.</summary>
    internal static string Count(long instant) =>
        ((double)instant / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>How many steps lie between two instants, to the nearest.</summary>
    internal long StepsBetween(long from, long to)
    {
        switch (Rule.Unit)
        {
            case TimeUnit.Irregular:
                return 1;
            case TimeUnit.Ticks:
                return (to - from + (Rule.Size / 2)) / Rule.Size;
            case TimeUnit.Days:
                return (long)Math.Round((Local(to) - Local(from)).TotalDays / Rule.Size);
            case TimeUnit.BusinessDays:
                return BusinessDay(Local(to)) - BusinessDay(Local(from));
            default:
                (DateTime a, DateTime b) = (Local(from), Local(to));
                return (long)Math.Round((((b.Year - a.Year) * 12.0) + b.Month - a.Month) / Rule.Size);
        }
    }

    private static long BusinessDay(DateTime day)
    {
        long number = day.Ticks / TimeSpan.TicksPerDay; // day 0, 1 January of the year 1, is a Monday
        return (number / DaysOfWeek * BusinessDaysOfWeek) + Math.Min(number % DaysOfWeek, BusinessDaysOfWeek - 1);
    }

    private static DateTime AddBusinessDays(DateTime local, int steps)
    {
        long target = BusinessDay(local) + steps;
        long day = Math.DivRem(target, BusinessDaysOfWeek, out long inWeek) * DaysOfWeek;
        return new DateTime(((day + inWeek) * TimeSpan.TicksPerDay) + local.TimeOfDay.Ticks);
    }

    private static DateTime AddMonths(DateTime local, int months, int day)
    {
        DateTime first = new DateTime(local.Year, local.Month, 1).AddMonths(months);
        return first.AddDays(Math.Min(day, DateTime.DaysInMonth(first.Year, first.Month)) - 1) + local.TimeOfDay;
    }

    private static TimeZoneInfo FindZone(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new ArgumentException(
                $"There is no time zone \"{name}\" on this system; an IANA name such as Europe/Berlin or UTC is expected.",
                    exception);
        }
    }
}
