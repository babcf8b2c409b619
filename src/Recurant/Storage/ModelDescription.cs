using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>What a model file says about its model, without the values of its tensors.</summary>
public sealed record ModelDescription
{
    /// <summary>What the model is made of.</summary>
    public required ClassifierSpec Spec { get; init; }

    /// <summary>The words it knows.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The labels; a label's place is its class number.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The layers in the order the data passes them, each with its shape and equations.</summary>
    public required IReadOnlyList<LayerDescription> Layers { get; init; }

    /// <summary>What is known of the training, as one JSON object; empty if nothing is.</summary>
    public required string TrainingRecord { get; init; }
}
