using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Recurant.Tasks;

/// <summary>The ranges of all training options, in one place.</summary>
internal static class TrainingOptionsCheck
{
    /// <summary>A smaller step changes no weight that is a number of 32 bits.</summary>
    private const float LeastRate = 1e-12f;

    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public static void Validate(TrainingOptions options)
    {
        ValidateCommon(options);
        RequireKnown(options.Model);
        RequireKnown(options.Unit);
        Require(options.Unit != Data.TokenUnit.Subword, options.Unit, "words or characters (subwords are for language models)");
        RequireKnown(options.Pooling);
        Require(options.MaximumTokens is null or >= 2, options.MaximumTokens, "at least 2");
        Require(options.Characters is >= 0 and <= 65536, options.Characters, "0 (none) to 65,536");
        Require(options.Models is >= 1 and <= ClassifierSpec.MostModels, options.Models, "1 to 100");
        PretrainingCheck.Validate(options);
    }

    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public static void Validate(LanguageModelOptions options)
    {
        ValidateCommon(options);
        RequireKnown(options.Unit);
        Require(options.Window is null or (>= 1 and <= 65536), options.Window, "1 to 65,536");
        Require(options.Samples is null or (>= 0 and <= 1 << 20), options.Samples, "0 (all words) to 1,048,576");
        Require(options.Subwords is null or (>= 0 and <= 1_000_000), options.Subwords, "0 to 1,000,000");
    }

    /// <summary>What the options of all tasks have in common.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public static void ValidateCommon(LearningOptions options)
    {
        RequireKnown(options.Cell);
        RequireKnown(options.Activation);
        RequireKnown(options.Form);
        RequireKnown(options.GruReset);
        RequireKnown(options.RecurrentStart);
        RequireKnown(options.Optimizer);
        RequireKnown(options.Schedule);
        Require(float.IsFinite(options.ForgetBias), options.ForgetBias, "a finite number");
        Require(options.Dropout is not null, options.Dropout, "a record of rates");
        Require(options.Hidden is null or (>= 1 and <= 65536), options.Hidden, "1 to 65,536");
        Require(options.Layers is null or (>= 0 and <= 64), options.Layers, "1 to 64 (feed-forward: 0 to 64)");
        Require(options.Embedding is null or (>= 0 and <= 65536), options.Embedding, "0 (one-hot) to 65,536");
        Require(options.MinimumCount is null or >= 1, options.MinimumCount, "at least 1");
        Require(options.MaximumVocabulary >= 2, options.MaximumVocabulary, "at least 2");
        Require(
            options.LearningRate is null or (>= LeastRate and < float.PositiveInfinity), options.LearningRate, "1e-12 or more");
        Require(options.WeightDecay is null or (>= 0 and < 1), options.WeightDecay, "0 to below 1");
        Require(
            options.Clip is 0 or (>= LeastRate and < float.PositiveInfinity), options.Clip, "0 (no clipping), or 1e-12 or more");
        Require(options.LabelSmoothing is null or (>= 0 and < 1), options.LabelSmoothing, "0 to below 1");
        Require(options.Batch is null or (>= 1 and <= 65536), options.Batch, "1 to 65,536");
        Require(options.Epochs is null or (>= 1 and <= 1_000_000), options.Epochs, "1 to 1,000,000");
        Require(options.Patience is null or >= 1, options.Patience, "at least 1");
        Require(options.ValidationFraction is > 0 and < 1, options.ValidationFraction, "above 0 and below 1");
        Require(options.Threads is >= 0 and <= 1024, options.Threads, "0 (one a core) to 1,024");
        Require(options.Budget is null || options.Budget > TimeSpan.Zero, options.Budget, "above zero");
        if (options.Checkpoint is { } checkpoint) Validate(checkpoint);
        RequireRate(options.Dropout.Word);
        RequireRate(options.Dropout.Embedding);
        RequireRate(options.Dropout.Input);
        RequireRate(options.Dropout.Layers);
        RequireRate(options.Dropout.Recurrent);
        RequireRate(options.Dropout.Output);
        if (options.Dropout.Recurrent > 0 && options.Cell is { } cell && !CellCatalogue.Of(cell).HasHiddenProduct)
        {
            throw new ArgumentException(
                $"Dropout.Recurrent is {options.Dropout.Recurrent.Value.ToString(CultureInfo.InvariantCulture)}, but it acts on "
                    + $"the "
                + $"product with the hidden state, which the cell {CellCatalogue.Of(cell).Name} does not have. Leave it out, or "
                + $"use Dropout.Layers and "
                + "Dropout.Output.");
        }

        if (options.RecurrentStart != RecurrentStart.Usual && options.Cell is { } started
            && !CellCatalogue.Of(started).HasHiddenProduct)
        {
            throw new ArgumentException(
                $"RecurrentStart is {Choices.NameOf(options.RecurrentStart)}, but the cell {CellCatalogue.Of(started).Name} has "
                    + $"no recurrent weights W_hh. Leave it out "
                + "(--recurrent-start usual).");
        }

        if (options.Vectors is { } vectors && options.Embedding is { } width && width != vectors.Dimension)
        {
            throw new ArgumentException(
                $"Embedding is {width}, but the pretrained word vectors have {vectors.Dimension} numbers. "
                + "Leave Embedding out, or use other vectors.");
        }
    }

