using System.Text;

namespace Recurant.Formats;

/// <summary>
/// Columns separated by tabs, in both conventions: a row a line, in which a quote is an ordinary character, and rows as Excel and
/// pandas write them, with fields in double quotes that hold tabs and line ends, the quotes inside doubled.
/// </summary>
/// <remarks>
/// The convention is decided row by row, by evidence. A row is taken for a quoted one if a field begins with a quote and its line
/// alone does not make a row of as many fields as the first row has, while the quoted reading does, to the letter of the rules.
/// A field of a line that begins and ends with a quote, and doubles those between, loses them in either case.
/// </remarks>
internal sealed class TsvTable(DataFile path) : TableReader(path)
{
    /// <summary>The longest row, over all its lines.</summary>
    private const int MaximumRow = CsvTable.MaximumRow;

    private readonly TextFile _file = path.OpenText();
    private readonly List<int> _ends = []; // where each field of the row ends
    private readonly List<(string Text, int Number)> _ahead = []; // lines looked at; those from next on are yet to be read
    private readonly StringBuilder _joined = new();
    private char[] _row = new char[1024];
    private char[] _unquoted = [];
    private int _expected;
    private int _next;

    /// <summary>How many rows were read as quoted ones that hold tabs or line ends.</summary>
    internal int QuotedRows { get; private set; }

    /// <summary>The line of the first of them.</summary>
    internal int FirstQuotedRow { get; private set; }

    internal override int FieldCount => _ends.Count;

    internal override string Advice =>
        "Separate the columns with one tab each; put a text with tabs or line ends in double quotes, and double those inside.";

    internal override bool Read()
    {
        do
        {
            if (!Next(out int number)) return false;
            Line = number;
        }
        while (!KeepsBlankLines && _ends.Count == 1 && _row.AsSpan(0, _ends[0]).IsWhiteSpace());

        if (OpensQuote()) ReadQuoted();
        CheckMaximum();
        _expected = _expected == 0 ? _ends.Count : _expected;
        return true;
    }

    internal override ReadOnlySpan<char> Field(int index)
    {
        ReadOnlySpan<char> field = _row.AsSpan(Start(index), _ends[index] - Start(index));
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? Unquote(field) : field;
    }

    internal override InvalidDataException Error(int field, string message)
    {
        ReadOnlySpan<char> before = _row.AsSpan(0, Start(field));
        int lines = before.Count('\n');
        int column = before.Length - (before.LastIndexOf('\n') + 1);
        return TextFile.Error(Path, Line + lines, column + 1, message);
    }

    public override void Dispose() => _file.Dispose();

    private int Start(int index) => index == 0 ? 0 : _ends[index - 1] + 1;

    /// <summary>Takes one line as the row.</summary>
    private bool Next(out int number)
    {
        ReadOnlySpan<char> line;
        if (_next < _ahead.Count)
        {
            (line, number) = _ahead[_next++];
        }
        else if (_file.TryReadLine(out line))
        {
            number = _file.LineNumber;
        }
        else
        {
            number = 0;
            return false;
        }

        Keep(line);
        _ends.Clear();
        int start = 0;
        int tab;
        while ((tab = line[start..].IndexOf('\t')) >= 0)
        {
            _ends.Add(start + tab);
            start += tab + 1;
        }

        _ends.Add(line.Length);
        return true;
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        if (_row.Length < text.Length) _row = new char[2 * text.Length];
        text.CopyTo(_row);
    }

    /// <summary>Whether a field begins with a quote that the field does not close.</summary>
    private bool OpensQuote()
    {
        for (int i = 0; i < _ends.Count; i++)
        {
            ReadOnlySpan<char> field = _row.AsSpan(Start(i), _ends[i] - Start(i));
            if (field.Length > 0 && field[0] == '"'
                && (field.Length == 1 || field[^1] != '"' || Unquote(field).Length == field.Length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the row again as a quoted one, with the lines below as far as needed, if the evidence is for it.</summary>
    private void ReadQuoted()
    {
        _joined.Clear().Append(_row, 0, _ends[^1]);
        var fields = new List<int>();
        var state = CsvState.FieldStart;
        int scanned = 0;
        int looked = 0;
        int columns = _expected > 0 ? _expected : _ends.Count;
        int whole = _ends.Count == columns && _expected > 0 ? 1 : 0; // lines that make rows of their own, and those that do not
        int parts = 1 - whole;
        while (Scan(ref state, ref scanned, fields) && state == CsvState.Quoted)
        {
            if (_joined.Length > MaximumRow || !LookAhead(looked, out string line)) return;
            looked++;
            bool isRow = line.AsSpan().Count('\t') + 1 == columns;
            whole += isRow ? 1 : 0;
            parts += isRow || string.IsNullOrWhiteSpace(line) ? 0 : 1;
            _joined.Append('\n').Append(line);
        }

        fields.Add(_joined.Length);
        bool isWhole = state is CsvState.QuoteInQuoted or CsvState.FieldStart or CsvState.Plain && scanned == _joined.Length;
        if (!isWhole || parts < Math.Max(1, whole) || (_expected > 0 ? fields.Count != _expected : fields.Count < 2))
        {
            return;
        }

        _next += looked;
        Keep(_joined.ToString());
        _ends.Clear();
        _ends.AddRange(fields);
        FirstQuotedRow = QuotedRows++ == 0 ? Line : FirstQuotedRow;
    }

    /// <summary>Goes over what was joined last; false where text follows a closing quote, which no quoted row has.</summary>
    private bool Scan(ref CsvState state, ref int scanned, List<int> fields)
    {
        foreach (char c in _joined.ToString(scanned, _joined.Length - scanned))
        {
            CsvState before = state;
            state = CsvFault.Next(state, c, '\t');
            if (before == CsvState.QuoteInQuoted && state == CsvState.Plain) return false;
            if (state == CsvState.FieldStart) fields.Add(scanned);
            scanned++;
        }

        return true;
    }

    /// <summary>The line at a place behind this one, which stays to be read.</summary>
    private bool LookAhead(int place, out string line)
    {
        if (_next == _ahead.Count)
        {
            _ahead.Clear();
            _next = 0;
        }

        if (_next + place == _ahead.Count)
        {
            if (!_file.TryReadLine(out ReadOnlySpan<char> read))
            {
                line = "";
                return false;
            }

            _ahead.Add((read.ToString(), _file.LineNumber));
        }

        line = _ahead[_next + place].Text;
        return true;
    }

    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> inner = field[1..^1];
        if (!inner.Contains('"')) return inner;
        if (_unquoted.Length < inner.Length) _unquoted = new char[2 * inner.Length];
        int length = 0;
        for (int i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '"' && (++i == inner.Length || inner[i] != '"'))
            {
                return field; // a single quote inside: those outside are part of the text as well
            }

            _unquoted[length++] = inner[i];
        }

        return _unquoted.AsSpan(0, length);
    }
}
