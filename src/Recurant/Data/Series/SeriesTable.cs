using System.Globalization;

namespace Recurant.Data;

/// <summary>One series of a table: rows that follow one another, oldest first.</summary>
/// <param name="Id">Its name; empty where the table has but one.</param>
/// <param name="First">Its first row.</param>
/// <param name="Count">The number of its rows, 1 or more.</param>
public readonly record struct SeriesSpan(string Id, int First, int Count);

/// <summary>
/// Numbers that follow one another: one or many series of rows, each row a number or a category for every column, and a time
/// where the rows have one. What tasks read that forecast, classify, label or measure sequences; which column means what is
/// the task's to decide. Any number of threads may read it.
/// </summary>
/// <remarks>
/// Columns lie one by one, so that no row is ever copied; a series is a range of rows. Where <see cref="Axis"/> has a regular
/// rule, the rows of a series are one step apart: rows that a file lacks stand here with all their values missing.
/// </remarks>
public sealed partial class SeriesTable
{
    private const int MostNamed = 12;

    /// <summary>Makes a table.</summary>
    /// <param name="name">What messages call the data: the path of its file.</param>
    /// <param name="columns">The columns, all with as many rows.</param>
    /// <param name="series">The series: together they are all rows, in their order.</param>
    /// <param name="times">
    /// The time of each row, ascending within a series, as ticks of UTC or, where no zone is known, of the clock on the wall;
    /// null where rows have no times. The array is kept, not copied.
    /// </param>
    /// <param name="axis">How times follow one another; needed if and only if there are times.</param>
    /// <exception cref="ArgumentException">The parts do not fit one another.</exception>
    public SeriesTable(
        string name, IReadOnlyList<SeriesColumn> columns, IReadOnlyList<SeriesSpan> series, long[]? times = null,
        TimeAxis? axis = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(series);
        (Name, Columns, Series, Times, Axis) = (name, columns, series, times, axis);
        int rows = 0;
        foreach (SeriesSpan each in series)
        {
            if (each.First != rows || each.Count < 1)
            {
                throw new ArgumentException(
                    $"The series \"{each.Id}\" has the rows {each.First} to {each.First + each.Count - 1}; it must begin with "
                    + $"row {rows}, where the series before it ends, and have at least one row.", nameof(series));
            }

            rows += each.Count;
        }

        Rows = rows;
        foreach (SeriesColumn column in columns)
        {
            if (column.Count == rows) continue;
            throw new ArgumentException(
                $"The column \"{column.Name}\" has {column.Count} rows; the series have {rows}.", nameof(columns));
        }

        if (times is null != axis is null || (times is not null && times.Length != rows))
        {
            throw new ArgumentException(
                $"There are {times?.Length ?? 0} times for {rows} rows; one for each row and an axis are expected, or neither.",
                nameof(times));
        }
    }

    /// <summary>What messages call the data: the path of its file.</summary>
    public string Name { get; }

    /// <summary>The columns, in the order of the file.</summary>
    public IReadOnlyList<SeriesColumn> Columns { get; }

    /// <summary>The series, in the order in which the file first names them.</summary>
    public IReadOnlyList<SeriesSpan> Series { get; }

    /// <summary>How times follow one another; null where rows have no times.</summary>
    public TimeAxis? Axis { get; }

    /// <summary>The number of rows of all series.</summary>
    public int Rows { get; }

    /// <summary>Things worth telling the user that did not stop the reading.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    internal long[]? Times { get; }

