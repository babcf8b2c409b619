namespace Recurant.Formats;

/// <summary>Tells what can be learnt from a file by looking at its first rows, so that the task need not be named.</summary>
public static class DataDetector
{
    private const int RowsLooked = 1000;

    /// <summary>Looks at some data.</summary>
    /// <remarks>
    /// CoNLL columns are tagged words; columns or keys of texts with the names of a pair (source and target, en and de, ...) and
    /// two columns of texts that hardly come again are pairs; rows that begin with the name of a PNG, JPEG or BMP file, and
    /// folders with MNIST's files, are images with sentences; columns of which one can be a label, fastText and TREC lines and
    /// directories are labelled texts; one column, or one key, and other text is plain text. Tables without a column of texts
    /// that have a column of times, or nothing but numbers, and the files of the archives of series are series.
    /// </remarks>
    /// <param name="path">A file or a directory, or a name of <see cref="SdkData"/>.</param>
    /// <param name="options">What need not be guessed. A label column makes the data labelled texts.</param>
    /// <exception cref="InvalidDataException">The content is faulty.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static DetectedData Detect(DataFile path, TextFormatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Path.StartsWith(SdkData.Prefix, StringComparison.Ordinal)) return SdkData.Detect(path.Path);
        if (MnistScenes.IsMnist(path.Path))
        {
            return new DetectedData(DataKind.ImageSentences, "MNIST's digits, as scenes with a sentence each");
        }

        options ??= new TextFormatOptions();
        if (options.Format is null && NotesReader.Describe(path) is { } music)
        {
            return new DetectedData(DataKind.Notes, music);
        }

        if (options.Format is null && SeriesProbe.DescribeByHead(path) is { } shown)
        {
            return new DetectedData(DataKind.Series, shown) { HasLabels = SeriesProbe.HasLabels(shown) };
        }

        (string format, char delimiter) = FormatGuess.Guess(path, options.Format, options.Delimiter);
        string name = new DetectedFormat(format, false, null, null).Name;
        if (format is FormatName.Csv or FormatName.Tsv or FormatName.JsonLines
            || (format == FormatName.Lines && options.Format is null))
        {
            if (SeriesProbe.Describe(path, format, options) is { } series) return new DetectedData(DataKind.Series, series);
        }

        return format switch
        {
            FormatName.Conll or FormatName.ConllU => new DetectedData(DataKind.TaggedWords, name),
            FormatName.Lines => new DetectedData(DataKind.PlainText, name + Question(path)),
            FormatName.JsonLines => FromKeys(path, name, options),
            FormatName.Csv or FormatName.Tsv => FromColumns(path, format, delimiter, options) switch
            {
                DataKind.LabelledTexts => Labelled(path, options),
                DataKind.ImageSentences => new DetectedData(DataKind.ImageSentences, $"{name}, images and sentences"),
                DataKind.TextPairs => new DetectedData(DataKind.TextPairs, $"{name}, pairs of texts"),
                DataKind.PlainText when options is { Format: null, Delimiter: null }
                    && Delimiters.IsRefused(FormatGuess.Suspect(path)) =>
                    throw OneColumn(path),
                DataKind other => new DetectedData(other, $"{name}, one column{Question(path)}"),
            },
            _ => new DetectedData(DataKind.LabelledTexts, name),
        };
    }

    private static DetectedData FromKeys(DataFile path, string name, TextFormatOptions options)
    {
        if (options.LabelColumn is not null) return Labelled(path, options);
        using (var file = path.OpenText())
        {
            ReadOnlySpan<char> line;
            while (file.TryReadLine(out line) && line.IsWhiteSpace())
            {
                // the first object tells
            }

            if (PairNames.ArePairs(JsonLine.KeysOf(file, line)))
            {
                return new DetectedData(DataKind.TextPairs, $"{name}, pairs of texts");
            }
        }

        JsonLayout layout = JsonLayout.Find(path, options, labelled: true);
        string none = layout.LabelKey is null && layout.Keys.Count > 1 ? "; no other key can be a label" : "";
        return new DetectedData(
            layout.LabelKey is null ? DataKind.PlainText : DataKind.LabelledTexts, layout.Describe() + none);
    }

    /// <summary>What is called a table, has one column, and a character in each row as often as only separators come.</summary>
    private static InvalidDataException OneColumn(DataFile path) => TextFile.Error(
        path.Path, 1, 0,
        $"there is only one column.{FormatGuess.AskForDelimiter(path)} If each row is one text, say so: --format lines.");

    private static string Question(DataFile path)
    {
        string question = FormatGuess.AskForDelimiter(path);
        return question.Length == 0 ? "" : "." + question.TrimEnd('.');
    }

    private static DetectedData Labelled(DataFile path, TextFormatOptions options) =>
        new(DataKind.LabelledTexts, TextDatasetReader.Detect(path, options).ToString());

    private static DataKind FromColumns(DataFile path, string format, char delimiter, TextFormatOptions options)
    {
        using TableReader table = TableReader.Open(path, format, delimiter);
        if (options.LabelColumn is not null || !table.Read()) return DataKind.LabelledTexts;
        string[] first = PairDatasetReader.FirstRow(table);
        if (first.Length == 1) return DataKind.PlainText;
        if (first.Length == 2 && (CaptionDatasetReader.IsImage(first[0]) || NextIsImage(path, format, delimiter)))
        {
            return DataKind.ImageSentences;
        }

        if (PairNames.Find(first) is { } pair && PairNames.ArePairs(first))
        {
            ColumnStatistics[]? named = Measure(table, first);
            return named is null || HoldsWords(named[pair.Source]) && HoldsWords(named[pair.Target])
                ? DataKind.TextPairs : DataKind.LabelledTexts;
        }

        return first.Length == 2 && KnownNames.Find(first, KnownNames.Label) < 0 && Measure(table, first) is { } columns
            && Array.TrueForAll(columns, column => column.CannotBeLabel && column.HoldsText)
            ? DataKind.TextPairs
            : DataKind.LabelledTexts;
    }

    /// <summary>Whether the row below the first begins with an image, so that the first is a header.</summary>
    private static bool NextIsImage(DataFile path, string format, char delimiter)
    {
        using TableReader table = TableReader.Open(path, format, delimiter);
        return table.Read() && table.Read() && CaptionDatasetReader.IsImage(table.Field(0));
    }

    /// <summary>Whether a column with a name of pairs holds what can be translated: no numbers, no addresses.</summary>
    private static bool HoldsWords(ColumnStatistics column) => !column.IsNumeric && !column.Is(CellKind.Code) && !column.IsEmpty;

    /// <summary>What the first rows below this one look like; null if one has another number of fields.</summary>
    private static ColumnStatistics[]? Measure(TableReader table, string[] first)
    {
        ColumnStatistics[] columns = [.. first.Select(name => new ColumnStatistics(name))];
        for (int row = 0; row < RowsLooked && table.Read(); row++)
        {
            if (table.FieldCount != first.Length)
            {
                return null; // the reader says where and why
            }

            for (int i = 0; i < columns.Length; i++) columns[i].Add(table.Field(i));
        }

        return columns;
    }
}
