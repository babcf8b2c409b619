namespace Recurant.Formats;

/// <summary>Reads running text for language models; plain or gzip, in UTF-8.</summary>
public static class PlainTextReader
{
    /// <summary>
    /// Reads the lines of a file of text, the empty ones too, or the texts of a file that <see cref="TextDatasetReader"/>
    /// knows as CSV, tab-separated columns, JSON lines, fastText lines or a directory; labels are passed over.
    /// </summary>
    /// <param name="path">A file or a directory.</param>
    /// <param name="options">What need not be guessed. The format <c>lines</c> takes any file as lines of text.</param>
    /// <exception cref="InvalidDataException">The content is faulty, or there is no text.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static PlainText Read(DataFile path, TextFormatOptions? options = null)
    {
        var lines = new TextList();
        bool any = false;
        foreach (string line in TextDatasetReader.ReadTexts(path, options))
        {
            lines.Add(line);
            any |= !string.IsNullOrWhiteSpace(line);
        }

        if (!any) throw new InvalidDataException($"{path}: the file contains no text; expected lines of text.");
        if (options is not { TextColumn: not null } and not { Format: not null })
        {
            NumericTexts.Refuse(path.Path, lines.Count, i => lines[i], "lines", "say so with --format lines (Format)");
        }

        return new PlainText(path.Path, lines) { Warnings = path.Notes };
    }
}
