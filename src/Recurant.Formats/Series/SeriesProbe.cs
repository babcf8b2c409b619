namespace Recurant.Formats;

/// <summary>Tells tables of numbers and sequences of measurements from tables of texts, by their first rows.</summary>
internal static class SeriesProbe
{
    private const int RowsLooked = 500;

    /// <summary>What is said where folders or a list give each series its label.</summary>
    private const string WithLabels = ", each with a label";

    /// <summary>A column of words that are longer on average, or hold a blank, and hardly come again, is one of texts.</summary>
    private const int LongWord = 16;

    private static readonly string[] s_tables = [".csv", ".tsv", ".tab", ".dat", ".psv", ".parquet"];

    /// <summary>What a file that shows itself by its first bytes or lines is; null if that tells nothing.</summary>
    internal static string? DescribeByHead(DataFile file)
    {
        if (SoundSeries.Find(file) is { } sounds) return sounds[0].Label is null ? "sounds" : "sounds" + WithLabels;
        if (Directory.Exists(file.Path)) return DescribeDirectory(file);
        switch (SeriesKinds.Find(file, new SeriesFormatOptions()))
        {
            case SeriesKind.Tsf:
                return "series of numbers (.tsf)";
            case SeriesKind.Ts:
                return "sequences of numbers (.ts)";
            case SeriesKind.Arff:
                return "sequences of numbers (.arff)";
            case SeriesKind.Idx:
                return "images as sequences (IDX)";
            case SeriesKind.Parquet:
                return Describe(ParquetRows.Source(file), new SeriesFormatOptions())
                    ?? throw SeriesFault.Of(
                        $"{file}: this is a Parquet file without numbers; texts are read from CSV, TSV or JSON lines. Write it "
                        + "as one of them.");
            default:
                return null;
        }
    }

    /// <summary>Whether a description says that each series has a label.</summary>
    internal static bool HasLabels(string description) => description.EndsWith(WithLabels, StringComparison.Ordinal);

    /// <summary>What a table is if it holds numbers over time or sequences of numbers; null if it holds texts.</summary>
    internal static string? Describe(DataFile file, string format, TextFormatOptions options)
    {
        if (options.TextColumn is not null) return null;
        var own = new SeriesFormatOptions { Delimiter = options.Delimiter };
        try
        {
            return Describe(format == FormatName.JsonLines ? JsonRows.Source(file) : SeriesKinds.Delimited(file, own), own);
        }
        catch (InvalidDataException)
        {
            return null; // the reader of texts says where and why
        }
    }

    private static string? Describe(SeriesSource source, SeriesFormatOptions options)
    {
        SeriesSample sample = SeriesSample.Take(source, RowsLooked);
        if (sample.Rows.Count < 3) return null;
        SeriesLayout layout = SeriesLayout.Find(source, options, sample);
        int numbers = 0, words = 0, lastWords = -1;
        for (int i = 0; i < layout.Width; i++)
        {
            if (i == layout.Id || layout.MoreIds.Contains(i) || layout.Time?.Places.Contains(i) == true) continue;
            if (layout.Sketches[i].IsCategory)
            {
                if (HoldsTexts(sample.Cells(i), layout.Sketches[i])) return null;
                words++;
                lastWords = i;
            }
            else if (layout.Sketches[i].IsNumeric)
            {
                numbers++;
            }
        }

        bool dated = layout.Time is { IsCounted: false } || layout.StepTimes is not null;
        bool counted = layout.Time is { IsCounted: true };
        bool label = words == 1 && numbers >= 2
            && (lastWords == layout.Width - 1 || KnownNames.Rank(layout.Names[lastWords], KnownNames.Label) >= 0);
        if (numbers == 0 || !(dated || counted || layout.RowIsSeries || words == 0 || label)) return null;
        if (layout.RowIsSeries) return $"{source.Format}, a sequence of numbers a row";
        string time = layout.Time is { } format
            ? $"numbers over time (time {string.Join(", ", format.Columns.Select(Suggestion.Quote))})" : "rows of numbers";
        string id = layout.Id < 0 ? "" : $", series {string.Join(", ", layout.IdNames.Select(Suggestion.Quote))}";
        return $"{source.Format}, {time}{id}";
    }

    private static bool HoldsTexts(string[] cells, ColumnSketch sketch)
    {
        string[] there = [.. cells.Where(cell => !NumberCells.IsMissing(cell))];
        if (TimeGuess.Find("", there, null).Count > 0) return false;
        bool repeats = 2 * sketch.Distinct <= there.Length;
        double length = there.Average(cell => cell.Length), blanks = there.Average(cell => cell.Count(c => c == ' '));
        return !repeats || (sketch.Distinct > 20 && (blanks >= 1 || length >= LongWord));
    }

    /// <summary>Sub-directories with a table of numbers or an image a sequence; tables of numbers side by side.</summary>
    private static string? DescribeDirectory(DataFile directory)
    {
        var listing = new Listing(directory);
        List<string> files = listing.Files(directory.Path);
        if (files.Exists(file => Path.GetFileName(file).Contains("images-idx3", StringComparison.OrdinalIgnoreCase)))
        {
            return "images as sequences (IDX)";
        }

        string? inside = listing.Directories().SelectMany(listing.Files).FirstOrDefault();
        string? first = inside ?? files.Find(IsTable);
        if (first is null) return null;
        string extension = Path.GetExtension(DataFile.WithoutPacking(first)).ToLowerInvariant();
        if (inside is not null && extension is ".png" or ".jpg" or ".jpeg" or ".bmp")
        {
            return "images as sequences" + WithLabels;
        }

        if (!IsTable(first)) return null;
        DataFile file = directory.Beside(first);
        string? table = extension == ".parquet" ? Describe(ParquetRows.Source(file), new SeriesFormatOptions())
            : Describe(file, FormatName.Csv, new TextFormatOptions());
        return table is null ? null : inside is null ? "a sequence of numbers a file" : "a sequence of numbers a file"
            + WithLabels;
    }

    private static bool IsTable(string file) =>
        s_tables.Contains(Path.GetExtension(DataFile.WithoutPacking(file)).ToLowerInvariant());
}
