namespace Recurant.Data;

/// <summary>
/// Many short rows of bytes in arrays of a megabyte, so that a row costs its bytes and four more, and nothing large is copied as
/// rows are added.
/// </summary>
internal sealed class PackedRows
{
    private const int FirstChunk = 1 << 12, LargestChunk = 1 << 20;

    private readonly List<Chunk> _chunks = [];
    private readonly List<int> _starts = [];
    private byte[] _open = [];
    private int _openLength, _openFirst;

    /// <summary>The number of rows.</summary>
    public int Count => _openFirst + _starts.Count;

    /// <summary>A row; valid as long as the rows are kept.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            if (row >= _openFirst)
            {
                int place = row - _openFirst, next = place + 1 < _starts.Count ? _starts[place + 1] : _openLength;
                return _open.AsSpan(_starts[place], next - _starts[place]);
            }

            Chunk chunk = _chunks[Find(row)];
            int inside = row - chunk.First;
            return chunk.Bytes.AsSpan(chunk.Starts[inside], chunk.Starts[inside + 1] - chunk.Starts[inside]);
        }
    }

    /// <summary>Adds a row behind the others.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        row.CopyTo(Reserve(row.Length));
        Commit(row.Length);
    }

    /// <summary>Room for a row of at most so many bytes, which <see cref="Commit"/> then adds.</summary>
    public Span<byte> Reserve(int most)
    {
        if (_openLength + most > _open.Length)
        {
            if (_openLength + most <= LargestChunk)
            {
                Array.Resize(ref _open, Math.Clamp(Math.Max(2 * _open.Length, _openLength + most), FirstChunk, LargestChunk));
            }
            else
            {
                Seal();
                if (_open.Length < most) _open = new byte[Math.Max(most, LargestChunk)];
            }
        }

        return _open.AsSpan(_openLength, most);
    }

    /// <summary>Adds the first bytes of what was reserved as a row.</summary>
    public void Commit(int length)
    {
        _starts.Add(_openLength);
        _openLength += length;
    }

    /// <summary>Lets go of all rows.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _starts.Clear();
        (_open, _openLength, _openFirst) = ([], 0, 0);
    }

    private void Seal()
    {
        if (_starts.Count == 0) return;
        // What is mostly full is kept as it is; a half empty array, left by one long row, is cut to size.
        byte[] bytes = _openLength >= _open.Length - _open.Length / 8 ? _open : _open.AsSpan(0, _openLength).ToArray();
        _chunks.Add(new Chunk(_openFirst, bytes, [.. _starts, _openLength]));
        _openFirst += _starts.Count;
        _starts.Clear();
        (_open, _openLength) = (ReferenceEquals(bytes, _open) ? new byte[LargestChunk] : _open, 0);
    }

    private int Find(int row)
    {
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_chunks[middle].First <= row) low = middle; else high = middle - 1;
        }

        return low;
    }

    /// <param name="First">The number of its first row.</param>
    /// <param name="Bytes">The rows, one behind the other.</param>
    /// <param name="Starts">Where each row begins, and where the last one ends.</param>
    private sealed record Chunk(int First, byte[] Bytes, int[] Starts);
}
