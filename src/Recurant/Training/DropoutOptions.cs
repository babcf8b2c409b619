using System.Globalization;

namespace Recurant.Training;

/// <summary>
/// The rates of dropout while training, each 0 to below 1; null: see docs/training.md. A place that a model lacks has no
/// effect: with one-hot input Embedding and Input, in a feed-forward network Embedding, Recurrent and Output (its hidden
/// layers are Layers), in a bag of words all.
/// </summary>
public sealed record DropoutOptions
{
    /// <summary>Share of words read as the unknown word.</summary>
    public float? Word { get; init; }

    /// <summary>Share of word types whose vector is zero for a whole step.</summary>
    public float? Embedding { get; init; }

    /// <summary>Share of the word vectors' columns, one draw a text.</summary>
    public float? Input { get; init; }

    /// <summary>Share of the columns between layers, one draw a text.</summary>
    public float? Layers { get; init; }

    /// <summary>Share of the hidden state on its way into the next step, one draw a text.</summary>
    public float? Recurrent { get; init; }

    /// <summary>Share of the pooled vector.</summary>
    public float? Output { get; init; }

    /// <summary>The rates that are given, and those of a task for the rest.</summary>
    internal DropoutPlan Or(DropoutPlan defaults) => defaults with
    {
        Word = Word ?? defaults.Word, Embedding = Embedding ?? defaults.Embedding, Input = Input ?? defaults.Input,
        Layers = Layers ?? defaults.Layers, Recurrent = Recurrent ?? defaults.Recurrent, Output = Output ?? defaults.Output,
    };

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(DropoutOptions), PrintMembers);
}
