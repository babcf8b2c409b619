using System.Buffers;
using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Recurant.Data;

/// <summary>
/// Texts in UTF-8, one behind the other: a text takes about the bytes it has in its file, and becomes a string when it is asked
/// for. <see cref="PlainText"/> and other data sets that are made with such a list need as much memory as their file is large.
/// May be read by several threads at once, while nothing is added.
/// </summary>
public sealed class TextList : IReadOnlyList<string>, IDisposable
{
    /// <summary>Who adds.</summary>
    internal SoleUse Adding { get; } = SoleUse.OfAdding($"A {nameof(TextList)}");

    /// <summary>No text in UTF-8 begins with this byte: what follows is UTF-16, of a string with half a surrogate pair.</summary>
    private const byte Utf16Mark = 0xFF;

    private readonly PackedRows _rows = new();
    private bool _isDisposed;

    /// <summary>The number of texts.</summary>
    public int Count => _rows.Count;

    /// <summary>The text with the number given, counted from 0; a new string each time.</summary>
    /// <exception cref="ObjectDisposedException">The texts were let go of.</exception>
    public string this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ReadOnlySpan<byte> row = _rows[index];
            return row.Length > 0 && row[0] == Utf16Mark
                ? new string(MemoryMarshal.Cast<byte, char>(row[1..].ToArray()))
                : Encoding.UTF8.GetString(row);
        }
    }

    /// <summary>Adds a text at the end.</summary>
    /// <exception cref="ObjectDisposedException">The texts were let go of.</exception>
    /// <exception cref="InvalidOperationException">Another thread adds.</exception>
    public void Add(ReadOnlySpan<char> text)
    {
        using SoleUse.Call call = Adding.Enter();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Span<byte> room = _rows.Reserve(checked(3 * text.Length + 1));
        if (Utf8.FromUtf16(text, room, out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            room[0] = Utf16Mark;
            MemoryMarshal.AsBytes(text).CopyTo(room[1..]);
            written = 1 + 2 * text.Length;
        }

        _rows.Commit(written);
    }

    /// <summary>Lets go of all texts; the list cannot be used again.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _rows.Clear();
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
