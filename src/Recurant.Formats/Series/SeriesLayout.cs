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
internal sealed partial class SeriesLayout
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

    /// <summary>The column that names the series.</summary>
    internal int Id { get; private set; } = None;

    /// <summary>Further columns that name them together with the first.</summary>
    internal int[] MoreIds { get; private set; } = [];

    /// <summary>The names of the columns that name the series.</summary>
    internal string[] IdNames => Id < 0 ? [] : [Names[Id], .. MoreIds.Select(i => Names[i])];

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
        Label = PlaceOfLabel();
        if (Time is null) FindRowsOfSeries();
        DecideUses();
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
            string id = Id < 0 ? "" : string.Join('/', MoreIds.Prepend(Id).Select(column => _sample.Cells(column)[i]));
            if (!double.TryParse(cells[i], CultureInfo.InvariantCulture, out double number)) number = double.NaN;
            if (last.TryGetValue(id, out double before) && !(number > before)) back++;
            last[id] = number;
        }

        if (back > 0.1 * cells.Length) Time = null;
    }

    /// <summary>The column that the option names as the label; a file to predict from may lack it.</summary>
    private int PlaceOfLabel()
    {
        if (_options.Label is not { } label) return None;
        bool may = _options.Expected?.Any(each => each.Name == label && each.MayBeMissing) == true && !Names.Contains(label);
        return may ? None : Place(label, "label");
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
            if (Time?.Places.Contains(i) == true || i == Id || MoreIds.Contains(i) || Names[i] == _source.FileColumn) continue;
            bool rowNumber = HasHeader && SeriesNames.IsRowNumber(Names[i]) && sketch.IsWhole && IsRising(_sample.Cells(i));
            if (rowNumber && !IsAsked(i)) continue;
            bool label = i == Label && !(RowIsSeries && Steps.Contains(i));
            Uses[i] = label || sketch.IsCategory ? ColumnUse.Category : ColumnUse.Number;
            if (Uses[i] == ColumnUse.Category && !label && !IsAsked(i)
                && TimeGuess.Find("", _sample.Cells(i), _options.DayFirst).Count > 0 && SeriesNames.IsDateLike(_sample.Cells(i)))
            {
                Uses[i] = ColumnUse.Skip;
                Notes.Add($"{_source.Path}: the column \"{Names[i]}\" holds times and is passed over; --time names the column of "
                    + "the time (Time).");
            }

            if (sketch is { Evidence: 0, Ambiguous.Mark: not '\0', IsNumeric: true }
                && Comma[i] == (sketch.Ambiguous.Mark == '.'))
            {
                NumberCells.Read(sketch.Ambiguous.Cell, Comma[i], out float value);
                string why = evidence == 0 ? "no other column tells the decimal mark"
                    : $"other columns use the {(Comma[i] ? "comma" : "point")} as the decimal mark";
                Notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{_source.Path}: \"{sketch.Ambiguous.Cell}\" in the column \"{Names[i]}\" is read as {value}, since "
                    + $"{why}."));
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
