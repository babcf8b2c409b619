namespace Recurant.Tasks;

/// <summary>
/// Learns from series of numbers, and forecasts them. May be used from many threads at once.
/// <code>
/// Forecaster model = Forecaster.Train([sales], new ForecastOptions { Horizon = 14, Season = 7 });
/// float tomorrow = model.Forecast(sales).Mean[0];
/// </code>
/// </summary>
public sealed class Forecaster : FrontDoor<Forecaster, ForecasterModel>, IFrontDoor<Forecaster, ForecasterModel>
{
    private readonly WorkspacePool<ForecastScorer> _scorers;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model; it must not be trained while this forecasts.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public Forecaster(ForecasterModel model, int threads = 0)
        : base(model) => _scorers = WorkspacePool.Of(model, threads, workers => new ForecastScorer(model, workers));

    static Forecaster IFrontDoor<Forecaster, ForecasterModel>.Of(ForecasterModel model, int threads) => new(model, threads);

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<ForecasterModel, ForecastScore>? Training { get; private init; }

    /// <summary>Trains a forecaster; see <see cref="ForecasterTrainer.Train"/> for parameters and exceptions.</summary>
    public static Forecaster Train(
        ForecastDataset data, ForecastOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        TrainingResult<ForecasterModel, ForecastScore> result = ForecasterTrainer.Train(data, options, progress, cancellation);
        return new Forecaster(result.Model, options?.Threads ?? 0) { Training = result };
    }

