namespace Recurant.Formats;

/// <summary>
/// Reads tables of numbers over time and sequences of measurements: CSV and its like, JSON lines, the files of the time series
/// archives (.tsf, .ts), IDX. What the options do not name is guessed from the file.
/// </summary>
/// <remarks>
/// <para>In long tables each row has a time and, where there are several series, the name of its series; in wide tables there is a
/// column a measurement; and rows may be a series each. Times of all usual kinds are read, their rule is learnt from all series
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
        return SeriesKinds.Find(file, options) switch
        {
            SeriesKind.Tsf => TsfFile.Read(file, options),
            SeriesKind.Ts => TsFile.Read(file, options),
            SeriesKind.Idx => IdxSeries.Read(file, options),
            _ => SeriesTableReader.Read(SeriesKinds.Delimited(file, options), options),
        };
    }
}
