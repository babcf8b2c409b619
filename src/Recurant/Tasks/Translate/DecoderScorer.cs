namespace Recurant.Tasks;

/// <summary>Finds targets with an encoder-decoder, and tells what the right ones cost it.</summary>
internal abstract class DecoderScorer(TranslatorNetwork network, Workers workers)
{
    private readonly TranslatorMemory _memory = network.CreateMemory();
    private readonly TranslationBatch _batch = new();

    protected Workers Workers => workers;

    /// <summary>The pairs that are scored side by side.</summary>
    protected abstract int Batch { get; }

    protected BeamSearch Search => field ??= new BeamSearch(network, workers, _memory);

    /// <summary>The mean loss of a word of the targets, in nats.</summary>
    /// <param name="order">The pairs, those of like lengths beside one another.</param>
    /// <param name="fill">Lays out some of them.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    protected double Loss(int[] order, Action<TranslationBatch, int[]> fill, CancellationToken cancellation)
    {
        double loss = 0;
        long words = 0;
        foreach (int[] chosen in order.Chunk(Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            fill(_batch, chosen);
            loss += network.Loss(workers, _batch, _memory, learns: false, null, 0, out _);
            words += _batch.Target.Rows;
        }

        return loss / Math.Max(1, words);
    }
}
