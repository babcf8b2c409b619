namespace Recurant.Formats;

/// <summary>A column while it is read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Its place in the file; below 0 where the file lacks it.</param>
/// <param name="Categories">Its categories; null for numbers.</param>
internal sealed record RawColumn(string Name, int Place, CategoryPool? Categories)
{
    internal Chunks<float> Values { get; } = new();

    /// <summary>Whether it had so many categories that they cannot be any.</summary>
    internal bool IsDropped { get; set; }
}

/// <summary>The rows of a table as they stand in the file.</summary>
internal sealed class SeriesRaw
{
    /// <summary>The series of a row by itself, or the complement of the series of several rows and their number.</summary>
    private readonly Chunks<int> _runs = new();

    private int _series, _count;

    internal required string Path { get; init; }

    internal List<RawColumn> Columns { get; init; } = [];

    /// <summary>The names of the series in the order in which they come.</summary>
    internal List<string> Ids { get; } = [];

    /// <summary>Rows of the same series that follow one another.</summary>
    internal IEnumerable<(int Series, int Count)> Runs
    {
        get
        {
            for (int i = 0; i < _runs.Count; i++)
            {
                if (_runs[i] >= 0) yield return (_runs[i], 1);
                else yield return (~_runs[i], _runs[++i]);
            }

            if (_count > 0) yield return (_series, _count);
        }
    }

    /// <summary>The time of each row; null where there are none.</summary>
    internal Chunks<long>? Times { get; set; }

    internal TimeFormat? Format { get; set; }

    /// <summary>Where times have offsets: the last of them; and whether they differ.</summary>
    internal TimeSpan Offset { get; set; }

    internal bool HasSeveralOffsets { get; set; }

    internal int Rows { get; set; }

    internal List<string> Notes { get; } = [];

    /// <summary>The line of a row, for messages; null where rows have no lines.</summary>
    internal Func<int, int>? LineOf { get; set; }

    internal void AddRow(int series)
    {
        Rows++;
        if (series != _series) EndRun();
        _series = series;
        _count++;
    }

    /// <summary>Gives up what is known of runs.</summary>
    internal void ForgetRuns()
    {
        _runs.Clear();
        _count = 0;
    }

    private void EndRun()
    {
        if (_count == 0) return;
        _runs.Add(_count == 1 ? _series : ~_series);
        if (_count > 1) _runs.Add(_count);
        _count = 0;
    }
}
