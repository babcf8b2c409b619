using System.Globalization;
using System.Text;

namespace Recurant.Data;

/// <summary>Puts the rows that a regular series lacks between those that it has.</summary>
internal static class SeriesGrid
{
    private const int SeriesNamed = 5;

    /// <summary>The table with its rule; rows are put in, or the rule is given up where they would be too many.</summary>
    internal static SeriesTable Complete(SeriesTable table, TimeAxis axis)
    {
        long[] times = table.Times!;
        if (!axis.Rule.IsRegular) return new SeriesTable(table.Name, table.Columns, table.Series, times, axis);
        var missing = new long[table.Series.Count];
        for (int i = 0; i < missing.Length; i++)
        {
            SeriesSpan span = table.Series[i];
            for (int row = span.First + 1; row < span.First + span.Count; row++)
            {
                missing[i] += Gap(axis, times[row - 1], times[row]);
            }
        }

        long total = missing.Sum();
        if (total == 0) return new SeriesTable(table.Name, table.Columns, table.Series, times, axis);
        if (total > (long)TimeLearning.MostMissing * table.Rows || table.Rows + total > Array.MaxLength)
        {
            int most = Array.IndexOf(missing, missing.Max());
            string note = $"{table.Name}: the times look {axis.Rule}, but {total:N0} rows would be missing between the "
                + $"{table.Rows:N0} that are there{Of(table.Series[most], missing[most], " (", " of them in ", ")")}; they are "
                + "taken as irregular. Check the times if they should not be.";
            var rule = new TimeRule(TimeUnit.Irregular, Math.Max(1, axis.After(times[0], 1) - times[0]));
            return new SeriesTable(table.Name, table.Columns, table.Series, times, axis with { Rule = rule })
            {
                Warnings = [note],
            };
        }

        return Filled(table, axis, missing, (int)total);
    }

    private static long Gap(TimeAxis axis, long from, long to) => to == from ? 0 : Math.Max(0, axis.StepsBetween(from, to) - 1);

    private static SeriesTable Filled(SeriesTable table, TimeAxis axis, long[] missing, int total)
    {
        long[] from = table.Times!;
        var source = new int[table.Rows + total]; // the row it was; of one put in the complement of the one before
        var times = new long[source.Length];
        var spans = new SeriesSpan[table.Series.Count];
        int to = 0;
        long firstGap = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            SeriesSpan span = table.Series[i];
            int first = to;
            for (int row = span.First; row < span.First + span.Count; row++)
            {
                long gap = row == span.First ? 0 : Gap(axis, from[row - 1], from[row]);
                for (int k = 1; k <= gap; k++)
                {
                    source[to] = ~(row - 1);
                    // Between rows that jitter the new ones stand evenly.
                    times[to++] = axis.Rule.Unit == TimeUnit.Ticks
                        ? from[row - 1] + (long)((from[row] - from[row - 1]) * (double)k / (gap + 1))
                        : axis.After(from[row - 1], k);
                    if (firstGap == 0) firstGap = times[to - 1];
                }

                (source[to], times[to++]) = (row, from[row]);
            }

            spans[i] = new SeriesSpan(span.Id, first, to - first);
        }

        SeriesColumn[] columns = [.. table.Columns.Select(column => Fill(column, table.Series, source))];
        return new SeriesTable(table.Name, columns, spans, times, axis)
        {
            Warnings = [Describe(table, axis, missing, total, firstGap)],
        };
    }

    private static SeriesColumn Fill(SeriesColumn column, IReadOnlyList<SeriesSpan> series, int[] source)
    {
        bool constant = series.All(span => IsConstant(column.Values, span))
            && (column.Categories is not null || series.Count > 1);
        var values = new float[source.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int row = source[i];
            values[i] = row >= 0 ? column.Values[row] : constant ? column.Values[~row] : float.NaN;
        }

        return new SeriesColumn(column.Name, values, column.Categories);
    }

    /// <summary>Whether all values of a series are there and the same.</summary>
    private static bool IsConstant(float[] values, SeriesSpan span) =>
        !float.IsNaN(values[span.First])
        && !values.AsSpan(span.First, span.Count).ContainsAnyExcept(values[span.First]);

    private static string Describe(SeriesTable table, TimeAxis axis, long[] missing, int total, long firstGap)
    {
        var text = new StringBuilder(
            $"{table.Name}: {total:N0} {(total == 1 ? "row is" : "rows are")} missing between the others "
            + $"({(axis.IsCounted ? axis.ToString() : axis.Rule.ToString())}), the "
            + $"first at {axis.Text(firstGap)}; {(total == 1 ? "it is" : "they are")} put in without values");
        int[] order = [.. Enumerable.Range(0, missing.Length).Where(i => missing[i] > 0)
            .OrderByDescending(i => missing[i])];
        if (table.Series.Count > 1)
        {
            text.Append(": ").AppendJoin(", ", order.Take(SeriesNamed).Select(i => $"\"{table.Series[i].Id}\" {missing[i]:N0}"));
            int more = order.Length - SeriesNamed;
            if (more > 0) text.Append(", and ").Append(more.ToString("N0", CultureInfo.InvariantCulture)).Append(" more series");
        }

        return text.Append('.').ToString();
    }

    private static string Of(SeriesSpan span, long count, string before, string between, string after) =>
        span.Id.Length == 0 ? "" : $"{before}{count:N0}{between}\"{span.Id}\"{after}";
}
