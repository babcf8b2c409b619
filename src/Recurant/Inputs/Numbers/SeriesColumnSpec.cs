using System.Globalization;
using System.Text.Json.Serialization;

namespace Recurant.Inputs;

/// <summary>What a column of a table is to a model.</summary>
public enum ColumnRole
{
    /// <summary>Something that is to be forecast; its past is read.</summary>
    Target,

    /// <summary>Known for the steps to come as well, such as prices that are planned or public holidays.</summary>
    Known,

    /// <summary>Known up to the present.</summary>
    Past,

    /// <summary>The same in all rows of a series.</summary>
    Static,
}

/// <summary>
/// How a column becomes numbers that a network reads. What is fitted, mean, deviation and categories, is fitted on the rows
/// that are learnt from and stands in the model file.
/// <code>
/// (1) number:    (v - mean) / deviation, 0 where v is missing; with HasMissing a second number: 1 where v is known, else 0
///                with AgeUnit the last known v in the place of one that is missing, the second number, and a third: the steps
///                since v was known before (<see cref="LastKnown"/>); a layer then lets the value fade
/// (2) category:  one-hot over the categories and an entry for all others, missing ones among them
/// </code>
/// </summary>
public sealed record SeriesColumnSpec
{
    /// <summary>The largest standardised number: what lies farther out is an error more often than a measurement.</summary>
    private const float Largest = 10f;

    /// <summary>The column's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is to the model.</summary>
    public required ColumnRole Role { get; init; }

    /// <summary>The categories; null for numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>The mean of the values that are learnt from.</summary>
    public float Mean { get; init; }

    /// <summary>Their standard deviation; 0 where all are equal, and the column tells nothing.</summary>
    public float Deviation { get; init; } = 1f;

    /// <summary>Whether values were missing among those that are learnt from.</summary>
    public bool HasMissing { get; init; }

    /// <summary>
    /// Where it is read how long ago a value was known: the ticks of a step, 0 where rows are counted. Null where it is not read.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AgeUnit { get; init; }

    /// <summary>How many numbers a value becomes.</summary>
    [JsonIgnore]
    public int Width => Categories is { } categories ? categories.Count + 1 : AgeUnit is not null ? 3 : HasMissing ? 2 : 1;

    /// <summary>Of each of those numbers whether it is a mask or an age: what is said of a value, not a value.</summary>
    [JsonIgnore]
    internal IEnumerable<bool> Given => Enumerable.Range(0, Width).Select(place => Categories is null && place > 0);

    /// <summary>Fits a column to some of its rows.</summary>
    /// <param name="column">The column.</param>
    /// <param name="role">What it is to the model.</param>
    /// <param name="rows">The ranges of rows that are learnt from: first row and end.</param>
    internal static SeriesColumnSpec Fit(SeriesColumn column, ColumnRole role, IEnumerable<(int First, int End)> rows)
    {
        double sum = 0, squares = 0;
        long count = 0, missing = 0;
        (int, int)[] ranges = [.. rows];
        foreach ((int first, int end) in ranges)
        {
            foreach (float value in column.Values.AsSpan(first, end - first))
            {
                if (float.IsNaN(value)) missing++;
                else (sum, count) = (sum + value, count + 1);
            }
        }

        double mean = count > 0 ? sum / count : 0;
        // In a second walk: the squares of large numbers that hardly differ would cancel.
        foreach ((int first, int end) in ranges)
        {
            foreach (float value in column.Values.AsSpan(first, end - first))
            {
                if (!float.IsNaN(value)) squares += (value - mean) * (value - mean);
            }
        }

        double deviation = count > 0 ? Math.Sqrt(squares / count) : 0;
        return new SeriesColumnSpec
        {
            Name = column.Name, Role = role, Categories = column.Categories is { } known ? [.. known] : null,
            Mean = column.Categories is null ? (float)mean : 0,
            Deviation = column.Categories is not null ? 1 : deviation > 1e-6 * (Math.Abs(mean) + 1e-6) ? (float)deviation : 0,
            HasMissing = missing > 0,
        };
    }

    /// <summary>Writes a value as <see cref="Width"/> numbers, by (1) or (2), and returns the span behind them.</summary>
    /// <param name="value">The value; NaN where it is missing.</param>
    /// <param name="numbers">Takes the numbers.</param>
    /// <param name="last">With <see cref="AgeUnit"/>: the value that was last known; NaN where none was.</param>
    /// <param name="age">With <see cref="AgeUnit"/>: the steps since one was known before.</param>
    internal Span<float> Write(float value, Span<float> numbers, float last = float.NaN, float age = 0f)
    {
        if (Categories is { } categories)
        {
            numbers[..Width].Clear();
            numbers[float.IsNaN(value) ? categories.Count : (int)value] = 1f;                                           // (2)
            return numbers[Width..];
        }

        bool isKnown = !float.IsNaN(value);
        float read = isKnown || AgeUnit is null ? value : last;
        numbers[0] = !float.IsNaN(read) && Deviation > 0 ? Math.Clamp((read - Mean) / Deviation, -Largest, Largest) : 0f; // (1)
        if (Width > 1) numbers[1] = isKnown ? 1f : 0f;
        if (AgeUnit is not null) numbers[2] = age;
        return numbers[Width..];
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Validate()
    {
        Known.Require(Role, nameof(Role));
        if (AgeUnit is { } unit && (unit < 0 || Categories is not null))
        {
            throw new ArgumentException(
                $"The column \"{Name}\" has the {nameof(AgeUnit)} {unit}; 0 or more ticks of a column of numbers are expected.");
        }

        if (!float.IsFinite(Mean) || !(Deviation >= 0 && float.IsFinite(Deviation)))
        {
            throw new ArgumentException(
                $"The column \"{Name}\" has the mean {Mean} and the deviation {Deviation}; finite numbers are expected, the "
                + "deviation 0 or more.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SeriesColumnSpec), PrintMembers);
}
