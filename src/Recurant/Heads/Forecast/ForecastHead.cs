namespace Recurant.Heads;

/// <summary>What a forecaster says of a value to come.</summary>
public enum ForecastDistribution
{
    /// <summary>Quantiles, of no distribution that has a name; the loss is the pinball loss.</summary>
    Quantiles,

    /// <summary>A normal distribution; of logarithms a log-normal one. The loss is its negative log likelihood.</summary>
    Gaussian,

    /// <summary>Student's t distribution, for series with outliers. The loss is its negative log likelihood.</summary>
    StudentT,

    /// <summary>
    /// A negative binomial distribution, for counts: whole numbers from 0. The loss is its negative log likelihood.
    /// </summary>
    NegativeBinomial,
}

/// <summary>What a network says of one value to come.</summary>
/// <param name="row">o of several values, one behind the other.</param>
/// <param name="place">Which of them.</param>
/// <param name="basis">b, what another part of the network adds, such as a linear one.</param>
/// <param name="scale">What 1 on the scale of the window is on that of the data.</param>
internal readonly ref struct ForecastOutput(ReadOnlySpan<float> row, int place, float basis, float scale)
{
    public ReadOnlySpan<float> Row { get; } = row;

    public int Place { get; } = place;

    public float Basis { get; } = basis;

    public float Scale { get; } = scale;
}

/// <summary>
/// How the numbers o that a network gives for a value to come, and b, become quantiles, and the loss of a value that came.
/// Everything stands on the scale of the window.
/// </summary>
/// <param name="levels">a [K], ascending, 0.5 among them.</param>
internal abstract class ForecastHead(IReadOnlyList<float> levels)
{
    /// <summary>a.</summary>
    protected float[] Levels { get; } = [.. levels];

    /// <summary>The place of 0.5.</summary>
    public int Median { get; } = QuantileHead.PlaceOf(levels, 0.5f) is >= 0 and var median
        ? median : throw new ArgumentException("The levels of the quantiles must have 0.5 among them.", nameof(levels));

    /// <summary>How many numbers o are needed for a value.</summary>
    public abstract int Size { get; }

    /// <summary>How a description calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Its equation, in one line.</summary>
    public abstract string Equation { get; }

    /// <summary>The place among the o of a value of the one that gives, with b, the middle: the median in most heads.</summary>
    protected virtual int Centre => 0;

    /// <summary>The head of a distribution.</summary>
    public static ForecastHead Of(ForecastDistribution distribution, IReadOnlyList<float> levels) => distribution switch
    {
        ForecastDistribution.Gaussian => new GaussianHead(levels),
        ForecastDistribution.StudentT => new StudentHead(levels),
        ForecastDistribution.NegativeBinomial => new CountHead(levels),
        _ => new QuantileHead(levels),
    };

    /// <summary>Reads a row of o, for what is asked of its values next.</summary>
    /// <param name="outputs">o of several values, one behind the other.</param>
    public virtual void Read(ReadOnlySpan<float> outputs)
    {
    }

    /// <summary>The quantiles of one value of the row that was read.</summary>
    /// <param name="output">The value.</param>
    /// <param name="quantiles">Takes q [K].</param>
    /// <returns>The mean of the distribution; NaN where the quantiles alone tell it.</returns>
    public abstract float Answer(ForecastOutput output, Span<float> quantiles);

    /// <summary>The loss of one value of the row that was read.</summary>
    /// <param name="output">The value.</param>
    /// <param name="actual">y.</param>
    /// <param name="weight">What the gradient is multiplied by.</param>
    /// <param name="gradient">The row's do, to be added to; empty where it is not wanted.</param>
    /// <param name="dBasis">db.</param>
    /// <returns>J, without the weight.</returns>
    public abstract double Loss(ForecastOutput output, float actual, float weight, Span<float> gradient, out float dBasis);

    /// <summary>The middle of one value of the row that was read: the median, or what stands for it.</summary>
    /// <param name="output">The value.</param>
    /// <param name="weight">What the gradient is multiplied by.</param>
    /// <param name="gradient">The row's do, to be added to; empty where it is not wanted.</param>
    /// <param name="dBasis">db.</param>
    public virtual double Middle(ForecastOutput output, float weight, Span<float> gradient, out float dBasis)
    {
        int at = output.Place * Size + Centre;
        dBasis = weight;
        if (!gradient.IsEmpty) gradient[at] += weight;
        return output.Row[at] + output.Basis;
    }
}
