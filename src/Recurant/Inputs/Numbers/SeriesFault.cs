namespace Recurant.Inputs;

/// <summary>Tables that do not fit a model.</summary>
internal static class SeriesFault
{
    private const int MostNamed = 12;

    /// <summary>The column of a table that a model reads.</summary>
    /// <exception cref="InvalidDataException">It is not there, or is of another kind; the message names it.</exception>
    public static SeriesColumn Require(SeriesTable table, SeriesColumnSpec expected)
    {
        int place = table.IndexOf(expected.Name);
        if (place < 0)
        {
            throw new InvalidDataException(
                $"{table.Name}: there is no column \"{expected.Name}\", which the model reads. The columns there are "
                + $"{table.ColumnNames}. Name it as the training data did.");
        }

        SeriesColumn column = table.Columns[place];
        bool fits = expected.Categories is { } categories
            ? column.Categories is { } own && own.Count <= categories.Count && own.Zip(categories).All(pair =>
                pair.First == pair.Second)
            : column.Categories is null;
        if (fits) return column;
        throw new InvalidDataException(
            $"{table.Name}: the column \"{expected.Name}\" has "
            + (column.Categories is { } found ? $"categories ({string.Join(", ", found.Take(MostNamed))})" : "numbers")
            + $", but the model learnt from {(expected.Categories is null ? "numbers" : "categories")} there"
            + (expected.Categories is { } known && column.Categories is not null
                ? $", numbered as {string.Join(", ", known.Take(MostNamed))}" : "") + ".");
    }
}
