namespace Recurant.Insight;

/// <summary>How well a hidden unit follows something that can be named.</summary>
/// <param name="Trait">What it follows: "inside quotes".</param>
/// <param name="Unit">The unit of the topmost layer that follows it best on one half of the texts.</param>
/// <param name="Correlation">Pearson's correlation of its output and the trait over the tokens of that half.</param>
/// <param name="HeldOut">The same unit's correlation on the other half, on which it was not chosen.</param>
/// <param name="Chance">
/// The largest correlation of any unit with the trait shifted along the text, the mean of nineteen shifts: what the best of so
/// many units reaches by chance.
/// </param>
/// <param name="Limit">The largest of the nineteen: chance reaches it in one case of twenty.</param>
public sealed record UnitTrait(string Trait, int Unit, double Correlation, double HeldOut, double Chance, double Limit)
    : InsightRecord
{
    /// <summary>Whether the unit does better than chance on both halves, in the same direction.</summary>
    public bool IsReal =>
        Math.Abs(Correlation) > Limit && Math.Abs(HeldOut) > Limit
            && double.IsNegative(Correlation) == double.IsNegative(HeldOut);
}
