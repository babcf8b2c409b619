using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// Reads texts, with or without labels, from the usual formats; plain or gzip, in UTF-8. Formats, columns and headers
/// that the options do not name are guessed from the file.
/// </summary>
/// <remarks>
/// <para>CSV and tab-separated columns, with a header or without, and the keys of JSON lines: the text and the label are found by
/// their names, which are known in several languages, by what their values are (words, numbers, dates) and by how often these
/// come again. <see cref="Detect"/> says what was found and what else is possible.</para>
/// <para>Texts that are numbers or dates are refused, unless the options name their column or format.</para>
/// <para>fastText's <c>__label__x text</c>, TREC's <c>COARSE:fine question</c>, and directories whose
/// sub-directories or files are named as the labels.</para>
/// <para>Every fault is an <see cref="InvalidDataException"/> that names the file, the line and the column and says what to do.
/// Blank lines are skipped. An empty text is kept and counted in <see cref="TextDataset.Warnings"/>; an empty label is a fault.
/// </para>
/// </remarks>
public static class TextDatasetReader
{
    /// <summary>Reads labelled texts.</summary>
    /// <param name="path">A file or a directory.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <exception cref="InvalidDataException">The content is faulty.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static TextDataset Read(DataFile path, TextFormatOptions? options = null) => Read(path, options, out _);

    /// <summary>Reads labelled texts, and says what the file was taken for, without looking at it once more.</summary>
    /// <param name="path">A file or a directory.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <param name="detected">What <see cref="Detect"/> says of the file.</param>
    /// <inheritdoc cref="Read(DataFile, TextFormatOptions?)" path="/exception"/>
    public static TextDataset Read(DataFile path, TextFormatOptions? options, out DetectedFormat detected)
    {
        options ??= new TextFormatOptions();
        (string format, char delimiter) = FormatGuess.Guess(path, options.Format, options.Delimiter);
        detected = new DetectedFormat(format, false, null, null);
        return format switch
        {
            FormatName.Directory => DirectoryReader.Read(path),
            FormatName.Csv or FormatName.Tsv => ReadTable(path, format, delimiter, options, out detected),
            FormatName.JsonLines => ReadJsonLines(path, options, out detected),
            FormatName.FastText or FormatName.Trec => ReadLabelledLines(path, format, options),
            FormatName.Conll or FormatName.ConllU => throw TaggedWords(path),
            _ => throw NoLabels(path),
        };
    }

    /// <summary>Reads texts without labels, one at a time, as the enumeration goes on; labels are passed over.</summary>
    /// <param name="path">A file in any of the formats, or of plain lines; each of these is a text, the empty ones too.</param>
    /// <param name="options">What need not be guessed; the label is not looked for.</param>
    /// <exception cref="InvalidDataException">The content is faulty.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static IEnumerable<string> ReadTexts(DataFile path, TextFormatOptions? options = null)
    {
        options = (options ?? new TextFormatOptions()) with { LabelColumn = null };
        options = ByName(path, options);
        if (options.Format == FormatName.Lines) return LineTexts(path, FormatName.Lines, options);
        (string format, char delimiter) = FormatGuess.Guess(path, options.Format, options.Delimiter);
        return format switch
        {
            FormatName.Directory => DirectoryReader.Read(path).Examples.Select(example => example.Text),
            FormatName.Csv or FormatName.Tsv => TableTexts(path, format, delimiter, options),
            FormatName.Conll or FormatName.ConllU =>
                TaggedDatasetReader.Read(path, new TaggedFormatOptions { Format = format, WordsOnly = true })
                    .Sentences.Select(sentence => string.Join(' ', sentence.Words)),
            _ => LineTexts(path, format, options),
        };
    }

    /// <summary>Whether nearly all texts are numbers or dates, from which nothing can be learnt as from words.</summary>
    /// <param name="texts">The texts.</param>
    public static bool AreNumbers(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return NumericTexts.AreNumbers(texts.Count, i => texts[i]);
    }

    /// <summary>
    /// Says what a file would be taken for, by looking at it as <see cref="Read(DataFile, TextFormatOptions?)"/> does.
    /// </summary>
    /// <param name="path">A file or a directory.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <exception cref="InvalidDataException">The content is faulty.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static DetectedFormat Detect(DataFile path, TextFormatOptions? options = null)
    {
        options ??= new TextFormatOptions();
        bool labelled = !options.FormatFromNameOnly;
        options = ByName(path, options);
        if (options.Format == FormatName.Lines) return new DetectedFormat(FormatName.Lines, false, null, null);
        (string format, char delimiter) = FormatGuess.Guess(path, options.Format, options.Delimiter);
        switch (format)
        {
            case FormatName.Csv or FormatName.Tsv:
                return Layout(path, format, delimiter, options, labelled).Describe(format);
            case FormatName.JsonLines:
                return (labelled ? Labelled(path, options) : JsonLayout.Find(path, options, labelled: false)).Describe();

            default:
                return new DetectedFormat(format, false, null, null);
        }
    }

    /// <summary>With the format that the name tells, if that is to count; what has a separator is no lines.</summary>
    private static TextFormatOptions ByName(DataFile path, TextFormatOptions options)
    {
        if (options is not { FormatFromNameOnly: true, Format: null }) return options;
        string format = FormatByName.Find(path);
        string table = options.Delimiter == '\t' ? FormatName.Tsv : FormatName.Csv;
        return options with { Format = format == FormatName.Lines && options.Delimiter is not null ? table : format };
    }

    private static JsonLayout Labelled(DataFile path, TextFormatOptions options)
    {
        JsonLayout layout = JsonLayout.Find(path, options, labelled: true);
        return layout.LabelKey is null ? throw layout.NoLabel(path.Path) : layout;
    }

