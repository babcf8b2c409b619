using System.Globalization;

namespace Recurant.Formats;

/// <summary>What a column of a table is read as.</summary>
internal enum ColumnUse
{
    Skip,
    Number,
    Category,
}

/// <summary>Which columns of a table hold times, ids and values, and how they are written.</summary>
internal sealed class SeriesLayout
{
    /// <summary>A name that stands for no column.</summary>
    internal const int None = -1;

    private const int MostOthers = 8;

    private readonly SeriesSource _source;
    private readonly SeriesFormatOptions _options;
    private readonly SeriesSample _sample;

    private SeriesLayout(SeriesSource source, SeriesFormatOptions options, SeriesSample sample)
    {
        (_source, _options, _sample) = (source, options, sample);
    }

    internal bool HasHeader { get; private set; }

    internal string[] Names { get; private set; } = [];

    internal int Width => Names.Length;

    internal TimeFormat? Time { get; private set; }

    /// <summary>The same with day and month the other way round, where nothing has decided yet.</summary>
    internal TimeFormat? OtherOrder { get; private set; }

    internal int Id { get; private set; } = None;

    internal int Label { get; private set; } = None;

    /// <summary>Whether each row is a series.</summary>
    internal bool RowIsSeries { get; private set; }

    /// <summary>Of rows that are series: the columns with their values, and their times where the header has them.</summary>
    internal int[] Steps { get; private set; } = [];

    internal long[]? StepTimes { get; private set; }

    internal ColumnUse[] Uses { get; private set; } = [];

    internal bool[] Comma { get; private set; } = [];

    internal ColumnSketch[] Sketches { get; private set; } = [];

    internal List<string> Notes { get; } = [];

    internal List<string> OtherTimes { get; } = [];

    internal List<string> OtherIds { get; } = [];

    /// <summary>The names as options take them, by which a message lists the columns.</summary>
    internal string ListColumns(string asked) => Suggestion.Describe("The columns are", asked, Names);

    internal static SeriesLayout Find(SeriesSource source, SeriesFormatOptions options, SeriesSample sample)
    {
        var layout = new SeriesLayout(source, options, sample);
        layout.Decide();
        return layout;
    }

