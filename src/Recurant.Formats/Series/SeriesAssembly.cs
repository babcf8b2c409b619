using System.Globalization;

namespace Recurant.Formats;

/// <summary>Makes a table of rows as they stand in a file: series by series, oldest first, each time once.</summary>
internal sealed class SeriesAssembly
{
    private readonly SeriesRaw _raw;
    private readonly SeriesFormatOptions _options;
    private readonly List<string> _warnings = [];
    private readonly TimeAxis _clock;
    private SeriesSpan[] _spans = [];
    private int[]? _order; // the row of the file at each place; null while they are the same
    private long[] _times = [];

    private SeriesAssembly(SeriesRaw raw, SeriesFormatOptions options)
    {
        (_raw, _options) = (raw, options);
        bool counted = raw.Format?.IsCounted == true;
        _clock = new TimeAxis(
            new TimeRule(TimeUnit.Irregular, 1), raw.Format?.HasOffset == true ? raw.Offset : default,
            counted ? null : options.TimeZone)
        {
            IsCounted = counted,
        };
    }

    internal static SeriesTable Build(SeriesRaw raw, SeriesFormatOptions options) => new SeriesAssembly(raw, options).Build();

    private SeriesTable Build()
    {
        if (_raw.Rows == 0) throw SeriesFault.Of($"{_raw.Path}: there are no rows; a table of numbers is expected.");
        Group();
        if (_raw.Times is not null)
        {
            _times = _order is null ? _raw.Times.Drain() : _raw.Times.Drain(_order);
            Orient();
            ToInstants();
            SortByTime();
        }

        int[]? merge = _raw.Times is null ? null : FindDuplicates();
        SeriesColumn[] columns = [.. _raw.Columns.Where(Keeps).Select(column => Column(column, merge))];
        if (merge is not null) Drop(merge);
        if (columns.Length == 0 || !Array.Exists(columns, column => column.Categories is null))
        {
            throw SeriesFault.Of($"{_raw.Path}: no column holds numbers.");
        }

        SeriesTable table = _raw.Times is null
            ? new SeriesTable(_raw.Path, columns, _spans) : SeriesTable.OfTimes(_raw.Path, columns, _spans, _times, _clock);
        return new SeriesTable(table.Name, table.Columns, table.Series, _raw.Times is null ? null : TimesOf(table), table.Axis)
        {
            Warnings = [.. _raw.Notes.Concat(_warnings).Concat(table.Warnings).Select(System.Text.MessageText.Bounded)],
        };
    }

    private long[] TimesOf(SeriesTable table)
    {
        if (table.Rows == _times.Length) return _times;
        var times = new long[table.Rows];
        for (int row = 0; row < times.Length; row++) times[row] = table.InstantOf(row);
        return times;
    }

    /// <summary>Puts the rows of a series together, in the order of the file.</summary>
    private void Group()
    {
        var counts = new int[_raw.Ids.Count];
        var runs = new int[counts.Length];
        foreach ((int series, int count) in _raw.Runs)
        {
            counts[series] += count;
            runs[series]++;
        }

        _spans = new SeriesSpan[counts.Length];
        int first = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            _spans[i] = new SeriesSpan(_raw.Ids[i], first, counts[i]);
            first += counts[i];
        }

        if (!Array.Exists(runs, count => count > 1)) return;
        _order = new int[_raw.Rows];
        int[] next = [.. _spans.Select(span => span.First)];
        int row = 0;
        foreach ((int series, int count) in _raw.Runs)
        {
            for (int i = 0; i < count; i++) _order[next[series]++] = row++;
        }

