namespace Recurant.Tasks;

/// <summary>
/// A linear map from the values of a window to those to come, the least squares solution in closed form: the forecaster to beat.
/// <code>
/// (1) x = (v - v_L) / s,  y = (v' - v_L) / s          v_L: the last value, s: the window's deviation
/// (2) W = (X^T X + r n I)^-1 X^T Y                    over n windows; r: the ridge that is best on the validation windows
/// (3) f = v_L + s (x, 1) W
/// </code>
/// DLinear (Zeng et al. 2023) splits a window into a moving average and the rest and maps both linearly; that sum is a linear map
/// of the window too, so that (2) has the least squared error that it can reach on the windows learnt from.
/// </summary>
internal sealed class LinearForecast
{
    private const int MostWindows = 20_000, Block = 512;
    private static readonly double[] s_ridges = [1e-4, 1e-3, 1e-2, 1e-1];

    private readonly int _lookback, _horizon;
    private readonly double[][] _weights;

    private LinearForecast(int lookback, int horizon, double[][] weights) =>
        (_lookback, _horizon, _weights) = (lookback, horizon, weights);

    /// <summary>Fits the map; null where there are too few windows.</summary>
    /// <param name="rows">The series.</param>
    /// <param name="spec">The lookback, the horizon and the season.</param>
    /// <param name="learnt">The windows to learn from.</param>
    /// <param name="valid">The windows that choose the ridge.</param>
    /// <param name="workers">The threads.</param>
    public static LinearForecast? Fit(
        ForecastRows rows, ForecasterSpec spec, SeriesWindows learnt, IReadOnlyList<SeriesWindow> valid, Workers workers)
    {
        int inputs = spec.Lookback + 1, outputs = spec.Horizon;
        double[][] products = Square(inputs, inputs), answers = Square(inputs, outputs);
        RowStore left = new(), right = new(isTarget: true), product = new(isTarget: true);
        var packed = new PackedMatrix();
        product.Reserve(inputs, inputs + outputs);
        int filled = 0;
        long count = 0;
        left.Reserve(Block, inputs);
        right.Reserve(Block, inputs + outputs);
        foreach (SeriesWindow window in learnt.Spread(MostWindows))
        {
            Span<float> both = right.Row(filled);
            if (!Read(rows, spec, window, both[..inputs], both[inputs..], out _, out _)) continue;
            if (HasUnknown(both)) continue;
            both[..inputs].CopyTo(left.Row(filled));
            filled++;
            count++;
            if (filled == Block) Add();
        }

        Add();
        if (count < inputs / 4 + 2) return null;
        LinearForecast? best = null;
        double least = double.MaxValue;
        foreach (double ridge in s_ridges)
        {
            var candidate = new LinearForecast(spec.Lookback, spec.Horizon, Solve(products, answers, ridge * count));
            double error = candidate.Error(rows, spec, valid);
            if (best is null || error < least) (best, least) = (candidate, error);
        }

        return best;

        void Add()
        {
            if (filled == 0) return;
            packed.Pack(workers, right.Rows(filled));
            TransposedProduct.Multiply(workers, left.Rows(filled), packed, product.Rows(inputs), accumulate: false);
            for (int i = 0; i < inputs; i++)
            {
                ReadOnlySpan<float> row = product.Row(i);
                for (int j = 0; j < inputs; j++) products[i][j] += row[j];
                for (int h = 0; h < outputs; h++) answers[i][h] += row[inputs + h];
            }

            filled = 0;
        }
    }

    /// <summary>(3) of a window.</summary>
    public void Forecast(ForecastRows rows, ForecasterSpec spec, SeriesWindow window, Span<float> forecast)
    {
        var x = new float[_lookback + 1];
        Read(rows, spec, window, x, [], out float last, out float spread);
        var sums = new double[_horizon];
        for (int i = 0; i < x.Length; i++) AddScaled(_weights[i], x[i], sums, _horizon);
        for (int h = 0; h < _horizon; h++) forecast[h] = last + spread * (float)sums[h];
    }

    private double Error(ForecastRows rows, ForecasterSpec spec, IReadOnlyList<SeriesWindow> windows)
    {
        double sum = 0;
        var (x, y, sums) = (new float[_lookback + 1], new float[_horizon], new double[_horizon]);
        foreach (SeriesWindow window in windows)
        {
            Read(rows, spec, window, x, y, out _, out _);
            Array.Clear(sums);
            for (int i = 0; i < x.Length; i++) AddScaled(_weights[i], x[i], sums, _horizon);
            for (int h = 0; h < _horizon; h++) sum += float.IsNaN(y[h]) ? 0 : (sums[h] - y[h]) * (sums[h] - y[h]);
        }

        return sum;
    }

    /// <summary>(1), with a 1 behind x; false where no value of the window is known.</summary>
    private static bool Read(
        ForecastRows rows, ForecasterSpec spec, SeriesWindow window, Span<float> x, Span<float> y, out float last,
            out float spread)
    {
        ReadOnlySpan<float> all = rows.Target(window.Series, window.Target), history = all[..Math.Min(window.Origin, all.Length)];
        Span<float> values = x[..spec.Lookback];
        float before = float.NaN;
        for (int t = 0; t < history.Length && float.IsNaN(before); t++) before = history[t];
        bool isKnown = !float.IsNaN(before);
        if (!isKnown) before = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int t = window.Origin - values.Length + i;
            if (t < 0) t = (t % spec.Season + spec.Season) % spec.Season;
            if (t < history.Length && !float.IsNaN(history[t])) before = history[t];
            values[i] = before;
        }

        last = values[^1];
        double mean = Reductions.Sum(values) / values.Length, squares = 0;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        spread = Math.Max((float)Math.Sqrt(squares / values.Length), Math.Max(1e-3f * (float)Math.Abs(mean), 1e-5f));
        for (int i = 0; i < values.Length; i++) values[i] = (values[i] - last) / spread;
        x[^1] = 1f;
        for (int h = 0; h < y.Length; h++)
        {
            y[h] = window.Origin + h < window.End ? (all[window.Origin + h] - last) / spread : float.NaN;
        }

        return isKnown;
    }

    private static bool HasUnknown(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (float.IsNaN(value)) return true;
        }

        return false;
    }

    /// <summary>W of (2), by Cholesky's method.</summary>
    internal static double[][] Solve(double[][] products, double[][] answers, double ridge)
    {
        int n = products.Length;
        double[][] factor = [.. products.Select(row => (double[])row.Clone())], w =
            [.. answers.Select(row => (double[])row.Clone())];
        for (int i = 0; i < n; i++) factor[i][i] += i < n - 1 ? ridge : 1e-9 * ridge;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = factor[i][j] - Dot(factor[i], factor[j], j);
                factor[i][j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / factor[j][j];
            }
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++) AddScaled(w[j], -factor[i][j], w[i], w[i].Length);
            Scale(w[i], 1 / factor[i][i]);
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < n; j++) AddScaled(w[j], -factor[j][i], w[i], w[i].Length);
            Scale(w[i], 1 / factor[i][i]);
        }

        return w;
    }

    private static double Dot(double[] a, double[] b, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void AddScaled(double[] from, double factor, double[] to, int count)
    {
        for (int i = 0; i < count; i++) to[i] += factor * from[i];
    }

    private static void Scale(double[] values, double factor)
    {
        for (int i = 0; i < values.Length; i++) values[i] *= factor;
    }

    private static double[][] Square(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
}
