namespace Recurant.Feeds;

/// <summary>
/// Examples of like lengths side by side, in another order every epoch. The examples are shuffled, cut into pools of fifty
/// batches, sorted by length within a pool and cut into batches, and the batches are shuffled. An epoch's order is a function of
/// the seed and its number; before the first the examples stand in their own.
/// </summary>
internal sealed class BucketedFeed(int[] lengths, int batch, ulong seed) : Feed
{
    private const int BatchesInPool = 50;

    // The steps of an epoch and the order of its batches must not share numbers.
    private const ulong BatchOrder = 1UL << 32;

    private readonly int[] _order = [.. Enumerable.Range(0, lengths.Length)];
    private readonly int[] _batches = [.. Enumerable.Range(0, (lengths.Length + batch - 1) / batch)];
    private readonly long[] _keys = new long[Math.Min(lengths.Length, BatchesInPool * batch)];

    public override int StepsInEpoch => _batches.Length;

    public override ReadOnlySpan<int> this[int index]
    {
        get
        {
            int start = _batches[index] * batch;
            return _order.AsSpan(start, Math.Min(batch, _order.Length - start));
        }
    }

    public override void BeginEpoch(int epoch)
    {
        for (int i = 0; i < _order.Length; i++) _order[i] = i;
        for (int i = 0; i < _batches.Length; i++) _batches[i] = i;
        new Philox(seed, RandomPurpose.Shuffling, (ulong)epoch).Shuffle(_order);
        for (int start = 0; start < _order.Length; start += _keys.Length)
        {
            Span<int> pool = _order.AsSpan(start, Math.Min(_keys.Length, _order.Length - start));
            for (int i = 0; i < pool.Length; i++) _keys[i] = ((long)lengths[pool[i]] << 32) | (uint)i;
            _keys.AsSpan(0, pool.Length).Sort(pool);
        }

        new Philox(seed, RandomPurpose.Shuffling, BatchOrder + (ulong)epoch).Shuffle(_batches);
    }
}