    /// <summary>The place of a column by its name or number.</summary>
    internal int Place(string asked, string role)
    {
        int place = Array.IndexOf(Names, asked);
        if (place < 0) place = Array.FindIndex(Names, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        if (place < 0 && int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= Names.Length)
        {
            place = number - 1;
        }

        return place >= 0 ? place : throw TextFile.Error(
            _source.Path, HasHeader ? 1 : 0, 0, $"there is no column \"{asked}\" for the {role}. {ListColumns(asked)}");
    }

    private void Decide()
    {
        NameColumns();
        Sketches = [.. Enumerable.Range(0, Width).Select(i => new ColumnSketch(_sample.Cells(i)))];
        FindTime();
        FindId();
        CheckTime();
        if (_options.Label is { } label) Label = Place(label, "label");
        if (Time is null) FindRowsOfSeries();
        DecideUses();
    }

    private void NameColumns()
    {
        List<string[]> rows = _sample.Rows;
        if (rows.Count == 0)
        {
            throw new InvalidDataException($"{_source.Path}: the file is empty; a table of numbers is expected.");
        }

        string[] first = rows[0];
        if (_source.Names is { } given)
        {
            Names = [.. given];
            return;
        }

        int width = rows.Count == 1 ? first.Length : rows.Skip(1).GroupBy(row => row.Length).OrderByDescending(group => group.Count())
            .ThenByDescending(group => group.Key).First().Key;
        bool jagged = rows.Skip(1).Count(row => row.Length != width) > 0.2 * rows.Count;
        if (jagged) width = rows.Max(row => row.Length);
        HasHeader = IsHeader(first, width);
        if (HasHeader) rows.RemoveAt(0);
        string[] names = [.. HasHeader ? first : []];
        if (HasHeader && first.Length == width - 1 && !jagged)
        {
            names = ["", .. first];
            Notes.Add($"{_source.Path}: the header names {first.Length} columns and the rows have {width}; the first column is taken "
                + "for row names without a name.");
        }

        width = Math.Max(width, HasHeader ? names.Length : 0);
        Names = new string[width];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        int twice = 0;
        for (int i = 0; i < width; i++)
        {
            string name = i < names.Length ? names[i] : "";
            if (name.Length == 0) name = HasHeader && i == 0 ? "" : $"c{i + 1}";
            if (seen.TryGetValue(name, out int count))
            {
                seen[name] = count + 1;
                string other = $"{name} ({count + 1})";
                if (twice++ == 0) Notes.Add($"{_source.Path}: several columns are called \"{name}\"; column {i + 1} is called \"{other}\" here.");
                name = other;
            }

            seen[name] = seen.GetValueOrDefault(name, 1);
            Names[i] = name;
        }

        if (twice > 1) Notes[^1] = Notes[^1].TrimEnd('.') + $", and {twice - 1:N0} more in the same way.";
        if (!jagged) _sample.Keep(row => row.Length == width);
        if (_sample.Rows.Count == 0)
        {
            throw new InvalidDataException($"{_source.Path}: there is a header and no row below it; rows of numbers are expected.");
        }
    }

    /// <summary>Whether the first row names columns: it is no number and no time where those below it are.</summary>
    private bool IsHeader(string[] first, int width)
    {
        int shift = first.Length == width - 1 ? 1 : 0;
        bool numberBelow = false;
        for (int i = 0; i < first.Length; i++)
        {
            bool isNumber = IsNumberOrMissing(first[i]) && first[i].Length > 0;
            string[] below = [.. _sample.Rows.Skip(1).Take(50).Where(row => i + shift < row.Length).Select(row => row[i + shift])];
            bool numbers = below.Any(cell => cell.Length > 0) && below.Count(IsNumberOrMissing) >= 0.8 * below.Length
                && below.Any(cell => !NumberCells.IsMissing(cell));
            if (isNumber && numbers && !IsYearAbove(first)) return false;
            numberBelow |= numbers && !isNumber;
        }

        if (numberBelow) return true;
        // Nothing but words below: names differ from all that is below them.
        return _sample.Rows.Count > 1 && first.All(cell => cell.Length > 0 && TimeGuess.Find("", [cell], null).Count == 0)
            && Enumerable.Range(0, first.Length).All(i => !_sample.Rows.Skip(1).Any(row => i < row.Length && row[i] == first[i]));
    }

    private static bool IsYearAbove(string[] first) => NumberCells.Read(first[0], false, out _) == NumberCell.Other;

    private static bool IsNumberOrMissing(string cell) => NumberCells.Read(cell, false, out _) != NumberCell.Other
        || NumberCells.Read(cell, true, out _) != NumberCell.Other;

    private void FindTime()
    {
        if (_options.Time.Count > 0)
        {
            TakeTime([.. _options.Time.Select(name => Place(name, "time"))]);
            return;
        }

        int asked = _options.Id is { } id ? Place(id, "series") : None;
        int label = _options.Label is { } named ? Place(named, "label") : None;
        int[] free = [.. Enumerable.Range(0, Width).Where(i => i != asked && i != label && !Sketches[i].IsEmpty)];
        int[] dates = [.. free.Where(i => Sketches[i].IsCategory && SeriesNames.IsDateLike(_sample.Cells(i))
            && TimeGuess.Find(Names[i], _sample.Cells(i), _options.DayFirst).Count > 0)
            .OrderBy(i => SeriesNames.RankOfTime(Names[i]))];
        if (dates.Length > 0)
        {
            OtherTimes.AddRange(dates.Skip(1).Take(MostOthers).Select(i => Names[i]));
            int clock = Array.FindIndex(Names, name => KnownNames.Normal(name) is "time" or "zeit" or "uhrzeit" or "hour" or "hora");
            if (clock >= 0 && clock != dates[0] && DateAndClock.Find(Names[dates[0]], Names[clock], _sample.Cells(dates[0]),
                _sample.Cells(clock), _options.DayFirst) is { } both)
            {
                both.Places = [dates[0], clock];
                Time = both;
                return;
            }

            TakeTime([dates[0]]);
            return;
        }

        if (PartsTime.Find(Names, [.. free.Where(i => Sketches[i].Numbers > 0)], _sample.Cells) is { } parts)
        {
            Time = parts;
            return;
        }

        // Numbers, by their names; the first column also where it rises.
        foreach (int i in free.Where(i => Sketches[i].IsNumeric)
            .OrderBy(i => SeriesNames.RankOfTime(Names[i])))
        {
            bool known = SeriesNames.RankOfTime(Names[i]) < SeriesNames.Unknown;
            string[] cells = _sample.Cells(i);
            bool first = i == free[0] && IsRising(cells);
            if (!known && !first) continue;
            if (NumericTime.Epoch(Names[i], cells) is { } epoch)
            {
                epoch.Places = [i];
                Time = epoch;
                return;
            }

            bool dateDigits = Sketches[i].IsWhole && cells.All(cell => cell.Length is 8 or 6 or 4)
                && TimeGuess.Find(Names[i], cells, _options.DayFirst) is [{ } compact] && SeriesNames.AreYears(cells)
                && (SeriesNames.IsDateName(Names[i]) || cells[0].Length == 8);
            if (dateDigits)
            {
                TakeTime([i]);
                return;
            }

            if (known && !SeriesNames.IsRowNumber(Names[i]) && Counts(cells))
            {
                TakeCounter(i);
                return;
            }
        }
    }

    private static bool IsRising(string[] cells)
    {
        double before = double.NegativeInfinity;
        foreach (string cell in cells)
        {
            if (!double.TryParse(cell, CultureInfo.InvariantCulture, out double number) || number <= before) return false;
            before = number;
        }

        return cells.Length > 1;
    }

    /// <summary>Whether numbers mostly rise, as those of several series one behind the other or side by side do.</summary>
    private static bool Counts(string[] cells)
    {
        int rises = 0, falls = 0;
        double before = double.NaN;
        foreach (string cell in cells)
        {
            if (!double.TryParse(cell, CultureInfo.InvariantCulture, out double number)) return false;
            rises += number > before ? 1 : 0;
            falls += number < before ? 1 : 0;
            before = number;
        }

        return cells.Length == 1 || 2 * rises >= cells.Length - 1 || (rises > 0 && falls == 0);
    }

    private void TakeCounter(int column)
    {
        NumericTime counter = NumericTime.Counter(Names[column], _sample.Cells(column));
        counter.Places = [column];
        Time = counter;
    }

    private void TakeTime(int[] places)
    {
        if (places.Length > 1)
        {
            if (PartsTime.Find(Names, places, _sample.Cells) is { } parts && parts.Places.Length == places.Length)
            {
                Time = parts;
                return;
            }

            if (places.Length == 2 && DateAndClock.Find(Names[places[0]], Names[places[1]], _sample.Cells(places[0]),
                _sample.Cells(places[1]), _options.DayFirst) is { } both)
            {
                both.Places = places;
                Time = both;
                return;
            }

            throw new InvalidDataException(
                $"{_source.Path}: the columns {string.Join(", ", places.Select(i => Suggestion.Quote(Names[i])))} make no time. Name a "
                + "year, a month, a day, an hour, a minute and a second, as far as they go, or a date and a time of day.");
        }

        int place = places[0];
        string[] cells = _sample.Cells(place);
        if (Sketches[place].IsNumeric && NumericTime.Epoch(Names[place], cells) is { } epoch)
        {
            epoch.Places = places;
            Time = epoch;
            return;
        }

        List<PatternTime> patterns = Sketches[place].IsNumeric && !SeriesNames.AreYears(cells) && !cells.Any(cell => cell.Contains('.'))
            ? [] : TimeGuess.Find(Names[place], cells, _options.DayFirst);
        if (patterns.Count > 0)
        {
            foreach (PatternTime pattern in patterns) pattern.Places = places;
            Time = patterns[0];
            OtherOrder = patterns.Count > 1 ? patterns[1] : null;
            return;
        }

        if (Sketches[place].IsNumeric)
        {
            TakeCounter(place);
            return;
        }

        string example = Array.Find(cells, cell => !NumberCells.IsMissing(cell)) ?? "";
        throw new InvalidDataException(
            $"{_source.Path}: the column \"{Names[place]}\" holds no times that are known, such as {Suggestion.Quote(example)}. "
            + "Dates such as 2024-01-31, 31.01.2024 or Jan 31 2024, times of day behind them, seconds or milliseconds since 1970 "
            + "and numbers that count are read.");
    }

    private void FindId()
    {
        if (_options.Id is { } asked)
        {
            Id = Place(asked, "series");
            return;
        }

        int[] time = Time?.Places ?? [];
        bool headless = !HasHeader && _source.Names is null;
        if (headless && Time is null && Width >= 3 && AreUnitAndCycle())
        {
            Id = 0;
            TakeCounter(1);
            return;
        }

        int[] candidates = [.. Enumerable.Range(0, Width).Where(i => !time.Contains(i) && CanBeId(i))];
        int[] known = [.. candidates.Where(i => SeriesNames.RankOfId(Names[i]) < SeriesNames.Unknown)
            .OrderBy(i => SeriesNames.RankOfId(Names[i]))];
        if (Time is null)
        {
            // Without times: a known name whose values stand together.
            Id = Array.Find([.. known.Where(AreRuns), Array.IndexOf(Names, _source.FileColumn), None], _ => true);
            return;
        }

        long[] times = Times();
        int repeated = Repeated(null, times);
        if (repeated == 0)
        {
            // One series so far, or one behind the other.
            Id = Array.Find([.. known.Where(i => Sketches[i].Distinct == 1 || AreRuns(i)), None], _ => true);
            return;
        }

        // Times come again: the column that tells their rows apart best, known names first.
        (int Left, int Known, int Place)[] ranked = [.. candidates.Where(i => Sketches[i].Distinct > 1)
            .Select(i => (Repeated(_sample.Cells(i), times), SeriesNames.RankOfId(Names[i]) < SeriesNames.Unknown ? 0
                : Sketches[i].IsCategory ? 1 : 2, i))
            .Where(each => each.Item1 <= (each.Item2 == 0 ? 0.75 : 0.2) * repeated)
            .OrderBy(each => each.Item2).ThenBy(each => each.Item1).ThenBy(each => Sketches[each.i].Distinct)];
        if (ranked.Length == 0) return;
        Id = ranked[0].Place;
        OtherIds.AddRange(ranked.Skip(1).Where(each => each.Known < 2).Take(MostOthers).Select(each => Names[each.Place]));
    }

    /// <summary>The first column numbers machines and the second their cycles, as in files without names.</summary>
    private bool AreUnitAndCycle()
    {
        if (!Sketches[0].IsWhole || !Sketches[1].IsWhole) return false;
        string[] units = _sample.Cells(0), cycles = _sample.Cells(1);
        for (int row = 1; row < units.Length; row++)
        {
            if (!long.TryParse(cycles[row], out long cycle) || !long.TryParse(cycles[row - 1], out long before)) return false;
            if (units[row] == units[row - 1] ? cycle != before + 1 : cycle > 1) return false;
        }

        return units.Length > 2 && units[0] == units[1];
    }

    private bool CanBeId(int column) => (Sketches[column].IsCategory || Sketches[column].IsWhole)
        && Sketches[column].Missing == 0 && !SeriesNames.IsRowNumber(Names[column]);

    private bool AreRuns(int column)
    {
        string[] cells = _sample.Cells(column);
        int runs = 1;
        for (int i = 1; i < cells.Length; i++) runs += cells[i] == cells[i - 1] ? 0 : 1;
        return runs == Sketches[column].Distinct && (runs <= cells.Length / 2 || (Sketches[column].IsCategory && cells.Length == 1));
    }

    private long[] Times()
    {
        var row = new SampleRow();
        var times = new long[_sample.Rows.Count];
        for (int i = 0; i < times.Length; i++)
        {
            row.Fields = _sample.Rows[i];
            times[i] = Time!.TryRead(row, out long ticks, out TimeSpan offset) ? ticks - offset.Ticks : -1 - i;
        }

        return times;
    }

    private static int Repeated(string[]? ids, long[] times)
    {
        var seen = new HashSet<(string, long)>();
        int repeated = 0;
        for (int i = 0; i < times.Length; i++) repeated += seen.Add((ids?[i] ?? "", times[i])) ? 0 : 1;
        return repeated;
    }

    /// <summary>A column that only seemed to count is a value.</summary>
    private void CheckTime()
    {
        if (Time is not NumericTime { IsCounted: true } counter || _options.Time.Count > 0) return;
        int place = counter.Places[0];
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        string[] cells = _sample.Cells(place);
        int back = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            string id = Id < 0 ? "" : _sample.Cells(Id)[i];
            if (!double.TryParse(cells[i], CultureInfo.InvariantCulture, out double number)) number = double.NaN;
            if (last.TryGetValue(id, out double before) && !(number > before)) back++;
            last[id] = number;
        }

        if (back > 0.1 * cells.Length) Time = null;
    }

