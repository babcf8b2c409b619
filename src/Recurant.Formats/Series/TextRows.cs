namespace Recurant.Formats;

/// <summary>
/// Lines with fields between separators, or between any number of blanks; a field in double quotes may hold separators, doubled
/// quotes and line ends.
/// </summary>
internal sealed class TextRows : FieldRows
{
    private const int MostLinesOfField = 1000;

    private readonly TextFile _file;
    private readonly char _delimiter;
    private char[] _row = new char[1024];
    private int _length;
    private int[] _starts = new int[64], _ends = new int[64];
    private int _count;

    /// <summary>Opens a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="delimiter">What stands between fields; a blank for any number of blanks and tabs.</param>
    internal TextRows(DataFile file, char delimiter)
    {
        _file = file.OpenText();
        _delimiter = delimiter;
    }

    internal override int Count => _count;

    internal override ReadOnlySpan<char> this[int field] => _row.AsSpan(_starts[field], _ends[field] - _starts[field]);

    internal override bool Read()
    {
        ReadOnlySpan<char> line;
        do
        {
            if (!_file.TryReadLine(out line)) return false;
        }
        while (line.IsWhiteSpace());

        Line = _file.LineNumber;
        _length = 0;
        Append(line);
        _count = 0;
        if (_delimiter == ' ') SplitAtBlanks();
        else Split();
        return true;
    }

    internal override InvalidDataException Error(int field, string message) => TextFile.Error(
        _file.Path, Line, field < 0 || field >= _count ? 0 : _starts[field] + 1, message);

    public override void Dispose() => _file.Dispose();

    private void Append(ReadOnlySpan<char> line)
    {
        if (_length + line.Length + 1 > _row.Length) Array.Resize(ref _row, 2 * (_length + line.Length + 1));
        line.CopyTo(_row.AsSpan(_length));
        _length += line.Length;
    }

    private void Split()
    {
        int at = 0;
        while (true)
        {
            while (at < _length && _row[at] == ' ' && _delimiter != ' ') at++;
            if (at < _length && _row[at] == '"')
            {
                at = Quoted(at);
            }
            else
            {
                int length = _row.AsSpan(at, _length - at).IndexOf(_delimiter);
                int end = length < 0 ? _length : at + length, next = end;
                while (end > at && _row[end - 1] is ' ' or '\t' && end > at) end--;
                Add(at, end);
                at = next;
            }

            if (at >= _length) return;
            at++; // the separator
            if (at == _length)
            {
                Add(at, at);
                return;
            }
        }
    }

    /// <summary>Takes a field in quotes, and what stands behind it up to the separator.</summary>
    private int Quoted(int open)
    {
        int read = open + 1, write = open + 1;
        int lines = 0;
        while (true)
        {
            if (read >= _length)
            {
                int line = _length;
                if (++lines > MostLinesOfField || !_file.TryReadLine(out ReadOnlySpan<char> more))
                {
                    throw TextFile.Error(
                        _file.Path, Line, open + 1,
                        "the quote that opens here is never closed. Close it, or double quotes that belong to the text.");
                }

                Append("\n");
                Append(more);
                read = line;
            }

            char c = _row[read++];
            if (c == '"')
            {
                if (read < _length && _row[read] == '"') read++;
                else break;
            }

            _row[write++] = c;
        }

        while (read < _length && _row[read] is ' ' or '\t' && _row[read] != _delimiter) read++;
        if (read < _length && _row[read] != _delimiter)
        {
            throw TextFile.Error(
                _file.Path, Line, read + 1,
                "text follows the closing quote of a field. Double the quotes inside a field, and close it right before the "
                + "separator.");
        }

        int start = open + 1;
        while (start < write && _row[start] is ' ' or '\t') start++;
        while (write > start && _row[write - 1] is ' ' or '\t') write--;
        Add(start, write);
        return read;
    }

    private void SplitAtBlanks()
    {
        int at = 0;
        while (true)
        {
            while (at < _length && _row[at] is ' ' or '\t') at++;
            if (at >= _length) return;
            if (_row[at] == '"')
            {
                at = Quoted(at);
                continue;
            }

            int start = at;
            while (at < _length && _row[at] is not (' ' or '\t')) at++;
            Add(start, at);
        }
    }

    private void Add(int start, int end)
    {
        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, 2 * _count);
            Array.Resize(ref _ends, 2 * _count);
        }

        (_starts[_count], _ends[_count]) = (start, end);
        _count++;
    }
}
