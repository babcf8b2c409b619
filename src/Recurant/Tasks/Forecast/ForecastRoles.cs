namespace Recurant.Tasks;

/// <summary>What the columns of a table are to a forecaster.</summary>
internal static class ForecastRoles
{
    /// <summary>The columns that are read with their roles, the targets first; the others in the order of the table.</summary>
    /// <exception cref="InvalidDataException">A column is not there, has two roles, or cannot have its role.</exception>
    public static IReadOnlyList<(SeriesColumn Column, ColumnRole Role)> Of(SeriesTable table, ForecastOptions options)
    {
        var roles = new Dictionary<string, ColumnRole>(StringComparer.Ordinal);
        Give(options.Known, ColumnRole.Known);
        Give(options.Static, ColumnRole.Static);
        Give(options.Past ?? [], ColumnRole.Past);
        Give(options.Targets ?? [.. table.Columns.Where(column => column.Categories is null
            && !roles.ContainsKey(column.Name)).Select(column => column.Name)], ColumnRole.Target);
        if (options.Past is null && options.Targets is not null)
        {
            Give(table.Columns.Select(column => column.Name).Where(name => !roles.ContainsKey(name)), ColumnRole.Past);
        }

        (SeriesColumn Column, ColumnRole Role)[] all =
            [.. table.Columns.Where(column => roles.ContainsKey(column.Name)).Select(column => (column, roles[column.Name]))];
        (SeriesColumn Column, ColumnRole Role)[] targets =
            [.. all.Where(each => each.Role == ColumnRole.Target).OrderBy(each => PlaceOf(options.Targets, each.Column.Name))];
        if (targets.Length == 0)
        {
            throw new InvalidDataException(
                $"{table.Name}: there is no column of numbers to forecast. The columns are {table.ColumnNames}.");
        }

        if (targets.FirstOrDefault(target => target.Column.Categories is not null).Column is { } words)
        {
            throw new InvalidDataException(
                $"{table.Name}: the column \"{words.Name}\" cannot be forecast: it holds categories, such as "
                + $"\"{words.Categories![0]}\", and no numbers. To learn which of them a step has, use the task \"tag\".");
        }

        return [.. targets, .. all.Where(each => each.Role != ColumnRole.Target)];

        void Give(IEnumerable<string> names, ColumnRole role)
        {
            foreach (string name in names)
            {
                if (table.IndexOf(name) < 0)
                {
                    throw new InvalidDataException(
                        $"{table.Name}: there is no column \"{name}\". The columns are {table.ColumnNames}.");
                }

                if (!roles.TryAdd(name, role))
                {
                    throw new InvalidDataException(
                        $"{table.Name}: the column \"{name}\" is named twice, as {Choices.NameOf(roles[name])} and as "
                        + $"{Choices.NameOf(role)}.");
                }
            }
        }
    }

    private static int PlaceOf(IReadOnlyList<string>? names, string name)
    {
        for (int i = 0; i < names?.Count; i++)
        {
            if (names[i] == name) return i;
        }

        return 0;
    }
}
