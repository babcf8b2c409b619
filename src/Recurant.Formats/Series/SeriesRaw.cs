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
    internal required string Path { get; init; }

    internal List<RawColumn> Columns { get; init; } = [];

    /// <summary>The names of the series in the order in which they come.</summary>
    internal List<string> Ids { get; } = [];

    /// <summary>Rows of the same series that follow one another.</summary>
    internal List<(int Series, int Count)> Runs { get; } = [];

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
        if (Runs.Count > 0 && Runs[^1].Series == series) Runs[^1] = (series, Runs[^1].Count + 1);
        else Runs.Add((series, 1));
    }
}
