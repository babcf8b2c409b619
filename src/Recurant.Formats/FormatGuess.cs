using Recurant.Data;

namespace Recurant.Formats;

/// <summary>Tells a file's format from what is in it and, where that leaves a choice, from its name.</summary>
internal static class FormatGuess
{
    private const int LinesLooked = 100;

    /// <summary>The format, and the separator that counts if it is CSV.</summary>
    internal static (string Format, char Delimiter) Guess(DataFile path, string? asked)
    {
        if (asked is not null && !FormatName.All.Contains(asked, StringComparer.OrdinalIgnoreCase))
        {
            string known = Suggestion.Describe("The formats are", asked, FormatName.All);
            throw new ArgumentException($"There is no format \"{asked}\". {known}", nameof(asked));
        }

        string? format = asked?.ToLowerInvariant();
        if (Directory.Exists(path.Path))
        {
            return format is null or FormatName.Directory
                ? (FormatName.Directory, '\0')
                : throw new IOException($"{path}: this is a directory; a file in the format {format} is expected.");
        }

        List<string> all = Head(path);
        List<string> lines = all.FindAll(line => !string.IsNullOrWhiteSpace(line));
        format ??= ConllShape.Find(path.Extension, all) ?? FromContent(path, lines) ?? FromName(path, lines);
        char delimiter = Delimiter(lines);
        return (format, delimiter == '\0' ? ',' : delimiter);
    }

    /// <summary>The first lines, with the blank ones among them, which are not counted.</summary>
    private static List<string> Head(DataFile path)
    {
        using var file = path.OpenText();
        var lines = new List<string>();
        int texts = 0;
        while (texts < LinesLooked && file.TryReadLine(out ReadOnlySpan<char> line))
        {
            bool blank = line.IsWhiteSpace();
            texts += blank ? 0 : 1;
            if (!blank || (lines.Count > 0 && lines[^1].Length > 0))
            {
                lines.Add(blank ? "" : line.ToString());
            }
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
        if (first.StartsWith(LabelledLine.FastTextPrefix) || extension is ".ft" or ".fasttext")
        {
            return FormatName.FastText;
        }

        if (first.StartsWith("{\"") || first.StartsWith("{ \"") || extension is ".jsonl" or ".ndjson" or ".json")
        {
            return FormatName.JsonLines;
        }

        bool table = extension is ".csv" or ".tsv" or ".tab";
        return extension == ".label" || (!table && lines.TrueForAll(line => LabelledLine.IsTrec(line))) ? FormatName.Trec : null;
    }

    private static string FromName(DataFile path, List<string> lines)
    {
        bool tabs = lines.TrueForAll(line => line.Contains('\t'));
        switch (path.Extension)
        {
            case ".csv":
                return tabs && Delimiter(lines) == '\0' ? FormatName.Tsv : FormatName.Csv;
            case ".tsv" or ".tab":
                return !tabs && Delimiter(lines) != '\0' && !lines[0].Contains('\t') ? FormatName.Csv : FormatName.Tsv;
            default:
                if (tabs)
                {
                    return FormatName.Tsv;
                }

                string[] names = lines[0].Split(Delimiter(lines) == ';' ? ';' : ',', StringSplitOptions.TrimEntries);
                bool header = KnownNames.Find(names, KnownNames.Text) >= 0 && KnownNames.Find(names, KnownNames.Label) >= 0;
                return header ? FormatName.Csv : FormatName.Lines;
        }
    }

    /// <summary>The comma or the semicolon, whichever the first line has more of outside quotes; 0 if it has neither.</summary>
    private static char Delimiter(List<string> lines)
    {
        int commas = 0;
        int semicolons = 0;
        bool quoted = false;
        foreach (char c in lines[0])
        {
            quoted ^= c == '"';
            commas += c == ',' && !quoted ? 1 : 0;
            semicolons += c == ';' && !quoted ? 1 : 0;
        }

        return commas + semicolons == 0 ? '\0' : commas >= semicolons ? ',' : ';';
    }
}
