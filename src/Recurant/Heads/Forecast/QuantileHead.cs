namespace Recurant.Heads;

/// <summary>
/// Quantiles that cannot cross, and their loss. m is the place of the median among the levels a_1 &lt; a_2 &lt; ...
/// <code>
/// (1) q_m = b + o_m,  q_(k+1) = q_k + softplus(o_(k+1) - 1) above the median,  q_(k-1) = q_k - softplus(o_(k-1) - 1) below
/// (2) J = (2/K) sum_k max(a_k (y - q_k), (a_k - 1) (y - q_k))                        (the pinball loss)
/// (3) f = sum_k p_k q_k,  p_k: the share of levels nearer to a_k than to any other    (the mean of the distribution)
/// (1') do_k = sigmoid(o_k - 1) sum of dq_j over all j from k outwards, below the median negative; do_m = sum of all dq_j
/// (2') dq_k = -(2/K) a_k where y > q_k, else (2/K) (1 - a_k)
/// </code>
/// b is what another part of the network adds, such as a linear one; its gradient is the sum of dq_j.
/// </summary>
/// <param name="levels">a [K], ascending, 0.5 among them.</param>
internal sealed class QuantileHead(IReadOnlyList<float> levels) : ForecastHead(levels)
{
    private float[] _steps = [], _slopes = [];

    public override int Size => Levels.Length;

    public override string Name => "quantiles";

    public override string Equation =>
        "q_m = b + o_m, q_(k+1) = q_k + softplus(o_(k+1) - 1), q_(k-1) = q_k - softplus(o_(k-1) - 1)";

    protected override int Centre => Median;

    /// <summary>Softplus and sigmoid of every number of a row.</summary>
    public override void Read(ReadOnlySpan<float> outputs)
    {
        int count = outputs.Length;
        _steps = Workspace.Reserve(_steps, count);
        _slopes = Workspace.Reserve(_slopes, count);
        Span<float> steps = _steps.AsSpan(0, count), slopes = _slopes.AsSpan(0, count);
        // softplus(x) = max(x, 0) + ln(1 + e^-|x|); sigmoid(x) = 1 / (1 + e^-x), from the same exponential.
        for (int i = 0; i < count; i++) steps[i] = -Math.Abs(outputs[i] - 1f);
        Elementwise.Exp(steps, steps);
        for (int i = 0; i < count; i++)
        {
            float e = steps[i];
            slopes[i] = (outputs[i] >= 1f ? 1f : e) / (1f + e);
            steps[i] = 1f + e;
        }

        Elementwise.Log(steps, steps);
        for (int i = 0; i < count; i++) steps[i] += Math.Max(0f, outputs[i] - 1f);
    }

    /// <summary>(1).</summary>
    public override float Answer(ForecastOutput output, Span<float> quantiles)
    {
        int first = output.Place * Size;
        ReadOnlySpan<float> steps = _steps.AsSpan(first, Size);
        quantiles[Median] = output.Basis + output.Row[first + Median];
        for (int k = Median + 1; k < Size; k++) quantiles[k] = quantiles[k - 1] + steps[k];
        for (int k = Median - 1; k >= 0; k--) quantiles[k] = quantiles[k + 1] - steps[k];
        return float.NaN;
    }

    /// <summary>p of (3): what each quantile counts in the mean.</summary>
    public static float[] Shares(IReadOnlyList<float> levels)
    {
        var shares = new float[levels.Count];
        for (int k = 0; k < shares.Length; k++)
        {
            float low = k == 0 ? 0f : (levels[k - 1] + levels[k]) / 2, high = k + 1 == shares.Length ? 1f : (levels[k]
                + levels[k + 1]) / 2;
            shares[k] = high - low;
        }

        return shares;
    }

    /// <summary>(2).</summary>
    public override double Loss(ForecastOutput output, float actual, float weight, Span<float> gradient, out float dBasis)
    {
        double loss = 0;
        float each = 2f / Size, scaled = weight * each, all = 0;
        Span<float> quantiles = stackalloc float[Size], dq = stackalloc float[Size];
        Answer(output, quantiles);
        for (int k = 0; k < Size; k++)
        {
            float d = actual - quantiles[k], level = Levels[k];
            loss += each * (d > 0 ? level * d : (level - 1) * d);                                                       // (2)
            dq[k] = d > 0 ? -level * scaled : (1 - level) * scaled;                                                     // (2')
            all += dq[k];
        }

        dBasis = all;
        if (gradient.IsEmpty) return loss;
        Span<float> own = gradient.Slice(output.Place * Size, Size);
        ReadOnlySpan<float> slopes = _slopes.AsSpan(output.Place * Size, Size);
        own[Median] += all;
        float outwards = 0;
        for (int k = Size - 1; k > Median; k--)
        {
            outwards += dq[k];
            own[k] += outwards * slopes[k];                                                                             // (1')
        }

        outwards = 0;
        for (int k = 0; k < Median; k++)
        {
            outwards += dq[k];
            own[k] -= outwards * slopes[k];
        }

        return loss;
    }

    /// <summary>The place of a level; -1 if it is none of them.</summary>
    public static int PlaceOf(IReadOnlyList<float> levels, float level)
    {
        for (int i = 0; i < levels.Count; i++)
        {
            if (levels[i] == level) return i;
        }

        return -1;
    }
}
