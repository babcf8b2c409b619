namespace Recurant.Tests.Inputs.Numbers;

/// <summary>How long ago values were known, by hand.</summary>
public class LastKnownTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void Of_IrregularTimes_CountsByTheClockFromTheRowBeforeThatWasKnown()
    {
        // Two series: each begins anew.
        float[] values = [1, NaN, NaN, 4, 5, NaN, 2];
        long[] times = [0, 10, 15, 35, 40, 100, 130];
        var table = new SeriesTable(
            "t", [new SeriesColumn("x", values)], [new SeriesSpan("a", 0, 5), new SeriesSpan("b", 5, 2)], times,
            new TimeAxis(new TimeRule(TimeUnit.Irregular, 10)));
        (float[] last, float[] ages) = LastKnown.Of(table, values, 10);
        Assert.Equal([1, 1, 1, 4, 5, NaN, 2], last);
        Assert.Equal([0, 1, 1.5f, 3.5f, 0.5f, 0, 3], ages);
        // By rows.
        Assert.Equal([0, 1, 2, 3, 1, 0, 1], LastKnown.Of(table, values, 0).Ages);
    }

    [Fact]
    public void Write_AColumnWithAge_HasTheLastValueTheMaskAndTheAge()
    {
        var column = new SeriesColumnSpec { Name = "x", Role = ColumnRole.Past, Mean = 2, Deviation = 4, AgeUnit = 0 };
        float[] numbers = new float[3];
        column.Write(6, numbers, last: 6, age: 3);
        Assert.Equal([1, 1, 3], numbers);
        column.Write(NaN, numbers, last: 10, age: 5);
        Assert.Equal([2, 0, 5], numbers);
        column.Write(NaN, numbers);
        Assert.Equal([0, 0, 0], numbers);
        Assert.Throws<ArgumentException>(() => (column with { AgeUnit = -1 }).Validate());
        Assert.Throws<ArgumentException>(() => (column with { Categories = ["a"] }).Validate());
    }
}
