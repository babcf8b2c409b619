using System.Globalization;

namespace Recurant.Formats.Tests;

/// <summary>Writes a small table of numbers, reads it, and shows what came of it.</summary>
public abstract class SeriesFiles : TemporaryFiles
{
    internal SeriesFile Read(string name, string content, SeriesFormatOptions? options = null) =>
        SeriesReader.Read(Write(name, content), options);

    /// <summary>The message of the fault found in a file, without the directory's name.</summary>
    internal string SeriesFault(string name, string content, SeriesFormatOptions? options = null)
    {
        string path = Write(name, content);
        return Short(Assert.Throws<InvalidDataException>(() => SeriesReader.Read(path, options)).Message);
    }

    internal string Short(string message) => message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    internal string Warnings(SeriesFile file) => string.Join('\n', file.Table.Warnings.Select(Short));

    /// <summary>The values of a column, or the names of its categories: "1 2 - 4".</summary>
    internal static string Values(SeriesFile file, string column, int series = -1)
    {
        SeriesColumn found = file.Table.Columns[file.Table.IndexOf(column)];
        SeriesSpan span = series < 0 ? new SeriesSpan("", 0, file.Table.Rows) : file.Table.Series[series];
        return string.Join(' ', Enumerable.Range(span.First, span.Count).Select(row => float.IsNaN(found[row]) ? "-"
            : found.Categories is { } names ? names[(int)found[row]] : found[row].ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The times behind the last row of a series, as the file would write them.</summary>
    internal static string Next(SeriesFile file, int count, int series = 0)
    {
        SeriesSpan span = file.Table.Series[series];
        long last = file.Table.InstantOf(span.First + span.Count - 1);
        return string.Join(" | ", Enumerable.Range(1, count)
            .Select(step => string.Join(',', file.Times!.Write(file.Table.Axis!.After(last, step), file.Table.Axis))));
    }

    /// <summary>The time of a row as the file would write it.</summary>
    internal static string Time(SeriesFile file, int row) =>
        string.Join(',', file.Times!.Write(file.Table.InstantOf(row), file.Table.Axis!));

    /// <summary>Names and lengths of the series: "A 5, one 1".</summary>
    internal static string Spans(SeriesFile file) =>
        string.Join(", ", file.Table.Series.Select(span => $"{span.Id} {span.Count}".TrimStart()));

    internal static string Rows(int count, Func<int, string> row, int first = 0) =>
        string.Join('\n', Enumerable.Range(first, count).Select(row)) + "\n";
}
