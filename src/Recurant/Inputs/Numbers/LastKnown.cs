namespace Recurant.Inputs;

/// <summary>
/// What was last known of a column at a row, and how long before it something was known; k_t says whether row t is.
/// <code>
/// (1) a_t = g_t             if k_(t-1)      g_t: the steps from row t-1 to row t
///     a_t = g_t + a_(t-1)   if not
///     a_1 = 0
/// </code>
/// </summary>
internal struct LastKnown
{
    private bool _hasBegun, _wasKnown;

    /// <summary>The last known value, that of the row itself where it is known; NaN where none was yet.</summary>
    public float Value { get; private set; }

    /// <summary>a of (1).</summary>
    public float Age { get; private set; }

    /// <summary>Takes the next row.</summary>
    /// <param name="value">The value; NaN where it is missing.</param>
    /// <param name="steps">g; of the first row it tells nothing.</param>
    public void Take(float value, float steps)
    {
        if (!_hasBegun) (Value, Age, _hasBegun) = (float.NaN, 0f, true);
        else Age = _wasKnown ? steps : steps + Age;                                                                     // (1)
        _wasKnown = !float.IsNaN(value);
        if (_wasKnown) Value = value;
    }

    /// <summary>The columns, those of numbers with an age if it is to be read.</summary>
    /// <param name="isRead">Whether it is.</param>
    /// <param name="axis">The times that are learnt from: of irregular ones the age follows the clock.</param>
    /// <param name="columns">The columns; of those known in advance and of static ones no age is read.</param>
    public static SeriesColumnSpec[] Read(bool isRead, TimeAxis? axis, IEnumerable<SeriesColumnSpec> columns)
    {
        long unit = axis is { Rule: { IsRegular: false, Size: var size } } ? size : 0;
        return [.. columns.Select(column => isRead && column.Categories is null
            && column.Role is (ColumnRole.Target or ColumnRole.Past) ? column with { AgeUnit = unit } : column)];
    }

    /// <summary>Of each column whose age is read, all rows; null of the others.</summary>
    public static (float[] Values, float[] Ages)?[] Of(
        SeriesTable table, IReadOnlyList<SeriesColumnSpec> columns, IReadOnlyList<float[]> values) =>
        [.. columns.Select((column, i) => column.AgeUnit is { } unit
            ? Of(table, values[i], unit) : ((float[], float[])?)null)];

    /// <summary>All rows of a column.</summary>
    /// <param name="table">The table.</param>
    /// <param name="values">The column.</param>
    /// <param name="unit">The ticks of a step; 0 where rows are counted.</param>
    public static (float[] Values, float[] Ages) Of(SeriesTable table, float[] values, long unit)
    {
        (float[] last, float[] ages) = (new float[values.Length], new float[values.Length]);
        foreach (SeriesSpan span in table.Series)
        {
            var known = new LastKnown();
            for (int row = span.First; row < span.First + span.Count; row++)
            {
                float steps = unit > 0 && row > span.First && table.Times is { } times
                    ? (float)((times[row] - times[row - 1]) / (double)unit) : 1f;
                known.Take(values[row], steps);
                (last[row], ages[row]) = (known.Value, known.Age);
            }
        }

        return (last, ages);
    }
}
