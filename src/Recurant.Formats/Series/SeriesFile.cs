namespace Recurant.Formats;

/// <summary>A table of numbers as <see cref="SeriesReader"/> has read it, and what was guessed on the way.</summary>
public sealed class SeriesFile
{
    internal SeriesFile(SeriesTable table)
    {
        Table = table;
    }

    /// <summary>The numbers. Its columns are all of the file but those of times, ids and row numbers.</summary>
    public SeriesTable Table { get; }

    /// <summary>How the file writes its times; null where rows have none.</summary>
    public TimeFormat? Times { get; internal init; }

    /// <summary>The columns of the time; none where there is none.</summary>
    public IReadOnlyList<string> TimeColumns { get; internal init; } = [];

    /// <summary>The columns that name the series, mostly one; none where there is none.</summary>
    public IReadOnlyList<string> IdColumns { get; internal init; } = [];

    /// <summary>The same as <see cref="SeriesFormatOptions.Id"/> takes it; null where there is none.</summary>
    public string? IdColumn => IdColumns.Count == 0 ? null : string.Join(',', IdColumns);

    /// <summary>The column that is asked for or guessed as the label; null where none can be.</summary>
    public string? LabelColumn { get; internal init; }

    /// <summary>Whether the label is the same in all rows of a series.</summary>
    public bool LabelIsConstant { get; internal init; }

    /// <summary>The columns of numbers that are asked for or guessed as what is to be forecast, the likeliest first.</summary>
    public IReadOnlyList<string> Targets { get; internal init; } = [];

    /// <summary>
    /// For each series how many rows at its end are the future: <see cref="Targets"/> are blank in them, and other columns are
    /// not.
    /// </summary>
    public IReadOnlyList<int> FutureRows { get; internal init; } = [];

    /// <summary>What else could hold the time, the likeliest first.</summary>
    public IReadOnlyList<string> OtherTimes { get; internal init; } = [];

    /// <summary>What else could name the series.</summary>
    public IReadOnlyList<string> OtherIds { get; internal init; } = [];

    /// <summary>What else could be the label.</summary>
    public IReadOnlyList<string> OtherLabels { get; internal init; } = [];

    /// <summary>What else could be forecast.</summary>
    public IReadOnlyList<string> OtherTargets { get; internal init; } = [];

    /// <summary>What stands in <see cref="IdColumns"/> for a series, by its <see cref="SeriesSpan.Id"/>.</summary>
    /// <param name="id">The name of the series: the values with strokes between.</param>
    public IReadOnlyList<string> IdValues(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return IdColumns.Count <= 1 ? [id] : id.Split('/', IdColumns.Count);
    }

    /// <summary>How the columns were computed from sounds; null where the data are none.</summary>
    public SoundFeatureSpec? Sound { get; internal init; }

    /// <summary>What the file was taken for, in words.</summary>
    public string Description { get; internal init; } = "";
}
