using Sylvan.Data.Csv;

namespace Recurant.Formats;

/// <summary>
/// Columns separated by commas or semicolons, with fields in quotes where needed, as RFC 4180 says. Sylvan finds the fields;
/// the lines are counted here, and its faults are looked up again in the file to name their place.
/// </summary>
internal sealed class CsvTable : TableReader
{
    /// <summary>The longest row, over all its lines.</summary>
    internal const int MaximumRow = 1 << 26;

    private readonly DataFile source;
    private readonly TextFile file;
    private readonly char delimiter;
    private readonly CsvDataReader csv;
    private int nextLine = 1;

    internal CsvTable(DataFile path, char delimiter)
        : base(path)
    {
        source = path;
        this.delimiter = delimiter;
        file = path.OpenText();
        try
        {
            csv = CsvDataReader.Create(new LineFeed(file), new CsvDataReaderOptions
            {
                HasHeaders = false,
                Delimiter = delimiter,
                Comment = '\0', // '#' is text
                BufferSize = 1 << 16,
                MaxBufferSize = MaximumRow,
                ResultSetMode = ResultSetMode.SingleResult,
            });
        }
        catch (Exception exception)
        {
            file.Dispose();
            if (exception is CsvFormatException or CsvRecordTooLargeException)
            {
                throw CsvFault.Find(path, delimiter, exception);
            }

            throw;
        }
    }

    internal override int FieldCount => csv.RowFieldCount;

    internal override string Advice =>
        $"Put a field that holds the separator '{delimiter}' in double quotes, and double the quotes inside it.";

    internal override bool Read()
    {
        try
        {
            do
            {
                Line = nextLine;
                if (!csv.Read())
                {
                    return false;
                }

                nextLine += csv.GetRawRecordSpan().Count('\n');
            }
            while (!KeepsBlankLines && csv.RowFieldCount == 1 && csv.GetRawRecordSpan().IsWhiteSpace());

            CheckMaximum();
            return true;
        }
        catch (Exception exception) when (exception is CsvFormatException or CsvRecordTooLargeException)
        {
            throw CsvFault.Find(source, delimiter, exception);
        }
    }

    internal override ReadOnlySpan<char> Field(int index)
    {
        try
        {
            return csv.GetFieldSpan(index);
        }
        catch (CsvFormatException exception)
        {
            throw CsvFault.Find(source, delimiter, exception);
        }
    }

    internal override InvalidDataException Error(int field, string message)
    {
        (int line, int column) = CsvFault.Locate(csv.GetRawRecordSpan(), delimiter, field);
        return TextFile.Error(Path, Line + line, column, message);
    }

    public override void Dispose()
    {
        csv.Dispose();
        file.Dispose();
    }
}
