namespace Recurant.Formats;

/// <summary>Reads any table of fields: guesses from its first rows, and reads all of them.</summary>
internal static class SeriesTableReader
{
    internal static SeriesFile Read(SeriesSource source, SeriesFormatOptions options)
    {
        SeriesSample sample = SeriesSample.Take(source, SeriesSample.Few);
        (SeriesLayout layout, SeriesTable? table, TimeFormat? times, InvalidDataException? fault) = Try(source, options, sample);
        if (fault is not null && !sample.IsWhole)
        {
            // A later row was otherwise than the first thousand: many more tell better.
            sample = SeriesSample.Take(source, SeriesSample.Many);
            (layout, table, times, fault) = Try(source, options, sample);
        }

        if (fault is not null) throw fault;
        return SeriesRoles.Describe(
            table!, source.Format, options, times, times?.Columns, layout.IdNames, null,
            layout.OtherTimes, layout.OtherIds);
    }

    private static (SeriesLayout Layout, SeriesTable? Table, TimeFormat? Times, InvalidDataException? Fault) Try(
        SeriesSource source, SeriesFormatOptions options, SeriesSample sample)
    {
        SeriesLayout layout = SeriesLayout.Find(source, options, sample);
        SeriesRaw raw = SeriesRowReader.Read(source, layout, options, out InvalidDataException? fault);
        if (fault is not null) return (layout, null, null, fault);
        raw.Notes.InsertRange(0, layout.Notes);
        if (source.FileColumn is null) raw.LineOf = row => LineOf(source, layout, row);
        try
        {
            return (layout, SeriesAssembly.Build(raw, options), raw.Format, null);
        }
        catch (InvalidDataException exception)
        {
            return (layout, null, null, exception);
        }
    }

    /// <summary>The line of a row, found by reading the file once more.</summary>
    private static int LineOf(SeriesSource source, SeriesLayout layout, int row)
    {
        using FieldRows rows = source.Open();
        if (layout.HasHeader) rows.Read();
        for (int i = 0; i <= row && rows.Read();)
        {
            if (layout.RowIsSeries || rows.Count >= layout.Width) i++;
        }

        return rows.Line;
    }
}
