namespace Recurant.Tests.Tasks.Forecast;

/// <summary>What every forecaster has to beat, by hand and on series that it must know exactly.</summary>
public class SimpleForecastsTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void LastValue_MissingAtTheEnd_IsTheLastThatIsKnown()
    {
        Assert.Equal([3, 3], Of(SimpleForecasts.LastValue, [1, 3, NaN], 1, 2));
        Assert.Equal([0, 0], Of(SimpleForecasts.LastValue, [], 1, 2));
        Assert.Equal([0], Of(SimpleForecasts.LastValue, [NaN, NaN], 1, 1));
    }

    [Fact]
    public void SeasonalNaive_MissingValues_AreThoseOfTheSeasonBefore()
    {
        Assert.Equal([4, 2, 6, 4, 2, 6, 4], Of(SimpleForecasts.SeasonalNaive, [1, 2, 3, 4, NaN, 6], 3, 7));
        // Before the first whole season: the last value stands for the steps that were never seen.
        Assert.Equal([7, 7, 5, 7, 7], Of(SimpleForecasts.SeasonalNaive, [5, 7], 4, 5));
    }

    [Fact]
    public void Theta_StraightLine_GoesOnWithHalfItsSlope()
    {
        float[] forecast = Of(SimpleForecasts.Theta, [.. Enumerable.Range(0, 30).Select(i => 10f + 2 * i)], 1, 4);
        for (int h = 0; h < 4; h++) Assert.Equal(68f + (h + 1), forecast[h], 1e-3f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Theta_PureSeason_GoesOnWithIt(int more)
    {
        float[] season = [10, 20, 30];
        float[] history = [.. Enumerable.Range(0, 30 + more).Select(i => season[i % 3])];
        float[] forecast = Of(SimpleForecasts.Theta, history, 3, 5);
        for (int h = 0; h < 5; h++) Assert.Equal(season[(history.Length + h) % 3], forecast[h], 1e-2f);
    }

    [Fact]
    public void Theta_ShortConstantOrMissing_IsFinite()
    {
        Assert.Equal([2, 2], Of(SimpleForecasts.Theta, [1, 2], 3, 2));
        Assert.Equal([0], Of(SimpleForecasts.Theta, [NaN, NaN, NaN, NaN], 3, 1));
        Assert.All(Of(SimpleForecasts.Theta, [.. Enumerable.Repeat(7f, 40)], 4, 3), value => Assert.Equal(7f, value, 1e-4f));
        Assert.All(Of(SimpleForecasts.Theta, new float[40], 4, 3), value => Assert.Equal(0f, value));
        Assert.All(
            Of(SimpleForecasts.Theta, [NaN, 5, NaN, 5, 5, NaN, NaN, 5], 2, 3), value => Assert.Equal(5f, value, 1e-4f));
    }

    [Fact]
    public void LinearForecast_WavesOfAnyLevel_AreGoneOnWith()
    {
        // Of a sine four values tell amplitude and phase whatever its level is, so that a linear map continues it.
        float[] values = [.. Enumerable.Range(0, 300).Select(i => 50f + 3f * MathF.Sin(0.7f * i))];
        var table = SeriesTable.Of([values]);
        var spec = new ForecasterSpec
        {
            Columns = [SeriesColumnSpec.Fit(table.Columns[0], ColumnRole.Target, [(0, 300)])], Lookback = 6, Horizon = 5,
            Recurrent = new RecurrentSpec { HiddenSize = 3 },
        };
        var rows = new ForecastRows(table, spec);
        var learnt = new SeriesWindows(1, [(6, 240, 260)]);
        LinearForecast linear = LinearForecast.Fit(
            rows, spec, learnt, [new SeriesWindow(0, 0, 250, 260)], Workers.ForThreads(1))!;
        var forecast = new float[5];
        linear.Forecast(rows, spec, new SeriesWindow(0, 0, 280, 280), forecast);
        // The ridge of 1e-4 draws towards the last value a little.
        for (int h = 0; h < 5; h++) Assert.Equal(values[280 + h], forecast[h], 0.05f);
        Assert.Null(LinearForecast.Fit(rows, spec, new SeriesWindows(1, [(6, 7, 20)]), [], Workers.ForThreads(1)));
    }

    private static float[] Of(SimpleForecast forecast, float[] history, int season, int steps)
    {
        var values = new float[steps];
        forecast(history, season, values);
        return values;
    }
}
