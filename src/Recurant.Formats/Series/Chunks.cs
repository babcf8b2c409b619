namespace Recurant.Formats;

/// <summary>
/// A list that grows in blocks, so that nothing is copied while it grows, and gives its blocks up as it is emptied.
/// </summary>
internal sealed class Chunks<T>
    where T : struct
{
    private const int Size = 1 << 16;

    private readonly List<T[]?> _blocks = [];
    private T[] _last = [];
    private int _used;

    internal int Count { get; private set; }

    internal T this[int index]
    {
        get => _blocks[index / Size]![index % Size];
        set => _blocks[index / Size]![index % Size] = value;
    }

    internal void Add(T value)
    {
        if (_used == _last.Length)
        {
            _last = new T[Size];
            _blocks.Add(_last);
            _used = 0;
        }

        _last[_used++] = value;
        Count++;
    }

    /// <summary>Everything in one array; the list is empty afterwards.</summary>
    internal T[] Drain()
    {
        var all = new T[Count];
        for (int block = 0; block < _blocks.Count; block++)
        {
            int start = block * Size;
            _blocks[block].AsSpan(0, Math.Min(Size, Count - start)).CopyTo(all.AsSpan(start));
            _blocks[block] = null;
        }

        Clear();
        return all;
    }

    /// <summary>The values in another order; the list is empty afterwards.</summary>
    internal T[] Drain(int[] order)
    {
        var all = new T[order.Length];
        for (int i = 0; i < all.Length; i++) all[i] = this[order[i]];
        Clear();
        return all;
    }

    /// <summary>Gives all blocks up.</summary>
    internal void Clear()
    {
        _blocks.Clear();
        (_last, _used, Count) = ([], 0, 0);
    }
}
