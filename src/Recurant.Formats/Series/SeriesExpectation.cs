namespace Recurant.Formats;

/// <summary>Brings a finished table to the columns and the numbers of categories that a model wants.</summary>
internal static class SeriesExpectation
{
    private const int Named = 3, MostKnown = 12;

    internal static SeriesTable Apply(SeriesTable table, IReadOnlyList<ExpectedColumn>? expected)
    {
        if (expected is null) return table;
        var columns = new List<SeriesColumn>();
        var warnings = new List<string>(table.Warnings);
        foreach (ExpectedColumn column in expected)
        {
            int place = table.IndexOf(column.Name);
            if (place < 0 && !column.MayBeMissing)
            {
                throw SeriesFault.Of(
                    $"{table.Name}: there is no column \"{column.Name}\", which the model was trained with. "
                    + Suggestion.Describe("The columns are", column.Name, [.. table.Columns.Select(each => each.Name)]));
            }

            var values = new float[table.Rows];
            if (place < 0)
            {
                Array.Fill(values, float.NaN);
            }
            else
            {
                SeriesColumn from = table.Columns[place];
                if (from.Categories is null != column.Categories is null)
                {
                    throw SeriesFault.Of(
                        $"{table.Name}: the column \"{column.Name}\" holds {(from.Categories is null ? "numbers" : "words")}; "
                        + $"the model was trained with {(column.Categories is null ? "numbers" : "categories")} in it.");
                }

                var pool = column.Categories is null
                    ? null : new CategoryPool(column.Categories) { IsClosed = column.IsClosed };
                int[]? numbers = pool is null ? null : [.. from.Categories!.Select(name => pool.Add(name))];
                for (int row = 0; row < values.Length; row++)
                {
                    float value = from[row];
                    int number = numbers is null || float.IsNaN(value) ? 0 : numbers[(int)value];
                    values[row] = numbers is null || float.IsNaN(value) ? value : number < 0 ? float.NaN : number;
                }

                if (pool?.Unknown.Count > 0) warnings.Add(UnknownNames(table.Name, column.Name, pool));
            }

            columns.Add(new SeriesColumn(column.Name, values, column.Categories));
        }

        long[]? times = null;
        if (table.Axis is not null)
        {
            times = new long[table.Rows];
            for (int row = 0; row < times.Length; row++) times[row] = table.InstantOf(row);
        }

        return new SeriesTable(table.Name, columns, table.Series, times, table.Axis) { Warnings = warnings };
    }

    /// <summary>That some categories were never seen.</summary>
    /// <exception cref="InvalidDataException">The column may have no others.</exception>
    internal static string UnknownNames(string path, string column, CategoryPool pool)
    {
        int count = pool.Unknown.Count;
        string names = string.Join(", ", pool.Unknown.Keys.Take(Named).Select(Suggestion.Quote))
            + (count > Named ? $" and {count - Named:N0} more" : "");
        if (pool.IsClosed)
        {
            throw SeriesFault.Of(
                $"{path}: {names} in the column \"{column}\" {(count == 1 ? "is" : "are")} none of what the model can answer: "
                + string.Join(", ", pool.Names.Take(MostKnown).Select(Suggestion.Quote))
                + (pool.Count > MostKnown ? $" and {pool.Count - MostKnown:N0} more." : "."));
        }

        return $"{path}: {names} in the column \"{column}\" {(count == 1 ? "is a category" : "are categories")} that the model "
            + $"was not trained with; {(count == 1 ? "it is" : "they are")} taken as unknown.";
    }
}
