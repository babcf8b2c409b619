using System.Runtime.InteropServices;

namespace Recurant.Formats;

/// <summary>What the values of one column look like; the first row is kept apart, since it may be a header.</summary>
internal sealed class ColumnStatistics
{
    /// <summary>A column with more distinct values than this holds no labels.</summary>
    private const int MostLabels = 1000;
    private const int LongestLabel = 200;

    /// <summary>The kinds of so many values are looked at, and then of every hundredth.</summary>
    private const int KindsLooked = 2000, KindsEvery = 100;

    private const double NearlyAll = 0.95;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly long[] _kinds = new long[Enum.GetValues<CellKind>().Length];
    private readonly string _first;
    private long _rows;
    private long _length;
    private long _blanks;
    private long _fractions;
    private bool _tooLong;

    /// <summary>Begins with the value of the first row.</summary>
    internal ColumnStatistics(string first)
    {
        _first = first;
        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The length on average, that of the first row among them.</summary>
    internal double AverageLength => (double)(_length + _first.Length) / (_rows + 1);

    /// <summary>The share of the rows that differ from all others; 1 where there are too many values to count.</summary>
    internal double DistinctShare => Distinct > MostLabels ? 1 : (double)Distinct / (_rows + 1);

    /// <summary>The words of a row on average, counted by the blanks between them.</summary>
    internal double AverageWords => _rows == 0 ? 0 : 1 + ((double)_blanks / _rows);

    /// <summary>The number of different values, that of the first row among them.</summary>
    internal int Distinct => _tooLong ? int.MaxValue : _counts.Count + (FirstComesAgain ? 0 : 1);

    /// <summary>The number of different values below the first row.</summary>
    internal int DistinctBelow => _tooLong || _counts.Count > MostLabels ? int.MaxValue : _counts.Count;

    /// <summary>Whether the value of the first row is the value of another row too: then it is no column's name.</summary>
    internal bool FirstComesAgain => _counts.ContainsKey(_first);

    internal long Rows => _rows;

    /// <summary>At least two values, each more than once on average: neither constant nor a number of the row.</summary>
    internal bool CanBeLabel => !_tooLong && _counts.Count is >= 2 and <= MostLabels && _rows + 1 >= 2 * _counts.Count;

    /// <summary>Many rows and hardly a value twice: a row's number or a text, no label.</summary>
    internal bool CannotBeLabel => _tooLong || _counts.Count > MostLabels || (_rows >= 20 && _counts.Count > _rows / 2);

    /// <summary>Words with blanks between, or more than a word's length, in a row on average: no number and no name.</summary>
    internal bool HoldsText => _rows > 0 && !IsNumeric && !Is(CellKind.Code) && (_length >= 16 * _rows || _blanks >= _rows);

    /// <summary>Whether nearly all values are numbers or dates.</summary>
    internal bool IsNumeric => Share(CellKind.Number) + Share(CellKind.Date) >= NearlyAll;

    /// <summary>Whether there are many numbers and many dates, and little else.</summary>
    internal bool IsNumericMixture => IsNumeric && !Is(CellKind.Number) && !Is(CellKind.Date);

    /// <summary>Whether nearly all values are numbers and some have a fraction: measurements, no classes.</summary>
    internal bool IsMeasured => Is(CellKind.Number) && _fractions > 0 && _counts.Count > 2;

    /// <summary>Whether there is nothing in any row, or only marks for missing values.</summary>
    internal bool IsEmpty => _rows > 0 && _kinds[(int)CellKind.Missing] == _kinds.Sum();

    /// <summary>Whether nearly all values are one of two such as yes and no.</summary>
    internal bool IsYesNo => _counts.Count == 2 && _counts.Keys.All(value => value.ToLowerInvariant() is
        "0" or "1" or "true" or "false" or "yes" or "no" or "y" or "n" or "t" or "f" or "ja" or "nein" or "oui" or "non");

    /// <summary>The share of the most frequent value.</summary>
    internal double LargestShare => _rows == 0 || _counts.Count == 0 ? 1 : (double)_counts.Values.Max() / _rows;

    /// <summary>Whether nearly all values that are there are of this kind.</summary>
    internal bool Is(CellKind kind) => Share(kind) >= NearlyAll;

    internal void Add(ReadOnlySpan<char> value)
    {
        _rows++;
        _length += value.Length;
        _blanks += value.Count(' ');
        _tooLong |= value.Length > LongestLabel;
        if (_rows <= KindsLooked || _rows % KindsEvery == 0)
        {
            CellKind kind = Cells.KindOf(value);
            _kinds[(int)kind]++;
            _fractions += kind == CellKind.Number && HasFraction(value) ? 1 : 0;
        }

        if (_counts.Count <= MostLabels && !_tooLong)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_lookup, value.Trim(), out _)++;
        }
    }

    private double Share(CellKind kind)
    {
        long there = _kinds.Sum() - _kinds[(int)CellKind.Missing];
        return there == 0 ? 0 : (double)_kinds[(int)kind] / there;
    }

    /// <summary>Whether a number has digits behind its point that are not all zero.</summary>
    private static bool HasFraction(ReadOnlySpan<char> value)
    {
        int point = value.LastIndexOfAny('.', ',');
        return point >= 0 && value[point..].ContainsAnyInRange('1', '9');
    }
}
