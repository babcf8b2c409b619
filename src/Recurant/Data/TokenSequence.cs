using System.Collections;

namespace Recurant.Data;

/// <summary>One long row of tokens, each in as many bytes as the largest of their numbers needs.</summary>
internal sealed class TokenSequence : IReadOnlyList<int>
{
    private const int ChunkBits = 18, ChunkTokens = 1 << ChunkBits;

    private readonly List<byte[]> _chunks = [];
    private readonly int _width;

    /// <param name="kinds">Numbers are smaller than this.</param>
    public TokenSequence(int kinds)
    {
        _width = kinds <= 1 << 8 ? 1 : kinds <= 1 << 16 ? 2 : kinds <= 1 << 24 ? 3 : 4;
    }

    /// <summary>The number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>The token at a place.</summary>
    public int this[int place]
    {
        get
        {
            byte[] chunk = _chunks[place >> ChunkBits];
            int at = (place & (ChunkTokens - 1)) * _width;
            return _width switch
            {
                1 => chunk[at],
                2 => chunk[at] | chunk[at + 1] << 8,
                3 => chunk[at] | chunk[at + 1] << 8 | chunk[at + 2] << 16,
                _ => chunk[at] | chunk[at + 1] << 8 | chunk[at + 2] << 16 | chunk[at + 3] << 24,
            };
        }
    }

    /// <summary>Adds a token at the end.</summary>
    public void Add(int token)
    {
        if (Count == int.MaxValue)
        {
            throw new InvalidDataException(
                $"The text has more than {int.MaxValue:N0} tokens, the most that can be learnt from. Give a part of it.");
        }

        int at = (Count & (ChunkTokens - 1)) * _width;
        if (at == 0) _chunks.Add(new byte[ChunkTokens * _width]);
        byte[] chunk = _chunks[^1];
        for (int i = 0; i < _width; i++) chunk[at + i] = (byte)(token >> (8 * i));
        Count++;
    }

    public IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
