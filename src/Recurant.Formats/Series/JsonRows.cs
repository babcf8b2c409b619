namespace Recurant.Formats;

/// <summary>Lines that each hold a JSON object, as rows; keys of nested objects have points between them.</summary>
internal sealed class JsonRows : FieldRows
{
    private readonly TextFile _file;
    private readonly JsonLine _line;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly string[] _fields;

    internal JsonRows(DataFile file, IReadOnlyList<string> names)
    {
        _file = file.OpenText();
        _line = new JsonLine(_file);
        for (int i = 0; i < names.Count; i++) _places.Add(names[i], i);
        _fields = new string[names.Count];
    }

    internal override int Count => _fields.Length;

    internal override ReadOnlySpan<char> this[int field] => _fields[field];

    /// <summary>The table of a file: its columns are the keys of the first objects.</summary>
    internal static SeriesSource Source(DataFile file)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using (TextFile text = file.OpenText())
        {
            var line = new JsonLine(text);
            for (int rows = 0; rows < SeriesSample.Few && text.TryReadLine(out ReadOnlySpan<char> each);)
            {
                if (each.IsWhiteSpace()) continue;
                line.ReadAll(each, (key, _) =>
                {
                    if (seen.Add(key)) names.Add(key);
                });
                rows++;
            }
        }

        return names.Count == 0
            ? throw SeriesFault.Of($"{file}: the file is empty; a table of numbers is expected.")
            : new SeriesSource(file.Path, "JSON lines", () => new JsonRows(file, names), names);
    }

    internal override bool Read()
    {
        ReadOnlySpan<char> line;
        do
        {
            if (!_file.TryReadLine(out line)) return false;
        }
        while (line.IsWhiteSpace());

        Line = _file.LineNumber;
        Array.Fill(_fields, "");
        _line.ReadAll(line, (key, value) =>
        {
            if (_places.TryGetValue(key, out int place)) _fields[place] = value.Trim();
        });
        return true;
    }

    internal override InvalidDataException Error(int field, string message) => TextFile.Error(_file.Path, Line, 0, message);

    public override void Dispose() => _file.Dispose();
}
