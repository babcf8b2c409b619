using System.Text;

namespace Recurant.Formats;

/// <summary>Finds the line and column of a place in a CSV file, character by character. Needed for messages only.</summary>
internal static class CsvFault
{
    /// <summary>Reads the file again up to the first quote that is not closed or is followed by more text.</summary>
    internal static InvalidDataException Find(DataFile path, char delimiter, Exception cause)
    {
        using var file = path.OpenText();
        var state = CsvState.FieldStart;
        (int Line, int Column) opened = default;
        long quotedLength = 0;
        while (file.TryReadLine(out ReadOnlySpan<char> line))
        {
            for (int i = 0; i < line.Length; i++)
            {
                CsvState before = state;
                state = Next(before, line[i], delimiter);
                if (before == CsvState.FieldStart && state == CsvState.Quoted)
                {
                    opened = (file.LineNumber, i + 1);
                    quotedLength = 0;
                }
                else if (before == CsvState.QuoteInQuoted && state == CsvState.Plain)
                {
                    return file.Error(
                        i + 1,
                        $"text follows the closing quote of the field that began on line {opened.Line}, column {opened.Column}. "
                        + "Double the quotes inside a field, and close it right before the separator.");
                }
            }

            quotedLength += line.Length;
            if (state != CsvState.Quoted)
            {
                state = CsvState.FieldStart;
            }
            else if (quotedLength > CsvTable.MaximumRow)
            {
                break;
            }
        }

        return state == CsvState.Quoted
            ? TextFile.Error(
                path.Path,
                opened.Line,
                opened.Column,
                "the quote that opens here is never closed. Close it, or put the field in quotes and double those inside it.")
            : new InvalidDataException($"{path}: not valid CSV: {MessageText.Bounded(cause.Message)}", cause);
    }

    /// <summary>Where a field of a row begins: lines below the row's first, and the column.</summary>
    internal static (int Line, int Column) Locate(ReadOnlySpan<char> row, char delimiter, int field)
    {
        var state = CsvState.FieldStart;
        int line = 0;
        int lineStart = 0;
        for (int i = 0; i < row.Length && field > 0; i++)
        {
            if (row[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }

            state = Next(state, row[i], delimiter);
            if (state == CsvState.FieldStart && --field == 0) return (line, i + 2 - lineStart);
        }

        return (line, 1);
    }

    /// <summary>Where the character behind this one is.</summary>
    internal static CsvState Next(CsvState state, char c, char delimiter) => state switch
    {
        CsvState.Quoted => c == '"' ? CsvState.QuoteInQuoted : CsvState.Quoted,
        CsvState.QuoteInQuoted when c == '"' => CsvState.Quoted,
        CsvState.FieldStart when c == '"' => CsvState.Quoted,
        _ => c == delimiter ? CsvState.FieldStart : CsvState.Plain,
    };
}

/// <summary>Where in a row of CSV a character is.</summary>
internal enum CsvState
{
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}
