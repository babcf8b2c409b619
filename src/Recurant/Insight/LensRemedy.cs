namespace Recurant.Insight;

/// <summary>What a task offers where a gradient does not reach far, or grows: the ends of the lens's advice.</summary>
/// <param name="Open">The option that starts the forget gates open for so many steps; null where there is none.</param>
/// <param name="Vanishing">What else helps where it vanishes, or why it may not matter.</param>
/// <param name="Exploding">What else helps where it explodes.</param>
internal sealed record LensRemedy(Func<int, string>? Open, string Vanishing, string Exploding)
{
    /// <summary>The forget gates' bias: sigmoid(ln n) = n / (n + 1), so what is left after n steps is 1/e.</summary>
    public static string Bias(int steps) => $"--forget-bias {LensVerdict.Number(Math.Log(Math.Max(2, steps)))}";
}
