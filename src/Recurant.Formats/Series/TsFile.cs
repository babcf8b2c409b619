using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// The format .ts of sktime and of the UEA and UCR archives: a head of lines that begin with @, and a sequence a line, its
/// dimensions and its label divided by colons, the values of a dimension by commas, or as pairs (time,value).
/// </summary>
internal sealed class TsFile
{
    private readonly DataFile _file;
    private readonly TextFile _text;
    private readonly SeriesRaw _raw;
    private readonly HashSet<string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _head = new(StringComparer.OrdinalIgnoreCase);
    private bool _hasClass, _hasTarget, _pairs;
    private int _declaredDimensions, _declaredLength;
    private RawColumn[] _dimensions = [];
    private RawColumn? _label;
    private TimeFormat? _times;
    private int _otherLengths, _unevenDimensions, _missing;

    private TsFile(DataFile file, TextFile text)
    {
        (_file, _text) = (file, text);
        _raw = new SeriesRaw { Path = file.Path };
    }

    internal static SeriesFile Read(DataFile file, SeriesFormatOptions options)
    {
        using TextFile text = file.OpenText();
        var reader = new TsFile(file, text);
        reader.ReadHead();
        reader.ReadSequences();
        SeriesTable table = SeriesExpectation.Apply(SeriesAssembly.Build(reader._raw, options), options.Expected);
        return SeriesRoles.Describe(
            table, ".ts", options, reader._times, null, null, reader._label?.Name is { } name && table.IndexOf(name) >= 0 ? name
                : null);
    }

    private void ReadHead()
    {
        while (Next(out ReadOnlySpan<char> line))
        {
            if (line[0] != '@')
            {
                throw _text.Error(1, "the head of a .ts file is expected: lines that begin with @, and @data before the first "
                    + "sequence.");
            }

            int blank = line.IndexOfAny(' ', '\t');
            string key = (blank < 0 ? line[1..] : line[1..blank]).ToString();
            string value = blank < 0 ? "" : line[blank..].Trim().ToString();
            if (key.Equals("data", StringComparison.OrdinalIgnoreCase))
            {
                TakeHead();
                return;
            }

            _head[key] = value;
        }

        throw SeriesFault.Of($"{_file}: there is no line @data; the sequences are expected below it.");
    }

    private void TakeHead()
    {
        string[] classes = Words("classLabel"), target = Words("targetLabel");
        _hasClass = classes.Length > 0 && IsTrue(classes[0]);
        _hasTarget = !_hasClass && target.Length > 0 && IsTrue(target[0]);
        foreach (string label in classes.Skip(1)) _labels.Add(label);
        _pairs = Words("timestamps") is [{ } stamps, ..] && IsTrue(stamps);
        string[] dimensions = [.. Words("dimensions"), .. Words("dimension")];
        _declaredDimensions = dimensions is [{ } many, ..] && int.TryParse(many, out int count) ? count
            : Words("univariate") is [{ } one, ..] && IsTrue(one) ? 1 : 0;
        bool equal = Words("equalLength") is not [{ } even, ..] || IsTrue(even);
        _declaredLength = equal && Words("seriesLength") is [{ } length, ..] && int.TryParse(length, out int declared) ? declared
            : 0;
    }

