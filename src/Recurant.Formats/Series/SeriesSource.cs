namespace Recurant.Formats;

/// <summary>A table as rows of fields, whatever it is stored as.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Format">What it is stored as, in words.</param>
/// <param name="Open">Opens the rows at their start.</param>
/// <param name="Names">The names of the columns; null where the first row may hold them.</param>
internal sealed record SeriesSource(string Path, string Format, Func<FieldRows> Open, IReadOnlyList<string>? Names = null)
{
    /// <summary>What stands between fields, where that decides how a number may be written.</summary>
    internal char Delimiter { get; init; } = ',';

    /// <summary>The column with the name of the file, which counts only where it tells series apart; null for none.</summary>
    internal string? FileColumn { get; init; }
}

/// <summary>The first rows of a table, to guess from.</summary>
internal sealed class SeriesSample
{
    /// <summary>Enough to guess from; where a later row shows that it was not, many more are looked at.</summary>
    internal const int Few = 1000, Many = 200_000;

    private const int MostCells = 4_000_000;

    private readonly Dictionary<int, string[]> _columns = [];

    private SeriesSample(List<string[]> rows, bool isWhole)
    {
        (Rows, IsWhole) = (rows, isWhole);
    }

    internal List<string[]> Rows { get; private set; }

    /// <summary>Whether these are all rows.</summary>
    internal bool IsWhole { get; }

    internal static SeriesSample Take(SeriesSource source, int most)
    {
        var rows = new List<string[]>();
        long cells = 0;
        using FieldRows from = source.Open();
        bool more = false;
        while ((more = from.Read()) && rows.Count < most && (cells < MostCells || rows.Count < 10))
        {
            var row = new string[from.Count];
            for (int i = 0; i < row.Length; i++) row[i] = from[i].ToString();
            rows.Add(row);
            cells += row.Length;
        }

        return new SeriesSample(rows, !more);
    }

    /// <summary>Keeps only the rows that are as wide as most.</summary>
    internal void Keep(Predicate<string[]> which)
    {
        Rows = Rows.FindAll(which);
        _columns.Clear();
    }

    internal string[] Cells(int column)
    {
        if (!_columns.TryGetValue(column, out string[]? cells))
        {
            cells = [.. Rows.Select(row => column < row.Length ? row[column] : "")];
            _columns.Add(column, cells);
        }

        return cells;
    }
}

/// <summary>What the cells of a column are.</summary>
internal sealed class ColumnSketch
{
    /// <summary>Fewer words among numbers than this share are faults, not categories.</summary>
    private const double FewWords = 0.05;

    internal ColumnSketch(string[] cells)
    {
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        bool whole = true;
        foreach (string cell in cells)
        {
            switch (NumberCells.Read(cell, comma: false, out float number))
            {
                case NumberCell.Missing:
                    Missing++;
                    continue;
                case NumberCell.Number:
                    Numbers++;
                    whole &= number == MathF.Truncate(number) && !cell.Contains('.');
                    break;
                case NumberCell.Infinite:
                    Numbers++;
                    break;
                default:
                    // With the other decimal mark it may be a number all the same.
                    if (NumberCells.Read(cell, comma: true, out _) == NumberCell.Number) Numbers++;
                    else Words++;
                    whole = false;
                    break;
            }

            Evidence += NumberCells.Evidence(cell, out char ambiguous);
            Ambiguous = ambiguous != '\0' ? (ambiguous, cell) : Ambiguous;
            HasPercent |= cell.EndsWith('%');
            distinct.Add(cell);
        }

        Distinct = distinct.Count;
        IsWhole = whole && Numbers > 0;
    }

    internal int Missing { get; }

    internal int Numbers { get; }

    internal int Words { get; }

    internal int Distinct { get; }

    /// <summary>Above 0 if its numbers have a decimal comma, below 0 if they have a point.</summary>
    internal int Evidence { get; }

    /// <summary>The mark before three digits that may be either, and a cell with it.</summary>
    internal (char Mark, string Cell) Ambiguous { get; }

    internal bool HasPercent { get; }

    /// <summary>Whether all its numbers are whole.</summary>
    internal bool IsWhole { get; }

    internal bool IsEmpty => Numbers + Words == 0;

    internal bool IsNumeric => Numbers > 0 && Words <= FewWords * (Numbers + Words);

    internal bool IsCategory => Words > 0 && !IsNumeric;
}
