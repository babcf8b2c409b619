namespace Recurant.Tests.Data;

/// <summary>The rule of times is learnt, and continued.</summary>
public class TimeRuleTests
{
    private static readonly TimeAxis s_wall = new(new TimeRule(TimeUnit.Irregular, 1));

    [Fact]
    public void Learn_AnyHours_AreTicks()
    {
        Assert.Equal(new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour),
            Learn(Steps(At(2024, 1, 1), 10, TimeSpan.FromHours(1))));
        Assert.Equal(new TimeRule(TimeUnit.Ticks, 30 * TimeSpan.TicksPerMinute),
            Learn(Steps(At(2024, 1, 1), 99, TimeSpan.FromMinutes(30))));
        // A row is missing: the step stays.
        long[] gap = [.. Steps(At(2024, 1, 1), 10, TimeSpan.FromHours(1)).Where((_, i) => i != 5)];
        Assert.Equal(new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour), Learn(gap));
    }

    [Theory]
    [InlineData(200, 0.5, 200)]
    [InlineData(60_000, 1000, 60_000)]
    [InlineData(1000, 30, 1000)]
    public void Learn_StepsThatJitter_AreRounded(double milliseconds, double jitter, double expected)
    {
        var random = new Random(5);
        long[] times = [.. Enumerable.Range(0, 400).Select(i =>
            (long)(((milliseconds * i) + (jitter * ((2 * random.NextDouble()) - 1) / 2)) * TimeSpan.TicksPerMillisecond))];
        Assert.Equal(new TimeRule(TimeUnit.Ticks, (long)(expected * TimeSpan.TicksPerMillisecond)), Learn(times));
    }

    [Fact]
    public void Learn_AnyDays_AreDays()
    {
        Assert.Equal(new TimeRule(TimeUnit.Days, 1), Learn(Steps(At(2024, 1, 1), 10, TimeSpan.FromDays(1))));
        Assert.Equal(new TimeRule(TimeUnit.Days, 7), Learn(Steps(At(2024, 1, 3), 10, TimeSpan.FromDays(7))));
        // Four days of a week do not tell business days.
        Assert.Equal(new TimeRule(TimeUnit.Days, 1), Learn(Steps(At(2024, 1, 1), 4, TimeSpan.FromDays(1))));
    }

    [Fact]
    public void Learn_NoWeekend_IsBusinessDays()
    {
        long[] days = [.. Enumerable.Range(0, 30).Select(i => At(2024, 1, 1).AddDays(i))
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && day.Day != 15).Select(day =>
                day.Ticks)];
        Assert.Equal(new TimeRule(TimeUnit.BusinessDays, 1), Learn(days));
    }

    [Theory]
    [InlineData(1, 1, TimeUnit.Months, 1)]
    [InlineData(1, 15, TimeUnit.Months, 15)]
    [InlineData(3, 1, TimeUnit.Months, 1)]
    [InlineData(12, 1, TimeUnit.Months, 1)]
    [InlineData(1, 30, TimeUnit.Months, 30)]
    [InlineData(1, 31, TimeUnit.MonthEnds, 0)]
    [InlineData(3, 31, TimeUnit.MonthEnds, 0)]
    public void Learn_AnyMonths_AreMonths(int size, int day, TimeUnit unit, int dayOfMonth)
    {
        long[] months = [.. Enumerable.Range(0, 14).Select(i => At(2023, 1, 1).AddMonths(i * size))
            .Select(first => first.AddDays(Math.Min(day, DateTime.DaysInMonth(first.Year, first.Month)) - 1).Ticks)];
        TimeRule rule = Learn(months);
        Assert.Equal(new TimeRule(unit, size, dayOfMonth), rule);
        var axis = new TimeAxis(rule);
        for (int i = 1; i < months.Length; i++)
        {
            Assert.Equal(months[i], axis.After(months[i - 1], 1));
            Assert.Equal(months[i], axis.After(months[0], i));
            Assert.Equal(months[0], axis.After(months[i], -i));
        }
    }

    [Fact]
    public void Learn_DistancesOfAllSeries_CountTogether()
    {
        long[] times = [At(2024, 1, 1).Ticks, At(2024, 1, 2).Ticks, At(2023, 5, 1).Ticks, At(2023, 5, 5).Ticks];
        SeriesSpan[] series = [new("a", 0, 2), new("b", 2, 2)];
        Assert.Equal(new TimeRule(TimeUnit.Days, 1), TimeRule.Learn(times, series, s_wall));
    }

    [Fact]
    public void Learn_NoDistanceAndNoRule_AreIrregular()
    {
        Assert.Equal(TimeUnit.Irregular, Learn([At(2024, 1, 1).Ticks]).Unit);
        var random = new Random(3);
        long time = 0;
        long[] events = [.. Enumerable.Range(0, 100).Select(_ => time += random.Next(1, 100_000) * TimeSpan.TicksPerMillisecond)];
        Assert.False(Learn(events).IsRegular);
    }

    [Fact]
    public void Learn_DaysOfAClockThatChanges_AreDays()
    {
        var axis = new TimeAxis(new TimeRule(TimeUnit.Irregular, 1), default, "Europe/Berlin");
        long[] midnights = [.. Enumerable.Range(0, 10).Select(i => axis.InstantOf(At(2024, 3, 27).AddDays(i)))];
        TimeRule rule = TimeRule.Learn(midnights, [new("", 0, 10)], axis);
        Assert.Equal(new TimeRule(TimeUnit.Days, 1), rule);
        Assert.Equal(midnights[9], (axis with { Rule = rule }).After(midnights[0], 9));
    }

    [Fact]
    public void InstantOf_RepeatedHour_TakesTheSecondAfterTheFirst()
    {
        var axis = new TimeAxis(new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour), default, "Europe/Berlin");
        var local = new DateTime(2024, 10, 27, 2, 0, 0);
        long first = axis.InstantOf(local);
        Assert.Equal(new DateTime(2024, 10, 27, 0, 0, 0).Ticks, first);
        Assert.Equal(first + TimeSpan.TicksPerHour, axis.InstantOf(local, first));
        Assert.Equal((local, local), (axis.Local(first), axis.Local(axis.After(first, 1))));
        // What the clock leaves out is told an hour later.
        Assert.Equal(new DateTime(2024, 3, 31, 3, 30, 0), axis.Local(axis.InstantOf(new DateTime(2024, 3, 31, 2, 30, 0))));
    }

    [Fact]
    public void Local_OffsetOfHalfAnHour_IsAdded()
    {
        var axis = new TimeAxis(new TimeRule(TimeUnit.Days, 1), new TimeSpan(5, 30, 0));
        long instant = axis.InstantOf(At(2024, 6, 4));
        Assert.Equal(new DateTime(2024, 6, 3, 18, 30, 0).Ticks, instant);
        Assert.Equal(At(2024, 6, 6), axis.Local(axis.After(instant, 2)));
    }

    [Theory]
    [InlineData("2024-01-05", 1, "2024-01-08")]
    [InlineData("2024-01-06", 1, "2024-01-08")]
    [InlineData("2024-01-01", 260, "2024-12-30")]
    [InlineData("2024-01-08", -1, "2024-01-05")]
    public void After_BusinessDays_LeavesWeekendsOut(string from, int steps, string expected) => Assert.Equal(
        DateTime.Parse(expected).Ticks,
        new TimeAxis(new TimeRule(TimeUnit.BusinessDays, 1)).After(DateTime.Parse(from).Ticks, steps));

    [Fact]
    public void Local_CountedTimesAndUnknownZones_AreRefused()
    {
        var counted = new TimeAxis(new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerSecond)) { IsCounted = true };
        Assert.Contains("counted (3.5)", Assert.Throws<InvalidOperationException>(() => counted.Local(35_000_000)).Message);
        Assert.Contains("\"Nowhere/Town\"", Assert.Throws<ArgumentException>(() =>
            new TimeAxis(new TimeRule(TimeUnit.Days, 1), default, "Nowhere/Town").Local(0)).Message);
    }

    [Theory]
    [InlineData(TimeUnit.Ticks, 600_000_000, 0, "every minute")]
    [InlineData(TimeUnit.Ticks, 18_000_000_000, 0, "every 30 minutes")]
    [InlineData(TimeUnit.Ticks, 2_000_000, 0, "every 200 ms")]
    [InlineData(TimeUnit.Days, 7, 0, "weekly")]
    [InlineData(TimeUnit.BusinessDays, 1, 0, "on business days")]
    [InlineData(TimeUnit.Months, 3, 1, "quarterly")]
    [InlineData(TimeUnit.Months, 1, 15, "monthly, on day 15")]
    [InlineData(TimeUnit.MonthEnds, 12, 0, "yearly, on the last day")]
    [InlineData(TimeUnit.Irregular, 36_000_000_000, 0, "irregular, about hourly")]
    public void ToString_AnyRule_SaysItInWords(TimeUnit unit, long size, int day, string expected) =>
        Assert.Equal(expected, new TimeRule(unit, size, day).ToString());

    private static DateTime At(int year, int month, int day) => new(year, month, day);

    private static long[] Steps(DateTime from, int count, TimeSpan step) =>
        [.. Enumerable.Range(0, count).Select(i => (from + (i * step)).Ticks)];

    private static TimeRule Learn(long[] times) => TimeRule.Learn(times, [new("", 0, times.Length)], s_wall);
}