    private string[] Words(string key) => _head.TryGetValue(key, out string? value)
        ? value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) : [];

    private static bool IsTrue(string word) => word.Equals("true", StringComparison.OrdinalIgnoreCase);

    private void ReadSequences()
    {
        bool otherDimensions = false;
        while (Next(out ReadOnlySpan<char> line))
        {
            List<Range> parts = Parts(line);
            int dimensions = parts.Count - (_hasClass || _hasTarget ? 1 : 0);
            if (dimensions < 1)
            {
                throw _text.Error(line.Length, "the label is missing: a colon and it are expected behind the last dimension.");
            }

            if (_dimensions.Length == 0) Prepare(dimensions);
            if (dimensions != _dimensions.Length)
            {
                throw _text.Error(
                    0, $"the sequence has {dimensions} {(dimensions == 1 ? "dimension" : "dimensions")}; those before it have "
                        + $"{_dimensions.Length}. Dimensions are divided by colons.");
            }

            otherDimensions |= _declaredDimensions > 0 && dimensions != _declaredDimensions;
            int series = _raw.Ids.Count;
            _raw.Ids.Add((series + 1).ToString(CultureInfo.InvariantCulture));
            int length = _pairs ? ReadPairs(line, parts, series) : ReadValues(line, parts, series);
            _otherLengths += _declaredLength > 0 && length != _declaredLength ? 1 : 0;
            if (_label is not null) ReadLabel(line, parts[^1], length);
        }

        if (_raw.Ids.Count == 1) _raw.Ids[0] = "";
        string[] lies =
        [
            .. otherDimensions ? [$"{_declaredDimensions} dimensions, and there are {_dimensions.Length}"]
                : Array.Empty<string>(),
            .. _otherLengths > 0 ? [$"{_declaredLength} steps in every sequence, and {_otherLengths:N0} of {_raw.Ids.Count:N0} "
                + "have others"]
                : Array.Empty<string>(),
            .. _missing > 0 && Words("missing") is [{ } none, ..] && !IsTrue(none)
                ? [$"that no value is missing, and {_missing:N0} are"]
                : Array.Empty<string>(),
        ];
        if (lies.Length > 0) _raw.Notes.Add($"{_file}: the head says {string.Join("; ", lies)}; what is there counts.");
        if (_unevenDimensions > 0)
        {
            _raw.Notes.Add($"{_file}: in {_unevenDimensions:N0} sequences the dimensions have several lengths; the shorter ones "
                + "have no values at their ends.");
        }
    }

    private void Prepare(int dimensions)
    {
        for (int i = 0; i < dimensions; i++)
        {
            _raw.Columns.Add(new RawColumn(dimensions == 1 ? "value" : $"dim{i + 1}", i, null));
        }

        _dimensions = [.. _raw.Columns];
        if (_hasClass) _label = new RawColumn("label", dimensions, new CategoryPool());
        if (_hasTarget) _label = new RawColumn("target", dimensions, null);
        if (_label is not null) _raw.Columns.Add(_label);
        if (_pairs) _raw.Times = new Chunks<long>();
    }

    private int ReadValues(ReadOnlySpan<char> line, List<Range> parts, int series)
    {
        int longest = 0, shortest = int.MaxValue;
        for (int i = 0; i < _dimensions.Length; i++)
        {
            ReadOnlySpan<char> values = line[parts[i]];
            int start = parts[i].Start.Value, count = 0;
            foreach (Range range in values.Split(','))
            {
                if (count == 0 && values.IsWhiteSpace()) break;
                _dimensions[i].Values.Add(Number(values[range].Trim(), start + range.Start.Value));
                count++;
            }

            (longest, shortest) = (Math.Max(longest, count), Math.Min(shortest, count));
            if (i == 0) for (int k = 0; k < count; k++) _raw.AddRow(series);
        }

        if (longest == 0) throw _text.Error(1, "the sequence has no values.");
        if (longest != shortest)
        {
            _unevenDimensions++;
            int rows = _raw.Rows - Count(line, parts[0]) + longest;
            while (_raw.Rows < rows) _raw.AddRow(series);
            foreach (RawColumn dimension in _dimensions)
            {
                while (dimension.Values.Count < rows) dimension.Values.Add(float.NaN);
            }
        }

        return longest;
    }

    private static int Count(ReadOnlySpan<char> line, Range part) =>
        line[part].IsWhiteSpace() ? 0 : line[part].Count(',') + 1;

    /// <summary>Reads pairs of a time and a value; a time that a dimension lacks has no value there.</summary>
    private int ReadPairs(ReadOnlySpan<char> line, List<Range> parts, int series)
    {
        var rows = new SortedDictionary<long, float[]>();
        for (int i = 0; i < _dimensions.Length; i++)
        {
            ReadOnlySpan<char> rest = line[parts[i]];
            int column = parts[i].Start.Value;
            while (true)
            {
                int open = rest.IndexOf('('), close = rest.IndexOf(')');
                if (open < 0) break;
                int comma = close < 0 ? -1 : rest[..close].LastIndexOf(',');
                if (comma < open) throw _text.Error(column + open + 1, "a pair (time,value) is expected.");
                ReadOnlySpan<char> stamp = rest[(open + 1)..comma].Trim();
                if (_times is null) LearnTimes(stamp.ToString(), column + open + 2);
                if (!_times!.TryRead(stamp, out long ticks, out TimeSpan offset))
                {
                    throw _text.Error(column + open + 2, $"{Suggestion.Quote(stamp.ToString())} is no time like those before it "
                        + $"({_times}).");
                }

                ticks -= offset.Ticks;
                if (!rows.TryGetValue(ticks, out float[]? row))
                {
                    row = new float[_dimensions.Length];
                    Array.Fill(row, float.NaN);
                    rows.Add(ticks, row);
                }

                row[i] = Number(rest[(comma + 1)..close].Trim(), column + comma + 1);
                rest = rest[(close + 1)..];
                column += close + 1;
            }
        }

        if (rows.Count == 0) throw _text.Error(1, "the sequence has no pairs (time,value).");
        foreach ((long ticks, float[] row) in rows)
        {
            _raw.Times!.Add(ticks);
            for (int i = 0; i < row.Length; i++) _dimensions[i].Values.Add(row[i]);
            _raw.AddRow(series);
        }

        return rows.Count;
    }

    private void LearnTimes(string stamp, int column)
    {
        bool isNumber = double.TryParse(stamp, CultureInfo.InvariantCulture, out _);
        _times = isNumber ? NumericTime.Counter("time", [stamp]) : TimeGuess.Find("time", [stamp], null) is [{ } pattern, ..]
            ? pattern
            : throw _text.Error(column, $"{Suggestion.Quote(stamp)} is no time that is known; a date, a time of day behind it, "
            + "or a number is expected.");
        _raw.Format = _times;
    }

    private float Number(ReadOnlySpan<char> cell, int column)
    {
        switch (NumberCells.Read(cell, comma: false, out float value))
        {
            case NumberCell.Number:
                return value;
            case NumberCell.Missing:
                _missing++;
                return value;
            case NumberCell.Infinite:
                throw _text.Error(column + 1, $"{Suggestion.Quote(cell.ToString())} is infinite, or larger than 32 bits hold.");
            default:
                throw _text.Error(column + 1, $"{Suggestion.Quote(cell.ToString())} is no number. Write ? for a missing value.");
        }
    }

    private void ReadLabel(ReadOnlySpan<char> line, Range part, int length)
    {
        ReadOnlySpan<char> cell = line[part].Trim();
        float value;
        if (_label!.Categories is { } pool)
        {
            if (cell.IsEmpty) throw _text.Error(part.Start.Value + 1, "the label is empty.");
            if (_labels.Count > 0 && !NumberCells.IsMissing(cell) && !_labels.Contains(cell.ToString()))
            {
                throw _text.Error(
                    part.Start.Value + 1,
                    $"{Suggestion.Quote(cell.ToString())} is none of the labels that the head names. "
                    + Suggestion.Describe("They are", cell.ToString(), [.. _labels]));
            }

            value = NumberCells.IsMissing(cell) ? float.NaN : pool.Add(cell);
        }
        else
        {
            value = Number(cell, part.Start.Value);
        }

        for (int i = 0; i < length; i++) _label.Values.Add(value);
    }

    /// <summary>What colons divide outside of parentheses.</summary>
    private static List<Range> Parts(ReadOnlySpan<char> line)
    {
        var parts = new List<Range>();
        int start = 0, depth = 0;
        for (int i = 0; i < line.Length; i++)
        {
            depth += line[i] == '(' ? 1 : line[i] == ')' ? -1 : 0;
            if (line[i] != ':' || depth > 0) continue;
            parts.Add(start..i);
            start = i + 1;
        }

        parts.Add(start..line.Length);
        return parts;
    }

    /// <summary>Goes to the next line that is no comment and not blank.</summary>
    private bool Next(out ReadOnlySpan<char> line)
    {
        while (_text.TryReadLine(out line))
        {
            line = line.TrimEnd();
            ReadOnlySpan<char> begin = line.TrimStart();
            if (begin.IsEmpty || begin[0] is '#' or '%') continue;
            if (begin[0] == '@') line = begin;
            return true;
        }

        return false;
    }
}
