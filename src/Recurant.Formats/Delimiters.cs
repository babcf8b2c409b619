namespace Recurant.Formats;

/// <summary>Finds the character that divides lines into columns.</summary>
internal static class Delimiters
{
    /// <summary>The characters that are tried, those that texts hold least often first.</summary>
    private const string Usual = "\t|;,";

    /// <summary>What divides columns now and then, and must be named.</summary>
    private const string Unusual = "^~:#&!/=";

    private const int FewestLines = 5, SureColumns = 4;

    /// <summary>
    /// The character that gives the most rows the same number of columns, two or more; where several do, the one under which
    /// the first row has known names, then the one that texts hold least often. 0 if none divides the first lines.
    /// </summary>
    internal static char Find(IReadOnlyList<string> lines)
    {
        char best = '\0';
        (double Share, bool Named) most = default;
        foreach (char delimiter in Usual)
        {
            if (!lines.Any(line => line.Contains(delimiter))) continue;
            List<int> counts = Columns(lines, delimiter);
            int usual = MostFrequent(counts);
            if (usual < 2)
            {
                // Short rows may outnumber the whole ones; a header tells.
                usual = counts[0] > 1 && HasKnownNames(lines[0], delimiter) ? counts[0] : 0;
            }

            (double Share, bool Named) found = usual < 2 ? default
                : ((double)counts.Count(count => count == usual) / counts.Count, HasKnownNames(lines[0], delimiter));
            if (found.Share > 0 && (found.Named, found.Share).CompareTo((most.Named, most.Share)) > 0)
            {
                (best, most) = (delimiter, found);
            }
        }

        return best;
    }

    /// <summary>Whether lines of a file that its name does not call a table are one all the same.</summary>
    /// <remarks>
    /// All lines have as many columns, and there are four or more, or one of them holds the same few short values many times.
    /// Commas with blanks behind them are those of sentences.
    /// </remarks>
    internal static bool AreColumns(IReadOnlyList<string> lines, char delimiter)
    {
        if (delimiter == '\0' || lines.Count < FewestLines || (delimiter == ',' && lines.Any(line => line.Contains(", "))))
        {
            return false;
        }

        List<int> counts = Columns(lines, delimiter);
        if (counts[0] < 2 || counts.Exists(count => count != counts[0])) return false;
        if (counts[0] >= SureColumns) return true;
        foreach (int column in Enumerable.Range(0, counts[0]))
        {
            string[] values = [.. lines.Skip(1).Select(line => line.Split(delimiter)).Where(row => row.Length == counts[0])
                .Select(row => row[column].Trim())];
            int distinct = values.Distinct(StringComparer.Ordinal).Count();
            if (distinct >= 2 && 3 * distinct <= values.Length && values.All(value => value.Length is > 0 and <= 20))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A character that comes equally often in all lines, which is worth a question; 0 if none does.</summary>
    internal static char Suspect(IReadOnlyList<string> lines)
    {
        foreach (char candidate in lines.Count < FewestLines ? "" : Usual + Unusual)
        {
            int count = lines[0].Count(c => c == candidate);
            if (count > 0 && lines.All(line => line.Count(c => c == candidate) == count)) return candidate;
        }

        return '\0';
    }

    /// <summary>Whether a character comes equally often in all lines of hardly anything but tables.</summary>
    internal static bool IsRefused(char suspect) => suspect is '^' or '~';

    /// <summary>What messages and options call the character.</summary>
    internal static string Name(char delimiter) => delimiter switch
    {
        ',' => "comma",
        ';' => "semicolon",
        '\t' => "tab",
        '|' => "pipe",
        _ => delimiter.ToString(),
    };

    /// <summary>The number of columns of the first row.</summary>
    internal static int ColumnsOfFirst(IReadOnlyList<string> lines, char delimiter) =>
        Columns(lines, delimiter, int.MaxValue, firstOnly: true)[0];

    /// <summary>
    /// The number of columns of each row; a quoted field may go on in the next line. Of a row with more than any table has, no
    /// more are counted: its width is all that matters.
    /// </summary>
    private static List<int> Columns(
        IReadOnlyList<string> lines, char delimiter, int most = TableReader.MaximumColumns, bool firstOnly = false)
    {
        var counts = new List<int>();
        var state = CsvState.FieldStart;
        int count = 1;
        foreach (string line in lines)
        {
            if (state == CsvState.FieldStart && !line.Contains('"'))
            {
                count += line.AsSpan().Count(delimiter);
            }
            else
            {
                for (int i = 0; i < line.Length && count <= most; i++)
                {
                    state = CsvFault.Next(state, line[i], delimiter);
                    count += state == CsvState.FieldStart ? 1 : 0;
                }
            }

            if (state != CsvState.Quoted)
            {
                counts.Add(Math.Min(count, most == int.MaxValue ? most : most + 1));
                (state, count) = (CsvState.FieldStart, 1);
                if (firstOnly) return counts;
            }
        }

        if (state == CsvState.Quoted)
        {
            counts.Add(count); // cut off, or never closed
        }

        return counts;
    }

    private static int MostFrequent(List<int> counts) =>
        counts.GroupBy(count => count).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;

    /// <summary>
    /// Whether one of the columns is called as those of texts or labels are; a row too wide for a table has no names.
    /// </summary>
    private static bool HasKnownNames(string header, char delimiter) =>
        Names(header, delimiter, " \"'") is { } names
            && (KnownNames.Find(names, KnownNames.Text) >= 0 || KnownNames.Find(names, KnownNames.Label) >= 0);

    /// <summary>Whether there are a column of texts and one of labels by the names.</summary>
    internal static bool NamesBoth(string header, char delimiter) =>
        Names(header, delimiter, " ") is { } names
            && KnownNames.Find(names, KnownNames.Text) >= 0 && KnownNames.Find(names, KnownNames.Label) >= 0;

    /// <summary>The fields of a first row; null if there is one alone, or more than any table has.</summary>
    private static string[]? Names(string header, char delimiter, string around) =>
        header.AsSpan().Count(delimiter) is > 0 and < TableReader.MaximumColumns
            ? Array.ConvertAll(header.Split(delimiter), name => name.Trim(around.ToCharArray()))
            : null;
}
