namespace Recurant.Data;

/// <content>Tables made of others.</content>
public sealed partial class SeriesTable
{
    /// <summary>The first rows of each series.</summary>
    /// <param name="rows">How many rows of a series, by its number; 0 leaves it out.</param>
    /// <exception cref="ArgumentException">No series has any.</exception>
    public SeriesTable FirstRows(Func<int, int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (int Series, int Count)[] kept =
        [
            .. Enumerable.Range(0, Series.Count).Select(i => (i, Math.Clamp(rows(i), 0, Series[i].Count)))
                .Where(each => each.Item2 > 0),
        ];
        return Made([.. kept.Select(each => (Series[each.Series].Id, new[] { (this, Series[each.Series].First, each.Count) },
            0L))]);
    }

    /// <summary>What <see cref="FirstRows"/> leaves of each series.</summary>
    /// <param name="rows">How many rows at the beginning of a series, by its number, are left out.</param>
    /// <exception cref="ArgumentException">No series has more.</exception>
    public SeriesTable WithoutFirst(Func<int, int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (int Series, int Before)[] kept =
        [
            .. Enumerable.Range(0, Series.Count).Select(i => (i, Math.Clamp(rows(i), 0, Series[i].Count)))
                .Where(each => each.Item2 < Series[each.Item1].Count),
        ];
        return Made(
        [
            .. kept.Select(each => (
                Series[each.Series].Id,
                new[] { (this, Series[each.Series].First + each.Before, Series[each.Series].Count - each.Before) }, 0L)),
        ]);
    }

    /// <summary>These series, each followed by its rows of another table; rows that lie between are missing ones.</summary>
    /// <param name="following">A table with the same columns, whose rows come after those of the same series here.</param>
    /// <exception cref="InvalidDataException">
    /// A row is no later than the last of its series here, or columns differ; the message names it.
    /// </exception>
    public SeriesTable FollowedBy(SeriesTable following)
    {
        ArgumentNullException.ThrowIfNull(following);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < following.Series.Count; i++) places[following.Series[i].Id] = i;
        var made = new List<(string, (SeriesTable, int, int)[], long)>();
        foreach (SeriesSpan own in Series)
        {
            if (!places.Remove(own.Id, out int place))
            {
                made.Add((own.Id, [(this, own.First, own.Count)], 0));
                continue;
            }

            SeriesSpan other = following.Series[place];
            made.Add((own.Id, [(this, own.First, own.Count), (following, other.First, other.Count)],
                Between(own, following, other)));
        }

        foreach ((string id, int place) in places.OrderBy(each => each.Value))
        {
            made.Add((id, [(following, following.Series[place].First, following.Series[place].Count)], 0));
        }

        return Made(made);
    }

    /// <summary>How many rows lie between the last of a series and the first that follows.</summary>
    private long Between(SeriesSpan own, SeriesTable following, SeriesSpan other)
    {
        if (Times is not { } times || following.Times is not { } later || Axis is not { } axis) return 0;
        long last = times[own.First + own.Count - 1], first = later[other.First];
        if (first <= last)
        {
            string id = own.Id.Length > 0 ? $" of the series \"{own.Id}\"" : "";
            throw new InvalidDataException(
                $"{following.Name}: its first row{id} is of {axis.Text(first)}, which is not after the last row "
                + $"of {Name}, {axis.Text(last)}. Its rows must continue those.");
        }

        if (!axis.Rule.IsRegular) return 0;
        // More missing rows than there are rows are no gap but another time.
        long most = Math.Max(1000, 4L * own.Count);
        for (int steps = 1; steps <= most; steps++)
        {
            if (axis.After(last, steps) >= first) return steps - 1;
        }

        throw new InvalidDataException(
            $"{following.Name}: more than {most} steps lie between its first row ({axis.Text(first)}) and the last of "
            + $"{Name} ({axis.Text(last)}). Its rows must continue those.");
    }

    /// <summary>
    /// A table of parts of others: of each series the parts in their order, missing rows between the first and the second.
    /// </summary>
    private SeriesTable Made(IReadOnlyList<(string Id, (SeriesTable Table, int First, int Count)[] Parts, long Between)> made)
    {
        if (made.Count == 0) throw new ArgumentException($"{Name}: no rows are left.");
        var spans = new SeriesSpan[made.Count];
        int rows = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            int count = made[i].Parts.Sum(part => part.Count) + (int)made[i].Between;
            spans[i] = new SeriesSpan(made[i].Id, rows, count);
            rows += count;
        }

        SeriesColumn[] columns = [.. Columns.Select((column, c) =>
        {
            var values = new float[rows];
            Fill(values, float.NaN, (table, first, to) => ColumnOf(table, column).Values.AsSpan(first, to.Length).CopyTo(to));
            return new SeriesColumn(column.Name, values, column.Categories);
        })];
        long[]? times = Times is null ? null : new long[rows];
        if (times is not null)
        {
            Fill(times, 0, (table, first, to) => table.Times.AsSpan(first, to.Length).CopyTo(to));
            for (int i = 0; i < spans.Length; i++)
            {
                int from = spans[i].First + made[i].Parts[0].Count;
                for (int step = 0; step < made[i].Between; step++) times[from + step] = Axis!.After(times[from - 1], step + 1);
            }
        }

        return new SeriesTable(Name, columns, spans, times, Axis) { Warnings = Warnings };

        void Fill<T>(T[] to, T missing, CopyRows<T> copy)
        {
            for (int i = 0; i < spans.Length; i++)
            {
                int at = spans[i].First;
                for (int part = 0; part < made[i].Parts.Length; part++)
                {
                    if (part == 1)
                    {
                        to.AsSpan(at, (int)made[i].Between).Fill(missing);
                        at += (int)made[i].Between;
                    }

                    (SeriesTable table, int first, int count) = made[i].Parts[part];
                    copy(table, first, to.AsSpan(at, count));
                    at += count;
                }
            }
        }
    }

    /// <summary>A table's column of the same name, whose categories have the same places.</summary>
    private static SeriesColumn ColumnOf(SeriesTable table, SeriesColumn column)
    {
        SeriesColumn found = table.IndexOf(column.Name) is >= 0 and var place
            ? table.Columns[place] : throw new InvalidDataException($"{table.Name}: there is no column \"{column.Name}\".");
        bool fits = column.Categories is { } own
            ? found.Categories is { } other && other.SequenceEqual(own.Take(other.Count)) : found.Categories is null;
        return fits ? found : throw new InvalidDataException(
            $"{table.Name}: the column \"{column.Name}\" has {Kind(found)}; {Kind(column)} are expected, in this order.");

        static string Kind(SeriesColumn of) =>
            of.Categories is { } names ? $"the categories {string.Join(", ", names.Take(12))}" : "numbers";
    }

    private delegate void CopyRows<T>(SeriesTable table, int first, Span<T> to);
}
