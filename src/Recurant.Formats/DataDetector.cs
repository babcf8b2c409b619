using Recurant.Data;

namespace Recurant.Formats;

/// <summary>Tells what can be learnt from a file by looking at its first rows, so that the task need not be named.</summary>
public static class DataDetector
{
    private const int RowsLooked = 1000;

    /// <summary>Looks at some data.</summary>
    /// <remarks>
    /// CoNLL columns are tagged words; columns or keys with the names of a pair (source and target, en and de, ...) and two
    /// columns of texts that hardly come again are pairs; rows that begin with the name of a PNG, JPEG or BMP file, and folders
    /// with MNIST's files, are images with sentences; columns of which one can be a label, fastText and TREC lines and
    /// directories are labelled texts; one column, or one key, and other text is plain text.
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
        if (path.Path.StartsWith(SdkData.Prefix, StringComparison.Ordinal))
        {
            return SdkData.Detect(path.Path);
        }

        if (MnistScenes.IsMnist(path.Path))
        {
            return new DetectedData(DataKind.ImageSentences, "MNIST's digits, as scenes with a sentence each");
        }

        options ??= new TextFormatOptions();
        (string format, char delimiter) = FormatGuess.Guess(path, options.Format);
        DataKind kind = format switch
        {
            FormatName.Conll or FormatName.ConllU => DataKind.TaggedWords,
            FormatName.Lines => DataKind.PlainText,
            FormatName.JsonLines => FromKeys(path, options),
            FormatName.Csv or FormatName.Tsv => FromColumns(path, format, delimiter, options),
            _ => DataKind.LabelledTexts,
        };
        string description = kind switch
        {
            DataKind.LabelledTexts => TextDatasetReader.Detect(path, options).ToString(),
            DataKind.ImageSentences => $"{new DetectedFormat(format, false, null, null).Name}, images and sentences",
            DataKind.TextPairs => $"{new DetectedFormat(format, false, null, null).Name}, pairs of texts",
            _ => new DetectedFormat(format, false, null, null).Name,
        };
        return new DetectedData(kind, description);
    }

    private static DataKind FromKeys(DataFile path, TextFormatOptions options)
    {
        using var file = path.OpenText();
        ReadOnlySpan<char> line;
        while (file.TryReadLine(out line) && line.IsWhiteSpace())
        {
            // the first object tells
        }

        List<string> keys = JsonLine.KeysOf(file, line);
        return options.LabelColumn is not null ? DataKind.LabelledTexts
            : PairNames.ArePairs(keys) ? DataKind.TextPairs
            : keys.Count == 1 || (KnownNames.Find(keys, KnownNames.Label) < 0 && keys.Count > 2) ? DataKind.PlainText
            : DataKind.LabelledTexts;
    }

    private static DataKind FromColumns(DataFile path, string format, char delimiter, TextFormatOptions options)
    {
        using TableReader table = TableReader.Open(path, format, delimiter);
        if (options.LabelColumn is not null || !table.Read())
        {
            return DataKind.LabelledTexts;
        }

        string[] first = PairDatasetReader.FirstRow(table);
        if (first.Length == 1)
        {
            return DataKind.PlainText;
        }

        if (first.Length == 2 && (CaptionDatasetReader.IsImage(first[0]) || NextIsImage(path, format, delimiter)))
        {
            return DataKind.ImageSentences;
        }

        if (PairNames.ArePairs(first))
        {
            return DataKind.TextPairs;
        }

        return first.Length == 2 && KnownNames.Find(first, KnownNames.Label) < 0 && HoldsTwoTexts(table, first)
            ? DataKind.TextPairs
            : DataKind.LabelledTexts;
    }

    /// <summary>Whether the row below the first begins with an image, so that the first is a header.</summary>
    private static bool NextIsImage(DataFile path, string format, char delimiter)
    {
        using TableReader table = TableReader.Open(path, format, delimiter);
        return table.Read() && table.Read() && CaptionDatasetReader.IsImage(table.Field(0));
    }

    /// <summary>Whether both of two columns hold values that hardly come again and are as long as texts.</summary>
    private static bool HoldsTwoTexts(TableReader table, string[] first)
    {
        ColumnStatistics[] columns = [new(first[0]), new(first[1])];
        for (int row = 0; row < RowsLooked && table.Read(); row++)
        {
            if (table.FieldCount != 2)
            {
                return false; // the reader of labelled texts says where and why
            }

            columns[0].Add(table.Field(0));
            columns[1].Add(table.Field(1));
        }

        return Array.TrueForAll(columns, column => column.CannotBeLabel && column.HoldsText);
    }
}
