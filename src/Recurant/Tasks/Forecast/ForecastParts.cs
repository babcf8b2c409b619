namespace Recurant.Tasks;

/// <summary>
/// A table of series, and of each series how many of its last rows are to test with. What is fitted, and what is learnt from, is
/// the rows before them.
/// </summary>
public sealed class ForecastDataset
{
    /// <summary>Names rows to test with.</summary>
    /// <param name="table">The series.</param>
    /// <param name="testRows">For each series the number of its last rows that are not learnt from; null for none.</param>
    /// <exception cref="ArgumentException">There is not one number for each series, or it is below 0.</exception>
    public ForecastDataset(SeriesTable table, IReadOnlyList<int>? testRows = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        Table = table;
        TestRows = testRows is null ? new int[table.Series.Count] : [.. testRows];
        if (TestRows.Count != table.Series.Count || TestRows.Any(rows => rows < 0))
        {
            throw new ArgumentException(
                $"{TestRows.Count} numbers of test rows were given for {table.Series.Count} series; one for each, 0 or more, is "
                + "expected.", nameof(testRows));
        }
    }

    /// <summary>The series.</summary>
    public SeriesTable Table { get; }

    /// <summary>For each series the number of its last rows that are to test with.</summary>
    public IReadOnlyList<int> TestRows { get; }

    /// <summary>Keeps a share of each series' last rows to test with, at least one step and at most all but two.</summary>
    /// <param name="table">The series.</param>
    /// <param name="share">The share, above 0 to below 1. Default: a fifth.</param>
    /// <param name="futureRows">
    /// For each series the rows at its end that are the future: they stand behind those that test. Default: none.
    /// </param>
    public static ForecastDataset SetAside(SeriesTable table, double share = 0.2, IReadOnlyList<int>? futureRows = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new ForecastDataset(table, [.. table.Series.Select((series, i) =>
        {
            int future = futureRows?[i] ?? 0, past = series.Count - future;
            return future + Math.Clamp((int)(share * past), 0, Math.Max(0, past - 2));
        })]);
    }
}

/// <summary>The rows of each series, counted from its first, that are learnt from, that validate, that test.</summary>
/// <param name="LearntEnd">Where the rows that are learnt from end.</param>
/// <param name="ValidEnd">Where those end that validate.</param>
/// <param name="TestEnd">Where those end that test.</param>
internal sealed record ForecastParts(
    IReadOnlyList<int> LearntEnd, IReadOnlyList<int> ValidEnd, IReadOnlyList<int> TestEnd)
{
    /// <summary>How many horizons lie side by side in the rows that validate: so many windows have no step in common.</summary>
    public double Validated(int horizon) =>
        Enumerable.Range(0, LearntEnd.Count).Sum(series => (ValidEnd[series] - LearntEnd[series]) / (double)horizon);

    /// <summary>A series keeps so many rows to learn from, if it has them.</summary>
    private const int FewestLearnt = 2;

    /// <summary>
    /// Divides the series; rows behind the last that has a target are no part of it: their targets are asked for.
    /// </summary>
    public static ForecastParts Of(ForecastDataset data, IReadOnlyList<SeriesColumn> targets, int horizon, int? validationRows)
    {
        int series = data.Table.Series.Count;
        var (learnt, valid, test) = (new int[series], new int[series], new int[series]);
        for (int i = 0; i < series; i++)
        {
            SeriesSpan span = data.Table.Series[i];
            test[i] = LastKnown(span, targets);
            // Test rows are counted from the end of the table, where the rows to come stand behind them.
            valid[i] = Math.Clamp(span.Count - data.TestRows[i], 0, test[i]);
            int rows = valid[i], most = Math.Min(rows / 3, Math.Max(0, rows - FewestLearnt));
            int wanted = validationRows ?? Math.Max(horizon, rows / 10);
            learnt[i] = rows - Math.Min(wanted, validationRows is null ? most : Math.Max(0, rows - FewestLearnt));
        }

        return new ForecastParts(learnt, valid, test);
    }

    /// <summary>
    /// The origins that may be learnt from where so many rows are: with a whole lookback before them and a whole horizon behind
    /// them, as far as the rows reach.
    /// </summary>
    public static (int First, int Last, int End) Learnable(int rows, int lookback, int horizon)
    {
        if (rows < 2) return (0, -1, 0);
        int last = Math.Max(1, rows - horizon);
        return (Math.Min(Math.Min(lookback, last), Math.Max(1, rows / 2)), Math.Max(last, rows / 2), rows);
    }

    /// <summary>The origins whose whole horizon lies in a part; the part's first where none does.</summary>
    public static (int First, int Last, int End) Within(int first, int end, int horizon) =>
        end <= first ? (0, -1, 0) : (Math.Max(1, first), Math.Max(Math.Max(1, first), end - horizon), end);

    private static int LastKnown(SeriesSpan span, IReadOnlyList<SeriesColumn> targets)
    {
        for (int row = span.Count - 1; row >= 0; row--)
        {
            foreach (SeriesColumn target in targets)
            {
                if (!float.IsNaN(target[span.First + row])) return row + 1;
            }
        }

        return 0;
    }
}
