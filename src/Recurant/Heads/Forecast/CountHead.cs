namespace Recurant.Heads;

/// <summary>
/// A negative binomial distribution of counts, and its negative log likelihood. v is the scale of the window, 1 + the mean of its
/// values, and y a count; on the scale of the window it is y / v.
/// <code>
/// (1) m = v softplus(b + o_1),  alpha = softplus(o_2) / sqrt(v) + 0.00001,  r = 1 / alpha
/// (2) P(y) = Gamma(y + r) / (Gamma(y + 1) Gamma(r)) (1 / (1 + alpha m))^r (alpha m / (1 + alpha m))^y
///     its mean is m, its variance m + alpha m^2
/// (3) q_k = (the smallest count whose P(0) + P(1) + ... reaches a_k) / v,   P(0) + ... + P(y) = I_(1 / (1 + alpha m))(r, y + 1)
/// (4) J = -ln P(y)
/// (4') dm = (m - y) / (m (1 + alpha m)),
///      dalpha = r (m - y) / (1 + alpha m) - r^2 (psi(r) - psi(y + r) + ln(1 + alpha m))
/// (5) its middle, for explanations, is the mean m / v: a median of counts moves in jumps, and has no slope
/// </code>
/// (1) and (2) are those of DeepAR (Salinas et al. 2020, sections 3.1 and 3.3), with what a linear map adds inside the softplus;
/// m is at least 1e-6 and at most 1e9. I is the regularised incomplete beta function (Abramowitz and Stegun 26.5.26).
/// </summary>
/// <param name="levels">a [K], ascending, 0.5 among them.</param>
internal sealed class CountHead(IReadOnlyList<float> levels) : ForecastHead(levels)
{
    private const double SmallestDispersion = 1e-5, SmallestMean = 1e-6, LargestMean = 1e9, LargestCount = 1e15;

    /// <summary>Up to this mean probabilities are added up, beyond it counts are searched.</summary>
    private const double SumUpTo = 100;

    private readonly double[] _probits = [.. levels.Select(level => SpecialFunctions.Probit(level))];

    public override int Size => 2;

    public override string Name => "negative binomial distribution";

    public override string Equation => "m = v softplus(b + o_1), alpha = softplus(o_2) / sqrt(v) + 0.00001";

    public override float Answer(ForecastOutput output, Span<float> quantiles)
    {
        (double mean, double alpha) = Of(output);
        Counts(mean, alpha, quantiles);
        for (int k = 0; k < quantiles.Length; k++) quantiles[k] /= output.Scale;
        return (float)(mean / output.Scale);
    }

    public override double Loss(ForecastOutput output, float actual, float weight, Span<float> gradient, out float dBasis)
    {
        (double mean, double alpha) = Of(output);
        double y = Math.Round((double)actual * output.Scale), r = 1 / alpha, whole = 1 + alpha * mean;
        double log = SpecialFunctions.LogOnePlus(alpha * mean);
        int first = output.Place * Size;
        double dMean = (mean - y) / (mean * whole);                                                                     // (4')
        dBasis = (float)(weight * dMean * output.Scale * SpecialFunctions.Sigmoid((double)output.Row[first] + output.Basis));
        if (!gradient.IsEmpty)
        {
            double slope = SpecialFunctions.Digamma(r) - SpecialFunctions.Digamma(y + r) + log;
            double dAlpha = r * (mean - y) / whole - r * r * slope;
            gradient[first] += dBasis;
            gradient[first + 1] += (float)(
                weight * dAlpha * SpecialFunctions.Sigmoid(output.Row[first + 1]) / Math.Sqrt(output.Scale));
        }

        return SpecialFunctions.LogGamma(y + 1) + SpecialFunctions.LogGamma(r) - SpecialFunctions.LogGamma(y + r) + r * log
            + y * (log - SpecialFunctions.Log(alpha * mean));                                                           // (4)
    }

    public override double Middle(ForecastOutput output, float weight, Span<float> gradient, out float dBasis)
    {
        int first = output.Place * Size;
        dBasis = (float)(weight * SpecialFunctions.Sigmoid((double)output.Row[first] + output.Basis));
        if (!gradient.IsEmpty) gradient[first] += dBasis;
        return Of(output).Mean / output.Scale;                                                                          // (5)
    }

    /// <summary>(3) of all levels, on the scale of the data.</summary>
    internal void Counts(double mean, double alpha, Span<float> counts)
    {
        if (!double.IsFinite(mean + alpha))
        {
            counts.Fill(float.NaN);
            return;
        }

        if (mean <= SumUpTo)
        {
            Add(mean, alpha, counts);
            return;
        }

        double from = 0;
        for (int k = 0; k < counts.Length; k++)
        {
            from = Search(mean, alpha, Levels[k], from, _probits[k]);
            counts[k] = (float)from;
        }
    }

    /// <summary>(1).</summary>
    private (double Mean, double Alpha) Of(ForecastOutput output)
    {
        ReadOnlySpan<float> o = output.Row.Slice(output.Place * Size, Size);
        return (
            Math.Clamp(output.Scale * SpecialFunctions.Softplus((double)o[0] + output.Basis), SmallestMean, LargestMean),
            SpecialFunctions.Softplus(o[1]) / Math.Sqrt(output.Scale) + SmallestDispersion);
    }

    /// <summary>(3) of all levels, by P(0) + P(1) + ...</summary>
    private void Add(double mean, double alpha, Span<float> counts)
    {
        double r = 1 / alpha, share = alpha * mean / (1 + alpha * mean);
        double p = SpecialFunctions.Exp(-r * SpecialFunctions.LogOnePlus(alpha * mean)), sum = p;
        double most = LargestOf(mean, alpha);
        int y = 0;
        for (int k = 0; k < counts.Length; k++)
        {
            while (sum < Levels[k] && y < most)
            {
                p *= (y + r) / (y + 1) * share;
                sum += p;
                y++;
            }

            counts[k] = y;
        }
    }

    /// <summary>(3) of one level: a bracket about the quantile of a normal distribution, halved.</summary>
    private static double Search(double mean, double alpha, double level, double from, double probit)
    {
        double r = 1 / alpha, share = 1 / (1 + alpha * mean), deviation = Math.Sqrt(mean + alpha * mean * mean);
        double low = from - 1, high = Math.Max(from, Math.Floor(mean + probit * deviation)), step = Math.Ceiling(deviation / 8);
        // Low stays below the count that is sought, high is at it or above.
        if (Reaches(high))
        {
            for (double next = high - step; next > low && next >= 0; next -= step, step *= 2)
            {
                if (!Reaches(next))
                {
                    low = next;
                    break;
                }

                high = next;
            }
        }
        else
        {
            for (; !Reaches(high) && high < LargestCount; step *= 2) (low, high) = (high, high + step);
        }

        while (high - low > 1 && high - low > 1e-9 * high)
        {
            double middle = Math.Floor((low + high) / 2);
            if (Reaches(middle)) high = middle;
            else low = middle;
        }

        return high;

        bool Reaches(double count) => count >= 0 && SpecialFunctions.IncompleteBeta(share, r, count + 1) >= level;
    }

    /// <summary>Where adding ends, whatever rounding has left of a sum that should reach the level.</summary>
    private static double LargestOf(double mean, double alpha) =>
        Math.Min(1_000_000, 1000 + mean + 100 * Math.Sqrt(mean + alpha * mean * mean));
}
