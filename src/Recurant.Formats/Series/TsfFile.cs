using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// The format .tsf of the Monash archive: a head of lines that begin with @, and a series a line: its attributes, each with a
/// colon behind it, and its values, divided by commas.
/// </summary>
internal sealed class TsfFile
{
    private readonly DataFile _file;
    private readonly TextFile _text;
    private readonly List<(string Name, string Type)> _attributes = [];
    private readonly List<string> _notes = [];
    private readonly List<long> _times = [];
    private readonly List<SeriesSpan> _spans = [];
    private readonly Chunks<float> _values = new();
    private string? _frequency, _id;
    private TimeFormat? _format;
    private TimeRule? _rule;

    private TsfFile(DataFile file, TextFile text)
    {
        (_file, _text) = (file, text);
    }

    internal static SeriesFile Read(DataFile file, SeriesFormatOptions options)
    {
        using TextFile text = file.OpenText();
        var reader = new TsfFile(file, text);
        reader.ReadHead();
        SeriesTable table = SeriesExpectation.Apply(reader.ReadSeries(options), options.Expected);
        return SeriesRoles.Describe(
            table, ".tsf" + (reader._frequency is null ? "" : $" ({reader._frequency})"), options, reader._format,
            reader._format?.Columns, reader._id is null ? null : [reader._id]);
    }

    private void ReadHead()
    {
        while (Next(out ReadOnlySpan<char> line))
        {
            string[] words = line.ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words[0].ToLowerInvariant())
            {
                case "@attribute" when words.Length == 3 && words[2].ToLowerInvariant() is "string" or "numeric" or "date":
                    _attributes.Add((words[1], words[2].ToLowerInvariant()));
                    break;
                case "@attribute":
                    throw _text.Error(1, "a name and one of string, numeric and date are expected behind @attribute.");
                case "@frequency":
                    _frequency = words.Length > 1 ? words[1].ToLowerInvariant() : null;
                    break;
                case "@data":
                    return;
                default:
                    if (line[0] == '@') break;
                    throw _text.Error(1, "the head of a .tsf file is expected: lines that begin with @, and @data before the "
                        + "first series.");
            }
        }

