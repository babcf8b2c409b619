namespace Recurant.Feeds;

/// <summary>A place in a table from which a target is forecast: what lies before is known, what follows is asked.</summary>
/// <param name="Series">The number of the series.</param>
/// <param name="Target">Which of the targets.</param>
/// <param name="Origin">The first step that is asked, counted from the first row of the series.</param>
/// <param name="End">Where the steps end whose values may be looked at; what the table has behind it counts as unknown.</param>
internal readonly record struct SeriesWindow(int Series, int Target, int Origin, int End);

/// <summary>
/// All windows of a table, by number: the origins of every series and target, one step apart. Nothing is copied; a window is
/// found by its number.
/// </summary>
internal sealed class SeriesWindows
{
    private readonly int[] _series, _first, _ends;
    private readonly long[] _end;
    private readonly int _targets;

    /// <summary>Lists windows.</summary>
    /// <param name="targets">The targets of each series.</param>
    /// <param name="origins">
    /// For each series its first and its last origin, the last before the first where it has none, and the end of its values.
    /// </param>
    public SeriesWindows(int targets, IReadOnlyList<(int First, int Last, int End)> origins)
    {
        _targets = targets;
        _series = [.. Enumerable.Range(0, origins.Count).Where(series => origins[series].Last >= origins[series].First)];
        _first = [.. _series.Select(series => origins[series].First)];
        _ends = [.. _series.Select(series => origins[series].End)];
        _end = new long[_series.Length];
        for (int i = 0; i < _series.Length; i++)
        {
            (int first, int last, _) = origins[_series[i]];
            _end[i] = (i == 0 ? 0 : _end[i - 1]) + (last - first + 1L) * targets;
        }
    }

    /// <summary>The number of windows.</summary>
    public long Count => _end.Length == 0 ? 0 : _end[^1];

    /// <summary>How many series have any.</summary>
    public int SeriesCount => _series.Length;

    /// <summary>A window by its number: series by series, origin by origin, target by target.</summary>
    public SeriesWindow this[long number]
    {
        get
        {
            int place = Array.BinarySearch(_end, number + 1);
            if (place < 0) place = ~place;
            long inSeries = number - (place == 0 ? 0 : _end[place - 1]);
            return new SeriesWindow(
                _series[place], (int)(inSeries % _targets), _first[place] + (int)(inSeries / _targets), _ends[place]);
        }
    }

    /// <summary>
    /// Draws windows at random: a series, each as likely as any other, then one of its windows. Short series so count as
    /// much as long ones.
    /// </summary>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="windows">Takes the windows.</param>
    public void Draw(Philox random, Span<SeriesWindow> windows)
    {
        for (int i = 0; i < windows.Length; i++)
        {
            int place = random.Below(2 * (uint)i, _series.Length);
            long before = place == 0 ? 0 : _end[place - 1], count = _end[place] - before;
            windows[i] = this[before + random.Below(2 * (uint)i + 1, (int)Math.Min(int.MaxValue, count))];
        }
    }

    /// <summary>At most so many windows, evenly spread over all.</summary>
    public IEnumerable<SeriesWindow> Spread(long most)
    {
        long count = Math.Min(most, Count);
        for (long i = 0; i < count; i++) yield return this[(long)((decimal)i * Count / count)];
    }
}
