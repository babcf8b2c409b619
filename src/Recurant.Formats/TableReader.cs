namespace Recurant.Formats;

/// <summary>A file of rows and columns, read row by row. Blank lines are no rows.</summary>
internal abstract class TableReader(DataFile path) : IDisposable
{
    /// <summary>No table of texts has more columns; one line that was never meant as a row easily has.</summary>
    internal const int MaximumColumns = 10_000;

    /// <summary>The file.</summary>
    internal string Path => path.Path;

    /// <summary>The line on which the row begins.</summary>
    internal int Line { get; private protected set; }

    /// <summary>Whether a blank line is a row of one empty field.</summary>
    internal bool KeepsBlankLines { get; set; }

    /// <summary>The number of fields of the row.</summary>
    internal abstract int FieldCount { get; }

    /// <summary>How to mend a row with a wrong number of fields.</summary>
    internal abstract string Advice { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    internal abstract bool Read();

    /// <summary>A field of the row, its quotes taken off; valid until the next row.</summary>
    internal abstract ReadOnlySpan<char> Field(int index);

    /// <summary>An exception that names the place where a field of the row begins.</summary>
    internal abstract InvalidDataException Error(int field, string message);

    public abstract void Dispose();

    /// <summary>Opens a table in the format named.</summary>
    internal static TableReader Open(DataFile path, string format, char delimiter) =>
        format == FormatName.Csv ? new CsvTable(path, delimiter) : new TsvTable(path);

    /// <summary>Throws if the row has more fields than any table of texts.</summary>
    private protected void CheckMaximum()
    {
        if (FieldCount > MaximumColumns) throw TooManyColumns(path.Path, Line, FieldCount);
    }

    /// <summary>That a row has more fields than any table of texts.</summary>
    internal static InvalidDataException TooManyColumns(string path, int line, int columns) => TextFile.Error(
        path, line, 0,
        $"the row has {columns:N0} columns, and at most {MaximumColumns:N0} are read. Check the separator (--delimiter names "
        + "another) and the line ends, or keep only the columns of the text and the label.");

    /// <summary>Throws unless the row has the number of fields expected.</summary>
    internal void CheckFieldCount(int expected)
    {
        if (FieldCount != expected)
        {
            bool few = FieldCount < expected;
            throw Error(
                few ? FieldCount - 1 : expected, // the last field there is, or the first too many
                $"too {(few ? "few" : "many")} fields: expected {expected}, found {FieldCount}. {Advice}");
        }
    }
}
