namespace Recurant.Tasks;

/// <summary>A forecast beside what came.</summary>
/// <param name="Name">The series.</param>
/// <param name="Column">The target.</param>
/// <param name="History">The values before it.</param>
/// <param name="Actual">What came; NaN where it is not known.</param>
/// <param name="Median">What was forecast.</param>
/// <param name="Low">The quantile of the lowest level.</param>
/// <param name="High">That of the highest.</param>
public sealed record ForecastExample(
    string Name, string Column, IReadOnlyList<double> History, IReadOnlyList<double> Actual, IReadOnlyList<double> Median,
    IReadOnlyList<double> Low, IReadOnlyList<double> High) : InsightRecord;

/// <summary>How good the forecasts of one series are.</summary>
/// <param name="Name">The series, and the target where there are several.</param>
/// <param name="Mase">Its MASE; null where its rows before the test are constant.</param>
/// <param name="MeanAbsoluteError">Its mean absolute error.</param>
public sealed record SeriesError(string Name, double? Mase, double MeanAbsoluteError) : InsightRecord;

/// <summary>What a forecaster does on the rows of a test, beyond its score.</summary>
public sealed record ForecastReview : InsightRecord
{
    private const int MostExamples = 3, MostSeries = 10, HistoryHorizons = 3, FewestHistory = 24;

    /// <summary>
    /// Forecasts from the first origin of the test: the first, the middle and the last of the series and targets.
    /// </summary>
    public required IReadOnlyList<ForecastExample> Examples { get; init; }

    /// <summary>The ten series with the largest errors, and the ten with the smallest.</summary>
    public required IReadOnlyList<SeriesError> BySeries { get; init; }

    /// <summary>Looks at a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The series, and which of their rows test.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public static ForecastReview Of(ForecasterModel model, ForecastDataset data, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ForecasterSpec spec = model.Spec;
        ForecastTest test = ForecastTest.Of(data, spec);
        int targets = spec.TargetCount, levels = spec.Levels.Count, median = QuantileHead.PlaceOf(spec.Levels, 0.5f);
        SeriesWindow[] firsts =
            [.. test.Windows.GroupBy(window => (window.Series, window.Target)).Select(group => group.MinBy(window =>
                window.Origin))];
        var errors = new List<SeriesError>();
        var examples = new List<ForecastExample>();
        int[] shown = [.. Enumerable.Range(0, Math.Min(MostExamples, firsts.Length))
            .Select(i => i * (firsts.Length - 1) / Math.Max(1, Math.Min(MostExamples, firsts.Length) - 1))];
        var actual = new float[spec.Horizon];
        new ForecastScorer(model, Workers.Asked(threads)).Forecast(test.Rows, firsts, (number, window, quantiles, _) =>
        {
            ForecastScorer.ReadActual(test.Rows, window, actual);
            double error = 0;
            int known = 0;
            for (int h = 0; h < actual.Length; h++)
            {
                if (float.IsNaN(actual[h])) continue;
                error += Math.Abs(actual[h] - quantiles[h * levels + median]);
                known++;
            }

            string name = data.Table.Series[window.Series].Id;
            string column = spec.Columns[window.Target].Name;
            if (known > 0)
            {
                double scale = test.Scales[window.Series * targets + window.Target];
                errors.Add(new SeriesError(
                    targets == 1 ? name : name.Length == 0 ? column : $"{name}, {column}", scale > 0 ? error / known / scale
                        : null,
                    error / known));
            }

            if (!shown.Contains(number)) return;
            int back = Math.Min(window.Origin, Math.Max(FewestHistory, HistoryHorizons * spec.Horizon));
            float[] history = test.Rows.Target(window.Series, window.Target).Slice(window.Origin - back, back).ToArray();
            examples.Add(new ForecastExample(
                name, column, [.. history.Select(value => (double)value)], [.. actual.Select(value => (double)value)],
                Level(quantiles, median), Level(quantiles, 0), Level(quantiles, levels - 1)));
        });
        SeriesError[] sorted = [.. errors.OrderByDescending(each => each.Mase ?? double.NegativeInfinity)];
        return new ForecastReview
        {
            Examples = examples,
            BySeries = sorted.Length <= 2 * MostSeries ? sorted : [.. sorted.Take(MostSeries), .. sorted.TakeLast(MostSeries)],
        };

        double[] Level(Span<float> quantiles, int level)
        {
            var of = new double[spec.Horizon];
            for (int h = 0; h < of.Length; h++) of[h] = quantiles[h * levels + level];
            return of;
        }
    }
}
