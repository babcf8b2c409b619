using System.Collections;

namespace Recurant.Data;

/// <summary>
/// Pairs of texts for a <see cref="PairDataset"/>, kept as in a <see cref="TextList"/>. May be read by several threads at once,
/// while nothing is added.
/// </summary>
public sealed class PairList : IReadOnlyList<TextPair>, IDisposable
{
    /// <summary>Who adds.</summary>
    internal SoleUse Adding { get; } = SoleUse.OfAdding($"A {nameof(PairList)}");

    private readonly TextList _sources = new(), _targets = new();
    private readonly TokenRows _lines = new();

    /// <summary>The number of pairs.</summary>
    public int Count => _sources.Count;

    /// <summary>The pair with the number given, counted from 0; a new object each time.</summary>
    /// <exception cref="ObjectDisposedException">The pairs were let go of.</exception>
    public TextPair this[int index] => new(_sources[index], _targets[index], _lines.Read(index).Next());

    /// <summary>Adds a pair at the end.</summary>
    /// <param name="source">The text to begin with.</param>
    /// <param name="target">The text to arrive at.</param>
    /// <param name="line">As in <see cref="TextPair.Line"/>; at least 0.</param>
    /// <exception cref="ObjectDisposedException">The pairs were let go of.</exception>
    /// <exception cref="InvalidOperationException">Another thread adds.</exception>
    public void Add(ReadOnlySpan<char> source, ReadOnlySpan<char> target, int line = 0)
    {
        using SoleUse.Call call = Adding.Enter();
        ArgumentOutOfRangeException.ThrowIfNegative(line);
        _sources.Add(source);
        _targets.Add(target);
        _lines.Add([line]);
    }

    /// <summary>Lets go of all pairs; the list cannot be used again.</summary>
    public void Dispose()
    {
        _sources.Dispose();
        _targets.Dispose();
        _lines.Clear();
    }

    /// <inheritdoc/>
    public IEnumerator<TextPair> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
