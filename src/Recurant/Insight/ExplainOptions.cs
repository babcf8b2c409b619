namespace Recurant.Insight;

/// <summary>How thoroughly <see cref="Explainer"/> looks at a text.</summary>
public sealed record ExplainOptions : InsightRecord
{
    /// <summary>The label to explain; null for the one the model gives. Default: null.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// The most points between baseline and text at which gradients are taken; their number is doubled from 16 until the
    /// attributions add up. 16 to 65,536. Default: 1,024.
    /// </summary>
    public int MostSteps { get; init; } = 1024;

    /// <summary>
    /// The error of the sum that is small enough, as a share of what it must add up to (of 1, if that is less). 0 to 1.
    /// Default: 0.005.
    /// </summary>
    public double Tolerance { get; init; } = 0.005;

    /// <summary>
    /// Pairs are looked for among so many words of the largest effect; 0 for no pairs. The cost grows with the square of it.
    /// 0 to 1,000. Default: 24.
    /// </summary>
    public int PairWords { get; init; } = 24;

    /// <summary>The threads; 0 for one a core. The result does not depend on it. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(MostSteps is >= 16 and <= 65536, MostSteps, "16 to 65,536");
        Require(Tolerance is >= 0 and <= 1, Tolerance, "0 to 1");
        Require(PairWords is >= 0 and <= 1000, PairWords, "0 to 1,000");
        Require(Threads >= 0, Threads, "at least 0");
    }
}
