namespace Recurant.Losses;

/// <summary>The squared error: J = (y - yhat)^2, averaged over the rows.</summary>
internal static class SquaredError
{
    /// <summary>
    /// Replaces the answers by their gradients divided by the number of rows.
    /// <code>
    /// (1)  J_b = (y_b - yhat_b)^2
    /// (1') dy_b = 2 (y_b - yhat_b) / B
    /// </code>
    /// </summary>
    /// <param name="answers">y [B, 1]; replaced by dy.</param>
    /// <param name="right">yhat of each row.</param>
    /// <returns>The sum (not the mean) of the rows' losses.</returns>
    public static double Apply(Matrix answers, ReadOnlySpan<float> right)
    {
        double total = 0;
        float scale = 2f / answers.Rows;
        for (int b = 0; b < answers.Rows; b++)
        {
            float difference = answers.Row(b)[0] - right[b];
            total += (double)difference * difference;
            answers.Row(b)[0] = scale * difference;
        }

        return total;
    }
}
