using Recurant.Cells;
using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Models;

/// <summary>Runs a network forward over many encoded texts, in batches of similar length.</summary>
/// <param name="network">The network.</param>
/// <param name="classes">C, the number of classes.</param>
/// <param name="workers">The threads.</param>
/// <param name="memory">Memory to work in, such as that of a training run; made when left out.</param>
internal sealed class ClassifierScorer(ClassifierNetwork network, int classes, Workers workers, NetworkMemory? memory = null)
{
    /// <summary>A batch has at most so many texts, and not many more tokens than this, so that its memory stays small.</summary>
    private const int MostTexts = 128, MostTokens = 8192;

    private readonly NetworkMemory _memory = memory ?? network.CreateMemory();
    private readonly SequenceBatch _batch = new();

    /// <summary>Forward without the history that only a way back needs.</summary>
    private Matrix Forward()
    {
        _memory.KeepsHistory = false;
        try
        {
            return network.Forward(workers, _batch, _memory, dropout: null);
        }
        finally
        {
            _memory.KeepsHistory = true;
        }
    }

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
            ? sequences[b].Length.CompareTo(sequences[a].Length)
            : a.CompareTo(b));
        // The longest come first: the memory takes its final size at once.
        for (int start = 0, count; start < order.Length; start += count)
        {
            cancellation.ThrowIfCancellationRequested();
            int fitting = Math.Clamp(MostTokens / sequences[order[start]].Length, 1, MostTexts);
            count = Math.Min(fitting, order.Length - start);
            ReadOnlySpan<int> chosen = order.AsSpan(start, count);
            _batch.Fill(sequences, chosen);
            Matrix logits = Forward();
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
