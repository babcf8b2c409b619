namespace Recurant.Models;

/// <summary>What a model file says about its model, without the values of its tensors.</summary>
public sealed record ModelDescription
{
    /// <summary>The task, as <c>--task</c> names it: "classify", "tag", "lm", ...</summary>
    public required string Task { get; init; }

    /// <summary>The network in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>
    /// The number of tokens (words, characters, pieces of words) that it knows; 0 of a model that reads numbers.
    /// </summary>
    public required int Tokens { get; init; }

    /// <summary>
    /// What these tokens are and how texts are read, "words; reads capitals as small letters"; without tokens what is read:
    /// "20 steps of 2 numbers".
    /// </summary>
    public required string Reading { get; init; }

    /// <summary>The labels or tags it gives; a label's place is its class number. Empty where it gives texts.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The layers in the order the data passes them, each with its shape and equations.</summary>
    public required IReadOnlyList<LayerDescription> Layers { get; init; }

    /// <summary>What is known of the training, as one JSON object; empty if nothing is.</summary>
    public required string TrainingRecord { get; init; }
}
