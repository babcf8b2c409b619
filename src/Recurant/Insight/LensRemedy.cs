namespace Recurant.Insight;

/// <summary>What a task offers where a gradient does not reach far, or grows: the ends of the lens's advice.</summary>
/// <param name="HasForgetBias">Whether the forget gates' start can be chosen.</param>
/// <param name="Vanishing">What else helps, or why it may not matter.</param>
/// <param name="Shorter">How to give it shorter sequences.</param>
internal sealed record LensRemedy(bool HasForgetBias, string Vanishing, string Shorter)
{
    public static LensRemedy OfTexts { get; } = new(
        true, "Or read shorter sequences (--max-tokens), or more of their steps (--pooling max or mean).",
        "shorter sequences (--max-tokens)");

    public static LensRemedy OfWindows { get; } = new(
        true, "Windows that are longer than that (--bptt) teach nothing more.", "shorter windows (--bptt)");

    public static LensRemedy OfTags { get; } = new(
        true, "Where tags do not hang on words farther away, nothing is lost.", "shorter sentences");

    public static LensRemedy OfTranslations { get; } = new(
        false, "Attention reads every step of the source, so that less has to be carried far than without it.",
        "shorter sentences (--max-tokens)");
}
