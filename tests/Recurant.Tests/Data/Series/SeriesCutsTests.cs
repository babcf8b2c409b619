namespace Recurant.Tests.Data.Series;

/// <summary>Tables made of parts of others.</summary>
public class SeriesCutsTests
{
    private const long Day = TimeSpan.TicksPerDay;
    private const float NaN = float.NaN;

    [Fact]
    public void FirstRowsAndWithoutFirst_OfEachSeries_AreTheTwoParts()
    {
        SeriesTable table = Table("t", ("a", 0, [1, 2, 3]), ("b", 4, [4, 5]));
        SeriesTable first = table.FirstRows(i => 2 - 2 * i), rest = table.WithoutFirst(i => 2 - 2 * i);
        Assert.Equal([new SeriesSpan("a", 0, 2)], first.Series);
        Assert.Equal([1, 2], first.Columns[0].Values);
        Assert.Equal([new SeriesSpan("a", 0, 1), new SeriesSpan("b", 1, 2)], rest.Series);
        Assert.Equal([3, 4, 5], rest.Columns[0].Values);
        Assert.Equal([2, 4, 5], Days(rest));
        Assert.Equal(5, table.FirstRows(_ => 99).Rows);
        Assert.Contains("t: no rows are left", Assert.Throws<ArgumentException>(() => table.FirstRows(_ => 0)).Message);
        Assert.Contains("t: no rows are left", Assert.Throws<ArgumentException>(() => table.WithoutFirst(_ => 3)).Message);
    }

    [Fact]
    public void FollowedBy_RowsLater_HaveMissingOnesBetween()
    {
        SeriesTable whole = Table("t", ("a", 0, [1, 2, 3]), ("b", 0, [4, 5]), ("alone", 0, [9])).FollowedBy(
            Table("u", ("new", 7, [6]), ("b", 2, [7]), ("a", 5, [8, 10])));
        Assert.Equal(
            [new("a", 0, 7), new("b", 7, 3), new("alone", 10, 1), new SeriesSpan("new", 11, 1)], whole.Series);
        Assert.Equal([1, 2, 3, NaN, NaN, 8, 10, 4, 5, 7, 9, 6], whole.Columns[0].Values);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 0, 7], Days(whole));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void FollowedBy_TimesThatGoBack_AreRefused(int from) => Assert.Equal(
        $"u: its first row of the series \"a\" is of 0001-01-0{from + 1}, which is not after the last row of t, "
        + "0001-01-03. Its rows must continue those.",
        Assert.Throws<InvalidDataException>(() => Table("t", ("a", 0, [1, 2, 3])).FollowedBy(
            Table("u", ("a", from, [8, 10])))).Message);

    [Fact]
    public void FollowedBy_AnotherTime_IsNoGap() => Assert.Contains(
        "u: more than 1000 steps lie between its first row",
        Assert.Throws<InvalidDataException>(() => Table("t", ("a", 0, [1, 2, 3])).FollowedBy(
            Table("u", ("a", 2000, [8, 10])))).Message);

    [Fact]
    public void FollowedBy_OtherColumns_AreNamed()
    {
        var other = new SeriesTable("u", [new SeriesColumn("z", [1])], [new("a", 0, 1)]);
        Assert.Contains(
            "u: there is no column \"y\"",
            Assert.Throws<InvalidDataException>(() => Plain([0, 1], null).FollowedBy(other)).Message);
    }

    /// <summary>The places of categories mean something in their own table alone.</summary>
    [Theory]
    [InlineData("blue red")]
    [InlineData("red blue green")]
    [InlineData(null)]
    public void FollowedBy_CategoriesOfOtherPlaces_AreRefused(string? categories) => Assert.Contains(
        "t: the column \"y\" has ",
        Assert.Throws<InvalidDataException>(() =>
            Plain([0, 1], ["red", "blue"]).FollowedBy(Plain([1, 0], categories?.Split(' ')))).Message);

    [Fact]
    public void FollowedBy_TheSameCategories_AreKept()
    {
        SeriesTable whole = Plain([0, 1], ["red", "blue"]).FollowedBy(Plain([0, NaN], ["red"]));
        Assert.Equal([0, 1, 0, NaN], whole.Columns[0].Values);
        Assert.Equal(["red", "blue"], whole.Columns[0].Categories);
    }

    private static SeriesTable Plain(float[] values, string[]? categories) =>
        new("t", [new SeriesColumn("y", values, categories)], [new("a", 0, values.Length)]);

    private static SeriesTable Table(string name, params (string Id, int From, float[] Values)[] series)
    {
        var spans = new List<SeriesSpan>();
        var (values, times) = (new List<float>(), new List<long>());
        foreach ((string id, int from, float[] own) in series)
        {
            spans.Add(new SeriesSpan(id, values.Count, own.Length));
            values.AddRange(own);
            times.AddRange(own.Select((_, i) => (from + i) * Day));
        }

        return new SeriesTable(
            name, [new SeriesColumn("y", [.. values])], spans, [.. times], new TimeAxis(new TimeRule(TimeUnit.Days, 1)));
    }

    private static int[] Days(SeriesTable table) =>
        [.. Enumerable.Range(0, table.Rows).Select(row => (int)(table.InstantOf(row) / Day))];
}
