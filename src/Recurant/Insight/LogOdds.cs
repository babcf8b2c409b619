namespace Recurant.Insight;

/// <summary>
/// The log odds of a class, of one network or of the mean of several.
/// <code>
/// (1) l_n = ln p_n,  m_n = ln(1 - p_n)               p_n = softmax(z_n)[c]
/// (2) L = ln sum_n e^l_n - ln sum_n e^m_n = ln(p / (1 - p)),  p = (1/N) sum_n p_n
/// (2') dL/dz_(n,j) = a_n ([j = c] - p_(n,j)) - b_n ([j != c] q_(n,j) - p_(n,j))
///      a = softmax(l), b = softmax(m), q_n = softmax(z_n) over the classes other than c
/// </code>
/// All in double precision from the logits, so that 1 - p is exact where p is nearly one.
/// </summary>
internal static class LogOdds
{
    /// <summary>(2) for the logits z_n of each network.</summary>
    public static double Of(IReadOnlyList<float[]> logits, int label)
    {
        var inside = new double[logits.Count];
        var outside = new double[logits.Count];
        for (int n = 0; n < logits.Count; n++) (inside[n], outside[n]) = Logs(logits[n], label);
        return LogSum(inside) - LogSum(outside);
    }

    /// <summary>(2') of each network, written over the gradients given.</summary>
    public static void Gradient(IReadOnlyList<float[]> logits, int label, IReadOnlyList<float[]> gradients)
    {
        int networks = logits.Count;
        var inside = new double[networks];
        var outside = new double[networks];
        for (int n = 0; n < networks; n++) (inside[n], outside[n]) = Logs(logits[n], label);
        double insideSum = LogSum(inside), outsideSum = LogSum(outside);
        for (int n = 0; n < networks; n++)
        {
            double a = Math.Exp(inside[n] - insideSum), b = Math.Exp(outside[n] - outsideSum);
            double all = LogSum(logits[n], -1), others = LogSum(logits[n], label);
            for (int j = 0; j < gradients[n].Length; j++)
            {
                double p = Math.Exp(logits[n][j] - all), q = j == label ? 0 : Math.Exp(logits[n][j] - others);
                gradients[n][j] = (float)(a * ((j == label ? 1 : 0) - p) - b * (q - p));
            }
        }
    }

    /// <summary>p from L.</summary>
    public static double Probability(double logOdds) =>
        logOdds >= 0 ? 1 / (1 + Math.Exp(-logOdds)) : Math.Exp(logOdds) / (1 + Math.Exp(logOdds));

    private static (double Inside, double Outside) Logs(float[] logits, int label)
    {
        double all = LogSum(logits, -1);
        return (logits[label] - all, LogSum(logits, label) - all);
    }

    /// <summary>ln of the sum of e^z over all classes but one.</summary>
    private static double LogSum(float[] logits, int except)
    {
        double largest = double.NegativeInfinity, sum = 0;
        for (int j = 0; j < logits.Length; j++)
        {
            if (j != except) largest = Math.Max(largest, logits[j]);
        }

        for (int j = 0; j < logits.Length; j++)
        {
            if (j != except) sum += Math.Exp(logits[j] - largest);
        }

        return largest + Math.Log(sum);
    }

    private static double LogSum(double[] values)
    {
        double largest = values.Max();
        return largest + Math.Log(values.Sum(value => Math.Exp(value - largest)));
    }
}
