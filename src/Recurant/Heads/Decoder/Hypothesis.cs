namespace Recurant.Heads;

/// <summary>A target that the search has found.</summary>
/// <param name="Words">The words by number, without the end mark.</param>
/// <param name="LogProbability">The sum of the words' log probabilities, the end mark's included.</param>
/// <param name="Score">The log probability, normalised by length: what the search compares.</param>
/// <param name="IsEnded">Whether the end mark was reached; otherwise the greatest length was.</param>
/// <param name="Attention">
/// For each word, and for the end mark, the weights of the source's steps; empty if not asked for.
/// </param>
internal sealed record Hypothesis(
    int[] Words, double LogProbability, double Score, bool IsEnded, IReadOnlyList<float[]> Attention);

/// <summary>A target that has not ended.</summary>
internal sealed class OpenHypothesis
{
    /// <summary>The row of the step before, which holds its states.</summary>
    public required int Row { get; init; }

    /// <summary>Its last word.</summary>
    public required int Word { get; init; }

    public double LogProbability { get; init; }

    /// <summary>What it was a step before.</summary>
    public OpenHypothesis? Before { get; init; }

    public int Length { get; init; }

    public float[]? Attention { get; init; }
}
