using Recurant.Cells;
using Recurant.Layers;

namespace Recurant.Insight;

/// <summary>What the numbers of the lens mean and what to change, in sentences.</summary>
internal static class LensAdvice
{
    public static IReadOnlyList<string> Of(RecurrentSpec spec, IReadOnlyList<LensLayer> layers, int readSteps)
    {
        var says = new List<string>();
        foreach (LensLayer layer in layers) says.Add(layer.Verdict.Sentence(Place(spec, layer)));
        if (readSteps > 1 && layers.All(layer => layer.Verdict.Measured != LensVerdict.ByWeights))
        {
            says.Add("The loss reads many steps, so that every state has a gradient from nearby, and this is judged by the Jacobians; "
                + "--exact splits the weights' gradient by t - k.");
        }

        LensLayer worst = layers.MaxBy(layer => layer.Verdict.Reach)!;
        int far = worst.Verdict.Far;
        switch (worst.Verdict.Reach)
        {
            case GradientReach.Vanishing:
                Hidden(worst, says);
                says.Add(Vanishing(spec, worst, far));
                break;
            case GradientReach.Exploding:
                says.Add(Exploding(spec, worst));
                break;
            default:
                says.Add("Nothing needs to be changed for the gradient's sake.");
                break;
        }

        return says;
    }

    public static string Place(RecurrentSpec spec, LensLayer layer) =>
        spec.Bidirectional ? $"Layer {layer.Layer}, {(layer.IsReverse ? "backward" : "forward")}" : $"Layer {layer.Layer}";

    /// <summary>The sum does not show what is missing from it.</summary>
    private static void Hidden(LensLayer layer, List<string> says)
    {
        if ((layer.HiddenWeights ?? layer.InputWeights) is not { Total: > 0 } split) return;
        int half = (split.Norms.Count + 1) / 2;
        says.Add(
            $"The sum hides it: ||dJ/dW|| is {LensVerdict.Number(split.Total)}, but the farther half of the lags ({half} and more) gives "
            + $"{LensVerdict.Number(100 * split.Beyond(half))}% of it; nine tenths come from the last {split.Reach90 + 1} steps.");
    }

    private static string Vanishing(RecurrentSpec spec, LensLayer worst, int far)
    {
        string gates = Mean(worst, "f") is { } forget
            ? $"the forget gates let {LensVerdict.Number(forget)} through a step on average; --forget-bias {LensVerdict.Number(Math.Log(Math.Max(2, far)))} "
                + $"(for problems --chrono {far + 1}) would start them open for {far} steps"
            : Mean(worst, "z") is { } update
                ? $"the update gates keep {LensVerdict.Number(update)} of the state a step on average; an LSTM with --forget-bias "
                    + $"{LensVerdict.Number(Math.Log(Math.Max(2, far)))} (for problems a start with --chrono {far + 1}) keeps more"
                : Radius(worst) is { } radius
                    ? "use --cell lstm or gru, whose state passes by W; or a W that starts orthogonal or as the identity (relu does). Its spectral "
                        + $"radius is {LensVerdict.Number(radius)}{(radius < 1 ? ", below the 1 that would carry the state on" : ", but the slopes of the activation take that away")}"
                    : "use --cell lstm or gru";
        string reach = (worst.Memory ?? worst.Verdict.LostAt) is { } steps ? $"What lies more than about {steps} steps back is hardly learnt from. " : "";
        return $"{reach}To change that: {gates}. Or read shorter sequences (--max-tokens), or more of their steps (--pooling max or mean).";
    }

    private static string Exploding(RecurrentSpec spec, LensLayer worst)
    {
        string radius = Radius(worst) is { } value and > 1
            ? $" The spectral radius of W is {LensVerdict.Number(value)}: below 1 it would not grow."
            : "";
        string cell = spec.Cell == CellKind.Elman ? ", --cell lstm or gru," : "";
        return $"Steps will be too large and the loss may become NaN. To change that: clip the gradient (--clip 1){cell} or smaller weights in W_hh; "
            + $"shorter sequences (--max-tokens) help as well.{radius}";
    }

    private static double? Mean(LensLayer layer, string gate)
    {
        foreach (GateUse use in layer.Profile.Gates)
        {
            if (use.Name == gate) return use.Mean;
        }

        return null;
    }

    private static double? Radius(LensLayer layer) => layer.SpectralRadii is [{ Block: "W" } only] ? only.Radius : null;
}
