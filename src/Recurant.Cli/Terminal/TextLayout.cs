using System.Text;

namespace Recurant.Cli;

/// <summary>Lays text out for people: lines of a width, and tables whose columns line up.</summary>
internal static class TextLayout
{
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
    /// The lines of a table. The first row is the heading; columns after the first stand to the right where
    /// <paramref name="left"/> does not say otherwise.
    /// </summary>
    public static IEnumerable<string> Table(IReadOnlyList<string[]> rows, params int[] left)
    {
        var widths = new int[rows.Max(row => row.Length)];
        foreach (string[] row in rows)
        {
            for (int column = 0; column < row.Length; column++) widths[column] = Math.Max(widths[column], row[column].Length);
        }

        foreach (string[] row in rows)
        {
            var line = new StringBuilder();
            for (int column = 0; column < row.Length; column++)
            {
                if (column > 0) line.Append("  ");
                bool toLeft = column == 0 || left.Contains(column);
                line.Append(toLeft ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column]));
            }

            yield return line.ToString().TrimEnd();
        }
    }

    /// <summary>The text, or its beginning and an ellipsis where it is longer than the width.</summary>
    public static string Shorten(string text, int width) =>
        text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - 3)), "...");

    /// <summary>The text without line ends and other control characters, for tables and one-line answers.</summary>
    public static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
