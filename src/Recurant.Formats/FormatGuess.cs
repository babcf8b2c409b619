namespace Recurant.Formats;

/// <summary>Tells a file's format from what is in it and, where that leaves a choice, from its name.</summary>
internal static class FormatGuess
{
    /// <summary>So many lines are looked at; once they hold so many characters, a few are enough.</summary>
    private const int LinesLooked = 100, CharactersLooked = 1 << 23, FewLines = 5;

    /// <summary>The format, and the separator that counts if it is CSV.</summary>
    internal static (string Format, char Delimiter) Guess(DataFile path, string? asked, char? delimiter = null)
    {
        if (asked is not null && !FormatName.All.Contains(asked, StringComparer.OrdinalIgnoreCase))
        {
            string known = Suggestion.Describe("The formats are", asked, FormatName.All);
            throw new ArgumentException($"There is no format \"{asked}\". {known}", nameof(asked));
        }

        string? format = asked?.ToLowerInvariant();
        CheckDelimiter(delimiter, format);
        if (Directory.Exists(path.Path))
        {
            return format is null or FormatName.Directory
                ? (FormatName.Directory, '\0')
                : throw new IOException($"{path}: this is a directory; a file in the format {format} is expected.");
        }

        List<string> all = Head(path);
        List<string> lines = all.FindAll(line => !string.IsNullOrWhiteSpace(line));
        if (delimiter is { } named)
        {
            format ??= IsFastText(lines) ? FormatName.FastText : named == '\t' ? FormatName.Tsv : FormatName.Csv;
            return (format, named);
        }

        format ??= ConllShape.Find(path.Extension, all) ?? FromContent(path, lines);
        char found = format == FormatName.JsonLines ? '\0' : Delimiters.Find(lines);
        // Here already: a reader of tables would take long to find so many.
        int columns = found == '\0' ? 1 : Delimiters.ColumnsOfFirst(lines, found);
        format ??= FromName(path, lines, found);
        if (columns > TableReader.MaximumColumns && format is (FormatName.Csv or FormatName.Tsv))
        {
            throw TableReader.TooManyColumns(path.Path, 1, columns);
        }

        return (format, found == '\0' ? ',' : found);
    }

    /// <summary>A question about lines that were taken for one column; empty if there is no reason for it.</summary>
    internal static string AskForDelimiter(DataFile path)
    {
        char suspect = Suspect(path);
        return suspect == '\0' ? "" : $" Does '{suspect}' separate columns? Then give --delimiter {Delimiters.Name(suspect)}.";
    }

    /// <summary>A character that may separate columns although none was found; 0 if there is none.</summary>
    internal static char Suspect(DataFile path) =>
        Delimiters.Suspect(Head(path).FindAll(line => !string.IsNullOrWhiteSpace(line)));

    private static void CheckDelimiter(char? delimiter, string? format)
    {
        if (delimiter is '"' or '\r' or '\n' or '\0')
        {
            throw new ArgumentException("A quote, a line end or a NUL cannot be the delimiter.", nameof(delimiter));
        }

        if (delimiter is { } named && format is not (null or FormatName.Csv or FormatName.FastText)
            && !(format == FormatName.Tsv && named == '\t'))
        {
            throw new ArgumentException(
                $"The delimiter '{named}' does not go with the format {format}: leave one of them out, or name the format csv.",
                nameof(delimiter));
        }
    }

    /// <summary>The first lines, with the blank ones among them, which are not counted.</summary>
    private static List<string> Head(DataFile path)
    {
        using var file = path.OpenText();
        var lines = new List<string>();
        int texts = 0;
        long length = 0;
        while (texts < (length < CharactersLooked ? LinesLooked : FewLines) && file.TryReadLine(out ReadOnlySpan<char> line))
        {
            bool blank = line.IsWhiteSpace();
            texts += blank ? 0 : 1;
            length += line.Length;
            if (!blank || (lines.Count > 0 && lines[^1].Length > 0)) lines.Add(blank ? "" : line.ToString());
        }

        if (texts == 1 && lines[0].AsSpan().TrimEnd('\r').Count('\r') > 0)
        {
            throw TextFile.Error(
                path.Path, 1, lines[0].IndexOf('\r') + 1,
                "the lines end in a carriage return alone, as on old Macintosh systems. Save the file with line ends LF or CRLF "
                + "(for example: tr '\\r' '\\n' < OLD > NEW).");
        }

        return texts > 0
            ? lines
            : throw new InvalidDataException($"{path}: the file is empty; texts are expected.");
    }

    /// <summary>The formats that show themselves, whatever the file is called.</summary>
    private static string? FromContent(DataFile path, List<string> lines)
    {
        ReadOnlySpan<char> first = lines[0].AsSpan().TrimStart();
        string extension = path.Extension;
        if (extension is ".ft" or ".fasttext" || IsFastText(lines)) return FormatName.FastText;
        if (first.StartsWith("{\"") || first.StartsWith("{ \"") || extension is ".jsonl" or ".ndjson" or ".json")
        {
            return FormatName.JsonLines;
        }

        bool table = extension is ".csv" or ".tsv" or ".tab";
        return extension == ".label" || (!table && lines.TrueForAll(line => LabelledLine.IsTrec(line))) ? FormatName.Trec : null;
    }

    /// <summary>Whether the first line begins with a fastText label, or nearly all lines have one somewhere.</summary>
    private static bool IsFastText(List<string> lines) =>
        lines[0].AsSpan().TrimStart().StartsWith(LabelledLine.FastTextPrefix)
        || lines.Count(line => LabelledLine.FindFastText(line, 0) >= 0) >= 0.9 * lines.Count;

    private static string FromName(DataFile path, List<string> lines, char delimiter)
    {
        bool tabs = lines.TrueForAll(line => line.Contains('\t'));
        string table = delimiter == '\t' ? FormatName.Tsv : FormatName.Csv;
        switch (path.Extension)
        {
            case ".csv" or ".psv":
                return table;
            case ".tsv" or ".tab":
                return !tabs && delimiter is not ('\0' or '\t') && !lines[0].Contains('\t') ? FormatName.Csv : FormatName.Tsv;
            default:
                if (tabs) return FormatName.Tsv;

                bool isTable = Delimiters.NamesBoth(lines[0], delimiter == '\0' ? ',' : delimiter)
                    || Delimiters.AreColumns(lines, delimiter);
                return isTable ? table : FormatName.Lines;
        }
    }
}
