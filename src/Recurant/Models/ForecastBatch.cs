namespace Recurant.Models;

/// <summary>
/// Windows as a <see cref="ForecastNetwork"/> reads them. y are the values of a window, L of them:
/// <code>
/// (1) v_t = y_t, or ln(y_t + r) with r a share of the mean of the window, which small and large values bear alike
///     z_t = (v_t - c) / s     c as the specification says, s the deviation of the window
/// (2) x_j = the z, masks, covariates and calendar of segment j; p_j = what is known of the segment j to come
/// </code>
/// (1) is instance normalisation (Kim et al., "Reversible instance normalization", ICLR 2022): whatever level and spread a series
/// has, the network reads the same, and a window knows nothing but its own past. Values that are missing are read as the last
/// that was known, those before the first row as the first season again, and the mask, where the model has one, says so; with
/// ages they fade in the network (<see cref="InputDecay"/>).
/// </summary>
internal sealed class ForecastBatch(ForecasterSpec spec)
{
    private const float SmallestSpread = 1e-5f, SmallestShare = 1e-3f, SmallestLogSpread = 0.01f, MostDeviations = 3f,
        MostSpread = 2f, SmallestOffset = 1e-6f, MostExponent = 80f;

    private readonly float[] _scratch = new float[Math.Max(
        spec.CalendarWidth, spec.Columns.Max(column => column.Width))];
    private readonly bool[] _known = new bool[spec.Lookback];
    private float[] _past = [], _future = [], _linear = [], _centres = [], _spreads = [], _offsets = [];
    private int[] _lengths = [];

    /// <summary>x: a sequence of segments for each window.</summary>
    public SequenceBatch Past { get; } = new();

    /// <summary>p: a sequence of the segments to come for each window.</summary>
    public SequenceBatch Future { get; } = new();

    /// <summary>z: one row of L numbers for each window.</summary>
    public SequenceBatch Values { get; } = new();

    /// <summary>The number of windows.</summary>
    public int Count { get; private set; }

    /// <summary>c of each window.</summary>
    public ReadOnlySpan<float> Centres => _centres.AsSpan(0, Count);

    /// <summary>s of each window.</summary>
    public ReadOnlySpan<float> Spreads => _spreads.AsSpan(0, Count);

    /// <summary>Reads windows.</summary>
    public void Fill(ForecastRows rows, ReadOnlySpan<SeriesWindow> windows)
    {
        int n = Count = windows.Length, past = spec.Lookback * spec.PastWidth;
        int future = spec.FutureSegments * (spec.PlaceWidth + spec.Segment * spec.FutureWidth);
        _past = Workspace.Reserve(_past, n * past);
        _future = Workspace.Reserve(_future, n * future);
        _linear = Workspace.Reserve(_linear, n * spec.Lookback);
        _centres = Workspace.Reserve(_centres, n);
        _spreads = Workspace.Reserve(_spreads, n);
        _offsets = Workspace.Reserve(_offsets, n);
        _lengths = Workspace.Reserve(_lengths, n);
        for (int b = 0; b < n; b++)
        {
            Span<float> z = _linear.AsSpan(b * spec.Lookback, spec.Lookback);
            Read(rows, windows[b], z);
            if (spec.Logarithms) TakeLogarithms(b, z);
            float mean = Normalise(b, windows[b].Target, z);
            WritePast(rows, windows[b], z, _past.AsSpan(b * past, past));
            WriteFuture(rows, windows[b], mean, b, _future.AsSpan(b * future, future));
        }

        Set(Past, spec.PastSegments, _past, past);
        Set(Future, spec.FutureSegments, _future, future);
        Set(Values, 1, _linear, spec.Lookback);
    }

