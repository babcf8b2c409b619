namespace Recurant.Data;

/// <summary>Finds the rule that times follow.</summary>
internal static class TimeLearning
{
    /// <summary>More rows missing than this many times the rows there are: the times follow no rule.</summary>
    internal const int MostMissing = 4;

    private const int DistancesKept = 100_000;

    /// <summary>How far a distance may be from a step, in steps, and how many must be so near.</summary>
    private const double Jitter = 0.25, MostlyOne = 0.9;

    /// <summary>A step that is this near to a round one, as a share of itself, is the round one.</summary>
    private const double NearlyRound = 0.005;

    internal static TimeRule Learn(ReadOnlySpan<long> times, IReadOnlyList<SeriesSpan> series, TimeAxis clock)
    {
        Distances found = Distances.Of(times, series);
        if (found.Count == 0) return new TimeRule(TimeUnit.Irregular, 1);
        // A day may have 23 hours.
        if (!clock.IsCounted && found.Least > TimeSpan.TicksPerDay - (2 * TimeSpan.TicksPerHour)
            && Calendar(times, series, clock) is { } calendar)
        {
            return calendar;
        }

        long median = found.Median;
        long rows = found.Count + series.Count;
        long exact = found.MissingAt(found.Divisor);
        (long Step, long Missing)? near = median == found.Divisor ? null : Jittering(times, series, median);
        if (near is { } jittering && jittering.Missing < exact && jittering.Missing <= MostMissing * rows)
        {
            return new TimeRule(TimeUnit.Ticks, jittering.Step);
        }

        return exact <= MostMissing * rows
            ? new TimeRule(TimeUnit.Ticks, found.Divisor) : new TimeRule(TimeUnit.Irregular, median);
    }

    /// <summary>A rule of months or days; null if the times of day differ, or the days follow none.</summary>
    private static TimeRule? Calendar(ReadOnlySpan<long> times, IReadOnlyList<SeriesSpan> series, TimeAxis clock)
    {
        TimeSpan? timeOfDay = null;
        bool allLast = true, weekend = false;
        int day = 0;
        long days = 0, months = 0, rows = 0, totalDays = 0, weekends = 0;
        int inner = 0; // the day, where it is not the last of its month
        bool allSame = true;
        foreach (SeriesSpan span in series)
        {
            DateTime before = default;
            for (int row = span.First; row < span.First + span.Count; row++)
            {
                DateTime local = clock.Local(times[row]);
                if ((timeOfDay ??= local.TimeOfDay) != local.TimeOfDay) return null;
                int length = DateTime.DaysInMonth(local.Year, local.Month);
                allLast &= local.Day == length;
                if (local.Day < length)
                {
                    allSame &= inner == 0 || inner == local.Day;
                    inner = local.Day;
                }

                day = Math.Max(day, local.Day);
                weekend |= local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
                if (row > span.First && local != before)
                {
                    long between = (local.Date - before.Date).Days;
                    if (between <= 0) return null;
                    days = Divisor(days, between);
                    months = Divisor(months, ((local.Year - before.Year) * 12) + local.Month - before.Month);
                    if (local.Year == before.Year && local.Month == before.Month) (allLast, allSame) = (false, false);
                    totalDays += between;
                    weekends += between == 3 && before.DayOfWeek == DayOfWeek.Friday ? 1 : 0;
                    rows++;
                }

                before = local;
            }
        }

        if (rows == 0) return null;
        if (allLast && months > 0) return new TimeRule(TimeUnit.MonthEnds, months);
        // A day before the end of its month is the day of all months; one at the end may stand for a later one.
        if (allSame && months > 0 && (inner == 0 || inner == day))
        {
            return new TimeRule(TimeUnit.Months, months, day);
        }

        long all = rows + series.Count;
        if (days == 1 && !weekend && weekends > 0) return new TimeRule(TimeUnit.BusinessDays, 1);
        return (totalDays / days) - rows <= MostMissing * all ? new TimeRule(TimeUnit.Days, days) : null;
    }

    /// <summary>A step near the median of which nearly all distances are multiples, and how many rows it misses.</summary>
    private static (long Step, long Missing)? Jittering(ReadOnlySpan<long> times, IReadOnlyList<SeriesSpan> series, long median)
    {
        double sum = 0;
        long steps = 0;
        foreach (SeriesSpan span in series)
        {
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                long distance = times[row] - times[row - 1];
                if (distance <= 0) continue;
                double k = Math.Round((double)distance / median);
                if (k < 1) return null;
                if (k > 1) continue; // a gap may be of any length
                sum += distance;
                steps++;
            }
        }

        if (steps == 0) return null;
        long step = Rounded(sum / steps);
        long ones = 0, count = 0, missing = 0;
        foreach (SeriesSpan span in series)
        {
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                double distance = times[row] - times[row - 1];
                if (distance <= 0) continue;
                double k = Math.Round(distance / step);
                if (k < 1) return null;
                count++;
                missing += (long)k - 1;
                if (k == 1 && Math.Abs(distance - step) > Jitter * step) return null;
                ones += k == 1 ? 1 : 0;
            }
        }

        return ones >= MostlyOne * count ? (step, missing) : null;
    }

    private static long Rounded(double step)
    {
        foreach (long unit in (ReadOnlySpan<long>)
            [TimeSpan.TicksPerDay, TimeSpan.TicksPerHour, TimeSpan.TicksPerMinute, TimeSpan.TicksPerSecond, 1_000_000, 100_000,
             10_000, 1_000, 100, 10])
        {
            double round = Math.Round(step / unit) * unit;
            if (round > 0 && Math.Abs(step - round) <= NearlyRound * step) return (long)round;
        }

        return Math.Max(1, (long)Math.Round(step));
    }

    private static long Divisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    /// <summary>The distances between neighbouring rows of all series; rows of the same time have none.</summary>
    private sealed class Distances
    {
        private readonly List<long> _kept = [];
        private long _sum;

        internal long Count { get; private set; }

        internal long Least { get; private set; } = long.MaxValue;

        internal long Divisor { get; private set; }

        internal long Median { get; private set; }

        internal static Distances Of(ReadOnlySpan<long> times, IReadOnlyList<SeriesSpan> series)
        {
            var found = new Distances();
            int every = 1 + (times.Length / DistancesKept);
            foreach (SeriesSpan span in series)
            {
                for (int row = span.First + 1; row < span.First + span.Count; row++)
                {
                    long distance = times[row] - times[row - 1];
                    if (distance <= 0) continue;
                    found._sum += distance;
                    found.Least = Math.Min(found.Least, distance);
                    if (found.Divisor == 0 || distance % found.Divisor != 0)
                    {
                        found.Divisor = TimeLearning.Divisor(found.Divisor, distance);
                    }

                    if (found.Count++ % every == 0) found._kept.Add(distance);
                }
            }

            found._kept.Sort();
            found.Median = found._kept.Count == 0 ? 0 : found._kept[found._kept.Count / 2];
            return found;
        }

        /// <summary>How many rows are missing if a step is so long.</summary>
        internal long MissingAt(long step) => (_sum / step) - Count;
    }
}
