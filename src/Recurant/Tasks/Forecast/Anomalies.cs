namespace Recurant.Tasks;

/// <summary>How surprising a value is to a forecaster that has seen all values before it.</summary>
/// <param name="Series">The number of its series.</param>
/// <param name="Step">The step in the series, from 0.</param>
/// <param name="Value">The value; NaN where it is missing, and then it surprises nobody.</param>
/// <param name="Expected">The median that was forecast for it.</param>
/// <param name="Low">The quantile of 10 % that was forecast.</param>
/// <param name="High">That of 90 %.</param>
/// <param name="Score">Its surprise: see <see cref="AnomalyStream"/>.</param>
public sealed record Surprise(int Series, int Step, float Value, float Expected, float Low, float High, float Score)
    : InsightRecord;

/// <summary>
/// Tells anomalies on a live stream: every new value is held against the forecast that was made before it came.
/// <code>
/// (1) e_t = |y_t - q_0.5| / max((q_0.9 - q_0.1) / 2, s / 100)      s: the deviation of the window; quantiles one step ahead
/// (2) score_t = (1/w) sum of the last w e                          w: the segment of the model
/// </code>
/// The first values score 0 until half a lookback came before them: a forecast from less is a guess.
/// A stream gives the same bits as <see cref="Forecaster.Surprises"/> of the whole series at once. One thread uses a stream at a
/// time.
/// </summary>
/// <example>
/// <code>
/// var stream = new AnomalyStream(Forecaster.Load("sensor.safetensors"));
/// foreach (float value in live)
/// {
///     if (stream.Push(value) > stream.Threshold(falseAlarms: 0.001)) Alarm();
/// }
/// </code>
/// </example>
public sealed class AnomalyStream
{
    private readonly Forecaster _forecaster;
    private readonly List<float> _history = [];
    private readonly AnomalyScore _score;

    /// <summary>Begins with an empty history.</summary>
    /// <param name="forecaster">The model, of one column.</param>
    /// <exception cref="ArgumentException">It reads several columns, or the calendar.</exception>
    public AnomalyStream(Forecaster forecaster)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ForecasterSpec spec = forecaster.Model.Spec;
        if (spec.Columns.Count != 1 || spec.CalendarWidth > 0)
        {
            throw new ArgumentException(
                $"The model reads {spec.Columns.Count} columns{(spec.CalendarWidth > 0 ? " and the calendar" : "")}; a stream "
                    + $"has "
                + "one of numbers alone.", nameof(forecaster));
        }

        (_forecaster, _score) = (forecaster, new AnomalyScore(spec));
    }

    /// <summary>Takes the next value; NaN where it is missing.</summary>
    /// <returns>Its score, by (2); 0 until half a lookback came before it.</returns>
    public float Push(float value)
    {
        float score = 0;
        if (_history.Count > 0)
        {
            score = _forecaster.SurpriseOf([.. _history], value, _score);
        }

        _history.Add(value);
        // A window reaches no farther back, once it is whole.
        int most = 2 * _forecaster.Model.Spec.Lookback + 1;
        if (_history.Count > most)
        {
            float gone = _history[0];
            _history.RemoveAt(0);
            // It may be the last that is known, however long ago; no window reaches this place.
            if (float.IsNaN(_history[0])) _history[0] = gone;
        }

        return score;
    }

    /// <summary>The score that a share of usual values exceeds, as the validation windows had them.</summary>
    /// <param name="falseAlarms">
    /// The share of usual values that may be taken for anomalies, above 0 to 0.1. Default: 0.001.
    /// </param>
    /// <exception cref="InvalidOperationException">The model was validated with too few values.</exception>
    public float Threshold(double falseAlarms = 0.001) => Anomalies.Threshold(_forecaster.Model, falseAlarms);
}

/// <summary>(1) and (2) of <see cref="AnomalyStream"/>, value after value.</summary>
internal sealed class AnomalyScore(ForecasterSpec spec)
{
    private readonly Queue<float> _last = new();
    private readonly int _median = PlaceOf(spec, 0.5f), _low = PlaceOf(spec, 0.1f), _high = PlaceOf(spec, 0.9f);

    /// <summary>Scores a value.</summary>
    /// <param name="value">y; NaN where it is missing.</param>
    /// <param name="quantiles">Those of the step.</param>
    /// <param name="spread">s.</param>
    public float Next(float value, ReadOnlySpan<float> quantiles, float spread)
    {
        if (float.IsNaN(value)) return 0f;
        float half = Math.Max((quantiles[_high] - quantiles[_low]) / 2, spread / 100);
        _last.Enqueue(half > 0 ? Math.Abs(value - quantiles[_median]) / half : 0f);
        if (_last.Count > spec.Segment) _last.Dequeue();
        float sum = 0;
        foreach (float each in _last) sum += each;
        return sum / spec.Segment;
    }

    public float Expected(ReadOnlySpan<float> quantiles) => quantiles[_median];

    public (float Low, float High) Interval(ReadOnlySpan<float> quantiles) => (quantiles[_low], quantiles[_high]);

    private static int PlaceOf(ForecasterSpec spec, float level)
    {
        int place = QuantileHead.PlaceOf(spec.Levels, level);
        return place >= 0 ? place : throw new InvalidOperationException(
            $"The model has no quantile of the level {level}, which the score of an anomaly needs; it has "
            + $"{string.Join(", ", spec.Levels)}.");
    }
}

/// <summary>How rare surprises are.</summary>
internal static class Anomalies
{
    private const int FewestScores = 100;
    private const double TailShare = 0.1;

    /// <summary>
    /// Fits the tail of the surprises to an exponential (peaks over a threshold): u is exceeded by a tenth, by b in the mean, and
    /// u + b ln(0.1 / p) by a share of p.
    /// </summary>
    public static void Fit(ForecastData data, Workers workers)
    {
        ForecasterSpec spec = data.Spec;
        if (!spec.Levels.Contains(0.1f) || !spec.Levels.Contains(0.9f)) return;
        var scores = new List<float>();
        var scorer = new ForecastScorer(data.Model, workers);
        for (int series = 0; series < data.Given.Table.Series.Count && scores.Count < 20_000; series++)
        {
            int first = data.Parts.LearntEnd[series], end = data.Parts.ValidEnd[series];
            if (end - first < 2) continue;
            var score = new AnomalyScore(spec);
            scorer.Surprises(data.Rows, series, 0, Math.Max(1, first), end, score, surprise => scores.Add(surprise.Score));
        }

        if (scores.Count < FewestScores) return;
        scores.Sort();
        int place = (int)((1 - TailShare) * scores.Count);
        float limit = scores[place];
        data.Model.Surprises.Value[0] = limit;
        data.Model.Surprises.Value[1] = scores.Skip(place).Average() - limit;
        data.Model.Surprises.MarkChanged();
    }

    public static float Threshold(ForecasterModel model, double falseAlarms)
    {
        if (falseAlarms is not (> 0 and <= TailShare))
        {
            throw new ArgumentOutOfRangeException(
                nameof(falseAlarms), falseAlarms, "The share of false alarms must be above 0 and at most 0.1.");
        }

        ReadOnlySpan<float> tail = model.Surprises.Values;
        if (!(tail[0] > 0))
        {
            throw new InvalidOperationException(
                $"The model was validated with fewer than {FewestScores} values, too few to tell how rare a score is. "
                + "Validate it with more rows, train it on a longer series, or compare the scores themselves.");
        }

        return tail[0] + tail[1] * Elementwise.Log((float)(TailShare / falseAlarms));
    }
}
