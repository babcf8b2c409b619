using System.Globalization;

namespace Recurant.Tasks;

/// <summary>Whether pre-training goes with the other options, to be known before any work.</summary>
internal static class PretrainingCheck
{
    /// <exception cref="ArgumentException">It does not; the message says what to change.</exception>
    public static void Validate(TrainingOptions options)
    {
        if (options.Pretraining is not { } pretraining) return;
        if (pretraining.Texts is null == pretraining.Model is null)
        {
            throw new ArgumentException(
                "Pretraining needs either Texts or Model: unlabelled texts to train on, or a trained language model.");
        }

        if (pretraining.Epochs is { } epochs && (epochs is < 1 or > 1_000_000 || pretraining.Model is not null))
        {
            throw new ArgumentException(
                pretraining.Model is not null
                    ? "Pretraining.Epochs is given, but a language model that is trained already is not trained again. Leave it "
                    + "out."
                    : $"Pretraining.Epochs is {epochs.ToString(CultureInfo.InvariantCulture)}; it must be 1 to 1,000,000.");
        }

        if (options.Model != ModelKind.Recurrent)
        {
            throw new ArgumentException(
                $"Pretraining trains recurrent layers, and a model of the kind {options.Model} has none. Leave it out, or set "
                    + $"Model "
                + "to Recurrent (--model recurrent).");
        }

        if (options.Embedding == 0)
        {
            throw new ArgumentException(
                "Pretraining needs word vectors, and Embedding is 0 (one-hot input). Give a width, or leave Embedding out.");
        }

        if (options.Characters > 0)
        {
            throw new ArgumentException(
                "Pretraining cannot be combined with Characters: the layers that are pre-trained read word vectors alone. Leave "
                    + "one of "
                + "them out (--pretrain, --characters).");
        }

        if (pretraining.Model is { } model) RequireFitting(options, model.Spec);
    }

    /// <summary>The options with what they leave open taken from the language model, if there is one.</summary>
    public static TrainingOptions Fill(TrainingOptions options)
    {
        if (options.Pretraining?.Model?.Spec is not { } spec) return options;
        return options with
        {
            Cell = spec.Recurrent.Cell,
            Hidden = spec.Recurrent.HiddenSize,
            Embedding = spec.EmbeddingSize,
            Layers = options.Layers ?? (options.Bidirectional == false ? spec.Recurrent.Layers : 1),
        };
    }

    private static void RequireFitting(TrainingOptions options, LanguageModelSpec spec)
    {
        if (spec.EmbeddingSize == 0)
        {
            throw new ArgumentException(
                "Pretraining.Model reads one-hot vectors; a language model with word vectors is needed (--embedding N when it is "
                + "trained).");
        }

        if (options.Vectors is not null)
        {
            throw new ArgumentException(
                "Pretraining.Model has its own word vectors; omit Vectors (--vectors), or train the language model from "
                + "them.");
        }

        Require(options.Unit == spec.Unit, nameof(options.Unit), options.Unit, spec.Unit);
        Require(options.Cell is null
            || options.Cell == spec.Recurrent.Cell, nameof(options.Cell), options.Cell, spec.Recurrent.Cell);
        Require(options.Hidden is null
            || options.Hidden == spec.Recurrent.HiddenSize, nameof(options.Hidden), options.Hidden, spec.Recurrent.HiddenSize);
        Require(
            options.Embedding is null || options.Embedding == spec.EmbeddingSize, nameof(options.Embedding), options.Embedding,
            spec.EmbeddingSize);
        Require(
            options.Bidirectional != false || options.Layers is null || options.Layers == spec.Recurrent.Layers, nameof(
                options.Layers),
            options.Layers, spec.Recurrent.Layers);
        Require(
            spec.Recurrent.Cell != CellKind.Gru || options.GruReset == spec.Recurrent.GruReset, nameof(options.GruReset),
                options.GruReset, spec.Recurrent.GruReset);
        Require(spec.Recurrent.Cell != CellKind.Elman
            || options.Form == spec.Recurrent.Form, nameof(options.Form), options.Form, spec.Recurrent.Form);
        Require(
            spec.Recurrent.Cell is not (CellKind.Elman or CellKind.IndRnn or CellKind.Lru)
                || options.Activation == spec.Recurrent.Activation,
            nameof(options.Activation), options.Activation, spec.Recurrent.Activation);
    }

    private static void Require(bool holds, string property, object? here, object there)
    {
        if (holds) return;
        throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture,
            $"{property} is {here}, but that of the language model to start from (Pretraining.Model) is {there}. Give the same, "
                + $"or "
            + $"another language model."));
    }
}
