namespace Recurant.Formats;

/// <summary>The rows of several files one behind the other, with the name of the file and its label as further fields.</summary>
internal sealed class FileRows : FieldRows
{
    /// <summary>What the columns are called that files have no names for.</summary>
    internal const string FileColumn = "file", LabelColumn = "label";

    private readonly IReadOnlyList<Part> _parts;
    private readonly string[] _names;
    private readonly bool _hasHeader, _hasLabels;
    private FieldRows? _rows;
    private int _next;

    private FileRows(IReadOnlyList<Part> parts, string[] names, bool hasHeader, bool hasLabels)
    {
        (_parts, _names, _hasHeader, _hasLabels) = (parts, names, hasHeader, hasLabels);
    }

    internal override int Count => _names.Length;

    internal override ReadOnlySpan<char> this[int field]
    {
        get
        {
            int own = _names.Length - (_hasLabels ? 2 : 1);
            if (field == own) return _parts[_next - 1].Name;
            if (field > own) return _parts[_next - 1].Label;
            return field < _rows!.Count ? _rows[field] : "";
        }
    }

    /// <summary>Files as one table; all must have the columns of the first.</summary>
    /// <param name="path">What messages call them together.</param>
    /// <param name="parts">The files.</param>
    /// <param name="options">What need not be guessed.</param>
    internal static SeriesSource Source(string path, IReadOnlyList<Part> parts, SeriesFormatOptions options)
    {
        bool labelled = parts.All(part => part.Label is not null);
        SeriesSource first = parts[0].Source;
        SeriesLayout layout = SeriesLayout.Find(
            first, options with { Time = [], Id = null, Label = null, RowIsSeries = false },
            SeriesSample.Take(first, SeriesSample.Few));
        string[] names = [.. layout.Names, Free(FileColumn), .. labelled ? [Free(LabelColumn)] : Array.Empty<string>()];
        string format = $"{parts.Count:N0} files of {first.Format}";
        return new SeriesSource(path, format, () => new FileRows(parts, names, layout.HasHeader, labelled), names)
        {
            Delimiter = first.Delimiter, FileColumn = Free(FileColumn),
        };

        string Free(string name) => layout.Names.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"{name} (2)" : name;
    }

    internal override bool Read()
    {
        while (true)
        {
            if (_rows is not null && _rows.Read())
            {
                int own = _names.Length - (_hasLabels ? 2 : 1);
                Line = _rows.Line;
                if (_rows.Count > own || (_rows.Count < own && own > 1))
                {
                    throw _rows.Error(
                        -1, $"{_rows.Count} fields are found; {own} are expected, as in {_parts[0].Source.Path}.");
                }

                return true;
            }

            _rows?.Dispose();
            _rows = null;
            if (_next == _parts.Count) return false;
            Open(_parts[_next++]);
        }
    }

    internal override InvalidDataException Error(int field, string message) => _rows!.Error(field, message);

    public override void Dispose() => _rows?.Dispose();

    private void Open(Part part)
    {
        _rows = part.Source.Open();
        int own = _names.Length - (_hasLabels ? 2 : 1);
        if (part.Source.Names is { } given)
        {
            if (!given.SequenceEqual(_names.Take(own))) throw OtherColumns(part, given);
        }
        else if (_hasHeader && _rows.Read())
        {
            string[] header = [.. Enumerable.Range(0, _rows.Count).Select(i => _rows[i].ToString())];
            bool shorter = header.Length == own - 1 && _names[0].Length == 0;
            if (!header.SequenceEqual(_names.Skip(shorter ? 1 : 0).Take(header.Length)) || header.Length < own - 1)
            {
                throw OtherColumns(part, header);
            }
        }
    }

    private InvalidDataException OtherColumns(Part part, IReadOnlyList<string> found) => new(
        $"{part.Source.Path}: its columns are {string.Join(", ", found.Take(8).Select(Suggestion.Quote))}; those of "
        + $"{_parts[0].Source.Path} are expected: {string.Join(", ", _names.Take(8).Select(Suggestion.Quote))}.");

    /// <summary>A file.</summary>
    /// <param name="Source">Its rows.</param>
    /// <param name="Name">What its series are called.</param>
    /// <param name="Label">The label of all its rows; null where it has none.</param>
    internal sealed record Part(SeriesSource Source, string Name, string? Label);
}