    /// <summary>Rows that are a series each: numbered columns, or columns named by times.</summary>
    private void FindRowsOfSeries()
    {
        if (_options.RowIsSeries == false || (Id >= 0 && _options.RowIsSeries is null && AreRuns(Id)
            && Sketches[Id].Distinct < _sample.Rows.Count))
        {
            return;
        }

        const int FewestSteps = 8, FewestTimes = 3;
        int[] values = [.. Enumerable.Range(0, Width).Where(i => i != Label && i != Id && !Sketches[i].IsCategory)];
        int[] dated = HasHeader
            ? [.. values.Where(i => TimeGuess.Find("", [Names[i]], _options.DayFirst).Count > 0)] : [];
        if (dated.Length >= FewestTimes && TimeGuess.Find("", [.. dated.Select(i => Names[i])], _options.DayFirst) is [{ } pattern, ..])
        {
            StepTimes = [.. dated.Select(i => pattern.TryRead(Names[i], out long ticks, out TimeSpan offset) ? ticks - offset.Ticks : 0)];
            bool rises = StepTimes.Zip(StepTimes.Skip(1), (a, b) => b > a).All(each => each);
            if (rises && Array.TrueForAll(dated, i => Sketches[i].Numbers + Sketches[i].Missing == _sample.Rows.Count))
            {
                (Time, Steps, RowIsSeries) = (pattern, dated, true);
                pattern.Columns = [];
                FindRowNames(Enumerable.Range(0, Width).Except(dated).Where(i => i != Label));
                return;
            }

            StepTimes = null;
        }

        int[] numbered = HasHeader || _source.Names is not null ? SeriesNames.Numbered(Names, values) : values;
        bool asked = _options.RowIsSeries == true;
        if (asked && numbered.Length < 2) numbered = values;
        bool jagged = _sample.Rows.Exists(row => row.Length != Width);
        bool headless = !HasHeader && _source.Names is null;
        bool firstIsName = Sketches[0] is { IsCategory: true } && Sketches[0].Distinct == _sample.Rows.Count;
        bool labelled = headless && Enumerable.Range(0, Width).Count(i => Sketches[i].IsCategory) == 1;
        if (!asked && (numbered.Length < FewestSteps || (headless && !jagged && !firstIsName && !labelled && !AreArchiveRows()))) return;
        (Steps, RowIsSeries) = (numbered, true);
        if (headless && !firstIsName && Label < 0 && AreArchiveRows())
        {
            Label = 0;
            Steps = [.. Steps.Where(i => i != 0)];
        }

        FindRowNames(Enumerable.Range(0, Width).Except(Steps).Where(i => i != Label));
    }

