namespace Recurant.Layers;

public sealed partial class Pass
{
    private float[] _lossGradient = [];

    /// <summary>
    /// The mean loss over all rows of a prediction; its gradient is left with the prediction, for <see cref="Backward"/>.
    /// <code>
    /// (1)  J = sum_r w_r loss(y_r, t_r) / sum_r w_r
    /// (1') dy_r += w_r / sum_r w_r * loss'(y_r, t_r)
    /// </code>
    /// Several losses of one pass add up.
    /// </summary>
    /// <param name="prediction">y: what a layer returned.</param>
    /// <param name="target">t: of each sequence as many rows as the prediction has, of the same width.</param>
    /// <param name="loss">The loss of a row: one of <see cref="Losses.Loss"/>, or one of one's own.</param>
    /// <param name="weights">
    /// w: a number for each row, such as 0 where the target is not known. Default: 1 for each.
    /// </param>
    /// <returns>J.</returns>
    /// <exception cref="ArgumentException">Target or weights do not fit the prediction, or all weights are 0.</exception>
    /// <exception cref="InvalidOperationException">The backward pass is over, or the prediction was given up.</exception>
    public double Loss(SequenceBatch prediction, SequenceBatch target, LossFunction loss, SequenceBatch? weights = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using SoleUse.Call call = Use.Enter();
        RequireRows(prediction, target, prediction?.Size ?? 0, nameof(target));
        RequireBeforeBackward(prediction!);
        if (weights is not null) RequireRows(prediction!, weights, 1, nameof(weights));
        double whole = 0, sum = 0;
        for (int i = 0; i < prediction!.Sequences; i++)
        {
            for (int t = 0; t < prediction.LengthOf(i); t++) whole += weights is null ? 1 : weights[i, t][0];
        }

        if (!(whole > 0)) throw new ArgumentException($"The weights sum to {whole}; more than 0 is expected.", nameof(weights));
        _lossGradient = Workspace.Reserve(_lossGradient, prediction.Size);
        Span<float> gradient = _lossGradient.AsSpan(0, prediction.Size);
        bool wanted = KeepsHistory;
        for (int i = 0; i < prediction.Sequences; i++)
        {
            for (int t = 0; t < prediction.LengthOf(i); t++)
            {
                float weight = weights is null ? 1f : weights[i, t][0];
                if (weight == 0) continue;
                int row = prediction.RowOf(i, t);
                sum += weight * loss(prediction.Row(row), target[i, t], gradient);
                if (wanted) Elementwise.AddScaled(gradient, (float)(weight / whole), prediction.GradientRow(row));
            }
        }

        return sum / whole;
    }

    /// <summary>
    /// Softmax cross-entropy with one class for each sequence, averaged over the sequences; its gradient is left with the logits.
    /// <code>
    /// (1)  J = (1/B) sum_b ((1 - s) (ln sum_k e^(z_b,k) - z_b,class) + s/C sum_j (ln sum_k e^(z_b,k) - z_b,j))
    /// (1') dz_b,j += (softmax(z_b)_j - (1 - s) [j = class] - s/C) / B
    /// </code>
    /// </summary>
    /// <param name="logits">z: one row of C numbers for each sequence.</param>
    /// <param name="classes">The right class of each sequence, 0 to C - 1; below 0 where it is not known.</param>
    /// <param name="smoothing">s in [0, 1): the share of the target that is spread over all classes. Default: 0.</param>
    /// <returns>J.</returns>
    /// <exception cref="ArgumentException">There is not one class for each sequence, or none is known.</exception>
    public double CrossEntropy(SequenceBatch logits, ReadOnlySpan<int> classes, float smoothing = 0f)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using SoleUse.Call call = Use.Enter();
        if (classes.Length != logits.Sequences || logits.Steps != 1)
        {
            throw new ArgumentException(
                $"{classes.Length} classes were given for logits of {logits}; one class for each sequence and one row for each "
                + "is expected. Where every step has a class, give an array of classes for each sequence.", nameof(classes));
        }

