namespace Recurant.Heads;

/// <summary>
/// A normal distribution, and its negative log likelihood. y is read on the scale of its window, so that sigma is a share of the
/// window's deviation; where the window holds logarithms, the values themselves are log-normal.
/// <code>
/// (1) mu = b + o_1,  sigma = softplus(o_2) + 0.001
/// (2) q_k = mu + sigma probit(a_k)
/// (3) J = ln sigma + d^2 / 2 + ln(2 pi) / 2,  d = (y - mu) / sigma
/// (3') dmu = -d / sigma,  dsigma = (1 - d^2) / sigma,  do_2 = sigmoid(o_2) dsigma
/// </code>
/// The least sigma keeps the likelihood of a series without noise finite. After DeepAR (Salinas et al. 2020, section 3.1).
/// </summary>
/// <param name="levels">a [K], ascending, 0.5 among them.</param>
internal sealed class GaussianHead(IReadOnlyList<float> levels) : ForecastHead(levels)
{
    /// <summary>The least sigma, of heads that have one.</summary>
    public const double SmallestDeviation = 1e-3;

    private const double HalfLogTwoPi = 0.91893853320467274178;

    private readonly double[] _probits = [.. levels.Select(level => SpecialFunctions.Probit(level))];

    public override int Size => 2;

    public override string Name => "normal distribution";

    public override string Equation => "mu = b + o_1, sigma = softplus(o_2) + 0.001";

    public override float Answer(ForecastOutput output, Span<float> quantiles)
    {
        ReadOnlySpan<float> o = output.Row.Slice(output.Place * Size, Size);
        double mu = (double)o[0] + output.Basis, sigma = SpecialFunctions.Softplus(o[1]) + SmallestDeviation;           // (1)
        for (int k = 0; k < quantiles.Length; k++) quantiles[k] = (float)(mu + sigma * _probits[k]);                    // (2)
        return (float)mu;
    }

    public override double Loss(ForecastOutput output, float actual, float weight, Span<float> gradient, out float dBasis)
    {
        ReadOnlySpan<float> o = output.Row.Slice(output.Place * Size, Size);
        double mu = (double)o[0] + output.Basis, sigma = SpecialFunctions.Softplus(o[1]) + SmallestDeviation;           // (1)
        double d = (actual - mu) / sigma, dMu = -d / sigma, dSigma = (1 - d * d) / sigma;                               // (3')
        dBasis = (float)(weight * dMu);
        if (!gradient.IsEmpty)
        {
            Span<float> own = gradient.Slice(output.Place * Size, Size);
            own[0] += dBasis;
            own[1] += (float)(weight * dSigma * SpecialFunctions.Sigmoid(o[1]));
        }

        return SpecialFunctions.Log(sigma) + d * d / 2 + HalfLogTwoPi;                                                  // (3)
    }
}
