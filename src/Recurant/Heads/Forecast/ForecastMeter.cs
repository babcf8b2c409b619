namespace Recurant.Heads;

/// <summary>Adds up the errors of forecasts, window after window, to a <see cref="ForecastScore"/>.</summary>
/// <param name="horizon">H, the steps of a forecast.</param>
/// <param name="levels">The levels of the quantiles, ascending; empty where there are none.</param>
/// <param name="scales">
/// Of each series (and target) the mean change over a season before the test, the divisor of MASE; NaN or 0 where there is none.
/// </param>
/// <param name="season">The lag of these changes.</param>
internal sealed class ForecastMeter(int horizon, IReadOnlyList<float> levels, double[] scales, int season)
{
    private readonly double[] _absolute = new double[horizon], _squared = new double[horizon], _quantile =
        new double[levels.Count];
    private readonly long[] _counts = new long[horizon], _inside = new long[horizon];
    private readonly double[] _ofSeries = new double[scales.Length];
    private readonly long[] _inSeries = new long[scales.Length];
    private readonly int _low = QuantileHead.PlaceOf(levels, 0.1f), _high = QuantileHead.PlaceOf(levels, 0.9f);
    private double _symmetric, _magnitude, _percent, _loss;
    private long _windows, _nonZero, _losses, _moves, _rises, _foreseen;

    /// <summary>Adds a window.</summary>
    /// <param name="series">Its series, a place in the scales.</param>
    /// <param name="actual">y [H]; NaN where it is not known.</param>
    /// <param name="median">f [H] of absolute errors, which it makes least.</param>
    /// <param name="mean">f [H] of squared errors, which it makes least.</param>
    /// <param name="quantiles">[H, levels]; empty where there are none.</param>
    /// <param name="shift">What is taken from all values first, such as the training part's mean. Default: 0.</param>
    /// <param name="divisor">What they are divided by then. Default: 1.</param>
    public void Add(
        int series, ReadOnlySpan<float> actual, ReadOnlySpan<float> median, ReadOnlySpan<float> mean,
            ReadOnlySpan<float> quantiles,
        double shift = 0, double divisor = 1)
    {
        bool any = false;
        foreach (float value in actual) any |= !float.IsNaN(value);
        if (!any) return;
        _windows++;
        for (int step = 0; step < actual.Length; step++)
        {
            if (float.IsNaN(actual[step])) continue;
            double y = (actual[step] - shift) / divisor, f = (median[step] - shift) / divisor, error = Math.Abs(y - f);
            double far = y - (mean[step] - shift) / divisor;
            _counts[step]++;
            _absolute[step] += error;
            _squared[step] += far * far;                                                                                // (1)
            _ofSeries[series] += Math.Abs((double)actual[step] - median[step]);
            _inSeries[series]++;
            double size = Math.Abs(y) + Math.Abs(f);
            if (size > 0) _symmetric += 200 * error / size;                                                             // (3)
            _magnitude += Math.Abs(y);
            if (y != 0)
            {
                _percent += 100 * error / Math.Abs(y);
                _nonZero++;
            }

            if (quantiles.IsEmpty) continue;
            ReadOnlySpan<float> of = quantiles.Slice(step * levels.Count, levels.Count);
            for (int level = 0; level < of.Length; level++)
            {
                double d = y - (of[level] - shift) / divisor;
                _quantile[level] += Math.Max(levels[level] * d, (levels[level] - 1) * d);                               // (4)
            }

            if (_low >= 0 && _high >= 0 && actual[step] >= of[_low] && actual[step] <= of[_high]) _inside[step]++;      // (5)
        }
    }

    /// <summary>Adds whether a forecast goes the way that the value went; of one that stayed there is no way to tell.</summary>
    /// <param name="last">The last value that was known.</param>
    /// <param name="actual">What came first.</param>
    /// <param name="median">What was forecast for it.</param>
    public void AddDirection(float last, float actual, float median)
    {
        if (float.IsNaN(last) || float.IsNaN(actual) || actual == last) return;
        _moves++;
        _rises += actual > last ? 1 : 0;
        _foreseen += actual > last == median > last && median != last ? 1 : 0;
    }

    /// <summary>Adds the loss of a window, on the scale that training has.</summary>
    public void AddLoss(double loss)
    {
        _loss += loss;
        _losses++;
    }

    /// <summary>The scores of all windows so far.</summary>
    public ForecastScore Score()
    {
        long count = _counts.Sum();
        double each = 1.0 / Math.Max(1, count);
        bool hasInterval = _low >= 0 && _high >= 0;
        var mase = new List<double>();
        int undefined = 0;
        for (int i = 0; i < scales.Length; i++)
        {
            if (_inSeries[i] == 0) continue;
            if (scales[i] > 0) mase.Add(_ofSeries[i] / _inSeries[i] / scales[i]);                                       // (2)
            else undefined++;
        }

        return new ForecastScore
        {
            Loss = _losses > 0 ? _loss / _losses : 0, Windows = _windows,
            MeanAbsoluteError = _absolute.Sum() * each, MeanSquaredError = _squared.Sum() * each, Smape = _symmetric * each,
            Mape = _nonZero > 0 ? _percent / _nonZero : null, Mase = mase.Count > 0 ? mase.Average() : null, Season = season,
            Undefined = undefined,
            WeightedQuantileLoss = levels.Count > 0 && _magnitude > 0 ? 2 * _quantile.Average() / _magnitude : null,
            Coverage80 = hasInterval ? _inside.Sum() * each : null,
            Direction = _moves > 0 ? DirectionScore.Of(_moves, _rises, _foreseen) : null,
            ByHorizon =
            [
                .. Enumerable.Range(0, horizon).Where(step => _counts[step] > 0).Select(step => new HorizonScore(
                    step + 1, _absolute[step] / _counts[step], _squared[step] / _counts[step],
                    hasInterval ? (double)_inside[step] / _counts[step] : null)),
            ],
        };
    }
}