    private static TableLayout Layout(DataFile path, string format, char delimiter, TextFormatOptions options, bool labelled) =>
        TableLayout.Find(() => TableReader.Open(path, format, delimiter), options, labelled);

    private static TextDataset ReadTable(
        DataFile path, string format, char delimiter, TextFormatOptions options, out DetectedFormat detected)
    {
        TableLayout layout = Layout(path, format, delimiter, options, labelled: true);
        detected = layout.Describe(format);
        var examples = new ExampleCollector();
        using TableReader table = TableReader.Open(path, format, delimiter);
        for (bool header = layout.HasHeader; table.Read(); header = false)
        {
            if (header) continue;
            table.CheckFieldCount(layout.FieldCount);
            ReadOnlySpan<char> label = table.Field(layout.LabelColumn);
            if (label.IsWhiteSpace())
            {
                throw table.Error(layout.LabelColumn, "the label is empty. Every row needs one: add it or remove the row.");
            }

            examples.Add(table.Field(layout.TextColumn), label, table.Line);
        }

        if (table is TsvTable { QuotedRows: > 0 } quoted)
        {
            string rows = quoted.QuotedRows == 1 ? "row has" : "rows have";
            examples.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {quoted.QuotedRows} {rows} fields in double quotes with tabs or "
                + $"line ends in them, read as Excel and pandas write them (first: line {quoted.FirstQuotedRow})."));
        }

        return examples.Count > 0 ? examples.ToDataset(path) : throw TableLayout.HeaderOnly(path.Path);
    }

    private static TextDataset ReadJsonLines(DataFile path, TextFormatOptions options, out DetectedFormat detected)
    {
        var examples = new ExampleCollector();
        JsonLayout layout = Labelled(path, options);
        detected = layout.Describe();
        using var file = path.OpenText();
        var json = new JsonLine(file, layout, labelled: true);
        while (TryReadText(file, out ReadOnlySpan<char> line))
        {
            (string text, string? label) = json.Read(line);
            examples.Add(text, label, file.LineNumber);
        }

        return examples.ToDataset(path);
    }

    private static TextDataset ReadLabelledLines(DataFile path, string format, TextFormatOptions options)
    {
        bool fine = IsFine(path, format, options);
        var examples = new ExampleCollector();
        using var file = path.OpenText();
        while (TryReadText(file, out ReadOnlySpan<char> line))
        {
            LabelledLine example = format == FormatName.Trec
                ? LabelledLine.Trec(file, line, fine)
                : LabelledLine.FastText(file, line, options.Delimiter);
            examples.Add(example.Text, example.Label, file.LineNumber);
        }

        TextDataset data = examples.ToDataset(path);
        if (format == FormatName.FastText && options.Delimiter is null) LabelledLine.CheckFastTextLabels(data);
        if (options.Format is null)
        {
            NumericTexts.Refuse(
                path.Path, data.Count, i => data.Examples[i].Text, "texts", $"say so with --format {format} (Format)");
        }

        return data;
    }

    private static IEnumerable<string> TableTexts(DataFile path, string format, char delimiter, TextFormatOptions options)
    {
        TableLayout layout = Layout(path, format, delimiter, options, labelled: false);
        using TableReader table = TableReader.Open(path, format, delimiter);
        table.KeepsBlankLines = options.FormatFromNameOnly && layout.FieldCount == 1;
        for (bool header = layout.HasHeader; table.Read(); header = false)
        {
            if (!header)
            {
                table.CheckFieldCount(layout.FieldCount);
                yield return table.Field(layout.TextColumn).ToString();
            }
        }
    }

    private static IEnumerable<string> LineTexts(DataFile path, string format, TextFormatOptions options)
    {
        JsonLayout? layout = format == FormatName.JsonLines ? JsonLayout.Find(path, options, labelled: false) : null;
        using var file = path.OpenText();
        JsonLine? json = layout is null ? null : new JsonLine(file, layout, labelled: false);
        while (file.TryReadLine(out ReadOnlySpan<char> line))
        {
            if (format == FormatName.Lines || !line.IsWhiteSpace())
            {
                yield return format switch
                {
                    FormatName.JsonLines => json!.Read(line).Text,
                    FormatName.FastText => LabelledLine.FastText(file, line, options.Delimiter).Text.ToString(),
                    FormatName.Trec => LabelledLine.Trec(file, line, fine: false).Text.ToString(),
                    _ => line.ToString(),
                };
            }
        }
    }

    private static bool TryReadText(TextFile file, out ReadOnlySpan<char> line)
    {
        while (file.TryReadLine(out line))
        {
            if (!line.IsWhiteSpace()) return true;
        }

        return false;
    }

    private static bool IsFine(DataFile path, string format, TextFormatOptions options)
    {
        string[] kinds = ["coarse", "fine"];
        return format == FormatName.Trec && options.LabelColumn is not null && (kinds.Contains(options.LabelColumn)
            ? options.LabelColumn == "fine"
            : throw new InvalidDataException(
                $"{path}: there is no label \"{options.LabelColumn}\" in TREC lines. "
                + Suggestion.Describe("The labels are", options.LabelColumn, kinds)));
    }

    private static InvalidDataException TaggedWords(DataFile path) => new(
        $"{path}: words with a tag each (CoNLL columns), no labelled texts. A tagger learns from these: --task tag, or "
        + "TaggedDatasetReader. If they are labelled texts, name their format: --format tsv.");

    private static InvalidDataException NoLabels(DataFile path) => new(
        $"{path}: plain lines without labels. Expected columns (CSV or tabs) with a text and a label, JSON lines, "
        + "__label__x text, or COARSE:fine text; where each file is a label, give their directory."
        + FormatGuess.AskForDelimiter(path));
}
