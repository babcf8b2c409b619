namespace Recurant.Feeds;

/// <summary>How the examples of a run become the steps of its epochs.</summary>
internal abstract class Feed
{
    /// <summary>The number of steps in an epoch.</summary>
    public abstract int StepsInEpoch { get; }

    /// <summary>
    /// Puts the examples of an epoch in order; called once for each epoch in turn, from 1, also for those that are over.
    /// </summary>
    public virtual void BeginEpoch(int epoch)
    {
    }

    /// <summary>The examples of a step of the epoch, from 0; none where a step is not made of examples.</summary>
    public virtual ReadOnlySpan<int> this[int index] => [];
}

/// <summary>
/// Examples in random order. Every epoch shuffles the list of the epoch before, with numbers that belong to the epoch alone;
/// before the first they stand in their own order.
/// </summary>
internal sealed class ShuffledFeed(int count, int batch, ulong seed) : Feed
{
    private readonly int[] _order = [.. Enumerable.Range(0, count)];

    public override int StepsInEpoch => (count + batch - 1) / batch;

    public override void BeginEpoch(int epoch) => new Philox(seed, RandomPurpose.Shuffling, (ulong)epoch).Shuffle(_order);

    public override ReadOnlySpan<int> this[int index] => _order.AsSpan(index * batch, Math.Min(batch, count - index * batch));
}

/// <summary>Steps whose examples are made when they are needed.</summary>
internal sealed class GeneratedFeed(int steps) : Feed
{
    public override int StepsInEpoch => steps;
}
