using Recurant.Cells;
using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Models;

/// <summary>Runs a network forward over many encoded texts, in batches of similar length.</summary>
internal sealed class ClassifierScorer(ClassifierNetwork network, int classes, Workers workers)
{
    private const int BatchSize = 64;

    private readonly NetworkMemory _memory = network.CreateMemory();
    private readonly SequenceBatch _batch = new();

    /// <summary>
    /// The class probabilities of every text: element [i * C + j] belongs to text i and class j. The batching does not
    /// change them: each row of a product is a sum of its own.
    /// </summary>
    /// <param name="sequences">Encoded texts.</param>
    /// <param name="logLosses">If given, gets -ln of the probability of <paramref name="labels"/>[i] for each text.</param>
    /// <param name="labels">The right classes, if the losses are wanted.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public float[] Probabilities(
        IReadOnlyList<int[]> sequences, float[]? logLosses = null, int[]? labels = null, CancellationToken cancellation = default)
    {
        var probabilities = new float[sequences.Count * classes];
        int[] order = new int[sequences.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => sequences[a].Length != sequences[b].Length
            ? sequences[a].Length.CompareTo(sequences[b].Length)
            : a.CompareTo(b));
        for (int start = 0; start < order.Length; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> chosen = order.AsSpan(start, Math.Min(BatchSize, order.Length - start));
            _batch.Fill(sequences, chosen);
            Matrix logits = network.Forward(workers, _batch, _memory, dropout: null);
            for (int b = 0; b < chosen.Length; b++)
            {
                int text = chosen[_batch.Order[b]];
                Span<float> row = logits.Row(b);
                float logit = labels is null ? 0 : row[labels[text]];
                float logSum = Softmax.Apply(row, probabilities.AsSpan(text * classes, classes));
                if (logLosses is not null) logLosses[text] = logSum - logit;
            }
        }

        return probabilities;
    }
}
