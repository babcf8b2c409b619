using System.Globalization;

namespace Recurant.Insight;

/// <summary>What becomes of a gradient between the lag 0 and a far one.</summary>
/// <param name="Reach">Kept, vanishing or exploding.</param>
/// <param name="Far">The far lag: the largest that at least half of the sequences have, or the Jacobians reach.</param>
/// <param name="Ratio">Its size at the far lag, divided by that at lag 0.</param>
/// <param name="AStep">What a step multiplies it by, in the geometric mean.</param>
/// <param name="LostAt">Of a vanishing gradient: the lag from which less than a thousandth is left; otherwise null.</param>
/// <param name="Measured">By what it was measured: "states", "weights", "last_step" or "jacobians".</param>
public sealed record LensVerdict(GradientReach Reach, int Far, double Ratio, double AStep, int? LostAt, string Measured)
    : InsightRecord
{
    /// <summary>A gradient vanishes if less than this part of it is left at the far lag.</summary>
    public const double VanishingBelow = 1e-3;

    /// <summary>A gradient explodes if it is more than so many times as large at the far lag.</summary>
    public const double ExplodingAbove = 1e2;

    internal const string ByStates = "states", ByWeights = "weights", ByLastStep = "last_step", ByJacobians = "jacobians";

    /// <summary>Judges sizes against rising lags, of which the first stands for the near end.</summary>
    internal static LensVerdict Of(IReadOnlyList<(int Lag, double Size)> sizes, string measured)
    {
        (int first, double near) = sizes[0];
        (int last, double far) = sizes[^1];
        double ratio = near > 0 ? far / near : far > 0 ? double.PositiveInfinity : last == first ? 1 : 0;
        if (double.IsNaN(ratio)) ratio = double.PositiveInfinity;
        GradientReach reach = ratio > ExplodingAbove ? GradientReach.Exploding
            : ratio < VanishingBelow ? GradientReach.Vanishing : GradientReach.Kept;
        int? lost = null;
        for (int i = sizes.Count - 1; reach == GradientReach.Vanishing && i >= 0 && sizes[i].Size < VanishingBelow * near; i--)
        {
            lost = sizes[i].Lag;
        }

        // Where nothing is left in single precision, the mean ends before that.
        (int end, double size) = sizes.LastOrDefault(each => each.Size > 1e-30 * near, sizes[0]);
        double aStep = double.IsInfinity(ratio) ? ratio : end == first ? 0 : Math.Pow(size / near, 1.0 / (end - first));
        return new LensVerdict(reach, last, ratio, last == first ? 1 : aStep, lost, measured);
    }

    /// <summary>In a sentence.</summary>
    internal string Sentence(string place)
    {
        string result = Reach switch
        {
            GradientReach.Vanishing => "vanishes",
            GradientReach.Exploding => "explodes",
            _ => "is preserved",
        };
        string size = double.IsInfinity(Ratio) ? "is no longer a finite number"
            : Ratio == 0 ? "is zero" : $"is {Number(Ratio)} times as large";
        string lost = LostAt is { } lag ? $" From {lag} steps back on, less than a thousandth remains." : "";
        string rate = double.IsInfinity(AStep) ? "" : $" ({Number(AStep)} per step)";
        return $"{place}: the gradient {result}. {Far} steps back it {size}{rate}.{lost}";
    }

    internal static string Number(double value) => value == 0 || Math.Abs(value) is >= 1e-2 and < 1e4
        ? value.ToString("0.###", CultureInfo.InvariantCulture)
        : value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
