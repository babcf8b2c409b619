namespace Recurant.Tests.Data;

/// <summary>Tables of series, and the rows that are put between others.</summary>
public class SeriesTableTests
{
    private static readonly long s_day = TimeSpan.TicksPerDay;

    [Fact]
    public void OfTimes_RowsAreMissing_ArePutInWithoutValues()
    {
        long[] times = [0, s_day, 4 * s_day, 5 * s_day, 10 * s_day, 11 * s_day];
        SeriesSpan[] series = [new("a", 0, 4), new("b", 4, 2)];
        SeriesTable table = SeriesTable.OfTimes(
            "data", [new SeriesColumn("y", [1, 2, 3, 4, 5, 6]), new SeriesColumn("kind", [0, 0, 0, 0, 1, 1], ["x", "z"]),
                new SeriesColumn("size", [7, 7, 7, 7, 8, 8])], series, times);
        Assert.Equal([new("a", 0, 6), new("b", 6, 2)], table.Series);
        Assert.Equal([1, 2, float.NaN, float.NaN, 3, 4, 5, 6], table.Columns[0].Values);
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1], table.Columns[1].Values);
        Assert.Equal([7, 7, 7, 7, 7, 7, 8, 8], table.Columns[2].Values);
        Assert.Equal(3 * s_day, table.InstantOf(3));
        Assert.Equal(
            "data: 2 rows are missing between the others (daily), the first at 0001-01-03; they are put in without values: "
                + "\"a\" 2.",
            Assert.Single(table.Warnings));
    }

    [Fact]
    public void OfTimes_FarTooManyRowsMissing_IsIrregular()
    {
        long[] times = [0, 31 * s_day, 59 * s_day, 12_000 * s_day];
        SeriesTable table = SeriesTable.OfTimes("data", [new SeriesColumn("y", [1, 2, 3, 4])], [new("", 0, 4)], times);
        Assert.Equal((4, false), (table.Rows, table.Axis!.Rule.IsRegular));
    }

    [Fact]
    public void OfTimes_TimesGoBack_IsRefused() => Assert.Contains(
        "The times of the series \"a\" go back at its row 1",
        Assert.Throws<ArgumentException>(() =>
            SeriesTable.OfTimes("data", [new SeriesColumn("y", [1, 2])], [new("a", 0, 2)], [s_day, 0])).Message);

    [Fact]
    public void OfTimes_SameTimeTwice_StaysTwice()
    {
        SeriesTable table = SeriesTable.OfTimes(
            "data", [new SeriesColumn("y", [1, 2, 3, 4])], [new("", 0, 4)], [0, s_day, s_day, 2 * s_day]);
        Assert.Equal((4, new TimeRule(TimeUnit.Days, 1)), (table.Rows, table.Axis!.Rule));
    }

    [Fact]
    public void Of_Arrays_IsSeriesWithoutTimes()
    {
        SeriesTable table = SeriesTable.Of([[1, 2], [3]]);
        Assert.Equal([new("1", 0, 2), new("2", 2, 1)], table.Series);
        Assert.Equal([1, 2, 3], table.Columns[0].Values);
        Assert.Throws<InvalidOperationException>(() => table.TimeOf(0));
        Assert.Throws<InvalidOperationException>(() => table.InstantOf(0));
    }

    [Theory]
    [InlineData(float.PositiveInfinity, null)]
    [InlineData(2f, "a b")]
    [InlineData(0.5f, "a b")]
    public void Column_ImpossibleValue_IsRefused(float value, string? categories) => Assert.Contains(
        "Row 1 of the column \"y\"",
        Assert.Throws<ArgumentException>(() => new SeriesColumn("y", [float.NaN, value], categories?.Split(' '))).Message);
}
