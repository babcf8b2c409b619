namespace Recurant.Tests.Tasks.Forecast;

/// <summary>Small series, and a forecaster that learns from them in a moment.</summary>
internal static class ForecastCase
{
    public static ForecastOptions Small { get; } = new()
    {
        Hidden = 4, Epochs = 2, Models = 1, Batch = 8, Threads = 1, Horizon = 4, Lookback = 8, Segment = 2, Season = 1,
    };

    /// <summary>On the values as they are: no logarithms, and forecasts of any sign.</summary>
    public static ForecastOptions Plain { get; } = Small with { Logarithms = false, AllowNegative = true };

    /// <summary>A wave with noise about a level.</summary>
    public static float[] Wave(int rows, float level = 20f, ulong seed = 1)
    {
        float[] noise = Bits.Random(rows, seed);
        return [.. noise.Select((value, t) => level + 3f * MathF.Sin(0.8f * t + seed) + 0.3f * value)];
    }

    /// <summary>Three series of unequal lengths.</summary>
    public static SeriesTable Table() => SeriesTable.Of([Wave(40), Wave(30, 50, 2), Wave(23, 35, 3)], "y");

    public static ForecasterModel Train(ForecastDataset data, ForecastOptions options) =>
        ForecasterTrainer.Train(data, options).Model;

    public static byte[] Bytes(ForecastDataset data, ForecastOptions options) => ModelFile.ToBytes(Train(data, options));

    /// <summary>Mean and quantiles of all forecasts, one behind the other.</summary>
    public static float[] Flat(IEnumerable<SeriesForecast> forecasts) =>
        [.. forecasts.SelectMany(forecast => forecast.Mean.Concat(forecast.Quantiles))];

    public static void AssertAscendingAndFinite(IEnumerable<SeriesForecast> forecasts)
    {
        foreach (SeriesForecast forecast in forecasts)
        {
            int levels = forecast.Levels.Count;
            Assert.All(forecast.Quantiles.Concat(forecast.Mean), value => Assert.True(float.IsFinite(value), forecast.Id));
            for (int i = 1; i < forecast.Quantiles.Count; i++)
            {
                if (i % levels == 0) continue;
                Assert.True(
                    forecast.Quantiles[i] >= forecast.Quantiles[i - 1], $"{forecast.Id}, step {i / levels}, level {i % levels}");
            }
        }
    }
}
