using System.Runtime.InteropServices;

namespace Recurant.Formats;

/// <summary>What the values of one column look like; the first row is kept apart, since it may be a header.</summary>
internal sealed class ColumnStatistics
{
    /// <summary>A column with more distinct values than this holds no labels.</summary>
    private const int MostLabels = 1000;
    private const int LongestLabel = 200;

    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly string first;
    private long rows;
    private long length;
    private long blanks;
    private bool tooLong;

    /// <summary>Begins with the value of the first row.</summary>
    internal ColumnStatistics(string first)
    {
        this.first = first;
        lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal double AverageLength => rows == 0 ? 0 : (double)length / rows;

    /// <summary>The number of different values, that of the first row among them.</summary>
    internal int Distinct => tooLong ? int.MaxValue : counts.Count + (FirstComesAgain ? 0 : 1);

    /// <summary>Whether the value of the first row stands in another row too: then it is no column's name.</summary>
    internal bool FirstComesAgain => counts.ContainsKey(first);

    internal long Rows => rows;

    /// <summary>At least two values, each more than once on average: neither constant nor a number of the row.</summary>
    internal bool CanBeLabel => !tooLong && counts.Count is >= 2 and <= MostLabels && rows + 1 >= 2 * counts.Count;

    /// <summary>Many rows and hardly a value twice: a row's number or a text, no label.</summary>
    internal bool CannotBeLabel => tooLong || counts.Count > MostLabels || (rows >= 20 && counts.Count > rows / 2);

    /// <summary>Words with blanks between, or more than a word's length, in a row on average: no number and no name.</summary>
    internal bool HoldsText => rows > 0 && (length >= 16 * rows || blanks >= rows);

    internal void Add(ReadOnlySpan<char> value)
    {
        rows++;
        length += value.Length;
        blanks += value.Count(' ');
        tooLong |= value.Length > LongestLabel;
        if (counts.Count <= MostLabels && !tooLong)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(lookup, value.Trim(), out _)++;
        }
    }
}
