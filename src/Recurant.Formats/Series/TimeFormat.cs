namespace Recurant.Formats;

/// <summary>How a file writes its times: reads them, and prints others in the same way.</summary>
public abstract class TimeFormat
{
    private protected TimeFormat(IReadOnlyList<string> columns)
    {
        Columns = columns;
    }

    /// <summary>The names of the columns among which a time is divided; mostly one.</summary>
    public IReadOnlyList<string> Columns { get; internal set; }

    /// <summary>Prints an instant: a value for each of <see cref="Columns"/>.</summary>
    /// <param name="instant">Ticks as a table holds them.</param>
    /// <param name="axis">The clock of the table.</param>
    public abstract IReadOnlyList<string> Write(long instant, TimeAxis axis);

    /// <summary>The format in words or as a pattern: "yyyy-MM-dd HH:mm", "seconds since 1970".</summary>
    public abstract override string ToString();

    /// <summary>The places of the columns in a row.</summary>
    internal int[] Places { get; set; } = [];

    /// <summary>Whether times are told in UTC, or with what they differ from it.</summary>
    internal virtual bool HasOffset => false;

    /// <summary>Whether times are numbers that count, and no dates.</summary>
    internal virtual bool IsCounted => false;

    /// <summary>Reads the time of a row: ticks on its own clock, and what that is ahead of UTC.</summary>
    internal abstract bool TryRead(FieldRows row, out long ticks, out TimeSpan offset);

    /// <summary>Reads a time that stands in one cell.</summary>
    internal virtual bool TryRead(ReadOnlySpan<char> cell, out long ticks, out TimeSpan offset) =>
        throw new NotSupportedException();
}
