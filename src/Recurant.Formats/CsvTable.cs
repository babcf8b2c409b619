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

    private readonly DataFile _source;
    private readonly TextFile _file;
    private readonly char _delimiter;
    private readonly CsvDataReader _csv;
    private int _nextLine = 1;

    internal CsvTable(DataFile path, char delimiter)
        : base(path)
    {
        _source = path;
        _delimiter = delimiter;
        _file = path.OpenText();
        try
        {
            _csv = CsvDataReader.Create(new LineFeed(_file), new CsvDataReaderOptions
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
            _file.Dispose();
            if (exception is CsvFormatException or CsvRecordTooLargeException)
            {
                throw CsvFault.Find(path, delimiter, exception);
            }

            throw;
        }
    }

    internal override int FieldCount => _csv.RowFieldCount;

    internal override string Advice =>
        $"Put a field that holds the separator '{_delimiter}' in double quotes, and double the quotes inside it.";

    internal override bool Read()
    {
        try
        {
            do
            {
                Line = _nextLine;
                if (!_csv.Read()) return false;
                _nextLine += _csv.GetRawRecordSpan().Count('\n');
            }
            while (!KeepsBlankLines && _csv.RowFieldCount == 1 && _csv.GetRawRecordSpan().IsWhiteSpace());

            CheckMaximum();
            return true;
        }
        catch (Exception exception) when (exception is CsvFormatException or CsvRecordTooLargeException)
        {
            throw CsvFault.Find(_source, _delimiter, exception);
        }
    }

    internal override ReadOnlySpan<char> Field(int index)
    {
        try
        {
            return _csv.GetFieldSpan(index);
        }
        catch (CsvFormatException exception)
        {
            throw CsvFault.Find(_source, _delimiter, exception);
        }
    }

    internal override InvalidDataException Error(int field, string message)
    {
        (int line, int column) = CsvFault.Locate(_csv.GetRawRecordSpan(), _delimiter, field);
        return TextFile.Error(Path, Line + line, column, message);
    }

    public override void Dispose()
    {
        _csv.Dispose();
        _file.Dispose();
    }
}
