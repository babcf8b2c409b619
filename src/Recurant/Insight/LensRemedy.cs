namespace Recurant.Insight;

/// <summary>What a task offers where a gradient does not reach far, or grows: the ends of the lens's advice.</summary>
internal sealed record LensRemedy
{
    /// <summary>The option that starts the forget gates open for so many steps; null where there is none.</summary>
    public required Func<int, string>? Open { get; init; }

    /// <summary>What else helps where it vanishes, or why it may not matter.</summary>
    public required string Vanishing { get; init; }

    /// <summary>What else helps where it explodes.</summary>
    public required string Exploding { get; init; }

    public static LensRemedy OfTexts { get; } = new()
    {
        Open = Bias,
        Vanishing = "Or use shorter sequences (--max-tokens), or more of their steps (--pooling max or mean).",
        Exploding = "shorter sequences (--max-tokens) help as well",
    };

    public static LensRemedy OfProblems { get; } = new()
    {
        Open = steps => $"--chrono {steps + 1} (or {Bias(steps)})",
        Vanishing = "Or choose a problem with shorter sequences.",
        Exploding = "a problem with shorter sequences helps as well",
    };

    public static LensRemedy OfWindows { get; } = new()
    {
        Open = Bias,
        Vanishing = "As it is, windows longer than that (--bptt) do not help.",
        Exploding = "shorter windows (--bptt) help as well",
    };

    public static LensRemedy OfTags { get; } = new()
    {
        Open = Bias,
        Vanishing = "If tags do not depend on words farther away, nothing is lost.",
        Exploding = "shorter sentences help as well",
    };

    public static LensRemedy OfTranslations { get; } = new()
    {
        Open = null,
        Vanishing = "Attention reads every step of the source, so less has to be carried over long distances.",
        Exploding = "shorter sentences (--max-tokens) help as well",
    };

    /// <summary>sigmoid(ln n) = n / (n + 1): what is left after n steps is 1/e.</summary>
    private static string Bias(int steps) => $"--forget-bias {LensVerdict.Number(Math.Log(Math.Max(2, steps)))}";
}
