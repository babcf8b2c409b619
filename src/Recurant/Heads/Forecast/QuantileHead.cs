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
internal sealed class QuantileHead(IReadOnlyList<float> levels)
{
    private readonly float[] _levels = [.. levels];
    private readonly int _median = IndexOfMedian(levels);
    private float[] _steps = [], _slopes = [];

    /// <summary>How many numbers o are needed for a value.</summary>
    public int Size => _levels.Length;

    /// <summary>The place of 0.5.</summary>
    public int Median => _median;

    /// <summary>
    /// Reads a row of o: softplus and sigmoid of every number of it, for <see cref="Answer"/> and <see cref="Loss"/>.
    /// </summary>
    /// <param name="outputs">o of several values, one behind the other.</param>
    public void Read(ReadOnlySpan<float> outputs)
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

    /// <summary>(1) of one value of the row that was read.</summary>
    /// <param name="outputs">The row.</param>
    /// <param name="place">Which value of the row.</param>
    /// <param name="basis">b.</param>
    /// <param name="quantiles">Takes q [K].</param>
    public void Answer(ReadOnlySpan<float> outputs, int place, float basis, Span<float> quantiles)
    {
        int first = place * Size;
        ReadOnlySpan<float> steps = _steps.AsSpan(first, Size);
        quantiles[_median] = basis + outputs[first + _median];
        for (int k = _median + 1; k < _levels.Length; k++) quantiles[k] = quantiles[k - 1] + steps[k];
        for (int k = _median - 1; k >= 0; k--) quantiles[k] = quantiles[k + 1] - steps[k];
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

    /// <summary>(2) of one value whose answer was given.</summary>
    /// <param name="actual">y.</param>
    /// <param name="quantiles">q [K].</param>
    /// <param name="weight">What the loss is multiplied by.</param>
    /// <param name="place">Which value of the row.</param>
    /// <param name="gradient">The row's do, to be added to; empty where it is not wanted.</param>
    /// <param name="dBasis">db.</param>
    /// <returns>J, without the weight.</returns>
    public double Loss(
        float actual, ReadOnlySpan<float> quantiles, float weight, int place, Span<float> gradient, out float dBasis)
    {
        double loss = 0;
        float each = 2f / _levels.Length, scaled = weight * each, all = 0;
        Span<float> dq = stackalloc float[_levels.Length];
        for (int k = 0; k < _levels.Length; k++)
        {
            float d = actual - quantiles[k], level = _levels[k];
            loss += each * (d > 0 ? level * d : (level - 1) * d);                                                       // (2)
            dq[k] = d > 0 ? -level * scaled : (1 - level) * scaled;                                                     // (2')
            all += dq[k];
        }

        dBasis = all;
        if (gradient.IsEmpty) return loss;
        Span<float> own = gradient.Slice(place * Size, Size);
        ReadOnlySpan<float> slopes = _slopes.AsSpan(place * Size, Size);
        own[_median] += all;
        float outwards = 0;
        for (int k = _levels.Length - 1; k > _median; k--)
        {
            outwards += dq[k];
            own[k] += outwards * slopes[k];                                                                             // (1')
        }

        outwards = 0;
        for (int k = 0; k < _median; k++)
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

    private static int IndexOfMedian(IReadOnlyList<float> levels) => PlaceOf(levels, 0.5f) is >= 0 and var median
        ? median : throw new ArgumentException("The levels of the quantiles must have 0.5 among them.", nameof(levels));
}
