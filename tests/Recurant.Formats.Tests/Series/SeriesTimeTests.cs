using System.Globalization;

namespace Recurant.Formats.Tests;

/// <summary>Times are read as people write them, and written in the same way.</summary>
public sealed class SeriesTimeTests : SeriesFiles
{
    [Theory]
    [InlineData("2024-01-31|2024-02-29|2024-03-31", "2024-04-30", "yyyy-MM-dd")]
    [InlineData("2024-01-30T22:00Z|2024-01-30T23:00Z|2024-01-31T00:00Z", "2024-01-31T01:00Z", "yyyy-MM-ddTHH:mmZ")]
    [InlineData("2024-01-30 22:00:00-0800|2024-01-30 23:00:00-0800|2024-01-31 00:00:00-0800", "2024-01-31 01:00:00-0800",
        "yyyy-MM-dd HH:mm:sszzz")]
    [InlineData("31.12.2023 23:00|01.01.2024 00:00|01.01.2024 01:00", "01.01.2024 02:00", "dd.MM.yyyy HH:mm")]
    [InlineData("1/30/2024|1/31/2024|2/1/2024", "2/2/2024", "M/d/yyyy")]
    [InlineData("13/1/24|14/1/24|15/1/24", "16/1/24", "d/M/yy")]
    [InlineData("Jan 1 2000|Feb 1 2000|Mar 1 2000", "Apr 1 2000", "MMM d yyyy")]
    [InlineData("1-Jan-2000|1-Feb-2000|1-Mar-2000", "1-Apr-2000", "d-MMM-yyyy")]
    [InlineData("January 5, 2000|January 6, 2000|January 7, 2000", "January 8, 2000", "MMMM d, yyyy")]
    [InlineData("Jan-98|Feb-98|Mar-98", "Apr-98", "MMM-yy")]
    [InlineData("1949-01|1949-02|1949-03", "1949-04", "yyyy-MM")]
    [InlineData("1-11|1-12|2-01", "2-02", "yyyy-MM")]
    [InlineData("2000|2001|2002", "2003", "yyyy")]
    [InlineData("2000-Q1|2000-Q2|2000-Q3", "2000-Q4", "yyyy-Qq")]
    [InlineData("2000Q3|2000Q4|2001Q1", "2001Q2", "yyyyQq")]
    [InlineData("Q3 2000|Q4 2000|Q1 2001", "Q2 2001", "Qq yyyy")]
    [InlineData("2020-W52|2020-W53|2021-W01", "2021-W02", "yyyy-Www")]
    [InlineData("20240131|20240201|20240202", "20240203", "yyyyMMdd")]
    [InlineData("1664445000|1664448600|1664452200", "1664455800", "seconds since 1970")]
    [InlineData("1664445000000|1664445060000|1664445120000", "1664445180000", "milliseconds since 1970")]
    [InlineData("1664445000000000000|1664445001000000000|1664445002000000000", "1664445003000000000", "nanoseconds since 1970")]
    [InlineData("0.0|0.5|1.0", "1.5", "numbers that count")]
    [InlineData("2024-01-01 11:00 PM|2024-01-02 12:00 AM|2024-01-02 1:00 AM", "2024-01-02 2:00 AM", "yyyy-MM-dd h:mm tt")]
    [InlineData("2024-01-01 00:00:00.25|2024-01-01 00:00:00.50|2024-01-01 00:00:00.75", "2024-01-01 00:00:01.00",
        "yyyy-MM-dd HH:mm:ss.ff")]
    [InlineData("Mon 2024-01-01|Tue 2024-01-02|Wed 2024-01-03", "Thu 2024-01-04", "ddd yyyy-MM-dd")]
    public void Read_AnyTimes_GoOnInTheSameWay(string times, string next, string format)
    {
        SeriesFile file = Read("d.csv", "time;y\n" + string.Concat(times.Split('|').Select((time, i) => $"\"{time}\";{i}.5\n")));
        Assert.Equal(times.Split('|'), Enumerable.Range(0, 3).Select(row => Time(file, row)));
        Assert.Equal((next, format), (Next(file, 1), file.Times!.ToString()));
        Assert.Empty(file.Table.Warnings);
    }

