namespace Recurant.Tasks;

/// <summary>Forecasts windows with a model, many at a time; the mean of all its networks.</summary>
internal sealed class ForecastScorer
{
    private const int Together = 256;

    private readonly ForecasterModel _model;
    private readonly ForecasterSpec _spec;
    private readonly ForecastBatch _batch;
    private readonly Pass _pass;
    private readonly int _median;
    private readonly float[] _quantiles, _sums, _own, _ownSums, _means, _medians, _actual, _shares;

    public ForecastScorer(ForecasterModel model, Workers workers)
    {
        (_model, _spec) = (model, model.Spec);
        _batch = new ForecastBatch(_spec);
        _pass = new Pass(threads: workers.Count);
        int levels = _spec.Levels.Count;
        _median = QuantileHead.PlaceOf(_spec.Levels, 0.5f);
        (_quantiles, _sums) = (new float[_spec.Horizon * levels], new float[_spec.Horizon * levels]);
        (_own, _ownSums) = (new float[_spec.Horizon], new float[_spec.Horizon]);
        (_means, _medians, _actual) = (new float[_spec.Horizon], new float[_spec.Horizon], new float[_spec.Horizon]);
        _shares = QuantileHead.Shares(_spec.Levels);
    }

    /// <summary>What is done with a window: its number, the quantiles [H, K] and the means [H], which are used again.</summary>
    public delegate void Take(int number, SeriesWindow window, Span<float> quantiles, Span<float> means);

    /// <summary>Forecasts windows on the scale of the data.</summary>
    public void Forecast(ForecastRows rows, IEnumerable<SeriesWindow> windows, Take take, CancellationToken cancellation =
        default) =>
        Run(rows, windows, (number, window, place) =>
        {
            Correct();
            Restore(place);
            Summarise(place);
            take(number, window, _sums, _means);
        }, cancellation);

    /// <summary>The errors of the corrections' own measure: y less each quantile, on the scale of its window.</summary>
    /// <param name="rows">The series.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="take">Takes the step, the level and the error.</param>
    public void Residuals(ForecastRows rows, IEnumerable<SeriesWindow> windows, Action<int, int, float> take) =>
        Run(rows, windows, (_, window, place) =>
        {
            ReadActual(rows, window, _actual);
            for (int step = 0; step < _spec.Horizon; step++)
            {
                float y = _batch.Scaled(place, _actual[step]);
                if (float.IsNaN(y)) continue;
                for (int k = 0; k < _spec.Levels.Count; k++) take(step, k, y - _sums[step * _spec.Levels.Count + k]);
            }
        }, default);

    /// <summary>Holds each value of a part of a series against the forecast one step before.</summary>
    public void Surprises(
        ForecastRows rows, int series, int target, int first, int end, AnomalyScore score, Action<Surprise> take,
        CancellationToken cancellation = default)
    {
        int levels = _spec.Levels.Count;
        Run(rows, Enumerable.Range(first, end - first).Select(step => new SeriesWindow(series, target, step, end)),
            (_, window, place) =>
            {
                Correct();
                Restore(place);
                ReadOnlySpan<float> quantiles = _sums.AsSpan(0, levels);
                float value = rows.Target(series, target)[window.Origin];
                (float low, float high) = score.Interval(quantiles);
                float surprise = score.Next(value, quantiles, _batch.UnitOf(place));
                take(new Surprise(
                    series, window.Origin, value, score.Expected(quantiles), low, high,
                    2 * window.Origin < _spec.Lookback ? 0f : surprise));
            }, cancellation);
    }

