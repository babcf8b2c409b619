using System.Text;

namespace Recurant.Cli;

/// <summary>Lays text out for people: lines of a width, and tables whose columns line up.</summary>
internal static class TextLayout
{
    private const int Gap = 2, NarrowestText = 12, Indent = 2;

    /// <summary>Breaks a text at blanks into lines of at most so many characters; a longer word stands alone.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }

        if (line.Length > 0) yield return line.ToString();
    }

    /// <summary>
    /// The lines of a table in at most so many columns. The first row is the heading; columns after the first stand to the right
    /// where <paramref name="left"/> does not say otherwise. In a table that is too wide texts go on in the next line; where
    /// that does not do, each row becomes a few lines that name their values.
    /// </summary>
    /// <param name="rows">The heading and the rows.</param>
    /// <param name="width">The columns that there are.</param>
    /// <param name="left">The columns of texts beside the first.</param>
    public static IEnumerable<string> Table(IReadOnlyList<string[]> rows, int width, params int[] left)
    {
        var widths = new int[rows.Max(row => row.Length)];
        foreach (string[] row in rows)
        {
            for (int column = 0; column < row.Length; column++) widths[column] = Math.Max(widths[column], row[column].Length);
        }

        int excess = widths.Sum() + Gap * (widths.Length - 1) - width;
        int[] texts = [0, .. left.Where(column => column > 0 && column < widths.Length)];
        while (excess > 0 && texts.MaxBy(column => widths[column]) is var widest && widths[widest] > NarrowestText)
        {
            widths[widest]--;
            excess--;
        }

        return excess > 0 ? Stacked(rows, width) : rows.SelectMany(row => Lines(row, widths, left));
    }

    /// <summary>The text, or its beginning and an ellipsis where it is longer than the width.</summary>
    public static string Shorten(string text, int width) =>
        text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - 3)), "...");

    /// <summary>The text without line ends and other control characters, for tables and one-line answers.</summary>
    public static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    /// <summary>A row; a text that is wider than its column goes on below.</summary>
    private static IEnumerable<string> Lines(string[] row, int[] widths, int[] left)
    {
        string[][] cells =
            [.. row.Select((cell, column) => cell.Length <= widths[column] ? [cell] : Wrap(cell, widths[column]).ToArray())];
        return Enumerable.Range(0, cells.Max(cell => cell.Length))
            .Select(i => Line([.. cells.Select(cell => i < cell.Length ? cell[i] : "")], widths, left));
    }

    private static string Line(string[] row, int[] widths, int[] left)
    {
        var line = new StringBuilder();
        for (int column = 0; column < row.Length; column++)
        {
            if (column > 0) line.Append(' ', Gap);
            string cell = Shorten(row[column], widths[column]);
            line.Append(column == 0 || left.Contains(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Each row as its first cell and, indented, what the others are: "rows 12, loss 0.3".</summary>
    private static IEnumerable<string> Stacked(IReadOnlyList<string[]> rows, int width)
    {
        foreach (string[] row in rows.Skip(1))
        {
            // The no-break blank keeps a heading and its value on one line.
            IEnumerable<string> values = row
                .Select((cell, column) => (cell, heading: column < rows[0].Length ? rows[0][column] : "")).Skip(1)
                .Where(value => value.cell.Length > 0)
                .Select(value => $"{value.heading} {value.cell}".Trim().Replace(' ', '\u00a0'));
            string first = row[0].Length > 0 ? row[0] : rows[0][0];
            foreach (string line in Wrap(first, width)) yield return Shorten(line, width);
            foreach (string line in Wrap(string.Join(", ", values), width - Indent))
            {
                yield return Shorten(new string(' ', Indent) + line.Replace('\u00a0', ' '), width);
            }
        }
    }
}
