namespace Recurant.Tasks;

/// <summary>What a value did to an answer.</summary>
/// <param name="Step">
/// The step of the sequence, from 1; of a forecast 0 is the last step before it, and steps to come are above.
/// </param>
/// <param name="Column">The column.</param>
/// <param name="Value">The value; NaN where it is missing.</param>
/// <param name="Effect">Its part of the answer less the baseline's.</param>
public sealed record ValueEffect(int Step, string Column, double Value, double Effect) : InsightRecord;

/// <summary>
/// Why a model of numbers answered as it did: integrated gradients (Sundararajan et al. 2017) of its answer f from a baseline x'
/// to what it read, x, one part for each value.
/// <code>
/// (1) effect_i = (x_i - x'_i) (1/N) sum_n df/dx_i at x' + (n - 1/2)/N (x - x')
/// (2) sum of the effects = f(x) - f(x')
/// </code>
/// x' has every column at its mean, and the values of a forecast's window at its centre. N is doubled until (2) holds.
/// </summary>
public sealed record SeriesExplanation : InsightRecord
{
    /// <summary>The series.</summary>
    public required string Id { get; init; }

    /// <summary>What was answered, in words.</summary>
    public required string Answer { get; init; }

    /// <summary>The unit of f, <see cref="Baseline"/> and the effects, in words.</summary>
    public required string Unit { get; init; }

    /// <summary>f(x).</summary>
    public required double Value { get; init; }

    /// <summary>f(x').</summary>
    public required double Baseline { get; init; }

    /// <summary>The effects, step by step, column by column.</summary>
    public required IReadOnlyList<ValueEffect> Effects { get; init; }

    /// <summary>By how much (2) is missed.</summary>
    public double Gap => Math.Abs(Effects.Sum(effect => effect.Effect) - (Value - Baseline));

    /// <summary>N.</summary>
    public required int Points { get; init; }

    /// <summary>The effects of each column together, the largest first.</summary>
    public IReadOnlyList<(string Column, double Effect)> ByColumn =>
    [
        .. Effects.GroupBy(effect => effect.Column).Select(group => (group.Key, group.Sum(effect => effect.Effect)))
            .OrderByDescending(each => Math.Abs(each.Item2)),
    ];

    /// <summary>The effects of each step together, in the order of the steps.</summary>
    public IReadOnlyList<(int Step, double Effect)> ByStep =>
        [.. Effects.GroupBy(effect => effect.Step).OrderBy(group => group.Key).Select(group => (group.Key,
            group.Sum(e => e.Effect)))];
}

/// <summary>The sum over points of (1), whatever the model.</summary>
internal static class InputPath
{
    private const int FewestPoints = 16;

    /// <summary>Integrates until the effects add up.</summary>
    /// <param name="count">The number of inputs.</param>
    /// <param name="at">
    /// f at a share of the way, which adds df/dx (x - x') to its second argument, where there is one; asked at 0 and 1 as well.
    /// </param>
    /// <param name="options">How well they must add up.</param>
    /// <param name="cancellation">Looked at between points.</param>
    public static (double[] Effects, double Value, double Baseline, int Points) Integrate(
        int count, Func<float, double[]?, double> at, ExplainOptions options, CancellationToken cancellation)
    {
        double value = at(1f, null), baseline = at(0f, null);
        for (int points = FewestPoints; ; points *= 2)
        {
            var effects = new double[count];
            for (int n = 0; n < points; n++)
            {
                cancellation.ThrowIfCancellationRequested();
                at((n + 0.5f) / points, effects);
            }

            for (int i = 0; i < count; i++) effects[i] /= points;
            double gap = Math.Abs(effects.Sum() - (value - baseline));
            bool addsUp = gap <= options.Tolerance * Math.Max(Math.Abs(value - baseline), Math.Min(1, Math.Abs(value)));
            if (addsUp || 2 * points > options.MostSteps) return (effects, value, baseline, points);
        }
    }
}
