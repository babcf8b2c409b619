namespace Recurant.Tests.Inputs.Numbers;

/// <summary>What a column becomes, and that nothing but the rows learnt from is fitted.</summary>
public class SeriesColumnSpecTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void Fit_RowsOutside_ChangeNothing()
    {
        float[] values = [1, 3, 900, NaN, 5, 7, -900];
        SeriesColumnSpec spec = Fit(values, (0, 2), (4, 6));
        Assert.Equal((4f, false, 1), (spec.Mean, spec.HasMissing, spec.Width));
        Assert.Equal(MathF.Sqrt(5), spec.Deviation, 1e-6f);
        Assert.Equal(spec, Fit([1, 3, NaN, 0, 5, 7, 12345], (0, 2), (4, 6)));
        Assert.Equal([(5 - 4) / MathF.Sqrt(5)], Written(spec, 5));
        // Missing where it was never missing: as the mean.
        Assert.Equal([0f], Written(spec, NaN));
        // What lies far out is cut off at ten deviations.
        Assert.Equal([10f], Written(spec, 900));
        Assert.Equal([-10f], Written(spec, -900));
    }

    [Fact]
    public void Fit_MissingValues_BecomeAFlag()
    {
        SeriesColumnSpec spec = Fit([1, NaN, 3], (0, 3));
        Assert.Equal((2f, 1f, true, 2), (spec.Mean, spec.Deviation, spec.HasMissing, spec.Width));
        Assert.Equal([1f, 1f], Written(spec, 3));
        Assert.Equal([0f, 0f], Written(spec, NaN));
    }

    [Theory]
    [InlineData(7f)]
    [InlineData(0f)]
    [InlineData(1e8f)]
    public void Fit_ConstantColumn_TellsNothing(float value)
    {
        SeriesColumnSpec spec = Fit([value, value, value], (0, 3));
        Assert.Equal((value, 0f), (spec.Mean, spec.Deviation));
        Assert.Equal([0f], Written(spec, value));
        Assert.Equal([0f], Written(spec, value + 5));
        spec.Validate();
    }

    [Fact]
    public void Fit_LargeNumbersThatHardlyDiffer_KeepTheirDeviation()
    {
        SeriesColumnSpec spec = Fit([1e5f + 1, 1e5f + 3, 1e5f + 1, 1e5f + 3], (0, 4));
        Assert.Equal((1e5f + 2, 1f), (spec.Mean, spec.Deviation));
    }

    [Fact]
    public void Fit_NoRowOrNoValue_IsFinite()
    {
        Assert.Equal((0f, 0f), Of(Fit([1, 2])));
        Assert.Equal((0f, 0f), Of(Fit([NaN, NaN], (0, 2))));

        static (float, float) Of(SeriesColumnSpec spec)
        {
            spec.Validate();
            return (spec.Mean, spec.Deviation);
        }
    }

    [Fact]
    public void Fit_Categories_HaveAnEntryForTheUnknown()
    {
        SeriesColumnSpec spec = SeriesColumnSpec.Fit(
            new SeriesColumn("kind", [1, 0, NaN], ["red", "blue"]), ColumnRole.Known, [(0, 1)]);
        Assert.Equal((3, 0f, 1f), (spec.Width, spec.Mean, spec.Deviation));
        Assert.Equal([1f, 0f, 0f], Written(spec, 0));
        Assert.Equal([0f, 1f, 0f], Written(spec, 1));
        Assert.Equal([0f, 0f, 1f], Written(spec, NaN));
    }

    [Theory]
    [InlineData(NaN, 1f)]
    [InlineData(0f, -1f)]
    [InlineData(0f, float.PositiveInfinity)]
    public void Validate_ImpossibleNumbers_AreNamed(float mean, float deviation) => Assert.Contains(
        "The column \"value\" has the mean",
        Assert.Throws<ArgumentException>(() => (Fit([1, 2], (0, 2)) with { Mean = mean, Deviation = deviation }).Validate())
            .Message);

    private static SeriesColumnSpec Fit(float[] values, params (int, int)[] rows) =>
        SeriesColumnSpec.Fit(new SeriesColumn("value", values), ColumnRole.Past, rows);

    private static float[] Written(SeriesColumnSpec spec, float value)
    {
        float[] numbers = [99, 99, 99];
        spec.Write(value, numbers);
        return numbers[..spec.Width];
    }
}
