using System.Globalization;

namespace Recurant.Tasks;

/// <summary>How the next token is chosen from its probabilities.</summary>
public sealed record SamplingOptions
{
    /// <summary>
    /// The logits are divided by it, above 0: below 1 the likely tokens become likelier, above 1 less so. 0 always takes the
    /// likeliest. Default: 1.
    /// </summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>Only so many of the likeliest tokens are drawn from; 0 for all. Default: 0.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Only the likeliest tokens that together have this probability are drawn from, above 0 to 1 (Holtzman et al. 2020).
    /// Default: 1, all.
    /// </summary>
    public float TopP { get; init; } = 1f;

    /// <summary>The key of the random numbers: same model, prompt and seed, same text. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(Temperature is >= 0 and <= 100, nameof(Temperature), Temperature, "0 (the likeliest) to 100");
        Require(TopK >= 0, nameof(TopK), TopK, "0 (all) or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
    }

    private static void Require(bool holds, string property, float value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{property} is {value}; it must be {range}."));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SamplingOptions), PrintMembers);
}