    [Fact]
    public void Read_SpringForward_HasNoGapWithItsZone()
    {
        string rows = "time,y\n" + Rows(30, i =>
        {
            DateTime utc = new DateTime(2024, 3, 30, 12, 0, 0).AddHours(i);
            DateTime local = TimeZoneInfo.ConvertTimeFromUtc(
                DateTime.SpecifyKind(utc, DateTimeKind.Utc), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
            return $"{local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)},{i}.5";
        });
        SeriesFile wall = Read("d.csv", rows);
        Assert.Equal((31, 1), (wall.Table.Rows, wall.Table.Warnings.Count));
        SeriesFile zoned = Read("d.csv", rows, new SeriesFormatOptions { TimeZone = "Europe/Berlin" });
        Assert.Equal(30, zoned.Table.Rows);
        Assert.Empty(zoned.Table.Warnings);
    }

    [Fact]
    public void Read_SeveralOffsets_AreToldAndOneInstant()
    {
        SeriesFile file = Read("d.csv",
            "time,y\n2024-10-27T01:30:00+02:00,1\n2024-10-27T02:30:00+02:00,2\n2024-10-27T02:30:00+01:00,3\n"
            + "2024-10-27T03:30:00+01:00,4\n");
        Assert.Equal(new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour), file.Table.Axis!.Rule);
        Assert.Equal("2024-10-27T04:30:00+01:00", Next(file, 1));
        Assert.Equal(
            "d.csv: the times have several offsets from UTC; days are counted with the last of them. --time-zone NAME names the "
            + "zone (TimeZone).", Warnings(file));
        SeriesFile zoned = SeriesReader.Read(Path.Combine(Root, "d.csv"), new SeriesFormatOptions { TimeZone = "Europe/Berlin" });
        Assert.Empty(zoned.Table.Warnings);
        Assert.Equal("2024-10-27T01:30:00+02:00", Time(zoned, 0));
    }

    [Fact]
    public void Read_TimeNamedByOption_IsTaken()
    {
        SeriesFile file = Read("d.csv",
            "when,then,y\n2024-01-01,2020-01-01,1\n2024-01-02,2020-02-01,2\n2024-01-03,2020-03-01,3\n",
            new SeriesFormatOptions { Time = ["then"] });
        Assert.Equal(new TimeRule(TimeUnit.Months, 1, 1), file.Table.Axis!.Rule);
        Assert.Equal(
            "d.csv: the column \"when\" holds times and is passed over; --time names the column of the time (Time).",
                Warnings(file));
        Assert.Equal(["then"], SeriesReader.Read(Path.Combine(Root, "d.csv")).OtherTimes);
    }

    [Fact]
    public void Read_RepeatedHourOfHalfHours_HasEqualStepsWithItsZone()
    {
        string[] local = ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"];
        string rows = "time,y\n" + string.Concat(local.Select((time, i) => $"2024-10-27 {time},{i}.5\n"));
        SeriesFile zoned = Read("d.csv", rows, new SeriesFormatOptions { TimeZone = "Europe/Berlin" });
        Assert.Equal("0.5 1.5 2.5 3.5 4.5 5.5 6.5 7.5", Values(zoned, "y"));
        Assert.Equal(("every 30 minutes, Europe/Berlin", 0), (zoned.Table.Axis!.ToString(), zoned.Table.Warnings.Count));
        // Without the zone nothing is lost, and both things that are odd are told.
        SeriesFile wall = Read("d.csv", rows);
        Assert.Equal((8, 2), (wall.Table.Rows, wall.Table.Warnings.Count));
    }
}
