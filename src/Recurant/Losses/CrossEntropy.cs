namespace Recurant.Losses;

/// <summary>
/// Softmax cross-entropy: J = -sum_j y_j log yhat_j with yhat = softmax(z), y one-hot, optionally smoothed; averaged over
/// the rows.
/// </summary>
internal static class CrossEntropy
{
    /// <summary>
    /// Computes probabilities and loss, and replaces the logits by their gradients divided by the number of rows.
    /// <code>
    /// (1)  J_b = (1 - s) (ln sum_k e^z_k - z_label) + s / C sum_j (ln sum_k e^z_k - z_j)
    /// (1') dz_j = (softmax(z)_j - (1 - s) [j = label] - s / C) / B
    /// </code>
    /// </summary>
    /// <param name="logits">z [B, C]; replaced by dz.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="smoothing">s in [0, 1): the share of the target spread evenly over all classes (Szegedy et al. 2016).</param>
    /// <param name="correct">The number of rows whose largest logit is the right class'.</param>
    /// <returns>The sum (not the mean) of the rows' losses, without the smoothing.</returns>
    public static double Apply(Matrix logits, ReadOnlySpan<int> labels, float smoothing, out int correct)
    {
        double total = 0;
        correct = 0;
        float scale = 1f / logits.Rows, spread = smoothing / logits.Columns;
        for (int b = 0; b < logits.Rows; b++)
        {
            Span<float> row = logits.Row(b);
            int label = labels[b];
            if (ArgMax(row) == label) correct++;
            float logitOfLabel = row[label];
            total += Softmax.Apply(row, row) - logitOfLabel;
            row[label] -= 1f - smoothing;
            for (int j = 0; j < row.Length; j++) row[j] = (row[j] - spread) * scale;
        }

        return total;
    }

    /// <summary>The index of the largest element, the first of equals.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int j = 1; j < values.Length; j++)
        {
            if (values[j] > values[best]) best = j;
        }

        return best;
    }
}