        RequireBeforeBackward(logits);
        int known = 0;
        foreach (int label in classes) known += label >= 0 ? 1 : 0;
        double scale = ScaleOf(known), sum = 0;
        for (int i = 0; i < classes.Length; i++) sum += CrossEntropyOf(logits, i, 0, classes[i], smoothing, scale);
        return sum * scale;
    }

    /// <summary>The same with one class for each step, averaged over all steps whose class is known.</summary>
    /// <param name="logits">z: one row of C numbers for each step.</param>
    /// <param name="classes">For each sequence the right class of each step; below 0 where it is not known.</param>
    /// <param name="smoothing">s in [0, 1). Default: 0.</param>
    /// <returns>J.</returns>
    /// <exception cref="ArgumentException">There is not one class for each step, or none is known.</exception>
    public double CrossEntropy(SequenceBatch logits, IReadOnlyList<int[]> classes, float smoothing = 0f)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using SoleUse.Call call = Use.Enter();
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Count != logits.Sequences)
        {
            throw new ArgumentException(
                $"Classes of {classes.Count} sequences were given for logits of {logits}.", nameof(classes));
        }

        RequireBeforeBackward(logits);
        int known = 0;
        for (int i = 0; i < classes.Count; i++)
        {
            if (classes[i].Length != logits.LengthOf(i))
            {
                throw new ArgumentException(
                    $"Sequence {i} has {logits.LengthOf(i)} steps, but {classes[i].Length} classes were given for it.",
                    nameof(classes));
            }

            foreach (int label in classes[i]) known += label >= 0 ? 1 : 0;
        }

        double scale = ScaleOf(known), sum = 0;
        for (int i = 0; i < classes.Count; i++)
        {
            for (int t = 0; t < classes[i].Length; t++) sum += CrossEntropyOf(logits, i, t, classes[i][t], smoothing, scale);
        }

        return sum * scale;
    }

    private double CrossEntropyOf(SequenceBatch logits, int sequence, int step, int label, float smoothing, double scale)
    {
        if (smoothing is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(smoothing), $"The smoothing is {smoothing}; 0 to less than 1 is expected.");
        }

        if (label < 0) return 0;
        if (label >= logits.Size)
        {
            throw new ArgumentException(
                $"The class {label} of sequence {sequence} is not among the {logits.Size} of the logits, 0 to {logits.Size - 1}.",
                "classes");
        }

        int row = logits.RowOf(sequence, step), count = logits.Size;
        ReadOnlySpan<float> z = logits.Row(row);
        _lossGradient = Workspace.Reserve(_lossGradient, count);
        Span<float> gradient = _lossGradient.AsSpan(0, count);
        z.CopyTo(gradient);
        float logSum = LogSoftmax.Exponentials(gradient, out _, out float sum);
        double loss = (1.0 - smoothing) * ((double)logSum - z[label]);                                           // (1)
        if (smoothing > 0) loss += smoothing * (logSum - Reductions.Sum(z) / count);
        if (!KeepsHistory) return loss;
        LogSoftmax.ScaleAndAdd(gradient, 1f / sum, -smoothing / count);                                         // (1')
        gradient[label] -= 1f - smoothing;
        Elementwise.AddScaled(gradient, (float)scale, logits.GradientRow(row));
        return loss;
    }

    private static double ScaleOf(int known) => known > 0
        ? 1.0 / known : throw new ArgumentException("No class is known: all are below 0.", "classes");

    private static void RequireRows(SequenceBatch? prediction, SequenceBatch? rows, int size, string name)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(rows, name);
        bool fits = rows.Sequences == prediction.Sequences && rows.Size == size;
        for (int i = 0; i < prediction.Sequences && fits; i++) fits = rows.LengthOf(i) == prediction.LengthOf(i);
        if (!fits)
        {
            throw new ArgumentException(
                $"The {name} ({rows}, {rows.Size} numbers a row) does not fit the prediction ({prediction}): the same rows of "
                + $"{size} "
                + "numbers are expected.", name);
        }
    }
}
