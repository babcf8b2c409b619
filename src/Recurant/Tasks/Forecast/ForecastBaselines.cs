using System.Globalization;

namespace Recurant.Tasks;

/// <summary>A simple forecast and how good it is.</summary>
/// <param name="Name">"last value", "seasonal naive", "linear" or "theta".</param>
/// <param name="Score">Its scores, on the same windows as the model's.</param>
public sealed record ForecastBaseline(string Name, ForecastScore Score)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(ForecastBaseline), PrintMembers);
}

/// <summary>Scores simple forecasts beside a model, on the same windows: whoever cannot beat them has learnt nothing.</summary>
public static class ForecastBaselines
{
    /// <summary>Scores all of them.</summary>
    /// <param name="model">The model, for its columns, lookback, horizon and season.</param>
    /// <param name="data">The series, and which of their rows test.</param>
    /// <param name="standardised">Whether errors are told of values standardised by the training part. Default: no.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="cancellation">Looked at between windows.</param>
    /// <returns>The last value, the seasonal naive (where there is a season), the linear map and Theta.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<ForecastBaseline> Score(
        ForecasterModel model, ForecastDataset data, bool standardised = false, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ForecasterSpec spec = model.Spec;
        ForecastTest test = ForecastTest.Of(data, spec);
        var scores = new List<ForecastBaseline> { Of("last value", SimpleForecasts.LastValue) };
        if (spec.Season > 1) scores.Add(Of("seasonal naive", SimpleForecasts.SeasonalNaive));
        if (Linear() is { } linear)
        {
            scores.Add(Scored("linear", (window, forecast) => linear.Forecast(test.Rows, spec, window, forecast)));
        }

        scores.Add(Of("theta", SimpleForecasts.Theta));
        return scores;

        ForecastBaseline Of(string name, SimpleForecast simple) => Scored(name, (window, forecast) =>
        {
            ReadOnlySpan<float> all = test.Rows.Target(window.Series, window.Target);
            simple(all[..Math.Min(window.Origin, all.Length)], spec.Season, forecast);
        });

        ForecastBaseline Scored(string name, Action<SeriesWindow, Span<float>> forecast) => new(name, ForecastScorer.Score(
            test.Rows, spec, test.Windows, test.Scales, standardised, forecast, cancellation));

        // The last tenth of what is learnt from chooses the ridge.
        LinearForecast? Linear()
        {
            int[] learnt = [.. test.Parts.ValidEnd.Select(rows => rows - rows / 10)];
            var windows = new SeriesWindows(
                spec.TargetCount, [.. learnt.Select(rows => ForecastParts.Learnable(rows, spec.Lookback, spec.Horizon))]);
            var valid = new SeriesWindows(
                spec.TargetCount, [.. learnt.Select((from, i) => ForecastParts.Within(from, test.Parts.ValidEnd[i],
                    spec.Horizon))]);
            return LinearForecast.Fit(test.Rows, spec, windows, [.. valid.Spread(500)], Workers.Asked(threads));
        }
    }
}
