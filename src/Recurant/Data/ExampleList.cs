using System.Collections;

namespace Recurant.Data;

/// <summary>
/// Labelled texts for a <see cref="TextDataset"/>, kept as in a <see cref="TextList"/>; equal labels and file names are one
/// string. May be read by several threads at once, while nothing is added.
/// </summary>
public sealed class ExampleList : IReadOnlyList<TextExample>, IDisposable
{
    /// <summary>Who adds.</summary>
    internal SoleUse Adding { get; } = SoleUse.OfAdding($"An {nameof(ExampleList)}");

    private readonly TextList _texts = new();
    private readonly NameTable _labels = new(), _files = new();
    // [label, line, 1 + file or 0]
    private readonly TokenRows _rows = new();

    /// <summary>The number of examples.</summary>
    public int Count => _texts.Count;

    /// <summary>The example with the number given, counted from 0; a new object each time.</summary>
    /// <exception cref="ObjectDisposedException">The examples were let go of.</exception>
    public TextExample this[int index]
    {
        get
        {
            string text = _texts[index];
            TokenRows.Reader row = _rows.Read(index);
            string label = _labels[row.Next()];
            int line = row.Next(), file = row.Next();
            return new TextExample(text, label, line) { File = file == 0 ? null : _files[file - 1] };
        }
    }

    /// <summary>Adds an example at the end.</summary>
    /// <param name="text">The text; may be empty.</param>
    /// <param name="label">Its label.</param>
    /// <param name="line">As in <see cref="TextExample.Line"/>; at least 0.</param>
    /// <param name="file">As in <see cref="TextExample.File"/>.</param>
    /// <exception cref="ObjectDisposedException">The examples were let go of.</exception>
    /// <exception cref="InvalidOperationException">Another thread adds.</exception>
    public void Add(ReadOnlySpan<char> text, ReadOnlySpan<char> label, int line = 0, string? file = null)
    {
        using SoleUse.Call call = Adding.Enter();
        ArgumentOutOfRangeException.ThrowIfNegative(line);
        _texts.Add(text);
        _rows.Add([_labels.NumberOf(label), line, file is null ? 0 : 1 + _files.NumberOf(file)]);
    }

    /// <summary>Lets go of all examples; the list cannot be used again.</summary>
    public void Dispose()
    {
        _texts.Dispose();
        _rows.Clear();
    }

    /// <inheritdoc/>
    public IEnumerator<TextExample> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