        _raw.ForgetRuns();
    }

    /// <summary>Turns series round that stand newest first.</summary>
    private void Orient()
    {
        foreach (SeriesSpan span in _spans)
        {
            if (span.Count < 2) continue;
            int falls = 0, rises = 0;
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                falls += _times[row] < _times[row - 1] ? 1 : 0;
                rises += _times[row] > _times[row - 1] ? 1 : 0;
            }

            if (falls <= rises) continue;
            _order ??= [.. Enumerable.Range(0, _raw.Rows)];
            Array.Reverse(_order, span.First, span.Count);
            Array.Reverse(_times, span.First, span.Count);
        }
    }

    /// <summary>From the clock on the wall to UTC, where the zone is known.</summary>
    private void ToInstants()
    {
        if (_raw.HasSeveralOffsets && _clock.Zone is null)
        {
            _warnings.Add(
                $"{_raw.Path}: the times have several offsets from UTC; days are counted with the last of them. --time-zone NAME "
                + "names the zone (TimeZone).");
        }

        if (_clock.Zone is null || _raw.Format!.HasOffset)
        {
            if (_clock.Zone is not null) _clock.Local(0); // there is such a zone
            return;
        }

        int skipped = 0;
        foreach (SeriesSpan span in _spans)
        {
            long before = long.MinValue;
            for (int row = span.First; row < span.First + span.Count; row++)
            {
                var local = new DateTime(_times[row]);
                _times[row] = _clock.InstantOf(local, before);
                if (_clock.Local(_times[row]) != local) skipped++;
                before = _times[row];
            }
        }

        if (skipped > 0)
        {
            _warnings.Add(
                $"{_raw.Path}: {skipped:N0} {(skipped == 1 ? "time is" : "times are")} told that the clocks of {_clock.Zone} "
                + "leave out; they are read an hour later. Is it the right zone?");
        }
    }

    private void SortByTime()
    {
        int sorted = 0;
        string? example = null;
        foreach (SeriesSpan span in _spans)
        {
            Span<long> times = _times.AsSpan(span.First, span.Count);
            bool ascends = true;
            for (int i = 1; i < times.Length && ascends; i++) ascends = times[i] >= times[i - 1];
            if (ascends) continue;
            _order ??= [.. Enumerable.Range(0, _raw.Rows)];
            long[] keys = times.ToArray();
            int[] order = _order.AsSpan(span.First, span.Count).ToArray();
            int[] places = [.. Enumerable.Range(0, keys.Length).OrderBy(i => keys[i])]; // stable
            for (int i = 0; i < places.Length; i++)
            {
                times[i] = keys[places[i]];
                _order[span.First + i] = order[places[i]];
            }

            sorted++;
            example ??= span.Id;
        }

        if (sorted > 0)
        {
            string of = _spans.Length == 1 ? "" : sorted == 1 ? $" of the series \"{example}\"" : $" of {sorted:N0} series";
            _warnings.Add($"{_raw.Path}: the times{of} go back; the rows are sorted by time.");
        }
    }

    /// <summary>
    /// Which row each row is merged into, itself for most; null if no time comes twice.
    /// </summary>
    private int[]? FindDuplicates()
    {
        int[]? merge = null;
        int same = 0, repeatedHours = 0, merged = 0;
        string firstSame = "", firstHour = "";
        foreach (SeriesSpan span in _spans)
        {
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                int before = merge?[row - 1] ?? row - 1;
                if (_times[row] != _times[row - 1])
                {
                    if (merge is not null) merge[row] = row;
                    continue;
                }

                if (IsRepeatedHour(span, row))
                {
                    firstHour = repeatedHours++ == 0 ? Lines(row - 1, row) + Time(row) : firstHour;
                    if (merge is not null) merge[row] = row;
                    continue;
                }

                bool equal = Array.TrueForAll([.. _raw.Columns], column => Same(column, row, before));
                if (!equal && _options.Duplicates == DuplicateRows.Refuse) throw Refused(span, before, row);
                merge ??= [.. Enumerable.Range(0, _raw.Rows)];
                merge[row] = before;
                if (equal) firstSame = same++ == 0 ? Lines(before, row) + Time(row) : firstSame;
                else merged++;
            }
        }

        if (same > 0)
        {
            _warnings.Add($"{_raw.Path}: {same:N0} {(same == 1 ? "row is" : "rows are")} the same as another with the same time; "
                + $"one of them is kept (the first: {firstSame}).");
        }

        if (merged > 0)
        {
            string how = _options.Duplicates switch
            {
                DuplicateRows.First => "the first of them counts",
                DuplicateRows.Last => "the last of them counts",
                DuplicateRows.Mean => "their mean counts",
                _ => "their sum counts",
            };
            _warnings.Add($"{_raw.Path}: {merged:N0} {(merged == 1 ? "row has" : "rows have")} the time of another; {how}.");
        }

        if (repeatedHours > 0)
        {
            _warnings.Add($"{_raw.Path}: {(repeatedHours == 1 ? "a local hour comes" : $"{repeatedHours:N0} local times come")} "
                + $"twice ({firstHour}), which looks like a change of clocks; both rows are kept. Give --time-zone NAME "
                + "(TimeZone), such as --time-zone Europe/Berlin, and the steps are equal.");
        }

        return merge;
    }

    /// <summary>
    /// Whether two rows tell the same time because clocks were set back: in spring or autumn, at night, on a Sunday or one of the
    /// days on which some countries do it, and no third row does.
    /// </summary>
    private bool IsRepeatedHour(SeriesSpan span, int row)
    {
        if (_clock.Zone is not null || _clock.IsCounted || _raw.Format!.HasOffset) return false;
        var local = new DateTime(_times[row]);
        bool third = (row + 1 < span.First + span.Count && _times[row + 1] == _times[row])
            || (row - 2 >= span.First && _times[row - 2] == _times[row]);
        bool hourly = row - 2 >= span.First && _times[row] - _times[row - 2] <= TimeSpan.TicksPerHour;
        return !third && hourly && local.Month is 3 or 4 or 9 or 10 or 11 && local.Hour <= 3
            && local.DayOfWeek == DayOfWeek.Sunday;
    }

    private bool Same(RawColumn column, int row, int other) =>
        column.Values[RowOf(row)].Equals(column.Values[RowOf(other)]);

    private int RowOf(int row) => _order is null ? row : _order[row];

    private InvalidDataException Refused(SeriesSpan span, int first, int second)
    {
        RawColumn differs = _raw.Columns.First(column => !Same(column, second, first));
        string of = span.Id.Length == 0 ? "" : $" of the series \"{span.Id}\"";
        return SeriesFault.Of(
            $"{_raw.Path}: {Lines(first, second)} both hold the time{Time(second)}{of}, with different values "
            + $"({Text(differs, first)} and {Text(differs, second)} in the column \"{differs.Name}\"). Mend the file, name the "
            + "column that tells them apart with --id (Id), or say what counts: --duplicates first, last, mean or sum "
            + "(Duplicates).");
    }

    private string Text(RawColumn column, int row)
    {
        float value = column.Values[RowOf(row)];
        return float.IsNaN(value) ? "nothing" : column.Categories is { } pool
            ? Suggestion.Quote(pool.Names[(int)value]) : value.ToString(CultureInfo.InvariantCulture);
    }

    private string Lines(int first, int second)
    {
        (int a, int b) = (RowOf(first), RowOf(second));
        if (_raw.LineOf is not { } lineOf) return $"rows {a + 1:N0} and {b + 1:N0}";
        return $"lines {lineOf(Math.Min(a, b))} and {lineOf(Math.Max(a, b))}";
    }

    private string Time(int row) => " " + string.Join(' ', _raw.Format!.Write(_times[row], _clock));

    private bool Keeps(RawColumn column)
    {
        if (!column.IsDropped) return true;
        _warnings.Add(
            $"{_raw.Path}: the column \"{column.Name}\" holds words, more than {SeriesRowReader.MostCategories:N0} different "
            + "ones; it is passed over.");
        return false;
    }

    private SeriesColumn Column(RawColumn column, int[]? merge)
    {
        float[] values = _order is null ? column.Values.Drain() : column.Values.Drain(_order);
        string[]? names = null;
        if (column.Categories is { } pool)
        {
            (names, int[] places) = pool.Sorted();
            for (int row = 0; row < values.Length; row++)
            {
                if (!float.IsNaN(values[row])) values[row] = places[(int)values[row]];
            }

            if (pool.Unknown.Count > 0) _warnings.Add(SeriesExpectation.UnknownNames(_raw.Path, column.Name, pool));
        }

        return new SeriesColumn(column.Name, merge is null ? values : Merged(values, names is not null, merge), names);
    }

    private float[] Merged(float[] values, bool categories, int[] merge)
    {
        var merged = new List<float>(values.Length);
        for (int row = 0; row < values.Length;)
        {
            int end = row + 1;
            while (end < values.Length && merge[end] == row) end++;
            ReadOnlySpan<float> group = values.AsSpan(row, end - row);
            merged.Add(group.Length == 1 ? group[0] : Merge(group, categories));
            row = end;
        }

        return [.. merged];
    }

    private float Merge(ReadOnlySpan<float> group, bool categories)
    {
        if (_options.Duplicates == DuplicateRows.Last) return group[^1];
        bool equal = true;
        foreach (float each in group) equal &= each.Equals(group[0]);
        if (categories || equal || _options.Duplicates is DuplicateRows.First or DuplicateRows.Refuse) return group[0];
        double sum = 0;
        int count = 0;
        foreach (float value in group)
        {
            if (float.IsNaN(value)) continue;
            sum += value;
            count++;
        }

        return count == 0 ? float.NaN : (float)(_options.Duplicates == DuplicateRows.Mean ? sum / count : sum);
    }

    /// <summary>Takes the merged rows out of times and series.</summary>
    private void Drop(int[] merge)
    {
        var times = new List<long>(_times.Length);
        var spans = new SeriesSpan[_spans.Length];
        for (int i = 0; i < spans.Length; i++)
        {
            int first = times.Count;
            for (int row = _spans[i].First; row < _spans[i].First + _spans[i].Count; row++)
            {
                if (merge[row] == row) times.Add(_times[row]);
            }

            spans[i] = new SeriesSpan(_spans[i].Id, first, times.Count - first);
        }

        (_times, _spans) = ([.. times], spans);
    }
}
