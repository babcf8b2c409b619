namespace Recurant.Losses;

/// <summary>A loss of one row: its value, and its gradient with respect to the prediction.</summary>
/// <param name="prediction">y [N].</param>
/// <param name="target">The right values [N].</param>
/// <param name="gradient">dJ/dy [N], to be written whole.</param>
/// <returns>J.</returns>
public delegate double LossFunction(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient);

/// <summary>
/// The losses of a row, with PyTorch's definitions: each is the mean over the N columns, apart from the cross-entropy. A loss of
/// one's own is a method of the same shape, and <see cref="LossFunction"/> says what it must do.
/// </summary>
public static class Loss
{
    /// <summary>J = (1/N) sum_j (y_j - t_j)^2; dJ/dy_j = 2 (y_j - t_j) / N.</summary>
    /// <inheritdoc cref="LossFunction"/>
    public static double SquaredError(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        double sum = 0;
        for (int j = 0; j < prediction.Length; j++)
        {
            float d = prediction[j] - target[j];
            sum += (double)d * d;
            gradient[j] = 2f * d / prediction.Length;
        }

        return sum / prediction.Length;
    }

    /// <summary>J = (1/N) sum_j |y_j - t_j|; dJ/dy_j = sign(y_j - t_j) / N, 0 where they are equal.</summary>
    /// <inheritdoc cref="LossFunction"/>
    public static double AbsoluteError(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        double sum = 0;
        for (int j = 0; j < prediction.Length; j++)
        {
            float d = prediction[j] - target[j];
            sum += Math.Abs(d);
            gradient[j] = (d > 0 ? 1f : d < 0 ? -1f : d) / prediction.Length;
        }

        return sum / prediction.Length;
    }

    /// <summary>
    /// Squared where the error is small, absolute where it is large (Huber 1964):
    /// J = (1/N) sum_j (d_j^2 / 2 if |d_j| &lt;= delta, else delta (|d_j| - delta / 2)), with d = y - t;
    /// dJ/dy_j = d_j limited to [-delta, delta], divided by N.
    /// </summary>
    /// <param name="delta">Where the one turns into the other; above 0. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Delta is not above 0.</exception>
    public static LossFunction Huber(float delta = 1f)
    {
        if (!(delta > 0 && float.IsFinite(delta)))
        {
            throw new ArgumentOutOfRangeException(nameof(delta), $"Delta is {delta}; a number above 0 is expected.");
        }

        return (prediction, target, gradient) =>
        {
            double sum = 0;
            for (int j = 0; j < prediction.Length; j++)
            {
                float d = prediction[j] - target[j];
                double size = Math.Abs(d);
                sum += size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
                // A comparison that NaN fails leaves NaN in the gradient, where it can be seen.
                gradient[j] = (d > delta ? delta : d < -delta ? -delta : d) / prediction.Length;
            }

            return sum / prediction.Length;
        };
    }

    /// <summary>
    /// Yes or no in every column by itself, from logits (PyTorch's BCEWithLogits): p = sigmoid(y),
    /// J = -(1/N) sum_j (t_j ln p_j + (1 - t_j) ln(1 - p_j)); dJ/dy_j = (p_j - t_j) / N.
    /// </summary>
    /// <inheritdoc cref="LossFunction"/>
    public static double Bernoulli(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        double sum = 0;
        // e^-|y| never overflows: J = max(y, 0) - y t + ln(1 + e^-|y|).
        for (int j = 0; j < prediction.Length; j++) gradient[j] = -Math.Abs(prediction[j]);
        Elementwise.Exp(gradient, gradient);
        for (int j = 0; j < prediction.Length; j++)
        {
            float y = prediction[j], e = gradient[j];
            sum += Math.Max(y, 0f) - (double)y * target[j] + Elementwise.Log(1f + e);
            gradient[j] = ((y >= 0 ? 1f : e) / (1f + e) - target[j]) / prediction.Length;
        }

        return sum / prediction.Length;
    }

    /// <summary>
    /// Softmax cross-entropy with probabilities as targets: J = -sum_j t_j ln softmax(y)_j; dJ/dy = softmax(y) sum_j t_j - t.
    /// For targets that are single classes <c>Pass.CrossEntropy</c> takes their numbers.
    /// </summary>
    /// <inheritdoc cref="LossFunction"/>
    public static double CrossEntropy(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient)
    {
        prediction.CopyTo(gradient);
        float logSum = LogSoftmax.Exponentials(gradient, out _, out float sum);
        double loss = 0, whole = 0;
        for (int j = 0; j < prediction.Length; j++)
        {
            loss += target[j] * ((double)logSum - prediction[j]);
            whole += target[j];
        }

        for (int j = 0; j < prediction.Length; j++) gradient[j] = (float)whole * (gradient[j] / sum) - target[j];
        return loss;
    }

    /// <summary>
    /// The fewest steps in which connectionist temporal classification can spell a text: one for each symbol, and one for the
    /// blank between two that are equal. "hello" needs six.
    /// </summary>
    /// <param name="text">The symbols; none at all need no step.</param>
    public static int FramesNeeded(ReadOnlySpan<int> text) => ConnectionistTemporalClassification.FramesNeeded(text);

    /// <summary>softmax(z)_j = e^(z_j) / sum_k e^(z_k): probabilities from logits. The two may be the same span.</summary>
    /// <param name="logits">z [C].</param>
    /// <param name="probabilities">Takes the C probabilities, which sum to 1.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        if (logits.Length != probabilities.Length)
        {
            throw new ArgumentException(
                $"{logits.Length} logits give as many probabilities, but there is room for {probabilities.Length}.",
                nameof(probabilities));
        }

        Numerics.Softmax.Apply(logits, probabilities);
    }
}
