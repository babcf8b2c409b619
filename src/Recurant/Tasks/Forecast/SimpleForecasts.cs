namespace Recurant.Tasks;

/// <summary>Forecasts of a series from its own past, with nothing to learn: what every model has to beat.</summary>
/// <param name="history">The values up to now, oldest first; NaN where one is missing.</param>
/// <param name="season">The steps of a season; 1 for none.</param>
/// <param name="forecast">Takes the values to come.</param>
internal delegate void SimpleForecast(ReadOnlySpan<float> history, int season, Span<float> forecast);

/// <summary>The simple forecasts.</summary>
internal static class SimpleForecasts
{
    /// <summary>
    /// More of a long history changes nothing that can be seen, and rolling origins would read it again each time.
    /// </summary>
    private const int MostSeasons = 20, FewestRows = 200, MostRows = 1000;

    /// <summary>The last value that is known, again and again.</summary>
    public static void LastValue(ReadOnlySpan<float> history, int season, Span<float> forecast)
    {
        float last = 0;
        for (int t = history.Length - 1; t >= 0; t--)
        {
            if (float.IsNaN(history[t])) continue;
            last = history[t];
            break;
        }

        forecast.Fill(last);
    }

    /// <summary>The value of the same step of the last season in which it is known.</summary>
    public static void SeasonalNaive(ReadOnlySpan<float> history, int season, Span<float> forecast)
    {
        LastValue(history, season, forecast);
        for (int step = 0; step < forecast.Length; step++)
        {
            for (int t = history.Length - season + step % season; t >= 0; t -= season)
            {
                if (float.IsNaN(history[t])) continue;
                forecast[step] = history[t];
                break;
            }
        }
    }

    /// <summary>
    /// The Theta method (Assimakopoulos and Nikolopoulos 2000), as Hyndman and Billah (2003) write it: simple exponential
    /// smoothing with half the slope of a straight line, of the series without its season.
    /// <code>
    /// (1) x_t = y_t / S_(t mod m)               (S: classical decomposition; only where the season is seen, see below)
    /// (2) l_t = a x_t + (1 - a) l_(t-1)         a in 0.05, 0.1, .. 1 with the least one-step error
    /// (3) x_(n+h) = l_n + (b / 2) (h - 1 + (1 - (1 - a)^n) / a)
    /// (4) y_(n+h) = x_(n+h) S_((n+h) mod m)
    /// </code>
    /// As in the M4 competition a season counts as seen where the autocorrelation at its lag exceeds its 90 % limit.
    /// </summary>
    public static void Theta(ReadOnlySpan<float> history, int season, Span<float> forecast)
    {
        int most = Math.Clamp(MostSeasons * season, FewestRows, MostRows);
        double[] y = Filled(history[^Math.Min(history.Length, most)..]);
        if (y.Length < 3)
        {
            LastValue(history, season, forecast);
            return;
        }

        double[]? seasons = SeasonOf(y, season);
        double[] x = [.. y.Select((value, t) => seasons is null ? value : value / seasons[t % season])];             // (1)
        double slope = SlopeOf(x), best = double.MaxValue, weight = 1, level = x[^1];
        for (int i = 1; i <= 20; i++)
        {
            double a = 0.05 * i, l = x[0], error = 0;
            for (int t = 1; t < x.Length; t++)
            {
                error += (x[t] - l) * (x[t] - l);
                l += a * (x[t] - l);                                                                                    // (2)
            }

            if (error < best) (best, weight, level) = (error, a, l);
        }

        double settled = 1;
        for (int t = 0; t < x.Length; t++) settled *= 1 - weight;
        for (int h = 0; h < forecast.Length; h++)
        {
            double value = level + slope / 2 * (h + (1 - settled) / weight);                                            // (3)
            forecast[h] = (float)(seasons is null ? value : value * seasons[(y.Length + h) % season]);                  // (4)
        }
    }

    /// <summary>What a step of a season is multiplied by; null where no season is seen, or a value is not above 0.</summary>
    private static double[]? SeasonOf(double[] y, int season)
    {
        if (season < 2 || y.Length < 2 * season + 1 || y.Any(value => value <= 0)) return null;
        double mean = y.Average(), variance = y.Sum(value => (value - mean) * (value - mean));
        if (variance <= 0) return null;
        double squares = 0, at = 0;
        for (int lag = 1; lag <= season; lag++)
        {
            at = 0;
            for (int t = lag; t < y.Length; t++) at += (y[t] - mean) * (y[t - lag] - mean);
            at /= variance;
            if (lag < season) squares += at * at;
        }

        if (Math.Abs(at) <= 1.645 * Math.Sqrt((1 + 2 * squares) / y.Length)) return null;
        var sums = new double[season];
        var counts = new int[season];
        for (int t = season / 2; t + season / 2 < y.Length; t++)
        {
            double around = 0;
            for (int i = -(season / 2); i <= season / 2; i++)
            {
                around += (season % 2 == 0 && Math.Abs(i) == season / 2 ? 0.5 : 1) * y[t + i];
            }

            sums[t % season] += y[t] / (around / season);
            counts[t % season]++;
        }

        if (counts.Contains(0)) return null;
        for (int s = 0; s < season; s++) sums[s] /= counts[s];
        double all = sums.Average();
        for (int s = 0; s < season; s++) sums[s] = Math.Max(1e-3, sums[s] / all);
        return sums;
    }

    /// <summary>The slope of the straight line with the least squared error.</summary>
    private static double SlopeOf(double[] x)
    {
        double middle = (x.Length - 1) / 2.0, mean = x.Average(), product = 0, squares = 0;
        for (int t = 0; t < x.Length; t++)
        {
            product += (t - middle) * (x[t] - mean);
            squares += (t - middle) * (t - middle);
        }

        return product / squares;
    }

    /// <summary>The values from the first that is known; one that is missing is the one before it.</summary>
    private static double[] Filled(ReadOnlySpan<float> history)
    {
        int first = 0;
        while (first < history.Length && float.IsNaN(history[first])) first++;
        var values = new double[history.Length - first];
        for (int t = 0; t < values.Length; t++)
        {
            float value = history[first + t];
            values[t] = float.IsNaN(value) ? values[t - 1] : value;
        }

        return values;
    }
}