    /// <summary>Scores the model.</summary>
    /// <param name="rows">The series.</param>
    /// <param name="windows">The windows to forecast.</param>
    /// <param name="scales">The divisors of MASE, by series and target.</param>
    /// <param name="standardised">Whether errors are told of values standardised by the training part.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public ForecastScore Score(
        ForecastRows rows, IEnumerable<SeriesWindow> windows, double[] scales, bool standardised = false,
        CancellationToken cancellation = default)
    {
        var meter = new ForecastMeter(_spec.Horizon, _spec.Levels, scales, _spec.Season);
        Run(rows, windows, (_, window, place) =>
        {
            ReadActual(rows, window, _actual);
            double loss = 0;
            int known = 0;
            Correct();
            for (int step = 0; step < _spec.Horizon; step++)
            {
                float y = _batch.Scaled(place, _actual[step]);
                if (float.IsNaN(y)) continue;
                known++;
                for (int k = 0; k < _spec.Levels.Count; k++)
                {
                    float d = y - _sums[step * _spec.Levels.Count + k], level = _spec.Levels[k];
                    loss += 2.0 / _spec.Levels.Count * (d > 0 ? level * d : (level - 1) * d);
                }
            }

            if (known == 0) return;
            meter.AddLoss(loss / known);
            Restore(place);
            Summarise(place);
            Add(meter, rows, _spec, window, _actual, _medians, _means, _sums, standardised);
        }, cancellation);
        return meter.Score();
    }

    /// <summary>Scores a simple forecast on the same windows.</summary>
    public static ForecastScore Score(
        ForecastRows rows, ForecasterSpec spec, IEnumerable<SeriesWindow> windows, double[] scales, bool standardised,
        Action<SeriesWindow, Span<float>> forecast, CancellationToken cancellation)
    {
        var meter = new ForecastMeter(spec.Horizon, [], scales, spec.Season);
        var (actual, point) = (new float[spec.Horizon], new float[spec.Horizon]);
        foreach (SeriesWindow window in windows)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadActual(rows, window, actual);
            forecast(window, point);
            Add(meter, rows, spec, window, actual, point, point, [], standardised);
        }

        return meter.Score();
    }

    private static void Add(
        ForecastMeter meter, ForecastRows rows, ForecasterSpec spec, SeriesWindow window, ReadOnlySpan<float> actual,
        ReadOnlySpan<float> median, ReadOnlySpan<float> mean, ReadOnlySpan<float> quantiles, bool standardised)
    {
        SeriesColumnSpec column = spec.Columns[window.Target];
        meter.Add(
            window.Series * spec.TargetCount + window.Target, actual, median, mean, quantiles, standardised ? column.Mean : 0,
            standardised && column.Deviation > 0 ? column.Deviation : 1);
        ReadOnlySpan<float> all = rows.Target(window.Series, window.Target);
        int before = Math.Min(window.Origin, all.Length) - 1;
        while (before > 0 && float.IsNaN(all[before])) before--;
        if (before >= 0) meter.AddDirection(all[before], actual[0], median[0]);
    }

    /// <summary>What came after the origin of a window; NaN where it is not known.</summary>
    public static void ReadActual(ForecastRows rows, SeriesWindow window, Span<float> actual)
    {
        ReadOnlySpan<float> all = rows.Target(window.Series, window.Target);
        for (int step = 0; step < actual.Length; step++)
        {
            actual[step] = window.Origin + step < window.End ? all[window.Origin + step] : float.NaN;
        }
    }

    /// <summary>Adds the corrections; quantiles that then crossed would change places.</summary>
    private void Correct()
    {
        int levels = _spec.Levels.Count;
        Elementwise.Add(_model.Corrections.Values, _sums);
        for (int step = 0; step < _spec.Horizon; step++) _sums.AsSpan(step * levels, levels).Sort();
    }

    /// <summary>
    /// Brings the quantiles to the scale of the data; those of counts to whole numbers, which corrections and the mean of several
    /// networks leave.
    /// </summary>
    private void Restore(int place)
    {
        _batch.Restore(place, _sums);
        if (_spec.Distribution != ForecastDistribution.NegativeBinomial) return;
        for (int i = 0; i < _sums.Length; i++) _sums[i] = MathF.Floor(_sums[i] + 0.5f);
    }

    /// <summary>
    /// The median of each step, and the mean: that of the distribution where it is known on the scale of the data, else that of
    /// its quantiles.
    /// </summary>
    private void Summarise(int place)
    {
        bool hasOwn = _spec.Distribution != ForecastDistribution.Quantiles && !_spec.Logarithms;
        if (hasOwn)
        {
            _ownSums.CopyTo(_means, 0);
            _batch.Restore(place, _means);
        }

        int levels = _spec.Levels.Count;
        for (int step = 0; step < _spec.Horizon; step++)
        {
            ReadOnlySpan<float> own = _sums.AsSpan(step * levels, levels);
            _medians[step] = own[_median];
            if (!hasOwn) _means[step] = Reductions.Dot(own, _shares);
        }
    }

    private void Run(
        ForecastRows rows, IEnumerable<SeriesWindow> windows, Action<int, SeriesWindow, int> each, CancellationToken cancellation)
    {
        int number = 0;
        foreach (SeriesWindow[] chunk in windows.Chunk(Together))
        {
            cancellation.ThrowIfCancellationRequested();
            _batch.Fill(rows, chunk);
            float[][] sums = new float[chunk.Length][], means = new float[chunk.Length][];
            foreach (ForecastNetwork network in _model.Networks)
            {
                _pass.Begin(PassKind.Prediction);
                (SequenceBatch, SequenceBatch?) outputs = network.Forward(_pass, _batch);
                for (int b = 0; b < chunk.Length; b++)
                {
                    network.Answer(outputs, _batch, b, _quantiles, _own);
                    sums[b] ??= new float[_quantiles.Length];
                    means[b] ??= new float[_own.Length];
                    Elementwise.Add(_quantiles, sums[b]);
                    Elementwise.Add(_own, means[b]);
                }
            }

            for (int b = 0; b < chunk.Length; b++)
            {
                sums[b].CopyTo(_sums, 0);
                means[b].CopyTo(_ownSums, 0);
                Elementwise.Scale(_sums, 1f / _model.Networks.Count);
                Elementwise.Scale(_ownSums, 1f / _model.Networks.Count);
                each(number++, chunk[b], b);
            }
        }
    }
}
