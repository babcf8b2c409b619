namespace Recurant.Tests.Tasks.Forecast;

/// <summary>Rows learnt from, validated and tested with never overlap, however short a series is.</summary>
public class ForecastPartsTests
{
    [Theory]
    [InlineData(1, 0, 4, 1, 1, 1)]
    [InlineData(2, 0, 4, 2, 2, 2)]
    [InlineData(3, 0, 4, 2, 3, 3)]
    [InlineData(3, 3, 4, 0, 0, 3)]
    [InlineData(9, 0, 4, 6, 9, 9)]
    [InlineData(30, 6, 4, 20, 24, 30)]
    [InlineData(106, 6, 4, 90, 100, 106)]
    [InlineData(30, 6, 100, 16, 24, 30)]
    public void Of_ALength_DividesItSo(int rows, int test, int horizon, int learnt, int valid, int end)
    {
        ForecastParts parts = PartsOf(Series(rows), test, horizon, null);
        Assert.Equal((learnt, valid, end), (parts.LearntEnd[0], parts.ValidEnd[0], parts.TestEnd[0]));
    }

    [Fact]
    public void Of_RowsThatAreAskedFor_AreNoPartAndTestRowsAreCountedFromTheEnd()
    {
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8, float.NaN, float.NaN];
        ForecastParts parts = PartsOf(values, 4, 1, 1);
        Assert.Equal((5, 6, 8), (parts.LearntEnd[0], parts.ValidEnd[0], parts.TestEnd[0]));
        // More test rows are asked for than there are known ones.
        Assert.Equal(0, PartsOf(values, 99, 1, 1).ValidEnd[0]);
        Assert.Equal(0, PartsOf([float.NaN], 0, 1, null).TestEnd[0]);
    }

    [Fact]
    public void Of_AnyLength_PartsAndTheirWindowsNeverOverlap()
    {
        for (int rows = 1; rows < 40; rows++)
        {
            foreach (int test in (int[])[0, 1, 5, rows])
            {
                foreach (int horizon in (int[])[1, 3, 50])
                {
                    foreach (int? validation in (int?[])[null, 1, 7])
                    {
                        ForecastParts parts = PartsOf(Series(rows), test, horizon, validation);
                        (int learnt, int valid, int end) = (parts.LearntEnd[0], parts.ValidEnd[0], parts.TestEnd[0]);
                        string what = $"{rows} rows, {test} to test, horizon {horizon}, validation {validation}";
                        Assert.True(0 <= learnt && learnt <= valid && valid <= end && end <= rows, what);
                        Assert.True(valid < 2 || learnt >= 2, what);
                        foreach (int lookback in (int[])[1, 4, 30])
                        {
                            (int first, int last, int stop) = ForecastParts.Learnable(learnt, lookback, horizon);
                            Assert.Equal(learnt >= 2, last >= first);
                            // A window to learn from has a row before it and one behind it, and looks no farther than the part.
                            if (last >= first) Assert.True(first >= 1 && last < stop && stop == learnt, what);
                            // As soon as they fit, lookback and horizon are whole.
                            if (learnt >= lookback + horizon && lookback <= learnt / 2)
                            {
                                Assert.True(first == lookback, what);
                                Assert.Equal(Math.Max(learnt - horizon, learnt / 2), last);
                            }
                        }

                        CheckWithin(learnt, valid, horizon, what);
                        CheckWithin(valid, end, horizon, what);
                    }
                }
            }
        }
    }

    [Fact]
    public void SetAside_AShare_LeavesTwoRowsToLearnFrom()
    {
        var table = SeriesTable.Of([Series(10), Series(1), Series(2), Series(3)]);
        Assert.Equal([2, 0, 0, 0], ForecastDataset.SetAside(table).TestRows);
        Assert.Equal([9 - 1, 0, 0, 1], ForecastDataset.SetAside(table, 0.9).TestRows);
        // Rows of the future stand behind those that test.
        Assert.Equal([4 + 1, 0, 1, 3], ForecastDataset.SetAside(table, 0.2, [4, 0, 1, 3]).TestRows);
        Assert.Contains(
            "1 numbers of test rows were given for 4 series",
            Assert.Throws<ArgumentException>(() => new ForecastDataset(table, [1])).Message);
        Assert.Throws<ArgumentException>(() => new ForecastDataset(table, [1, -1, 0, 0]));
    }

    private static void CheckWithin(int from, int end, int horizon, string what)
    {
        (int first, int last, int stop) = ForecastParts.Within(from, end, horizon);
        Assert.Equal(end > from && Math.Max(1, from) <= last, last >= first);
        if (last < first) return;
        Assert.True(first >= from && stop == end, what);
        if (last > first) Assert.True(last + horizon <= end, what);
    }

    private static float[] Series(int rows) => [.. Enumerable.Range(0, rows).Select(i => (float)i)];

    private static ForecastParts PartsOf(float[] values, int test, int horizon, int? validation)
    {
        var table = SeriesTable.Of([values]);
        return ForecastParts.Of(new ForecastDataset(table, [test]), [table.Columns[0]], horizon, validation);
    }
}