    /// <summary>Whether the model can be computed in segments, if that is asked for; to be known before any work.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says what to change.</exception>
    public static void RequireRecomputable(TrainingOptions options)
    {
        if (!options.Recompute || options.Model != ModelKind.Recurrent) return;
        if (options.Bidirectional != false)
        {
            throw new ArgumentException(
                "Recompute needs a network that reads in one direction, and this one reads in both. Set Bidirectional to false "
                + "(--bidirectional false), or leave Recompute out.");
        }

        if (options.Pooling == Pooling.Attention)
        {
            throw new ArgumentException(
                "Recompute cannot be combined with attention pooling, which needs the outputs of all steps at once. Set Pooling "
                + "to last, mean or max (--pooling max), or leave Recompute out.");
        }
    }

    /// <summary>Whether the model can read the characters of words, if that is asked for; to be known before any work.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says what to change.</exception>
    public static void RequireWords(TrainingOptions options)
    {
        if (options.Characters == 0) return;
        string? obstacle = options switch
        {
            { Model: not ModelKind.Recurrent } => $"a model of the kind {options.Model} has no recurrent layers to read them",
            { Unit: Data.TokenUnit.Character } => "with Unit Character (--unit char) the tokens are characters already",
            { Embedding: 0 } => "one-hot input (Embedding 0) leaves no place beside the words' vectors",
            { Recompute: true } => "Recompute cannot be combined with them",
            _ => null,
        };
        if (obstacle is not null)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"Characters is {options.Characters}, but {obstacle}. Leave one of the two out."));
        }
    }

    private static void Validate(CheckpointOptions checkpoint)
    {
        Require(!string.IsNullOrEmpty(checkpoint.Directory), checkpoint.Directory, "a directory", "Checkpoint.Directory");
        Require(checkpoint.Interval >= TimeSpan.Zero, checkpoint.Interval, "zero or more", "Checkpoint.Interval");
        RequireKnown(checkpoint.Start, "Checkpoint.Start");
    }

    private static void RequireRate(float? rate, [CallerArgumentExpression(nameof(rate))] string place = "") =>
        Require(rate is null or (>= 0 and < 1), rate, "0 to below 1", place);

    internal static void RequireKnown<T>(T choice, [CallerArgumentExpression(nameof(choice))] string place = "")
        where T : struct, Enum =>
        Require(Enum.IsDefined(choice), choice, "one of " + string.Join(", ", Enum.GetNames<T>()), place);

    internal static void RequireKnown<T>(T? choice, [CallerArgumentExpression(nameof(choice))] string place = "")
        where T : struct, Enum
    {
        if (choice is { } value) RequireKnown(value, place);
    }

    /// <summary>Throws unless the condition holds; the message names the property as the caller wrote it.</summary>
    internal static void Require(
        [DoesNotReturnIf(false)] bool holds, object? value, string range,
        [CallerArgumentExpression(nameof(value))] string place = "")
    {
        if (holds) return;
        string property = place.Replace("options.", "", StringComparison.Ordinal);
        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"{property} is {value ?? "null"}; it must be {range}."));
    }
}
