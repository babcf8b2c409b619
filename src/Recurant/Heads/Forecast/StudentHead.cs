namespace Recurant.Heads;

/// <summary>
/// Student's t distribution, moved and stretched, and its negative log likelihood. Its tails bear outliers that would widen a
/// normal distribution everywhere. y is read on the scale of its window.
/// <code>
/// (1) mu = b + o_1,  sigma = softplus(o_2) + 0.001,  nu = 2 + softplus(o_3)
/// (2) q_k = mu + sigma t_nu(a_k)                                     t_nu: the inverse of the distribution function
/// (3) d = (y - mu) / sigma,
///     J = lnGamma(nu / 2) - lnGamma((nu + 1) / 2) + ln(nu pi) / 2 + ln sigma + (nu + 1) / 2 ln(1 + d^2 / nu)
/// (3') w = (nu + 1) d / (nu + d^2);  dmu = -w / sigma,  dsigma = (1 - w d) / sigma,
///      dnu = (psi(nu / 2) - psi((nu + 1) / 2) + 1 / nu + ln(1 + d^2 / nu) - w d / nu) / 2
/// (4) t_nu(a) = sum_j c_j T_j(4 / nu - 1),  T_j: Chebyshev's polynomials
/// </code>
/// More than two degrees of freedom keep the variance finite (as GluonTS, Alexandrov et al. 2020). For a level, t_nu(a) is a
/// smooth function of 1 / nu in (0, 1/2], so that (4) with 32 terms, fitted once at Chebyshev's nodes, is accurate to 1e-9 of its
/// value.
/// </summary>
/// <param name="levels">a [K], ascending, 0.5 among them.</param>
internal sealed class StudentHead(IReadOnlyList<float> levels) : ForecastHead(levels)
{
    private const int Terms = 32;
    private const double LogPi = 1.14472988584940017414, LeastFreedom = 2;

    private readonly double[][] _series = [.. levels.Select(level => Fit(level))];

    public override int Size => 3;

    public override string Name => "Student-t distribution";

    public override string Equation => "mu = b + o_1, sigma = softplus(o_2) + 0.001, nu = 2 + softplus(o_3)";

    public override float Answer(ForecastOutput output, Span<float> quantiles)
    {
        (double mu, double sigma, double nu) = Of(output);
        for (int k = 0; k < quantiles.Length; k++)
        {
            quantiles[k] = (float)(k == Median ? mu : mu + sigma * At(_series[k], nu));                                 // (2)
        }

        return (float)mu;
    }

    public override double Loss(ForecastOutput output, float actual, float weight, Span<float> gradient, out float dBasis)
    {
        (double mu, double sigma, double nu) = Of(output);
        double d = (actual - mu) / sigma, w = (nu + 1) * d / (nu + d * d), tail = SpecialFunctions.LogOnePlus(d * d / nu);
        dBasis = (float)(weight * -w / sigma);                                                                          // (3')
        if (!gradient.IsEmpty)
        {
            int first = output.Place * Size;
            double dSigma = (1 - w * d) / sigma;
            double dNu = (SpecialFunctions.Digamma(nu / 2) - SpecialFunctions.Digamma((nu + 1) / 2) + 1 / nu + tail
                - w * d / nu) / 2;
            gradient[first] += dBasis;
            gradient[first + 1] += (float)(weight * dSigma * SpecialFunctions.Sigmoid(output.Row[first + 1]));
            gradient[first + 2] += (float)(weight * dNu * SpecialFunctions.Sigmoid(output.Row[first + 2]));
        }

        return SpecialFunctions.LogGamma(nu / 2) - SpecialFunctions.LogGamma((nu + 1) / 2)
            + (SpecialFunctions.Log(nu) + LogPi) / 2 + SpecialFunctions.Log(sigma) + (nu + 1) / 2 * tail;               // (3)
    }

    /// <summary>t_nu(a) by (4).</summary>
    internal static double At(double[] series, double freedom)
    {
        double x = 2 * LeastFreedom / freedom - 1, next = 0, after = 0;
        for (int j = series.Length - 1; j > 0; j--) (next, after) = (2 * x * next - after + series[j], next);
        return x * next - after + series[0];
    }

    /// <summary>c of (4), from the values at Chebyshev's nodes.</summary>
    internal static double[] Fit(float level)
    {
        var values = new double[Terms];
        for (int i = 0; i < Terms; i++)
        {
            double x = Trigonometry.SinCos(Math.PI * (i + 0.5) / Terms).Cos;
            values[i] = SpecialFunctions.StudentQuantile(level, 2 * LeastFreedom / (1 + x));
        }

        var series = new double[Terms];
        for (int j = 0; j < Terms; j++)
        {
            double sum = 0;
            for (int i = 0; i < Terms; i++) sum += values[i] * Trigonometry.SinCos(Math.PI * j * (i + 0.5) / Terms).Cos;
            series[j] = sum * (j == 0 ? 1.0 : 2.0) / Terms;
        }

        return series;
    }

    /// <summary>(1).</summary>
    private (double Mu, double Sigma, double Nu) Of(ForecastOutput output)
    {
        ReadOnlySpan<float> o = output.Row.Slice(output.Place * Size, Size);
        return ((double)o[0] + output.Basis, SpecialFunctions.Softplus(o[1]) + GaussianHead.SmallestDeviation,
            LeastFreedom + SpecialFunctions.Softplus(o[2]));
    }
}