    /// <summary>
    /// A point on the straight line from the baseline to the windows that were read: values, of targets and covariates, times a
    /// share; masks, ages and calendar as they are. At 0 every value is the window's centre and every covariate its mean.
    /// </summary>
    public void Along(float share)
    {
        int w = spec.Segment;
        bool[] future = [.. spec.GivenOf(ColumnRole.Known), .. Enumerable.Repeat(true, spec.CalendarWidth)];
        bool[] given = [false, .. Enumerable.Repeat(true, spec.TargetWidth - 1), .. future, .. spec.GivenOf(ColumnRole.Past)];
        SequenceBatch past = Past, toCome = Future, values = Values;
        for (int b = 0; b < Count; b++)
        {
            for (int j = 0; j < spec.PastSegments; j++)
            {
                int size = w * spec.PastWidth;
                Span<float> row = past[b, j];
                ReadOnlySpan<float> from = _past.AsSpan((b * spec.PastSegments + j) * size, size);
                for (int i = 0; i < size; i++) row[i] = given[i / w] ? from[i] : share * from[i];
            }

            for (int j = 0; j < spec.FutureSegments; j++)
            {
                int size = spec.PlaceWidth + w * spec.FutureWidth;
                Span<float> row = toCome[b, j];
                ReadOnlySpan<float> from = _future.AsSpan((b * spec.FutureSegments + j) * size, size);
                for (int i = 0; i < w * spec.FutureWidth; i++)
                {
                    int at = spec.PlaceWidth + i;
                    row[at] = future[i / w] ? from[at] : share * from[at];
                }
            }

            Span<float> all = values[b];
            for (int i = 0; i < all.Length; i++) all[i] = share * _linear[b * spec.Lookback + i];
        }
    }

    /// <summary>A value on the scale of a window; NaN where it is not known.</summary>
    public float Scaled(int window, float value)
    {
        float v = spec.Logarithms && !float.IsNaN(value) ? Elementwise.Log(Math.Max(value, 0f) + _offsets[window]) : value;
        return (v - _centres[window]) / _spreads[window];
    }

    /// <summary>About what 1 on the scale of a window is on that of the data.</summary>
    public float UnitOf(int window)
    {
        if (!spec.Logarithms) return _spreads[window];
        Span<float> level = [Math.Min(_centres[window], MostExponent)];
        Elementwise.Exp(level, level);
        return _spreads[window] * level[0];
    }

    /// <summary>Brings numbers on the scale of a window back to that of the data.</summary>
    public void Restore(int window, Span<float> numbers)
    {
        float centre = _centres[window], spread = _spreads[window];
        for (int i = 0; i < numbers.Length; i++)
        {
            float v = numbers[i] * spread + centre;
            numbers[i] = spec.Logarithms ? Math.Min(v, MostExponent) : v;
        }

        if (spec.Logarithms)
        {
            Elementwise.Exp(numbers, numbers);
            for (int i = 0; i < numbers.Length; i++) numbers[i] -= _offsets[window];
        }

        if (!spec.Positive) return;
        for (int i = 0; i < numbers.Length; i++) numbers[i] = Math.Max(0f, numbers[i]);
    }

    /// <summary>The first half of (1).</summary>
    private void TakeLogarithms(int b, Span<float> values)
    {
        float offset = _offsets[b] = Math.Max(
            SmallestOffset, spec.Offset * (float)(Reductions.Sum(values) / values.Length));
        for (int i = 0; i < values.Length; i++) values[i] = Math.Max(values[i], 0f) + offset;
        Elementwise.Log(values, values);
    }

    private void Set(SequenceBatch batch, int steps, float[] values, int size)
    {
        _lengths.AsSpan(0, Count).Fill(steps);
        batch.Set(_lengths.AsSpan(0, Count), values.AsSpan(0, Count * size), size / steps);
    }

    /// <summary>y, with something in the place of what is missing.</summary>
    private void Read(ForecastRows rows, SeriesWindow window, Span<float> values)
    {
        ReadOnlySpan<float> all = rows.Target(window.Series, window.Target);
        ReadOnlySpan<float> history = all[..Math.Min(window.Origin, all.Length)];
        float last = float.NaN;
        int first = window.Origin - values.Length;
        for (int t = Math.Min(first, history.Length) - 1; t >= 0 && float.IsNaN(last); t--) last = history[t];
        for (int t = Math.Max(0, first); t < history.Length && float.IsNaN(last); t++) last = history[t];
        if (float.IsNaN(last)) last = 0f;
        for (int i = 0; i < values.Length; i++)
        {
            int t = first + i;
            bool isBefore = t < 0;
            if (isBefore) t = (t % spec.Season + spec.Season) % spec.Season;
            float value = t < history.Length ? history[t] : float.NaN;
            bool isKnown = !float.IsNaN(value);
            if (isKnown) last = value;
            values[i] = last;
            _known[i] = isKnown && !isBefore;
        }
    }

