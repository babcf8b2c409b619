namespace Recurant.Heads;

/// <summary>What is common to the answers of all heads.</summary>
internal static class Answers
{
    /// <summary>What is thrown where a model's answers are NaN or infinity.</summary>
    public static InvalidDataException NotFinite() => new(
        "The model's answers are not finite numbers: its weights are too large. Train again with a lower learning rate.");
}