    /// <summary>Trains a forecaster of plain numbers.</summary>
    /// <param name="series">A series each, oldest value first; NaN where a value is missing.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step.</param>
    /// <inheritdoc cref="ForecasterTrainer.Train" path="/exception"/>
    public static Forecaster Train(
        IReadOnlyList<float[]> series, ForecastOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Train(new ForecastDataset(SeriesTable.Of(series)), options, progress, cancellation);

    /// <summary>Forecasts one series of plain numbers.</summary>
    /// <param name="history">The values up to now, oldest first; NaN where one is missing.</param>
    /// <exception cref="InvalidOperationException">The model reads several columns: give a table.</exception>
    public SeriesForecast Forecast(ReadOnlySpan<float> history)
    {
        if (Model.Spec.Columns.Count != 1 || Model.Spec.CalendarWidth > 0)
        {
            throw new InvalidOperationException(
                $"The model reads {Model.Spec.Columns.Count} "
                    + $"columns{(Model.Spec.CalendarWidth > 0 ? " and the calendar" : "")}; one "
                + "series of plain numbers does not tell them. Give a table with the same columns.");
        }

        return Forecast(SeriesTable.Of([history.ToArray()], Model.Spec.Columns[0].Name))[0];
    }

    /// <summary>Forecasts every series of a table, each from behind its last row.</summary>
    /// <remarks>
    /// Of a model with columns that are known beforehand, the rows at the end whose targets are missing are those to forecast.
    /// </remarks>
    /// <param name="table">The series, with the columns of the training data.</param>
    /// <param name="horizon">How many steps, up to those that the model was trained for. Default: all of them.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <returns>For each series, in the order of the table, a forecast of each target.</returns>
    /// <exception cref="InvalidDataException">
    /// A column of the model is not there, or what must be known beforehand is not; the message says which.
    /// </exception>
    /// <exception cref="ArgumentException">The model was trained for fewer steps.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<SeriesForecast> Forecast(
        SeriesTable table, int? horizon = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ForecasterSpec spec = Model.Spec;
        int steps = horizon ?? spec.Horizon;
        if (steps < 1 || steps > spec.Horizon)
        {
            throw new ArgumentException(
                $"{steps} steps were asked for; the model was trained for a horizon of {spec.Horizon}. Ask for 1 to "
                + $"{spec.Horizon}, or train one with a longer horizon.", nameof(horizon));
        }

        WatchedCall call = WatchedCall.Predict(TaskNames.Forecast, table.Series.Count);
        try
        {
            var rows = new ForecastRows(table, spec);
            SeriesWindow[] windows =
            [
                .. from series in Enumerable.Range(0, table.Series.Count)
                   let origin = OriginOf(table, series, steps)
                   from target in Enumerable.Range(0, spec.TargetCount)
                   select new SeriesWindow(series, target, origin, origin),
            ];
            var answers = new SeriesForecast[windows.Length];
            _scorers.Use(scorer =>
            {
                scorer.Forecast(rows, windows, (number, window, quantiles, means) => answers[number] = new SeriesForecast
                {
                    Id = table.Series[window.Series].Id, Column = spec.Columns[window.Target].Name,
                    Times = table.Axis is null
                        ? null : [.. Enumerable.Range(0, steps).Select(step => rows.InstantOf(window.Series, window.Origin
                            + step))],
                    Axis = table.Axis, Levels = spec.Levels, Mean = means[..steps].ToArray(),
                    Quantiles = quantiles[..(steps * spec.Levels.Count)].ToArray(),
                }, cancellation);
                return true;
            });
            if (call.IsWatched) call.EndPredict((long)windows.Length * spec.Lookback);
            return answers;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    /// <summary>
    /// Holds every value of a table against the forecast that was made one step before, from the second row of each series on.
    /// </summary>
    /// <param name="table">The series, with the columns of the training data.</param>
    /// <param name="target">Which of the targets, from 0. Default: the first.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">A column of the model is not there.</exception>
    /// <exception cref="InvalidOperationException">The model lacks the quantiles of 10 %, 50 % or 90 %.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Surprise> Surprises(SeriesTable table, int target = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(target, Model.Spec.TargetCount);
        var rows = new ForecastRows(table, Model.Spec);
        var found = new List<Surprise>();
        _scorers.Use(scorer =>
        {
            for (int series = 0; series < table.Series.Count; series++)
            {
                var score = new AnomalyScore(Model.Spec);
                scorer.Surprises(rows, series, target, 1, table.Series[series].Count, score, found.Add, cancellation);
            }

            return true;
        });
        return found;
    }

    /// <summary>The score that a share of usual values exceeds; see <see cref="AnomalyStream.Threshold"/>.</summary>
    /// <param name="falseAlarms">The share, above 0 to 0.1. Default: 0.001.</param>
    /// <exception cref="InvalidOperationException">The model was validated with too few values.</exception>
    public float AnomalyThreshold(double falseAlarms = 0.001) => Anomalies.Threshold(Model, falseAlarms);

    /// <summary>The score of a value after a history of one column.</summary>
    internal float SurpriseOf(float[] history, float value, AnomalyScore score)
    {
        var table = SeriesTable.Of([[.. history, value]], Model.Spec.Columns[0].Name);
        var rows = new ForecastRows(table, Model.Spec);
        float found = 0;
        _scorers.Use(scorer =>
        {
            scorer.Surprises(rows, 0, 0, history.Length, history.Length + 1, score, surprise => found = surprise.Score);
            return true;
        });
        return found;
    }

    /// <summary>Scores the forecaster on the rows of a data set that are for the test, from every origin there is.</summary>
    /// <param name="data">The series, and which of their rows test.</param>
    /// <param name="standardised">Whether errors are told of values standardised by the training part. Default: no.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">A column of the model is not there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ForecastScore Evaluate(
        ForecastDataset data, bool standardised = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ForecastTest test = ForecastTest.Of(data, Model.Spec);
        return _scorers.Use(scorer => scorer.Score(test.Rows, test.Windows, test.Scales, standardised, cancellation));
    }