        throw SeriesFault.Of($"{_file}: there is no line @data; the series are expected below it.");
    }

    private SeriesTable ReadSeries(SeriesFormatOptions options)
    {
        int start = _attributes.FindIndex(each => each.Type == "date");
        int name = _attributes.FindIndex(each => each.Name == "series_name");
        if (name < 0) name = _attributes.FindIndex(each => each.Type == "string");
        _id = name < 0 ? null : _attributes[name].Name;
        TimeRule? rule = _frequency is null ? null : Rule(_frequency);
        if (start >= 0 && rule is null)
        {
            _notes.Add($"{_file}: the frequency {(_frequency is null ? "is not named" : $"\"{_frequency}\" is not known")}, so "
                + "that the series have no times.");
            start = -1;
        }

        int[] statics = [.. Enumerable.Range(0, _attributes.Count).Where(i => i != name && i != start
            && _attributes[i].Type != "date")];
        RawColumn[] columns = [.. statics.Select(i => new RawColumn(
            _attributes[i].Name, i, _attributes[i].Type == "string" ? new CategoryPool() : null))];
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (Next(out ReadOnlySpan<char> line)) ReadLine(line, start, name, rule, columns, ids);
        if (_spans.Count == 0) throw SeriesFault.Of($"{_file}: there are no series below @data.");
        var all = new List<SeriesColumn> { new("value", _values.Drain()) };
        foreach (RawColumn column in columns)
        {
            (string[] Names, int[] Places)? sorted = column.Categories?.Sorted();
            float[] values = column.Values.Drain();
            for (int i = 0; sorted is not null && i < values.Length; i++)
            {
                if (!float.IsNaN(values[i])) values[i] = sorted.Value.Places[(int)values[i]];
            }

            all.Add(new SeriesColumn(column.Name, values, sorted?.Names));
        }

        TimeAxis? axis = start < 0 ? null : new TimeAxis(_rule!, default, null);
        if (options.TimeZone is not null && axis is not null)
        {
            _notes.Add($"{_file}: --time-zone has no meaning for .tsf files, whose steps are equal on the clock; it is passed "
                + "over.");
        }

        return new SeriesTable(_file.Path, all, _spans, axis is null ? null : [.. _times], axis) { Warnings = _notes };
    }

    private void ReadLine(
        ReadOnlySpan<char> line, int start, int name, TimeRule? rule, RawColumn[] columns, HashSet<string> ids)
    {
        var fields = new Range[_attributes.Count + 2];
        int count = line.Split(fields, ':');
        if (count != _attributes.Count + 1)
        {
            throw _text.Error(
                0, $"{_attributes.Count} attributes and the values are expected, with colons between; found {count} parts.");
        }

        string id = name < 0 ? (_spans.Count + 1).ToString(CultureInfo.InvariantCulture) : line[fields[name]].Trim().ToString();
        foreach (RawColumn column in columns.Where(column => column.Categories is not null))
        {
            if (ids.Contains(id)) id = $"{line[fields[column.Place]].Trim()}/{id}";
        }

        if (!ids.Add(id)) throw _text.Error(1, $"the series \"{id}\" comes twice.");
        ReadOnlySpan<char> values = line[fields[^2]];
        int first = _values.Count;
        foreach (Range range in values.Split(','))
        {
            int column = fields[^2].Start.Value + range.Start.Value + 1;
            ReadOnlySpan<char> cell = values[range].Trim();
            NumberCell kind = NumberCells.Read(cell, comma: false, out float value);
            if (kind is NumberCell.Infinite or NumberCell.Other)
            {
                throw _text.Error(column, $"{Suggestion.Quote(cell.ToString())} is no finite number. Write ? for a missing "
                    + "value.");
            }

            _values.Add(value);
        }

        int length = _values.Count - first;
        _spans.Add(new SeriesSpan(id, first, length));
        if (start >= 0) AddTimes(line[fields[start]].Trim().ToString(), fields[start].Start.Value + 1, length, rule!);
        foreach (RawColumn column in columns)
        {
            ReadOnlySpan<char> cell = line[fields[column.Place]].Trim();
            float value = NumberCells.IsMissing(cell) ? float.NaN : column.Categories is { } pool ? pool.Add(cell)
                : NumberCells.Read(cell, comma: false, out float number) == NumberCell.Number ? number
                : throw _text.Error(fields[column.Place].Start.Value + 1, $"{Suggestion.Quote(cell.ToString())} is no number.");
            for (int i = 0; i < length; i++) column.Values.Add(value);
        }
    }

    private void AddTimes(string stamp, int column, int length, TimeRule rule)
    {
        _format ??= TimeGuess.Find("start_timestamp", [stamp], null) is [{ } pattern, ..] ? pattern
            : throw _text.Error(column, $"{Suggestion.Quote(stamp)} is no time; one such as 1979-01-01 00-00-00 is expected.");
        if (!_format.TryRead(stamp, out long ticks, out TimeSpan offset))
        {
            throw _text.Error(column, $"{Suggestion.Quote(stamp)} is no time like those above it ({_format}).");
        }

        var from = new DateTime(ticks - offset.Ticks);
        TimeRule own = rule.Unit != TimeUnit.Months ? rule
            : from.Day > 28 && from.Day == DateTime.DaysInMonth(from.Year, from.Month) ? rule with { Unit = TimeUnit.MonthEnds }
            : rule with { DayOfMonth = from.Day };
        _rule ??= own;
        var axis = new TimeAxis(own);
        try
        {
            for (int i = 0; i < length; i++) _times.Add(axis.After(from.Ticks, i));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw _text.Error(column, $"{length:N0} steps after {stamp} are beyond the year 9999.");
        }
    }

    /// <summary>"weekly", "half_hourly", "10_minutes": what the archive's files name.</summary>
    private static TimeRule? Rule(string frequency)
    {
        switch (frequency)
        {
            case "yearly": return new TimeRule(TimeUnit.Months, 12, 1);
            case "quarterly": return new TimeRule(TimeUnit.Months, 3, 1);
            case "monthly": return new TimeRule(TimeUnit.Months, 1, 1);
            case "weekly": return new TimeRule(TimeUnit.Days, 7);
            case "daily": return new TimeRule(TimeUnit.Days, 1);
            case "hourly": return new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour);
            case "half_hourly": return new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour / 2);
            case "minutely": return new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerMinute);
            case "secondly": return new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerSecond);
        }

        int end = frequency.IndexOf('_');
        if (end < 0 || !int.TryParse(frequency.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count < 1)
        {
            return null;
        }

        return frequency[(end + 1)..].TrimEnd('s') switch
        {
            "second" => new TimeRule(TimeUnit.Ticks, count * TimeSpan.TicksPerSecond),
            "minute" => new TimeRule(TimeUnit.Ticks, count * TimeSpan.TicksPerMinute),
            "hour" => new TimeRule(TimeUnit.Ticks, count * TimeSpan.TicksPerHour),
            "day" => new TimeRule(TimeUnit.Days, count),
            "week" => new TimeRule(TimeUnit.Days, 7 * count),
            "month" => new TimeRule(TimeUnit.Months, count, 1),
            "year" => new TimeRule(TimeUnit.Months, 12 * count, 1),
            _ => null,
        };
    }

    private bool Next(out ReadOnlySpan<char> line)
    {
        while (_text.TryReadLine(out line))
        {
            line = line.Trim();
            if (!line.IsEmpty && line[0] != '#') return true;
        }

        return false;
    }
}