    /// <summary>The place of a column by its name; -1 if there is none.</summary>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == column) return i;
        }

        return -1;
    }

    /// <summary>The column of the right answers, which data need that are to be scored.</summary>
    /// <exception cref="InvalidDataException">It is not there, or no row has a value.</exception>
    public SeriesColumn RequireAnswers(string column)
    {
        int place = IndexOf(column);
        if (place < 0)
        {
            throw new InvalidDataException(
                $"{Name}: there is no column \"{column}\" with the right answers. The columns there are {ColumnNames}.");
        }

        foreach (float value in Columns[place].Values)
        {
            if (!float.IsNaN(value)) return Columns[place];
        }

        throw new InvalidDataException(
            $"{Name}: none of its {Rows} rows has a value of \"{column}\", so there is nothing to score. Give rows with right "
            + "answers.");
    }

    /// <summary>The names of the columns, those of the first few.</summary>
    internal string ColumnNames =>
        string.Join(", ", Columns.Take(MostNamed).Select(column => $"\"{column.Name}\""))
        + (Columns.Count > MostNamed ? $" and {Columns.Count - MostNamed} more" : "");

    /// <summary>The time of a row, of the clock on the wall.</summary>
    /// <exception cref="InvalidOperationException">Rows have no times.</exception>
    public DateTime TimeOf(int row) => Axis is { } axis
        ? axis.Local(Times![row]) : throw new InvalidOperationException($"{Name}: its rows have no times.");

    /// <summary>The time of a row as <see cref="TimeAxis.After"/> takes it.</summary>
    /// <exception cref="InvalidOperationException">Rows have no times.</exception>
    public long InstantOf(int row) => Times is { } times
        ? times[row] : throw new InvalidOperationException($"{Name}: its rows have no times.");

    /// <summary>
    /// A table of rows with times: their rule is learnt, and where it is regular the rows that are missing between others are
    /// put in. These have no values, except in columns that are constant in every series; <see cref="Warnings"/> names them.
    /// </summary>
    /// <param name="name">What messages call the data.</param>
    /// <param name="columns">The columns, all with as many rows. Their arrays are kept where no row is missing.</param>
    /// <param name="series">The series: together they are all rows, in their order.</param>
    /// <param name="times">The time of each row, ascending within a series, as the constructor takes them.</param>
    /// <param name="clock">The clock that tells the times; its rule is replaced. Default: none, the clock on the wall.</param>
    /// <exception cref="ArgumentException">The parts do not fit one another, or times go back.</exception>
    public static SeriesTable OfTimes(
        string name, IReadOnlyList<SeriesColumn> columns, IReadOnlyList<SeriesSpan> series, long[] times, TimeAxis? clock = null)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(times);
        clock ??= new TimeAxis(new TimeRule(TimeUnit.Irregular, 1));
        var table = new SeriesTable(name, columns, series, times, clock); // checks
        foreach (SeriesSpan span in series)
        {
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                if (times[row] >= times[row - 1]) continue;
                throw new ArgumentException(
                    $"The times of the series \"{span.Id}\" go back at its row {row - span.First}; oldest first is expected.",
                    nameof(times));
            }
        }

        return SeriesGrid.Complete(table, clock with { Rule = TimeRule.Learn(times, series, clock) });
    }

    /// <summary>
    /// A table of plain arrays: one series of one column each, without times.
    /// </summary>
    /// <param name="series">A series each, oldest value first; NaN where a value is missing.</param>
    /// <param name="column">The name of the column. Default: "value".</param>
    /// <param name="name">What messages call the data.</param>
    public static SeriesTable Of(IReadOnlyList<float[]> series, string column = "value", string name = "the series")
    {
        ArgumentNullException.ThrowIfNull(series);
        return Of([.. series.Select(each => new[] { each ?? throw new ArgumentNullException(nameof(series)) })], [column], name);
    }

    /// <summary>A table of plain arrays with several columns: an array a column in an array a series.</summary>
    /// <param name="series">For each series the values of each column, [series][column][row].</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="name">What messages call the data.</param>
    /// <exception cref="ArgumentException">The columns of a series are not equally long, or their number differs.</exception>
    public static SeriesTable Of(IReadOnlyList<float[][]> series, IReadOnlyList<string> columns, string name = "the series")
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(columns);
        var spans = new SeriesSpan[series.Count];
        int rows = 0;
        for (int i = 0; i < series.Count; i++)
        {
            float[][] own = series[i] ?? throw new ArgumentNullException(nameof(series), $"Series {i} is null.");
            if (own.Length != columns.Count || own.Length == 0 || own.Any(values => values.Length != own[0].Length))
            {
                throw new ArgumentException(
                    $"Series {i} has {own.Length} columns of {string.Join(", ", own.Select(values => values.Length))} rows; "
                    + $"{columns.Count} of equal length are expected.", nameof(series));
            }

            spans[i] = new SeriesSpan(series.Count == 1 ? "" : (i + 1).ToString(CultureInfo.InvariantCulture), rows,
                own[0].Length);
            rows += own[0].Length;
        }

        return new SeriesTable(name, [.. columns.Select((column, c) => new SeriesColumn(column, Joined(c)))], spans);

        float[] Joined(int column)
        {
            var values = new float[rows];
            for (int i = 0; i < spans.Length; i++) series[i][column].CopyTo(values, spans[i].First);
            return values;
        }
    }
}
