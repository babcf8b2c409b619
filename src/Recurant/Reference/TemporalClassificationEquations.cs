namespace Recurant.Reference;

/// <summary>
/// Connectionist temporal classification of one utterance, with the sums over all alignments carried forward and back.
/// </summary>
/// <remarks>
/// <code>
/// y_t = softmax(z_t)                                                                        (1)
/// l' = blank, l_1, blank, l_2, ..., l_L, blank: 2 L + 1 states                                (2)
/// alpha_t,s = (alpha_(t-1),s + alpha_(t-1),s-1 + alpha_(t-1),s-2 [if allowed]) y_(t, l'_s)    (3)
/// beta_t,s = (beta_(t+1),s + beta_(t+1),s+1 + beta_(t+1),s+2 [if allowed]) y_(t, l'_s)        (4)
/// two states are skipped to if l'_s is no blank and differs from l'_(s-2)
/// p(l) = alpha_T,(2L+1) + alpha_T,2L;  J = -ln p(l)                                         (5)
/// dz_(t,k) = y_(t,k) - 1 / (p(l) y_(t,k)) sum_(s: l'_s = k) alpha_t,s beta_t,s                (6)
/// </code>
/// Graves et al. 2006, equations 6, 7, 10, 11 and 16. All of it in logarithms.
/// </remarks>
internal static class TemporalClassificationEquations
{
    /// <summary>J (5) and dz (6) of logits [T,K].</summary>
    public static TemporalClassificationGradients Gradients(double[][] z, int[] target, int blank)
    {
        int frames = z.Length, states = 2 * target.Length + 1;
        int[] symbols = [.. Enumerable.Range(0, states).Select(s => s % 2 == 0 ? blank : target[s / 2])];               // (2)
        double[][] logY = [.. z.Select(LogSoftmax)];                                                                    // (1)
        double[][] alpha = new double[frames][], beta = new double[frames][];
        bool MaySkipTo(int s) => s >= 2 && s < states && symbols[s] != blank && symbols[s] != symbols[s - 2];

        for (int t = 0; t < frames; t++)
        {
            alpha[t] = new double[states];
            for (int s = 0; s < states; s++)
            {
                // (3)
                double before = t == 0
                    ? s < 2 ? 0 : double.NegativeInfinity
                    : LogSum(
                        alpha[t - 1][s], s >= 1 ? alpha[t - 1][s - 1] : double.NegativeInfinity,
                        MaySkipTo(s) ? alpha[t - 1][s - 2] : double.NegativeInfinity);
                alpha[t][s] = before + logY[t][symbols[s]];
            }
        }

        for (int t = frames - 1; t >= 0; t--)
        {
            beta[t] = new double[states];
            for (int s = 0; s < states; s++)
            {
                // (4)
                double after = t == frames - 1
                    ? s >= states - 2 ? 0 : double.NegativeInfinity
                    : LogSum(
                        beta[t + 1][s], s + 1 < states ? beta[t + 1][s + 1] : double.NegativeInfinity,
                        MaySkipTo(s + 2) ? beta[t + 1][s + 2] : double.NegativeInfinity);
                beta[t][s] = after + logY[t][symbols[s]];
            }
        }

        double logP = LogSum(                                                                                           // (5)
            alpha[^1][states - 1], states >= 2 ? alpha[^1][states - 2] : double.NegativeInfinity, double.NegativeInfinity);
        var gradients = new TemporalClassificationGradients(-logP, [.. logY.Select(row => Array.ConvertAll(row, Math.Exp))]);
        for (int t = 0; t < frames; t++)
        {
            for (int s = 0; s < states; s++)
            {
                // (6)
                gradients.Logits[t][symbols[s]] -= Math.Exp(alpha[t][s] + beta[t][s] - logY[t][symbols[s]] - logP);
            }
        }

        return gradients;
    }

    /// <summary>ln y of a row (1).</summary>
    public static double[] LogSoftmax(double[] z)
    {
        double largest = z.Max(), logSum = largest + Math.Log(z.Sum(value => Math.Exp(value - largest)));
        return Array.ConvertAll(z, value => value - logSum);
    }

    private static double LogSum(double a, double b, double c)
    {
        double largest = Math.Max(a, Math.Max(b, c));
        return double.IsNegativeInfinity(largest)
            ? largest : largest + Math.Log(Math.Exp(a - largest) + Math.Exp(b - largest) + Math.Exp(c - largest));
    }
}

/// <summary>The loss of one utterance, and its gradient.</summary>
/// <param name="Loss">J; infinite for a text that the frames are too few for.</param>
/// <param name="Logits">dz [T,K].</param>
internal sealed record TemporalClassificationGradients(double Loss, double[][] Logits);
