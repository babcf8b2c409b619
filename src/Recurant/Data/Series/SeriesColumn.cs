namespace Recurant.Data;

/// <summary>A column of a <see cref="SeriesTable"/>: a number, or one of several categories, for each row.</summary>
public sealed class SeriesColumn
{
    /// <summary>Makes a column of numbers, or of categories.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">
    /// A value for each row, NaN where it is missing; of categories their places in <paramref name="categories"/>. The array is
    /// kept, not copied.
    /// </param>
    /// <param name="categories">The names of the categories; null for numbers.</param>
    /// <exception cref="ArgumentException">A value is infinite, or no category's place.</exception>
    public SeriesColumn(string name, float[] values, IReadOnlyList<string>? categories = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        (Name, Values, Categories) = (name, values, categories);
        for (int row = 0; row < values.Length; row++)
        {
            float value = values[row];
            if (float.IsNaN(value)) continue;
            bool fits = categories is null ? float.IsFinite(value) : value >= 0 && value < categories.Count
                && value == (int)value;
            if (fits) continue;
            throw new ArgumentException(
                $"Row {row} of the column \"{name}\" is {value}; " + (categories is null
                    ? "a finite number, or NaN where it is missing, is expected."
                    : $"the place of a category, 0 to {categories.Count - 1}, or NaN is expected."), nameof(values));
        }
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The names of the categories; null for a column of numbers.</summary>
    public IReadOnlyList<string>? Categories { get; }

    /// <summary>The number of rows.</summary>
    public int Count => Values.Length;

    /// <summary>The value of a row: NaN where it is missing; of categories a place in <see cref="Categories"/>.</summary>
    public float this[int row] => Values[row];

    internal float[] Values { get; }
}
