namespace Recurant.Reference;

/// <summary>
/// A linear-chain conditional random field over K tags, with the sums over all sequences of tags carried forward and back.
/// </summary>
/// <remarks>
/// <code>
/// s(y) = a_(y_1) + sum_t z_(t, y_t) + sum_(t &gt; 1) A_(y_(t-1), y_t) + e_(y_T)      (1)
/// J = ln sum_y' exp s(y') - s(y)                                                (2)
/// alpha_1 = a + z_1;  alpha_(t,j) = z_(t,j) + ln sum_i exp(alpha_(t-1,i) + A_(i,j))    (3)
/// ln Z = ln sum_y' exp s(y') = ln sum_j exp(alpha_(T,j) + e_j)                  (4)
/// beta_T = e;  beta_(t,i) = ln sum_j exp(A_(i,j) + z_(t+1,j) + beta_(t+1,j))          (5)
/// </code>
/// The gradient of ln Z with respect to a score is the probability that the score takes part.
/// </remarks>
internal static class RandomFieldEquations
{
    /// <summary>(1) of tags y for scores z [T,K] with A [K,K], a [K] and e [K].</summary>
    public static double Score(double[][] z, double[] transitions, double[] start, double[] end, int[] y)
    {
        double score = start[y[0]] + end[y[^1]];
        for (int t = 0; t < y.Length; t++)
        {
            score += z[t][y[t]];
            if (t > 0) score += transitions[y[t - 1] * start.Length + y[t]];
        }

        return score;
    }

    /// <summary>(2), and the gradients of z, A, a and e.</summary>
    public static RandomFieldGradients Gradients(double[][] z, double[] transitions, double[] start, double[] end, int[] y)
    {
        int length = z.Length, tags = start.Length;
        double[][] alpha = new double[length][], beta = new double[length][];
        for (int t = 0; t < length; t++)
        {
            // (3)
            alpha[t] = new double[tags];
            for (int j = 0; j < tags; j++)
            {
                int to = j, before = t - 1;
                alpha[t][j] = z[t][j]
                    + (t == 0 ? start[j] : LogSum(tags, i => alpha[before][i] + transitions[i * tags + to]));
            }
        }

        // (4)
        double logSum = LogSum(tags, j => alpha[length - 1][j] + end[j]);
        for (int t = length - 1; t >= 0; t--)
        {
            // (5)
            beta[t] = new double[tags];
            for (int i = 0; i < tags; i++)
            {
                int from = i, after = t + 1;
                beta[t][i] = t == length - 1
                    ? end[i]
                    : LogSum(tags, j => transitions[from * tags + j] + z[after][j] + beta[after][j]);
            }
        }

        var gradients = new RandomFieldGradients(
            logSum - Score(z, transitions, start, end, y), [.. z.Select(row => new double[row.Length])],
            new double[transitions.Length], new double[tags], new double[tags]);
        for (int t = 0; t < length; t++)
        {
            for (int j = 0; j < tags; j++)
            {
                gradients.Scores[t][j] = Math.Exp(alpha[t][j] + beta[t][j] - logSum) - (y[t] == j ? 1 : 0);
                for (int i = 0; t > 0 && i < tags; i++)
                {
                    double pair = Math.Exp(alpha[t - 1][i] + transitions[i * tags + j] + z[t][j] + beta[t][j] - logSum);
                    gradients.Transitions[i * tags + j] += pair - (y[t - 1] == i && y[t] == j ? 1 : 0);
                }
            }
        }

        gradients.Scores[0].CopyTo(gradients.Start, 0);
        gradients.Scores[^1].CopyTo(gradients.End, 0);
        return gradients;
    }

    /// <summary>ln sum_i exp(term(i)), with the largest term taken out so that nothing overflows.</summary>
    private static double LogSum(int count, Func<int, double> term)
    {
        double largest = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < count; i++) largest = Math.Max(largest, term(i));
        for (int i = 0; i < count; i++) sum += Math.Exp(term(i) - largest);
        return largest + Math.Log(sum);
    }
}

/// <summary>The loss of one sequence, and its gradients.</summary>
/// <param name="Loss">J.</param>
/// <param name="Scores">dz [T,K].</param>
/// <param name="Transitions">dA [K,K].</param>
/// <param name="Start">da [K].</param>
/// <param name="End">de [K].</param>
internal sealed record RandomFieldGradients(
    double Loss, double[][] Scores, double[] Transitions, double[] Start, double[] End);
