namespace Recurant.Tasks;

/// <summary>
/// The attributions of <see cref="AttributionSum"/>: gradients at the middles of n equal parts of the way, n doubled until the
/// sum agrees with the difference, or n is the most that is allowed.
/// </summary>
internal static class IntegratedGradients
{
    private const int FewestSteps = 16;

    /// <summary>
    /// Layer normalisation takes the length of a vector away: nearly all that happens on the way happens at its very beginning.
    /// There the points are a = s^4 with s in the middles of equal parts, and da = 4 s^3 ds.
    /// </summary>
    private const int NormalisedPower = 4;

    /// <summary>Of each word, and what they add up to.</summary>
    /// <param name="model">The model.</param>
    /// <param name="words">The words of the text; at least one.</param>
    /// <param name="label">The class that is explained.</param>
    /// <param name="mostSteps">The most points.</param>
    /// <param name="tolerance">The error of the sum that is small enough.</param>
    /// <param name="workers">The threads.</param>
    public static (double[] Words, AttributionSum Sum) Of(
        ClassifierModel model, List<string> words, int label, int mostSteps, double tolerance, Workers workers)
    {
        TextPath[] paths = [.. model.Networks.Select((_, n) => new TextPath(model, n, words, workers))];
        try
        {
            double baseline = At(paths, 0, label), logOdds = At(paths, 1, label), expected = logOdds - baseline;
            double allowed = tolerance * Math.Max(1, Math.Abs(expected));
            bool isNormalised = model.Spec is { Model: ModelKind.Recurrent, Recurrent.Cell: CellKind.LayerNormLstm };
            int power = isNormalised ? NormalisedPower : 1;
            for (int steps = FewestSteps; ; steps *= 2)
            {
                double[] found = Mean(paths, words.Count, label, steps, power);
                var sum = new AttributionSum(baseline, logOdds, found.Sum(), steps);
                if (Math.Abs(sum.Error) <= allowed || 2 * steps > mostSteps) return (found, sum);
            }
        }
        finally
        {
            foreach (TextPath path in paths) path.Clean();
        }
    }

    private static double At(TextPath[] paths, double share, int label) =>
        LogOdds.Of([.. paths.Select(path => path.Logits([share])[0])], label);

    private static double[] Mean(TextPath[] paths, int words, int label, int steps, int power)
    {
        var sums = new double[words];
        int together = paths[0].MostPoints;
        for (int first = 0; first < steps; first += together)
        {
            var shares = new double[Math.Min(together, steps - first)];
            for (int i = 0; i < shares.Length; i++) shares[i] = Math.Pow((first + i + 0.5) / steps, power);
            float[][][] logits = [.. paths.Select(path => path.Logits(shares))];
            for (int i = 0; i < shares.Length; i++)
            {
                // Every network's logits are replaced by their gradients.
                float[][] point = [.. logits.Select(ofNetwork => ofNetwork[i])];
                float[][] gradients = [.. point.Select(values => new float[values.Length])];
                LogOdds.Gradient(point, label, gradients);
                float width = (float)(power * Math.Pow((first + i + 0.5) / steps, power - 1));
                foreach (float[] gradient in gradients) Elementwise.Scale(gradient, width);
                for (int n = 0; n < paths.Length; n++) logits[n][i] = gradients[n];
            }

            for (int n = 0; n < paths.Length; n++) paths[n].AddContributions(shares, logits[n], sums);
        }

        for (int t = 0; t < words; t++) sums[t] /= steps;
        return sums;
    }
}
