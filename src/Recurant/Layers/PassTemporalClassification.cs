namespace Recurant.Layers;

public sealed partial class Pass
{
    private readonly TemporalClassificationMemory _classificationMemory = new();
    private readonly RowStore _classificationRows = new();
    private ConnectionistTemporalClassification? _classification;

    /// <summary>The share of the frames of the last such loss whose best class is the blank, 0 to 1.</summary>
    internal double BlankShare => _classificationMemory.BlankShare;

    /// <summary>
    /// Connectionist temporal classification (CTC): the loss of texts whose symbols come in the order of the steps, while nobody
    /// says at which. It is averaged over the sequences; its gradient is left with the logits.
    /// <code>
    /// (1)  p(text) = sum over the alignments a that spell the text of prod_t softmax(z_t)_(a_t)
    /// (2)  J = -(1/B) sum_b ln p(text_b)
    /// (1') dz_(t,k) += (softmax(z_t)_k - p(step t is k | text)) / B
    /// </code>
    /// An alignment gives each step a symbol or the blank; it spells what is left when equal neighbours are joined and then the
    /// blanks taken out. Source: Graves, Fernandez, Gomez and Schmidhuber, ICML 2006. <c>CtcBestPath</c> and
    /// <c>CtcBeamSearch</c> find the texts that logits say.
    /// </summary>
    /// <param name="logits">z: one row of K numbers for each step: the symbols and the blank.</param>
    /// <param name="texts">Of each sequence its symbols, 0 to K - 1 without the blank; a text may be empty.</param>
    /// <param name="blank">The index of the blank. Default: 0.</param>
    /// <returns>J, in nats; no finite number where a logit is none.</returns>
    /// <exception cref="ArgumentException">
    /// There is not one text for each sequence, a symbol is none, or a sequence has fewer steps than its text needs: see
    /// <see cref="Losses.Loss.FramesNeeded"/>. The message names the sequence and both numbers.
    /// </exception>
    /// <exception cref="InvalidOperationException">The backward pass is over, or the logits were given up.</exception>
    public double ConnectionistTemporalClassification(SequenceBatch logits, IReadOnlyList<int[]> texts, int blank = 0)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(texts);
        using SoleUse.Call call = Use.Enter();
        if (logits.IsPerSequence || logits.IsTokens)
        {
            throw new ArgumentException($"The logits are {logits}; a row for each step is expected.", nameof(logits));
        }

        RequireBeforeBackward(logits);
        if (_classification is null || _classification.Classes != logits.Size || _classification.Blank != blank)
        {
            _classification = new ConnectionistTemporalClassification(logits.Size, blank);
        }

        if (!KeepsHistory)
        {
            return _classification.Loss(Workers, logits.Layout, logits.Matrix, texts, _classificationMemory) / logits.Sequences;
        }

        Matrix rows = _classificationRows.Reserve(logits.RowCount, logits.Size).Rows(logits.RowCount);
        for (int row = 0; row < rows.Rows; row++) logits.Row(row).CopyTo(rows.Row(row));
        double loss = _classification.Apply(Workers, logits.Layout, rows, texts, _classificationMemory);
        for (int row = 0; row < rows.Rows; row++) Elementwise.Add(rows.Row(row), logits.GradientRow(row));
        return loss / logits.Sequences;
    }
}
