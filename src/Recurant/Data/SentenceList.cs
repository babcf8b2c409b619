using System.Collections;

namespace Recurant.Data;

/// <summary>
/// Tagged sentences for a <see cref="TaggedDataset"/>: every word and every tag is one string, however often it occurs, and an
/// occurrence takes two to four bytes. May be read by several threads at once, while nothing is added.
/// </summary>
public sealed class SentenceList : IReadOnlyList<TaggedSentence>, IDisposable
{
    /// <summary>Who adds.</summary>
    internal SoleUse Adding { get; } = SoleUse.OfAdding($"A {nameof(SentenceList)}");

    private readonly NameTable _words = new(), _tags = new();
    // [line, word, tag, word, tag, ...]
    private readonly TokenRows _rows = new();
    private bool _isDisposed;
    private int[] _row = [];

    /// <summary>The number of sentences.</summary>
    public int Count => _rows.Count;

    /// <summary>The sentence with the number given, counted from 0; a new object each time.</summary>
    /// <exception cref="ObjectDisposedException">The sentences were let go of.</exception>
    public TaggedSentence this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            int length = (_rows.LengthOf(index) - 1) / 2;
            var words = new string[length];
            var tags = new string[length];
            TokenRows.Reader row = _rows.Read(index);
            int line = row.Next();
            for (int t = 0; t < length; t++) (words[t], tags[t]) = (_words[row.Next()], _tags[row.Next()]);
            return new TaggedSentence(words, tags, line);
        }
    }

    /// <summary>Adds a sentence at the end.</summary>
    /// <param name="words">The words; at least one.</param>
    /// <param name="tags">The tag of each word.</param>
    /// <param name="line">As in <see cref="TaggedSentence.Line"/>; at least 0.</param>
    /// <exception cref="ArgumentException">There is no word, or there is not one tag a word.</exception>
    /// <exception cref="ObjectDisposedException">The sentences were let go of.</exception>
    /// <exception cref="InvalidOperationException">Another thread adds.</exception>
    public void Add(IReadOnlyList<string> words, IReadOnlyList<string> tags, int line = 0)
    {
        using SoleUse.Call call = Adding.Enter();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TaggedSentence.Check(words, tags);
        ArgumentOutOfRangeException.ThrowIfNegative(line);
        int length = 1 + 2 * words.Count;
        if (_row.Length < length) _row = new int[2 * length];
        _row[0] = line;
        for (int t = 0; t < words.Count; t++)
        {
            _row[1 + 2 * t] = _words.NumberOf(words[t]);
            _row[2 + 2 * t] = _tags.NumberOf(tags[t]);
        }

        _rows.Add(_row.AsSpan(0, length));
    }

    /// <summary>Lets go of all sentences; the list cannot be used again.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _rows.Clear();
        _words.Clear();
    }

    /// <inheritdoc/>
    public IEnumerator<TaggedSentence> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