    /// <summary>The layout of the UCR archive: a class before the values, without a header.</summary>
    private bool AreArchiveRows() => Width >= 12 && Sketches[0].IsWhole && !Sketches[1].IsWhole
        && Sketches[0].Distinct is >= 2 and <= 100 && Sketches[0].Distinct <= _sample.Rows.Count / 2
        && !IsRising(_sample.Cells(0));

    private void FindRowNames(IEnumerable<int> rest)
    {
        foreach (int column in rest)
        {
            bool unique = Sketches[column].Distinct == _sample.Rows.Count && Sketches[column].Missing == 0;
            if (Id < 0 && unique && (Sketches[column].IsCategory || SeriesNames.RankOfId(Names[column]) < SeriesNames.Unknown))
            {
                Id = column;
            }
        }
    }

    private void DecideUses()
    {
        Uses = new ColumnUse[Width];
        Comma = new bool[Width];
        int evidence = Sketches.Sum(sketch => sketch.IsNumeric ? Math.Sign(sketch.Evidence) : 0);
        bool semicolons = _source.Delimiter == ';' && Time is PatternTime { IsDayFirst: true };
        for (int i = 0; i < Width; i++)
        {
            ColumnSketch sketch = Sketches[i];
            Comma[i] = sketch.Evidence > 0 || (sketch.Evidence == 0 && (evidence > 0
                || (evidence == 0 && semicolons && sketch.Ambiguous.Mark == ',')));
            if (Time?.Places.Contains(i) == true || i == Id || Names[i] == _source.FileColumn) continue;
            bool rowNumber = HasHeader && SeriesNames.IsRowNumber(Names[i]) && sketch.IsWhole && IsRising(_sample.Cells(i));
            if (rowNumber && !IsAsked(i)) continue;
            bool label = i == Label && !(RowIsSeries && Steps.Contains(i));
            Uses[i] = label || sketch.IsCategory ? ColumnUse.Category : ColumnUse.Number;
            if (Uses[i] == ColumnUse.Category && !label && !IsAsked(i)
                && TimeGuess.Find("", _sample.Cells(i), _options.DayFirst).Count > 0 && SeriesNames.IsDateLike(_sample.Cells(i)))
            {
                Uses[i] = ColumnUse.Skip;
                Notes.Add($"{_source.Path}: the column \"{Names[i]}\" holds times and is passed over; --time names the column of the "
                    + "time (Time).");
            }

            if (sketch is { Evidence: 0, Ambiguous.Mark: not '\0', IsNumeric: true } && Comma[i] == (sketch.Ambiguous.Mark == '.'))
            {
                NumberCells.Read(sketch.Ambiguous.Cell, Comma[i], out float value);
                string why = evidence == 0 ? "no other column tells the decimal mark"
                    : $"other columns use the {(Comma[i] ? "comma" : "point")} as the decimal mark";
                Notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{_source.Path}: \"{sketch.Ambiguous.Cell}\" in the column \"{Names[i]}\" is read as {value}, since {why}."));
            }

            if (sketch.HasPercent && Uses[i] == ColumnUse.Number)
            {
                Notes.Add($"{_source.Path}: percents in the column \"{Names[i]}\" are read as they stand: 12% is 12.");
            }
        }
    }

    private bool IsAsked(int column) => _options.Targets.Concat(_options.Known).Concat(_options.Static)
        .Contains(Names[column], StringComparer.OrdinalIgnoreCase)
        || _options.Expected?.Any(expected => expected.Name == Names[column]) == true;

    /// <summary>A row of the sample as the rows of a file.</summary>
    private sealed class SampleRow : FieldRows
    {
        internal string[] Fields { get; set; } = [];

        internal override int Count => Fields.Length;

        internal override ReadOnlySpan<char> this[int field] => field < Fields.Length ? Fields[field] : "";

        internal override bool Read() => false;

        internal override InvalidDataException Error(int field, string message) => new(message);

        public override void Dispose()
        {
        }
    }
}
