using System.Runtime.InteropServices;

namespace Recurant.Data;

/// <summary>
/// Learns which two neighbouring pieces to join, the most frequent first. The segments are counted before, so the work is that
/// of the different ones; the pairs stand in a queue ordered by their counts, and a count that has fallen since is found out
/// when its pair comes to the front. Pairs of equal counts are taken in ordinal order of their pieces, so neither the order of
/// the texts nor that of a hash table can change the result.
/// </summary>
internal sealed class BytePairLearner
{
    private const int FewestPairs = 2;

    private readonly List<string> _pieces;
    private readonly Dictionary<string, int> _numbers;
    private readonly List<int[]> _segments = [];
    private readonly List<int> _lengths = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<ulong, long> _pairCounts = [];
    private readonly Dictionary<ulong, List<int>> _places = []; // the segments that may hold a pair
    private readonly PriorityQueue<ulong, Rank> _queue;

    /// <summary>Begins with the pieces there are before the first merge, the bytes and characters.</summary>
    internal BytePairLearner(List<string> pieces, Dictionary<string, int> numbers)
    {
        _pieces = pieces;
        _numbers = numbers;
        _queue = new PriorityQueue<ulong, Rank>(Comparer<Rank>.Create(Compare));
    }

    /// <summary>Adds a segment, cut into pieces that will never be joined across its ends.</summary>
    internal void Add(int[] segment, long count)
    {
        _segments.Add(segment);
        _lengths.Add(segment.Length);
        _counts.Add(count);
        CountPairs(_segments.Count - 1, count, newPiece: -1, null);
    }

    /// <summary>Joins pairs until there are enough or none comes twice; the pairs in their order.</summary>
    internal List<(int Left, int Right)> Learn(int merges)
    {
        foreach ((ulong pair, long count) in _pairCounts)
        {
            _queue.Enqueue(pair, new Rank(count, Left(pair), Right(pair)));
        }

        var learnt = new List<(int, int)>();
        var known = new HashSet<ulong>(); // a pair comes again when a piece is made in a second way
        var fresh = new HashSet<ulong>();
        while (learnt.Count < merges && _queue.TryDequeue(out ulong pair, out Rank rank))
        {
            long count = _pairCounts.GetValueOrDefault(pair);
            if (count < FewestPairs) continue;
            if (count != rank.Count)
            {
                _queue.Enqueue(pair, rank with { Count = count });
                continue;
            }

            (int left, int right) = (Left(pair), Right(pair));
            string joined = _pieces[left] + _pieces[right];
            if (BytePairEncoding.IsByteName(joined))
            {
                _pairCounts.Remove(pair); // the name belongs to a byte
                continue;
            }

            if (known.Add(pair)) learnt.Add((left, right));
            Join(pair, Number(joined), fresh);
            foreach (ulong created in fresh)
            {
                _queue.Enqueue(created, new Rank(_pairCounts[created], Left(created), Right(created)));
            }

            fresh.Clear();
        }

        return learnt;
    }

    private static int Left(ulong pair) => (int)(pair >> 32);

    private static int Right(ulong pair) => (int)(uint)pair;

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Number(string joined)
    {
        if (!_numbers.TryGetValue(joined, out int number)) // two ways may lead to the same piece
        {
            number = _pieces.Count;
            _pieces.Add(joined);
            _numbers.Add(joined, number);
        }

        return number;
    }

    private void Join(ulong pair, int piece, HashSet<ulong> fresh)
    {
        (int left, int right) = (Left(pair), Right(pair));
        foreach (int index in _places[pair])
        {
            Span<int> segment = _segments[index].AsSpan(0, _lengths[index]);
            if (!Holds(segment, left, right)) continue;
            CountPairs(index, -_counts[index], newPiece: -1, null);
            int length = 0;
            for (int i = 0; i < segment.Length; i++)
            {
                bool found = segment[i] == left && i + 1 < segment.Length && segment[i + 1] == right;
                segment[length++] = found ? piece : segment[i];
                i += found ? 1 : 0;
            }

            _lengths[index] = length;
            CountPairs(index, _counts[index], piece, fresh);
        }

        _places.Remove(pair);
        _pairCounts.Remove(pair);
    }

    private static bool Holds(ReadOnlySpan<int> segment, int left, int right)
    {
        for (int i = 0; i + 1 < segment.Length; i++)
        {
            if (segment[i] == left && segment[i + 1] == right) return true;
        }

        return false;
    }

    /// <summary>Adds a segment's count to all its pairs, and notes those with a new piece in them.</summary>
    private void CountPairs(int index, long count, int newPiece, HashSet<ulong>? fresh)
    {
        ReadOnlySpan<int> segment = _segments[index].AsSpan(0, _lengths[index]);
        for (int i = 0; i + 1 < segment.Length; i++)
        {
            ulong pair = Pair(segment[i], segment[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, pair, out _) += count;
            bool isNew = newPiece >= 0 && (segment[i] == newPiece || segment[i + 1] == newPiece);
            if (isNew || (newPiece < 0 && count > 0))
            {
                ref List<int>? where = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
                where ??= [];
                if (where.Count == 0 || where[^1] != index) where.Add(index);
                fresh?.Add(pair);
            }
        }
    }

    /// <summary>The most frequent first, then the first in ordinal order.</summary>
    private int Compare(Rank a, Rank b)
    {
        int order = b.Count.CompareTo(a.Count);
        order = order != 0 ? order : string.CompareOrdinal(_pieces[a.Left], _pieces[b.Left]);
        return order != 0 ? order : string.CompareOrdinal(_pieces[a.Right], _pieces[b.Right]);
    }

    private readonly record struct Rank(long Count, int Left, int Right);
}
