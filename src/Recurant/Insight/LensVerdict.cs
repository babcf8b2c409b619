using System.Globalization;

namespace Recurant.Insight;

/// <summary>What becomes of a gradient between the lag 0 and a far one.</summary>
/// <param name="Reach">Kept, vanishing or exploding.</param>
/// <param name="Far">The far lag: the largest that at least half of the sequences have, or the Jacobians reach.</param>
/// <param name="Ratio">Its size at the far lag, divided by that at lag 0.</param>
/// <param name="AStep">Ratio^(1/Far): what a step multiplies it by, in the geometric mean.</param>
/// <param name="Measured">By what it was measured: "states", "weights" or "jacobians".</param>
public sealed record LensVerdict(GradientReach Reach, int Far, double Ratio, double AStep, string Measured)
{
    /// <summary>A gradient vanishes if less than this part of it is left at the far lag.</summary>
    public const double VanishingBelow = 1e-3;

    /// <summary>A gradient explodes if it is more than so many times as large at the far lag.</summary>
    public const double ExplodingAbove = 1e2;

    internal static LensVerdict Of(double near, double far, int lag, string measured)
    {
        double ratio = near > 0 ? far / near : far > 0 ? double.PositiveInfinity : lag == 0 ? 1 : 0;
        if (double.IsNaN(ratio)) ratio = double.PositiveInfinity;
        GradientReach reach = ratio > ExplodingAbove ? GradientReach.Exploding
            : ratio < VanishingBelow ? GradientReach.Vanishing : GradientReach.Kept;
        return new LensVerdict(reach, lag, ratio, lag == 0 ? 1 : Math.Pow(ratio, 1.0 / lag), measured);
    }

    /// <summary>In a sentence.</summary>
    internal string Sentence(string place)
    {
        string result = Reach switch
        {
            GradientReach.Vanishing => "vanishes",
            GradientReach.Exploding => "explodes",
            _ => "is kept",
        };
        string size = double.IsInfinity(Ratio) ? "is no longer a finite number" : $"has {Number(Ratio)} times its size";
        return $"{place}: the gradient {result}. {Far} steps back it {size} ({Number(AStep)} a step).";
    }

    internal static string Number(double value) => value == 0 || Math.Abs(value) is >= 1e-2 and < 1e4
        ? value.ToString("0.###", CultureInfo.InvariantCulture)
        : value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
