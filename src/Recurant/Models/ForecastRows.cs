namespace Recurant.Models;

/// <summary>A table as a forecaster reads it: its own columns in their order.</summary>
internal sealed class ForecastRows
{
    private readonly ForecasterSpec _spec;
    private readonly float[][] _columns;
    private readonly (float[] Values, float[] Ages)?[] _known;

    /// <summary>Finds the columns of a specification in a table.</summary>
    /// <exception cref="InvalidDataException">One of them is not there, or is of another kind; the message names it.</exception>
    public ForecastRows(SeriesTable table, ForecasterSpec spec)
    {
        (Table, _spec) = (table, spec);
        _columns = [.. spec.Columns.Select(column => SeriesFault.Require(table, column).Values)];
        _known = LastKnown.Of(table, spec.Columns, _columns);
    }

    public SeriesTable Table { get; }

    /// <summary>The values of a target in a series, all its rows.</summary>
    public ReadOnlySpan<float> Target(int series, int target)
    {
        SeriesSpan span = Table.Series[series];
        return _columns[target].AsSpan(span.First, span.Count);
    }

    /// <summary>
    /// The steps since a target was known before a step; 0 before the first row, or where the model does not read it.
    /// </summary>
    public float AgeOf(int series, int target, int step) =>
        step >= 0 && _known[target] is { } known ? known.Ages[Table.Series[series].First + step] : 0f;

    /// <summary>
    /// Writes what is known of a step beforehand: known columns and calendar, each <paramref name="stride"/> apart.
    /// </summary>
    public void WriteKnown(int series, int step, Span<float> numbers, int stride, Span<float> scratch)
    {
        int at = 0;
        Write(ColumnRole.Known, series, step, numbers, stride, ref at, scratch);
        if (_spec.CalendarWidth == 0) return;
        Span<float> calendar = scratch[.._spec.CalendarWidth];
        CalendarFeatures.Write(_spec.Rule!, Table.Axis!.Local(InstantOf(series, step)), calendar);
        for (int i = 0; i < calendar.Length; i++) numbers[(at + i) * stride] = calendar[i];
    }

    /// <summary>Writes the columns of which only the past is known.</summary>
    public void WritePast(int series, int step, Span<float> numbers, int stride, Span<float> scratch)
    {
        int at = 0;
        Write(ColumnRole.Past, series, step, numbers, stride, ref at, scratch);
    }

    /// <summary>Writes the static columns, as the row of a step has them.</summary>
    public void WriteStatic(int series, int step, Span<float> numbers, Span<float> scratch)
    {
        int at = 0;
        Write(ColumnRole.Static, series, step, numbers, 1, ref at, scratch);
    }

    /// <summary>A value as the table has it; NaN before and behind its rows.</summary>
    public float ValueOf(SeriesColumnSpec column, int series, int step)
    {
        SeriesSpan span = Table.Series[series];
        for (int i = 0; i < _columns.Length; i++)
        {
            if (!ReferenceEquals(_spec.Columns[i], column)) continue;
            return step >= 0 && step < span.Count ? _columns[i][span.First + step] : float.NaN;
        }

        return float.NaN;
    }

    /// <summary>
    /// The first step to come of a series: behind its last row or, of a model with columns that are known in advance, behind the
    /// last row with a target.
    /// </summary>
    public static int OriginOf(SeriesTable table, ForecasterSpec spec, int series)
    {
        SeriesSpan span = table.Series[series];
        if (spec.Columns.All(column => column.Role != ColumnRole.Known)) return span.Count;
        SeriesColumn[] targets = [.. spec.Targets.Select(target => SeriesFault.Require(table, target))];
        int origin = span.Count;
        while (origin > 0 && targets.All(target => float.IsNaN(target[span.First + origin - 1]))) origin--;
        return origin;
    }

    /// <summary>The instant of a step, also of one before or behind the rows there are.</summary>
    public long InstantOf(int series, int step)
    {
        SeriesSpan span = Table.Series[series];
        TimeAxis axis = Table.Axis!;
        return step < 0 ? axis.After(Table.Times![span.First], step)
            : step < span.Count ? Table.Times![span.First + step]
            : axis.After(Table.Times![span.First + span.Count - 1], step - span.Count + 1);
    }

    private void Write(
        ColumnRole role, int series, int step, Span<float> numbers, int stride, ref int at, Span<float> scratch)
    {
        SeriesSpan span = Table.Series[series];
        for (int i = _spec.TargetCount; i < _spec.Columns.Count; i++)
        {
            SeriesColumnSpec column = _spec.Columns[i];
            if (column.Role != role) continue;
            bool isThere = step >= 0 && step < span.Count;
            float value = isThere ? _columns[i][span.First + step] : float.NaN;
            Span<float> own = scratch[..column.Width];
            if (isThere && _known[i] is { } known)
            {
                column.Write(value, own, known.Values[span.First + step], known.Ages[span.First + step]);
            }
            else
            {
                column.Write(value, own);
            }

            for (int j = 0; j < own.Length; j++) numbers[(at + j) * stride] = own[j];
            at += own.Length;
        }
    }
}