    /// <summary>(1); returns the mean of the window, on its scale.</summary>
    private float Normalise(int b, int target, Span<float> values)
    {
        double sum = Reductions.Sum(values), mean = sum / values.Length, squares = 0;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        float level = (float)Math.Max(Math.Abs(mean), 1e-6);
        float spread = Math.Max(
            (float)Math.Sqrt(squares / values.Length),
            spec.Logarithms ? SmallestLogSpread : Math.Max(SmallestShare * level, SmallestSpread));
        float centre = spec.Centre switch
        {
            WindowCentre.Last => values[^1],
            WindowCentre.Season => MeanOfLast(values, spec.Season),
            WindowCentre.Horizon => MeanOfLast(values, spec.Horizon),
            _ => (float)mean,
        };
        if (spec.Centre == WindowCentre.None)
        {
            SeriesColumnSpec column = spec.Columns[target];
            (centre, spread) = (column.Mean, column.Deviation > 0 ? column.Deviation : 1f);
        }

        if (spec.Centre == WindowCentre.Zero)
        {
            double sizes = 0;
            foreach (float value in values) sizes += Math.Abs(value);
            (centre, spread) = (0f, 1f + (float)(sizes / values.Length));
        }

        (_centres[b], _spreads[b]) = (centre, spread);
        for (int i = 0; i < values.Length; i++) values[i] = (values[i] - centre) / spread;
        return (float)((mean - centre) / spread);
    }

    private static float MeanOfLast(ReadOnlySpan<float> values, int count)
    {
        count = Math.Min(values.Length, count);
        return (float)(Reductions.Sum(values[^count..]) / count);
    }

    /// <summary>The first half of (2): in a segment all values stand first, then all masks, all ages, ...</summary>
    private void WritePast(ForecastRows rows, SeriesWindow window, ReadOnlySpan<float> values, Span<float> x)
    {
        int w = spec.Segment, width = spec.PastWidth, own = spec.TargetWidth, future = spec.FutureWidth;
        for (int i = 0; i < values.Length; i++)
        {
            int segment = i / w, step = window.Origin - values.Length + i, at = segment * w * width + i % w;
            x[at] = values[i];
            if (own > 1) x[at + w] = _known[i] ? 1f : 0f;
            if (own > 2) x[at + 2 * w] = rows.AgeOf(window.Series, window.Target, step);
            if (future > 0) rows.WriteKnown(window.Series, step, x[(at + w * own)..], w, _scratch);
            if (width > own + future) rows.WritePast(window.Series, step, x[(at + w * (own + future))..], w, _scratch);
        }
    }

    /// <summary>The second half of (2).</summary>
    private void WriteFuture(ForecastRows rows, SeriesWindow window, float mean, int b, Span<float> p)
    {
        int w = spec.Segment, place = spec.PlaceWidth, width = place + w * spec.FutureWidth;
        p.Clear();
        // Of logarithms the spread says how wild the series is; otherwise it would tell where its zero lies, which the window is
        // to forget: 3 y + 100 is forecast as 3 q + 100.
        float spread = spec.Logarithms ? Math.Min(_spreads[b], MostSpread) : 0f;
        for (int j = 0; j < spec.FutureSegments; j++)
        {
            Span<float> own = p.Slice(j * width, width);
            own[j] = 1f;
            int at = spec.FutureSegments;
            if (spec.TargetCount > 1)
            {
                own[at + window.Target] = 1f;
                at += spec.TargetCount;
            }

            rows.WriteStatic(window.Series, Math.Max(0, window.Origin - 1), own[at..], _scratch);
            own[place - 2] = spread;
            own[place - 1] = Math.Clamp(mean, -MostDeviations, MostDeviations);
            for (int i = 0; i < w && spec.FutureWidth > 0; i++)
            {
                rows.WriteKnown(window.Series, window.Origin + j * w + i, own[(place + i)..], w, _scratch);
            }
        }
    }
}
