using System.Collections;

namespace Recurant.Data;

/// <summary>Some rows of a list, which are not copied.</summary>
/// <param name="all">The list.</param>
/// <param name="rows">The numbers of the rows, in the order of the view.</param>
internal sealed class ListView<T>(IReadOnlyList<T> all, int[] rows) : IReadOnlyList<T>, IDisposable
{
    public int Count => rows.Length;

    public T this[int index] => all[rows[index]];

    /// <summary>A view of a view looks at the list itself.</summary>
    public static IReadOnlyList<T> Of(IReadOnlyList<T> all, int[] rows) =>
        all is ListView<T> view ? new ListView<T>(view.All, Array.ConvertAll(rows, row => view.Rows[row]))
            : new ListView<T>(all, rows);

    private IReadOnlyList<T> All => all;

    private int[] Rows => rows;

    public IEnumerator<T> GetEnumerator()
    {
        foreach (int row in rows) yield return all[row];
    }

    /// <summary>Lets go of the rows of the whole list.</summary>
    public void Dispose() => (all as IDisposable)?.Dispose();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
