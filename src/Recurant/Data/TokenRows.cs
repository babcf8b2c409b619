using System.Collections;

namespace Recurant.Data;

/// <summary>
/// Sequences of token numbers, packed: a number takes one byte below 128, two below 16,384, then three or more. Vocabularies are
/// ordered by frequency, so that a token of prose takes about one and a half bytes instead of four, and a sequence no array of
/// its own.
/// </summary>
internal sealed class TokenRows : IReadOnlyList<int[]>
{
    private const int MostBytes = 5;

    private readonly PackedRows _rows = new();

    /// <summary>Packs sequences that are already there.</summary>
    public static TokenRows Of(IEnumerable<int[]> sequences)
    {
        var rows = new TokenRows();
        foreach (int[] sequence in sequences) rows.Add(sequence);
        return rows;
    }

    /// <summary>The number of sequences.</summary>
    public int Count => _rows.Count;

    /// <summary>A sequence, in an array of its own.</summary>
    public int[] this[int row]
    {
        get
        {
            var tokens = new int[LengthOf(row)];
            var reader = new Reader(_rows[row]);
            for (int t = 0; t < tokens.Length; t++) tokens[t] = reader.Next();
            return tokens;
        }
    }

    /// <summary>Adds a sequence.</summary>
    /// <param name="tokens">Numbers of at least zero.</param>
    public void Add(ReadOnlySpan<int> tokens)
    {
        Span<byte> room = _rows.Reserve(checked(MostBytes * tokens.Length));
        int length = 0;
        foreach (int token in tokens)
        {
            uint rest = (uint)token;
            while (rest >= 0x80)
            {
                room[length++] = (byte)(rest | 0x80);
                rest >>= 7;
            }

            room[length++] = (byte)rest;
        }

        _rows.Commit(length);
    }

    /// <summary>Adds the sequences of another list behind these.</summary>
    public void Add(TokenRows others)
    {
        for (int i = 0; i < others.Count; i++) _rows.Add(others._rows[i]);
    }

    /// <summary>Lets go of all sequences.</summary>
    public void Clear() => _rows.Clear();

    /// <summary>The length of a sequence.</summary>
    public int LengthOf(int row)
    {
        int length = 0;
        // The last byte of a number, and no other, is below 128.
        foreach (byte part in _rows[row]) length += 1 - (part >> 7);
        return length;
    }

    /// <summary>The lengths of all sequences.</summary>
    public int[] Lengths()
    {
        var lengths = new int[Count];
        for (int i = 0; i < lengths.Length; i++) lengths[i] = LengthOf(i);
        return lengths;
    }

    /// <summary>Reads a sequence from its first token on, without memory of its own.</summary>
    public Reader Read(int row) => new(_rows[row]);

    public IEnumerator<int[]> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through the tokens of a sequence.</summary>
    public ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _place;

        /// <summary>The next token; there must be one.</summary>
        public int Next()
        {
            uint value = _bytes[_place++];
            if (value < 0x80) return (int)value;
            value &= 0x7F;
            for (int shift = 7; ; shift += 7)
            {
                uint part = _bytes[_place++];
                value |= (part & 0x7F) << shift;
                if (part < 0x80) return (int)value;
            }
        }
    }
}
