namespace Recurant.Formats;

/// <summary>Reads all rows of a table by its layout.</summary>
internal sealed class SeriesRowReader
{
    /// <summary>More different words in a column are no categories.</summary>
    internal const int MostCategories = 1000;

    private const int MostFooterRows = 3;

    private readonly SeriesSource _source;
    private readonly SeriesLayout _layout;
    private readonly SeriesRaw _raw;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idLookup;
    private Chunks<long>? _otherTimes;
    private TimeFormat? _time;
    private TimeFormat? _other;
    private char[] _joined = new char[64];

    private SeriesRowReader(SeriesSource source, SeriesLayout layout, SeriesFormatOptions options)
    {
        (_source, _layout) = (source, layout);
        _time = layout.Time;
        _other = layout.OtherOrder;
        _raw = new SeriesRaw { Path = source.Path, Columns = ColumnsOf(source.Path, layout, options) };
        _idLookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Reads the rows.</summary>
    /// <param name="source">The table.</param>
    /// <param name="layout">What was guessed from its first rows.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="fault">Why a row does not fit what was guessed; null if all do.</param>
    internal static SeriesRaw Read(SeriesSource source, SeriesLayout layout, SeriesFormatOptions options,
        out InvalidDataException? fault)
    {
        var reader = new SeriesRowReader(source, layout, options);
        fault = layout.RowIsSeries ? reader.ReadSeries() : reader.ReadRows();
        return reader._raw;
    }

    private static List<RawColumn> ColumnsOf(string path, SeriesLayout layout, SeriesFormatOptions options)
    {
        const string Value = "value";
        var all = new List<(string Name, int Place, ColumnUse Use)>();
        if (layout.RowIsSeries) all.Add((Value, SeriesLayout.None, ColumnUse.Number));
        for (int i = 0; i < layout.Width; i++)
        {
            if (layout.Uses[i] != ColumnUse.Skip && !(layout.RowIsSeries && layout.Steps.Contains(i)))
            {
                all.Add((layout.Names[i], i, layout.Uses[i]));
            }
        }

        if (options.Expected is not { } expected)
        {
            return [.. all.Select(each => new RawColumn(
                each.Name, each.Place, each.Use == ColumnUse.Category ? new CategoryPool() : null))];
        }

        var columns = new List<RawColumn>();
        foreach (ExpectedColumn column in expected)
        {
            int at = all.FindIndex(each => each.Name == column.Name);
            if (at < 0 && !column.MayBeMissing)
            {
                throw SeriesFault.Of(
                    $"{path}: there is no column \"{column.Name}\", which the model was trained with. "
                    + Suggestion.Describe("The columns are", column.Name, [.. all.Select(each => each.Name)]));
            }

            columns.Add(new RawColumn(
                column.Name, at < 0 ? -2 : all[at].Place, column.Categories is null ? null
                    : new CategoryPool(column.Categories) { IsClosed = column.IsClosed }));
        }

        return columns;
    }

    private InvalidDataException? ReadRows()
    {
        using FieldRows rows = _source.Open();
        if (_layout.HasHeader) rows.Read();
        var footer = new List<InvalidDataException>();
        RawColumn[] columns = [.. _raw.Columns];
        int width = _layout.Width, idPlace = _layout.Id, series = -1;
        string id = "";
        if (_time is not null) _raw.Times = new Chunks<long>();
        if (_other is not null) _otherTimes = new Chunks<long>();
        if (idPlace < 0) _raw.Ids.Add("");
        bool anyOffset = false;
        while (rows.Read())
        {
            if (rows.Count != width && !EndsInBlanks(rows, width))
            {
                footer.Add(WrongWidth(rows, width));
                if (footer.Count > MostFooterRows) return footer[0];
                continue;
            }

            if (footer.Count > 0) return footer[0];
            if (_time is not null)
            {
                if (!ReadTime(rows, out TimeSpan offset)) return NoTime(rows);
                if (anyOffset && offset != _raw.Offset) _raw.HasSeveralOffsets = true;
                (_raw.Offset, anyOffset) = (offset, true);
            }

            if (idPlace < 0)
            {
                series = 0;
            }
            else
            {
                ReadOnlySpan<char> cell = _layout.MoreIds.Length == 0 ? rows[idPlace] : JoinedId(rows);
                if (series < 0 || !cell.SequenceEqual(id))
                {
                    if (cell.IsEmpty)
                    {
                        return rows.Error(
                            idPlace, $"the name of the series is missing (column \"{_layout.Names[idPlace]}\").");
                    }

                    series = SeriesOf(cell);
                    id = _raw.Ids[series];
                }
            }

            _raw.AddRow(series);
            foreach (RawColumn column in columns)
            {
                if (ReadCell(rows, column) is { } fault) return fault;
            }
        }

        if (footer.Count > 0)
        {
            if (_raw.Rows == 0) return footer[0];
            _raw.Notes.Add(
                $"{_source.Path}: the last {(footer.Count == 1 ? "line is" : $"{footer.Count} lines are")} passed over: no rows "
                + "like those above.");
        }

        _raw.Format = _time;
        if (_other is not null) DecideOrder();
        return null;
    }

    /// <summary>Rows that are a series each.</summary>
    private InvalidDataException? ReadSeries()
    {
        using FieldRows rows = _source.Open();
        if (_layout.HasHeader) rows.Read();
        RawColumn[] others = [.. _raw.Columns.Where(column => column.Place >= 0)];
        RawColumn? values = _raw.Columns.Find(column => column.Place == SeriesLayout.None);
        RawColumn[] lacking = [.. _raw.Columns.Where(column => column.Place < SeriesLayout.None)];
        if (_layout.StepTimes is not null) _raw.Times = new Chunks<long>();
        int row = 0;
        while (rows.Read())
        {
            row++;
            string id = _layout.Id < 0 ? row.ToString(System.Globalization.CultureInfo.InvariantCulture)
                : rows[_layout.Id].ToString();
            if (id.Length == 0) return rows.Error(_layout.Id, "the name of the series is missing.");
            if (!_ids.TryAdd(id, _raw.Ids.Count)) return rows.Error(_layout.Id, $"the series \"{id}\" comes twice.");
            int series = _raw.Ids.Count;
            _raw.Ids.Add(id);
            int last = _layout.Steps.Length - 1;
            while (last >= 0 && (_layout.Steps[last] >= rows.Count || rows[_layout.Steps[last]].IsEmpty)) last--;
            int first = 0;
            // Values that begin later: a date tells where, and nothing else does.
            while (_layout.StepTimes is not null && first < last && rows[_layout.Steps[first]].IsEmpty) first++;
            if (last < 0) return rows.Error(0, $"the series \"{id}\" has no values.");
            for (int step = first; step <= last; step++)
            {
                int place = _layout.Steps[step];
                float value = float.NaN;
                if (place < rows.Count)
                {
                    if (NumberFault(rows, place, _layout.Names[place], out value) is { } fault) return fault;
                }

                values?.Values.Add(value);
                _raw.Times?.Add(_layout.StepTimes![step]);
                _raw.AddRow(series);
            }

            foreach (RawColumn column in others)
            {
                if (ReadCell(rows, column) is { } fault) return fault;
                float value = column.Values[column.Values.Count - 1];
                for (int step = first + 1; step <= last; step++) column.Values.Add(value);
            }

            foreach (RawColumn column in lacking)
            {
                for (int step = first; step <= last; step++) column.Values.Add(float.NaN);
            }
        }

        _raw.Format = _time;
        return null;
    }

    private bool ReadTime(FieldRows rows, out TimeSpan offset)
    {
        bool read = _time!.TryRead(rows, out long ticks, out offset);
        if (_other is null)
        {
            if (read) _raw.Times!.Add(ticks - offset.Ticks);
            return read;
        }

        // Day and month may be either way round until a row decides.
        bool otherRead = _other.TryRead(rows, out long otherTicks, out TimeSpan otherOffset);
        if (!read && !otherRead) return false;
        if (!read)
        {
            (_time, _raw.Times, offset) = (_other, _otherTimes, otherOffset);
            _raw.Times!.Add(otherTicks - otherOffset.Ticks);
        }
        else
        {
            _raw.Times!.Add(ticks - offset.Ticks);
        }

        if (read && otherRead) _otherTimes!.Add(otherTicks - otherOffset.Ticks);
        else (_other, _otherTimes) = (null, null);
        return true;
    }

    private InvalidDataException NoTime(FieldRows rows)
    {
        int place = _time!.Places[0];
        ReadOnlySpan<char> cell = rows[place];
        return rows.Error(place, NumberCells.IsMissing(cell)
            ? $"the time is missing (column \"{_layout.Names[place]}\"). Every row needs one."
            : $"{Suggestion.Quote(cell.ToString())} is no time like the others of the column \"{_layout.Names[place]}\" "
            + $"({_time}).");
    }

    private InvalidDataException? ReadCell(FieldRows rows, RawColumn column)
    {
        if (column.Place < 0 || column.Place >= rows.Count)
        {
            column.Values.Add(float.NaN);
            return null;
        }

        if (column.Categories is { } pool)
        {
            ReadOnlySpan<char> cell = rows[column.Place];
            int number = column.IsDropped || NumberCells.IsMissing(cell) ? -1 : pool.Add(cell);
            column.IsDropped |= pool.Count > MostCategories && column.Place != _layout.Label;
            column.Values.Add(number < 0 ? float.NaN : number);
            return null;
        }

        InvalidDataException? fault = NumberFault(rows, column.Place, column.Name, out float value);
        column.Values.Add(value);
        return fault;
    }

    private InvalidDataException? NumberFault(FieldRows rows, int place, string name, out float value)
    {
        ReadOnlySpan<char> cell = rows[place];
        switch (NumberCells.Read(cell, _layout.Comma[place], out value))
        {
            case NumberCell.Infinite:
                return rows.Error(
                    place,
                    $"{Suggestion.Quote(cell.ToString())} in the column \"{name}\" is infinite, or larger than 32 bits hold. "
                    + "Leave it blank if it is missing.");
            case NumberCell.Other:
                return rows.Error(
                    place,
                    $"{Suggestion.Quote(cell.ToString())} in the column \"{name}\" is no number"
                    + (_layout.Comma[place] ? " with a decimal comma" : "") + ", as others of it are. Leave it blank if it is "
                    + "missing.");
            default:
                return null;
        }
    }

    /// <summary>The values of several columns that name a series together, with strokes between.</summary>
    private ReadOnlySpan<char> JoinedId(FieldRows rows)
    {
        int length = 0;
        Append(rows[_layout.Id]);
        foreach (int place in _layout.MoreIds)
        {
            Append("/");
            Append(rows[place]);
        }

        return _joined.AsSpan(0, length);

        void Append(ReadOnlySpan<char> part)
        {
            if (length + part.Length > _joined.Length) Array.Resize(ref _joined, 2 * (length + part.Length));
            part.CopyTo(_joined.AsSpan(length));
            length += part.Length;
        }
    }

    private int SeriesOf(ReadOnlySpan<char> id)
    {
        if (_idLookup.TryGetValue(id, out int series)) return series;
        string name = id.ToString();
        _ids.Add(name, _raw.Ids.Count);
        _raw.Ids.Add(name);
        return _raw.Ids.Count - 1;
    }

    private static bool EndsInBlanks(FieldRows rows, int width)
    {
        if (rows.Count < width) return false;
        for (int i = width; i < rows.Count; i++)
        {
            if (!rows[i].IsEmpty) return false;
        }

        return true;
    }

    private static InvalidDataException WrongWidth(FieldRows rows, int width)
    {
        bool few = rows.Count < width;
        return rows.Error(
            few ? rows.Count - 1 : width,
            $"too {(few ? "few" : "many")} fields: expected {width}, found {rows.Count}. Put a field that holds the separator in "
            + "double quotes; --delimiter names another separator.");
    }

    /// <summary>Nothing shows whether the day or the month stands first: the order under which times have a rule.</summary>
    private void DecideOrder()
    {
        var one = new PatternTime?[] { (PatternTime)_time!, (PatternTime)_other! };
        bool[] regular = [IsRegular(_raw.Times!), IsRegular(_otherTimes!)];
        if (regular[0] == regular[1])
        {
            throw SeriesFault.Of(
                $"{_source.Path}: nothing shows whether the times of the column \"{_time!.Columns[0]}\" are {one[0]} or "
                + $"{one[1]}. Say whether the day stands first: --day-first true or --day-first false (DayFirst).");
        }

        if (regular[1]) (_time, _raw.Times) = (_other, _otherTimes);
        _raw.Format = _time;
        _raw.Notes.Add(
            $"{_source.Path}: the times of the column \"{_time!.Columns[0]}\" are read as {_time}, since they are regular so and "
            + $"not as {(regular[1] ? one[0] : one[1])}; --day-first says otherwise (DayFirst).");
    }

    private bool IsRegular(Chunks<long> times)
    {
        // Only series whose times rise tell.
        var spans = new List<SeriesSpan>();
        var sorted = new List<long>();
        var bySeries = new Dictionary<int, List<long>>();
        int at = 0;
        foreach ((int series, int count) in _raw.Runs)
        {
            if (!bySeries.TryGetValue(series, out List<long>? own)) bySeries.Add(series, own = []);
            for (int i = 0; i < count; i++) own.Add(times[at++]);
        }

        foreach (List<long> own in bySeries.Values)
        {
            if (own.Zip(own.Skip(1), (a, b) => b < a).Any(back => back)) return false;
            spans.Add(new SeriesSpan("", sorted.Count, own.Count));
            sorted.AddRange(own);
        }

        TimeRule rule = TimeRule.Learn(sorted.ToArray(), spans, new TimeAxis(new TimeRule(TimeUnit.Irregular, 1)));
        // Months on a day in their midst are hardly meant.
        return rule.IsRegular && !(rule.Unit == TimeUnit.Months && rule.DayOfMonth is > 1 and < 28) && Steps(sorted, spans, rule);
    }

    /// <summary>Whether hardly any row would be missing under a rule.</summary>
    private static bool Steps(List<long> times, List<SeriesSpan> spans, TimeRule rule)
    {
        var axis = new TimeAxis(rule);
        int next = 0, all = 0;
        foreach (SeriesSpan span in spans)
        {
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                all++;
                next += axis.After(times[row - 1], 1) == times[row] ? 1 : 0;
            }
        }

        return next >= 0.8 * all;
    }
}
