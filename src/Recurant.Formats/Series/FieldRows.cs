namespace Recurant.Formats;

/// <summary>Rows of fields, one at a time, from wherever they come. Blank lines are no rows.</summary>
internal abstract class FieldRows : IDisposable
{
    /// <summary>The line on which the row begins, or its number where there are no lines.</summary>
    internal int Line { get; private protected set; }

    /// <summary>The number of fields of the row.</summary>
    internal abstract int Count { get; }

    /// <summary>A field of the row without quotes and blanks around it; valid until the next row.</summary>
    internal abstract ReadOnlySpan<char> this[int field] { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    internal abstract bool Read();

    /// <summary>An exception that names the place of a field of the row; of the whole row if the field is below 0.</summary>
    internal abstract InvalidDataException Error(int field, string message);

    public abstract void Dispose();
}
