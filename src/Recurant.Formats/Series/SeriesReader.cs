namespace Recurant.Formats;

/// <summary>
/// Reads tables of numbers over time and sequences of measurements: CSV and its like, JSON lines, Parquet, the files of the time
/// series archives (.tsf, .ts, .arff), IDX, folders of images, and sounds. What the options do not name is guessed from the file.
/// </summary>
/// <remarks>
/// <para>In long tables each row has a time and, where there are several series, the name of its series; in wide tables there is
/// a column a measurement; and rows may be a series each. Times of all usual kinds are read, their rule is learnt from all series
/// together, and rows that a regular series lacks are put in without values.</para>
/// <para>Every fault is an <see cref="InvalidDataException"/> that names the file, the line and the column and says what to do;
/// what was concluded and should be known is in <see cref="SeriesTable.Warnings"/>.</para>
/// </remarks>
public static class SeriesReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">A file or a directory.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <exception cref="InvalidDataException">The content is faulty, or lacks a column that is asked for.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format or zone.</exception>
    public static SeriesFile Read(DataFile file, SeriesFormatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new SeriesFormatOptions();
        if (options.Format is null && SoundSeries.Find(file) is { } sounds) return SoundSeries.Read(file, sounds, options);
        return SeriesKinds.Find(file, options) switch
        {
            SeriesKind.Tsf => TsfFile.Read(file, options),
            SeriesKind.Ts => TsFile.Read(file, options),
            SeriesKind.Arff => ArffFile.Read(file, options),
            SeriesKind.Idx => IdxSeries.Read(file, options),
            SeriesKind.Directory => SeriesDirectory.Read(file, options),
            _ => SeriesTableReader.Read(Source(file, options), options),
        };
    }

    /// <summary>Reads several files as one table: rows that go on in the next file, or a series a file.</summary>
    /// <param name="files">The files, all with the same columns.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <inheritdoc cref="Read(DataFile, SeriesFormatOptions?)" path="/exception"/>
    public static SeriesFile Read(IReadOnlyList<DataFile> files, SeriesFormatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0) throw new ArgumentException("At least one file is expected.", nameof(files));
        options ??= new SeriesFormatOptions();
        if (files.Count == 1) return Read(files[0], options);
        FileRows.Part[] parts = [.. files.Select(file => new FileRows.Part(
            Source(file, options), DataFile.WithoutPacking(Path.GetFileName(file.Path)), null))];
        SeriesSource source = FileRows.Source(string.Join(" and ", files.Take(2).Select(file => file.Path))
            + (files.Count > 2 ? $" and {files.Count - 2:N0} more" : ""), parts, options);
        return SeriesTableReader.Read(source, options);
    }

    /// <summary>A file as rows of fields, if it is a table.</summary>
    internal static SeriesSource Source(DataFile file, SeriesFormatOptions options)
    {
        SeriesKind kind = SeriesKinds.Find(file, options);
        return kind switch
        {
            SeriesKind.Table => SeriesKinds.Delimited(file, options),
            SeriesKind.JsonLines => JsonRows.Source(file),
            SeriesKind.Parquet => ParquetRows.Source(file),
            _ => throw SeriesFault.Of(
                $"{file}: one of several files must be a table (CSV, JSON lines or Parquet); this is "
                + $"{kind.ToString().ToLowerInvariant()}."),
        };
    }
}