    /// <summary>The step that is forecast first.</summary>
    private int OriginOf(SeriesTable table, int series, int steps)
    {
        SeriesSpan span = table.Series[series];
        int origin = ForecastRows.OriginOf(table, Model.Spec, series);
        string[] known = [.. Model.Spec.Columns.Where(column => column.Role == ColumnRole.Known).Select(column => column.Name)];
        if (known.Length == 0) return origin;
        if (span.Count - origin >= steps) return origin;
        string id = span.Id.Length > 0 ? $" of the series \"{span.Id}\"" : "";
        string until = table.Axis is { } axis
            ? $", until {axis.Text(axis.After(table.Times![span.First], origin + steps - 1))}" : "";
        throw new InvalidDataException(
            $"{table.Name}: there are {span.Count - origin} future rows{id}, and {steps} are needed{until}: "
            + $"{string.Join(", ", known.Select(name => $"\"{name}\""))} must be known for every step to forecast. Add them, "
            + "or ask for fewer steps.");
    }
}

/// <summary>The forecast of a target of a series.</summary>
public sealed record SeriesForecast
{
    /// <summary>The name of the series; empty where the table has but one.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the target.</summary>
    public required string Column { get; init; }

    /// <summary>
    /// The mean of the forecast distribution at each step [H]; of quantiles, and of logarithms, that of the quantiles.
    /// </summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>The levels of the quantiles, ascending.</summary>
    public required IReadOnlyList<float> Levels { get; init; }

    /// <summary>All quantiles [H, K]: step by step, in the order of <see cref="Levels"/>.</summary>
    public required IReadOnlyList<float> Quantiles { get; init; }

    internal long[]? Times { get; init; }

    internal TimeAxis? Axis { get; init; }

    /// <summary>A quantile of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="level">One of <see cref="Levels"/>.</param>
    /// <exception cref="ArgumentException">The model has no such quantile.</exception>
    public float Quantile(int step, float level)
    {
        for (int k = 0; k < Levels.Count; k++)
        {
            if (Levels[k] == level) return Quantiles[step * Levels.Count + k];
        }

        throw new ArgumentException(
            $"The model has no quantile of the level {level}; it has {string.Join(", ", Levels)}.", nameof(level));
    }

    /// <summary>The instant of a step, as a <see cref="SeriesTable"/> holds times.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <exception cref="InvalidOperationException">Rows have no times.</exception>
    public long InstantOf(int step) =>
        Times is { } times ? times[step] : throw new InvalidOperationException("The rows of the series have no times.");

    /// <summary>The time of a step on the wall.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <exception cref="InvalidOperationException">Rows have no times.</exception>
    public DateTime TimeOf(int step) => Axis is { } axis
        ? axis.Local(Times![step]) : throw new InvalidOperationException("The rows of the series have no times.");
}

/// <summary>The windows of a test, and the divisors of MASE.</summary>
/// <param name="Rows">The series.</param>
/// <param name="Parts">Their parts.</param>
/// <param name="Windows">The windows, as many as there are origins and targets.</param>
/// <param name="Scales">The divisors, by series and target.</param>
internal sealed record ForecastTest(
    ForecastRows Rows, ForecastParts Parts, IReadOnlyList<SeriesWindow> Windows, double[] Scales)
{
    /// <summary>The test of a data set for a model.</summary>
    /// <exception cref="InvalidDataException">No series has rows to test with.</exception>
    public static ForecastTest Of(ForecastDataset data, ForecasterSpec spec)
    {
        var rows = new ForecastRows(data.Table, spec);
        SeriesColumn[] targets = [.. spec.Targets.Select(target => SeriesFault.Require(data.Table, target))];
        ForecastParts parts = ForecastParts.Of(data, targets, spec.Horizon, 1);
        var windows = new SeriesWindows(
            targets.Length, [.. parts.ValidEnd.Select((from, i) => ForecastParts.Within(from, parts.TestEnd[i], spec.Horizon))]);
        if (windows.Count == 0)
        {
            throw new InvalidDataException(
                $"{data.Table.Name}: no series has rows to test with, behind those that are history. Give longer series.");
        }

        return new ForecastTest(
            rows, parts, [.. windows.Spread(windows.Count)],
            ForecastData.ScalesOf(data.Table, targets, parts.ValidEnd, spec.Season));
    }
}
