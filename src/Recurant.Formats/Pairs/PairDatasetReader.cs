using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// Reads pairs of texts, such as sentences and their translations: two columns of a CSV or tab-separated file, two keys of
/// JSON lines, or two files of lines; plain or gzip, in UTF-8.
/// </summary>
/// <remarks>
/// <para>Columns and keys are found by their names: source and target, src and tgt, input and output, question and answer, or
/// two languages such as en and de, the first of which is the source. Failing that, a file of two columns has the source in
/// the first, and its first row is a pair.</para>
/// <para>Pairs with an empty side are left out and counted in <see cref="PairDataset.Warnings"/>; if they are more than half
/// of all, that is a fault. Every fault is an <see cref="InvalidDataException"/> that names the file and the line and says
/// what to do.</para>
/// </remarks>
public static class PairDatasetReader
{
    /// <summary>Reads the pairs of one file.</summary>
    /// <param name="path">A CSV, tab-separated or JSON lines file.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <exception cref="InvalidDataException">The content is faulty.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static PairDataset Read(DataFile path, PairFormatOptions? options = null)
    {
        options ??= new PairFormatOptions();
        (string format, char delimiter) = FormatGuess.Guess(path, options.Format, options.Delimiter);
        PairDataset data = format switch
        {
            FormatName.JsonLines => ReadJsonLines(path, options),
            FormatName.Csv or FormatName.Tsv => ReadTable(path, format, delimiter, options),
            FormatName.Trec or FormatName.Conll when options.Format is null => ReadTable(path, FormatName.Tsv, '\t', options),
            _ => throw new InvalidDataException(
                $"{path}: no pairs of texts. Expected two columns (CSV or tabs), JSON lines with two keys, or two files of "
                + "lines, given as --source FILE --target FILE."),
        };
        if (options.SourceColumn is null || options.TargetColumn is null)
        {
            const string Insist = "name both columns with --source and --target (SourceColumn, TargetColumn)";
            NumericTexts.Refuse(path.Path, data.Count, i => data.Pairs[i].Source, "source texts", Insist);
            NumericTexts.Refuse(path.Path, data.Count, i => data.Pairs[i].Target, "target texts", Insist);
        }

        return data;
    }

    /// <summary>Reads two files of lines, of which line i of the first belongs to line i of the second.</summary>
    /// <param name="sourcePath">The file of the texts to begin with.</param>
    /// <param name="targetPath">The file of the texts to arrive at; it must have as many lines.</param>
    /// <exception cref="InvalidDataException">The content is faulty, or the files have unequal numbers of lines.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static PairDataset ReadLines(DataFile sourcePath, DataFile targetPath) => LinePairs.Read(sourcePath, targetPath);

    private static PairDataset ReadTable(DataFile path, string format, char delimiter, PairFormatOptions options)
    {
        var pairs = new PairCollector(path.Path, () => path.Notes);
        using TableReader table = TableReader.Open(path, format, delimiter);
        if (!table.Read())
        {
            throw new InvalidDataException($"{path}: the file is empty; rows with a source and a target text are expected.");
        }

        int fields = table.FieldCount;
        (int source, int target, bool header) = FindColumns(table, options);
        if (!header) pairs.Add(table.Field(source), table.Field(target), table.Line);
        while (table.Read())
        {
            table.CheckFieldCount(fields);
            pairs.Add(table.Field(source), table.Field(target), table.Line);
        }

        return pairs.ToDataset();
    }

    /// <summary>The columns, told from the first row, and whether that row is a header.</summary>
    private static (int Source, int Target, bool Header) FindColumns(TableReader table, PairFormatOptions options)
    {
        string[] first = FirstRow(table);
        if (first.Length == 1)
        {
            throw table.Error(
                0, "there is only one column; one with the source and one with the target are needed. Check the separator.");
        }

        (int Source, int Target)? known = PairNames.Find(first);
        bool header = known is not null;
        int source = Resolve(table, first, options.SourceColumn, "source", ref header);
        int target = Resolve(table, first, options.TargetColumn, "target", ref header);
        if (source < 0 && target < 0)
        {
            (source, target) = known ?? (first.Length == 2 ? (0, 1) : throw TooMany(table, first));
        }
        else if (source < 0 || target < 0)
        {
            // One is named: the other is the known one, or the only other.
            int named = Math.Max(source, target);
            int other = source < 0 ? known?.Source ?? -1 : known?.Target ?? -1;
            other = other >= 0 && other != named ? other : first.Length == 2 ? 1 - named : throw TooMany(table, first);
            (source, target) = source < 0 ? (other, named) : (named, other);
        }

        return source != target
            ? (source, target, header)
            : throw new InvalidDataException($"{table.Path}: the source and the target cannot both be column {source + 1}.");
    }

    internal static string[] FirstRow(TableReader table)
    {
        var first = new string[table.FieldCount];
        for (int i = 0; i < first.Length; i++) first[i] = table.Field(i).Trim().ToString();
        return first;
    }

    private static int Resolve(TableReader table, string[] first, string? asked, string role, ref bool header)
    {
        if (asked is null) return -1;
        int index = Array.FindIndex(first, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        if (int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            index = number - 1;
        }
        else if (index >= 0)
        {
            header = true;
        }

        return index >= 0 && index < first.Length
            ? index
            : throw TextFile.Error(
                table.Path, table.Line, 0,
                $"there is no column \"{asked}\" for the {role}. {Suggestion.Describe("The first row holds", asked, first)}");
    }

    private static InvalidDataException TooMany(TableReader table, string[] first) => TextFile.Error(
        table.Path, table.Line, 0,
        $"cannot tell which of the {first.Length} columns hold the source and the target. "
        + $"{Suggestion.Describe("The first row holds", "source", first)} Name both, by name or number.");

    private static PairDataset ReadJsonLines(DataFile path, PairFormatOptions options)
    {
        var pairs = new PairCollector(path.Path, () => path.Notes);
        using var file = path.OpenText();
        JsonLine? json = null;
        while (file.TryReadLine(out ReadOnlySpan<char> line))
        {
            if (!line.IsWhiteSpace())
            {
                json ??= JsonLine.ForPairs(file, line, options);
                (string source, string? target) = json.Read(line);
                pairs.Add(source, target, file.LineNumber);
            }
        }

        return pairs.ToDataset();
    }
}
