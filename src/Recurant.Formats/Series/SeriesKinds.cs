namespace Recurant.Formats;

/// <summary>What a file of numbers is stored as.</summary>
internal enum SeriesKind
{
    Table,
    JsonLines,
    Parquet,
    Tsf,
    Ts,
    Arff,
    Idx,
    Directory,
}

/// <summary>Tells what a file of numbers is stored as, by its name and its first lines.</summary>
internal static class SeriesKinds
{
    private const string Separators = "\t|;,";

    private const int LinesLooked = 50;

    private static readonly string[] s_names = ["csv", "tsv", "jsonl", "parquet", "tsf", "ts", "arff", "idx", "directory"];

    internal static SeriesKind Find(DataFile file, SeriesFormatOptions options)
    {
        if (options.Format is { } asked)
        {
            return asked.ToLowerInvariant() switch
            {
                "csv" or "tsv" => SeriesKind.Table,
                "jsonl" => SeriesKind.JsonLines,
                "parquet" => SeriesKind.Parquet,
                "tsf" => SeriesKind.Tsf,
                "ts" => SeriesKind.Ts,
                "arff" => SeriesKind.Arff,
                "idx" => SeriesKind.Idx,
                "directory" => SeriesKind.Directory,
                _ => throw new ArgumentException(
                    $"There is no format \"{asked}\" of numbers. {Suggestion.Describe("The formats are", asked, s_names)}",
                    nameof(options)),
            };
        }

        if (Directory.Exists(file.Path)) return SeriesKind.Directory;
        var head = new byte[4];
        int read;
        using (Stream stream = file.Open()) read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read == 4 && head.AsSpan().SequenceEqual("PAR1"u8)) return SeriesKind.Parquet;
        if (read == 4 && head is [0, 0, 8, >= 1 and <= 4]) return SeriesKind.Idx;
        return file.Extension switch
        {
            ".tsf" when HasHead(file) => SeriesKind.Tsf,
            ".ts" when HasHead(file) => SeriesKind.Ts,
            ".arff" when HasHead(file) => SeriesKind.Arff,
            ".jsonl" or ".ndjson" => SeriesKind.JsonLines,
            _ => head[0] == '{' ? SeriesKind.JsonLines : SeriesKind.Table,
        };
    }

    /// <summary>Whether the first line that is no comment begins with @, as in the files of the archives.</summary>
    private static bool HasHead(DataFile file)
    {
        using TextFile text = file.OpenText();
        while (text.TryReadLine(out ReadOnlySpan<char> line))
        {
            line = line.TrimStart();
            if (!line.IsEmpty && line[0] is not ('#' or '%')) return line[0] == '@';
        }

        return false;
    }

    /// <summary>A table of lines; what stands between fields is found where it is not named.</summary>
    internal static SeriesSource Delimited(DataFile file, SeriesFormatOptions options)
    {
        char delimiter = options.Delimiter ?? (options.Format == "tsv" ? '\t' : Find(file));
        string name = delimiter switch
        {
            '\t' => "tab-separated columns",
            ' ' => "columns between blanks",
            ',' => "CSV",
            _ => $"CSV with {Delimiters.Name(delimiter)}s",
        };
        return new SeriesSource(file.Path, name, () => new TextRows(file, delimiter)) { Delimiter = delimiter };
    }

    /// <summary>The separator that gives most of the first lines the same number of fields, two or more; or blanks.</summary>
    private static char Find(DataFile file)
    {
        var lines = new List<string>();
        using (TextFile text = file.OpenText())
        {
            while (lines.Count < LinesLooked && text.TryReadLine(out ReadOnlySpan<char> line))
            {
                if (!line.IsWhiteSpace()) lines.Add(line.ToString());
            }
        }

        if (lines.Count == 0) return ',';
        char best = '\0';
        double most = 0;
        foreach (char separator in Separators)
        {
            int[] counts = [.. lines.Select(line => CountOutsideQuotes(line, separator)).Where(count => count > 0)];
            if (counts.Length < 0.8 * lines.Count) continue;
            int usual = counts.GroupBy(count => count).OrderByDescending(group => group.Count()).First().Count();
            double share = (double)usual / lines.Count;
            if (share > most + 0.1) (best, most) = (separator, share);
        }

        if (best != '\0') return best;
        int[] blanks = [.. lines.Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length)];
        bool numbers = lines.Count(line => line.AsSpan().ContainsAnyInRange('0', '9')) >= 0.9 * lines.Count;
        bool even = blanks.Count(count => count == blanks[^1]) >= 0.8 * blanks.Length && blanks[^1] > 1;
        return numbers && even && !IsDates(lines) ? ' ' : ',';
    }

    /// <summary>One column of dates with a time of day, or of dates in words, is none of several columns.</summary>
    private static bool IsDates(List<string> lines) =>
        lines[^1].Any(c => c == ':' || char.IsLetter(c)) && TimeGuess.Find("", [lines[^1].Trim()], null).Count > 0;

    private static int CountOutsideQuotes(string line, char separator)
    {
        if (!line.Contains('"')) return line.AsSpan().Count(separator);
        int count = 0;
        bool quoted = false;
        foreach (char c in line)
        {
            quoted ^= c == '"';
            count += c == separator && !quoted ? 1 : 0;
        }

        return count;
    }
}
