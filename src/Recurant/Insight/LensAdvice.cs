namespace Recurant.Insight;

/// <summary>What the numbers of the lens mean and what to change, in sentences.</summary>
internal static class LensAdvice
{
    public static IReadOnlyList<string> Of(LensSubject subject, IReadOnlyList<LensLayer> layers)
    {
        var says = new List<string>();
        foreach (LensLayer layer in layers) says.Add(layer.Verdict.Sentence(Place(subject, layer)));
        if (layers.Any(layer => layer.Verdict.Measured is LensVerdict.ByLastStep or LensVerdict.ByJacobians))
        {
            says.Add("The loss depends on many steps, so every state gets a gradient from nearby. The verdict is based on the "
                + "last "
                + "step only, or else on the Jacobians; --exact splits the weights' gradient by t - k for all steps.");
        }

        LensLayer worst = layers.MaxBy(layer => layer.Verdict.Reach)!;
        switch (worst.Verdict.Reach)
        {
            case GradientReach.Vanishing:
                Hidden(worst, says);
                says.Add(Vanishing(subject.Remedy, worst));
                break;
            case GradientReach.Exploding:
                says.Add(Exploding(subject, worst));
                break;
            default:
                says.Add("The gradient needs no changes.");
                break;
        }

        return says;
    }

    private static string Place(LensSubject subject, LensLayer layer)
    {
        string name = layer.Part is { } part ? $"{char.ToUpperInvariant(part[0])}{part[1..]} layer" : "Layer";
        bool both = subject.Parts.First(each => each.Name == layer.Part).Spec.Bidirectional;
        return $"{name} {layer.Layer}{(both ? layer.IsReverse ? ", backward" : ", forward" : "")}";
    }

    /// <summary>
    /// The sum does not show what is missing from it; a split that counts from the last step alone does not either.
    /// </summary>
    private static void Hidden(LensLayer layer, List<string> says)
    {
        if ((layer.HiddenWeights ?? layer.InputWeights) is not { Total: > 0, IsExact: true } split) return;
        int half = (split.Norms.Count + 1) / 2;
        says.Add(
            $"The sum does not show it: ||dJ/dW|| is {LensVerdict.Number(split.Total)}, but the farther half of the lags "
                + $"({half} and "
            + $"more) gives {LensVerdict.Number(100 * split.Beyond(half))}% of it; 90% comes from the last "
            + $"{split.Reach90 + 1} steps.");
    }

    private static string Vanishing(LensRemedy remedy, LensLayer worst)
    {
        string reach = (worst.Memory ?? worst.Verdict.LostAt) is { } steps
            ? $"The model hardly learns from what is more than about {steps} steps back. "
            : "";
        return $"{reach}To change that: {Cure(remedy, worst)}. {remedy.Vanishing}";
    }

    private static string Cure(LensRemedy remedy, LensLayer worst)
    {
        int far = worst.Verdict.Far;
        if (Mean(worst, "f") is { } forget)
        {
            string open = remedy.Open is { } start
                ? $"{start(far)} would initialise them to stay open for {far} steps"
                : "training opens them where that helps";
            return $"the forget gates let {LensVerdict.Number(forget)} per step through on average; {open}";
        }

        if (Mean(worst, "z") is { } update)
        {
            string more = remedy.Open is { } start
                ? $"an LSTM with {start(far)} keeps more"
                : "training raises them where that helps";
            return $"the update gates keep {LensVerdict.Number(update)} of the state per step on average; {more}";
        }

        if (Radius(worst) is not { } radius) return "use --cell lstm or gru";
        string passes = "use --cell lstm or gru, whose state bypasses W", size = LensVerdict.Number(radius);
        if (Math.Abs(radius - 1) < 0.01)
        {
            return $"{passes}. The spectral radius of W is {size}, but the slopes of the activation reduce it";
        }

        string why = radius < 1 ? "below the 1 that would preserve the state" : "but the slopes of the activation reduce it";
        return $"{passes}; or initialise W orthogonally (--recurrent-start orthogonal; relu: the identity). Its spectral "
            + $"radius is {size}, {why}";
    }

    private static string Exploding(LensSubject subject, LensLayer worst)
    {
        string radius = Radius(worst) is { } value and > 1
            ? $" The spectral radius of W is {LensVerdict.Number(value)}: below 1 it would not grow."
            : "";
        string cell = subject.Parts[0].Spec.Cell == CellKind.Elman ? ", --cell lstm or gru," : "";
        return "Update steps will be too large and the loss may become NaN. To change that: clip the gradient (--clip 1)"
            + $"{cell} or smaller weights in W_hh; {subject.Remedy.Exploding}.{radius}";
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
