namespace Recurant.Inputs;

/// <summary>
/// The features of a sound that is still going on: samples come in pieces of any length, and every frame can be read as soon
/// as the samples it needs are there. After <see cref="Complete"/> the frames are those of the whole clip, bit for bit.
/// </summary>
/// <remarks>
/// Once its memory suffices for the longest piece, nothing is allocated. Not for several threads at once.
/// </remarks>
public sealed class SoundFeatureStream
{
    private readonly SoundFeatures _features;
    private readonly FeatureRows _rows;

    // The rows at work, with their differences: row t stands in place t mod _places. _ready[k] rows have their k-th differences.
    private readonly float[] _ring, _block;
    private readonly int _places;
    private readonly long[] _ready;

    // Samples from place _start of the sound on, and finished rows from _first on.
    private float[] _held = [], _queue = [];
    private int _count, _first, _end;
    private long _start, _computed;
    private bool _isComplete;

    /// <summary>Begins a stream.</summary>
    /// <param name="features">What is computed; several streams may share it.</param>
    /// <exception cref="ArgumentException">
    /// The specification needs the whole clip: it normalises it, or has TopDecibels.
    /// </exception>
    public SoundFeatureStream(SoundFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (!features.Spec.IsStreamable)
        {
            throw new ArgumentException(
                "Features of a stream cannot look at the whole clip: Normalisation must be None and TopDecibels 0; they "
                + $"are {features.Spec.Normalisation} and {features.Spec.TopDecibels}.", nameof(features));
        }

        _features = features;
        _rows = features.NewRows();
        // While a row comes, the k-th differences of the row k H earlier are computed, which look H rows back.
        _places = (1 + features.Spec.Deltas) * features.Spec.DeltaWindow + 1;
        _ring = new float[_places * features.Width];
        _block = new float[SpectrumBlock.Most * features.StaticWidth];
        _ready = new long[1 + features.Spec.Deltas];
    }

    /// <summary>The numbers of a frame.</summary>
    public int Width => _features.Width;

    /// <summary>
    /// How many frames the answer lags behind the samples: H frames are looked ahead for differences, 2 H for those of the
    /// differences; 0 without.
    /// </summary>
    public int Lag => _features.Spec.Deltas * _features.Spec.DeltaWindow;

    /// <summary>The samples that have come.</summary>
    public long Samples => _start + _count;

    /// <summary>The frames that can be read at once.</summary>
    public int Available => (_end - _first) / Width;

    /// <summary>Takes the samples that follow.</summary>
    /// <param name="samples">As many as there are; between -1 and 1.</param>
    /// <exception cref="InvalidOperationException">The stream is complete.</exception>
    public void Add(ReadOnlySpan<float> samples)
    {
        if (_isComplete) throw new InvalidOperationException("The stream is complete; Reset begins another one.");
        Hold(samples);
        long first = _computed;
        while (_features.Layout.Needed(_computed) <= Samples) _computed++;
        Compute(first);
    }

    /// <summary>Says that no samples follow: the last frames are finished as at the end of a clip.</summary>
    public void Complete()
    {
        if (_isComplete) return;
        _isComplete = true;
        long first = _computed;
        _computed = Math.Max(_computed, _features.Layout.Frames(Samples));
        Compute(first);
        Differ();
    }

    /// <summary>Takes the next frame, if it is there.</summary>
    /// <param name="frame">[width]; takes it.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The frame has another width.</exception>
    public bool TryRead(Span<float> frame)
    {
        if (frame.Length != Width)
        {
            throw new ArgumentException($"A frame has {Width} numbers; there is room for {frame.Length}.", nameof(frame));
        }

        if (_first == _end) return false;
        _queue.AsSpan(_first, Width).CopyTo(frame);
        _first += Width;
        return true;
    }

    /// <summary>Forgets everything and begins a new sound.</summary>
    public void Reset()
    {
        Array.Clear(_ready);
        (_count, _first, _end, _start, _computed, _isComplete) = (0, 0, 0, 0, 0, false);
    }

    private void Hold(ReadOnlySpan<float> samples)
    {
        // What no frame to come reads is let go; at the end of a clip that is reflected, half a frame is read once more.
        long keep = Math.Min(_features.Layout.First(_computed), Samples - _features.Layout.Span - 1);
        int forgotten = (int)Math.Clamp(keep - _start, 0, _count);
        _held.AsSpan(forgotten, _count - forgotten).CopyTo(_held);
        (_start, _count) = (_start + forgotten, _count - forgotten);
        if (_count + samples.Length > _held.Length) Array.Resize(ref _held, Math.Max(2 * _held.Length, _count + samples.Length));
        samples.CopyTo(_held.AsSpan(_count));
        _count += samples.Length;
    }

    /// <summary>Computes the rows from one to the last that can be, and hands them on one by one.</summary>
    private void Compute(long first)
    {
        int width = _features.StaticWidth;
        while (first < _computed)
        {
            int count = (int)Math.Min(SpectrumBlock.Most, _computed - first);
            Span<float> rows = _block.AsSpan(0, count * width);
            _rows.Compute(_held.AsSpan(0, _count), _start, Samples, first, rows, width, float.NegativeInfinity);
            for (int i = 0; i < count; i++)
            {
                rows.Slice(i * width, width).CopyTo(Row(_ready[0]++, 0));
                if (_ready.Length == 1) Enqueue(_ready[0] - 1);
                else Differ();
            }

            first += count;
        }
    }

    /// <summary>
    /// Computes the differences for which the rows are there. Once no row follows, those past the last one count as the last.
    /// </summary>
    private void Differ()
    {
        bool isAll = _isComplete && _ready[0] == _computed;
        for (int order = 1; order < _ready.Length; order++)
        {
            long there = _ready[order - 1], end = isAll ? there : there - _features.Spec.DeltaWindow;
            for (; _ready[order] < end; _ready[order]++)
            {
                Differ(order, _ready[order], there - 1);
                if (order == _ready.Length - 1) Enqueue(_ready[order]);
            }
        }
    }

    /// <summary>d_t of (6), with the same operations as <see cref="Differences.OfClip"/>.</summary>
    private void Differ(int order, long t, long last)
    {
        Span<float> result = Row(t, order);
        result.Clear();
        for (int h = 1; h <= _features.Spec.DeltaWindow; h++)
        {
            Span<float> later = Row(Math.Min(last, t + h), order - 1), earlier = Row(Math.Max(0, t - h), order - 1);
            Differences.Add(later, earlier, _features.Factors[h - 1], result);
        }
    }

    /// <summary>The k-th differences of a row; k = 0 for the row itself.</summary>
    private Span<float> Row(long row, int order) =>
        _ring.AsSpan((int)(row % _places) * Width + order * _features.StaticWidth, _features.StaticWidth);

    private void Enqueue(long row)
    {
        if (_end + Width > _queue.Length)
        {
            _queue.AsSpan(_first, _end - _first).CopyTo(_queue);
            (_first, _end) = (0, _end - _first);
            if (_end + Width > _queue.Length) Array.Resize(ref _queue, Math.Max(2 * _queue.Length, 16 * Width));
        }

        _ring.AsSpan((int)(row % _places) * Width, Width).CopyTo(_queue.AsSpan(_end));
        _end += Width;
    }
}
