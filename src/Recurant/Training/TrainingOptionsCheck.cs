using System.Globalization;

namespace Recurant.Training;

/// <summary>The ranges of all training options, in one place.</summary>
internal static class TrainingOptionsCheck
{
    /// <exception cref="ArgumentException">A value is outside its range; the message names the property and the range.</exception>
    public static void Validate(TrainingOptions options)
    {
        RequireKnown(options.Model, nameof(options.Model));
        RequireKnown(options.Cell ?? default, nameof(options.Cell));
        RequireKnown(options.Activation, nameof(options.Activation));
        RequireKnown(options.Form, nameof(options.Form));
        RequireKnown(options.GruReset, nameof(options.GruReset));
        RequireKnown(options.Unit, nameof(options.Unit));
        RequireKnown(options.Pooling ?? default, nameof(options.Pooling));
        RequireKnown(options.Optimizer, nameof(options.Optimizer));
        RequireKnown(options.Schedule ?? default, nameof(options.Schedule));
        Require(float.IsFinite(options.ForgetBias), nameof(options.ForgetBias), options.ForgetBias, "a finite number");
        Require(options.Dropout is not null, nameof(options.Dropout), null, "a record of rates");
        Require(options.Hidden is null or (>= 1 and <= 65536), nameof(options.Hidden), options.Hidden, "1 to 65,536");
        Require(options.Layers is null or (>= 0 and <= 64), nameof(options.Layers), options.Layers, "1 to 64 (feed-forward: 0 to 64)");
        Require(options.Embedding is null or (>= 0 and <= 65536), nameof(options.Embedding), options.Embedding, "0 (one-hot) to 65,536");
        Require(options.MinimumCount is null or >= 1, nameof(options.MinimumCount), options.MinimumCount, "at least 1");
        Require(options.MaximumVocabulary >= 2, nameof(options.MaximumVocabulary), options.MaximumVocabulary, "at least 2");
        Require(options.MaximumTokens is null or >= 2, nameof(options.MaximumTokens), options.MaximumTokens, "at least 2");
        Require(options.LearningRate is null or (> 0 and < float.PositiveInfinity), nameof(options.LearningRate), options.LearningRate, "above 0");
        Require(options.WeightDecay is null or (>= 0 and < 1), nameof(options.WeightDecay), options.WeightDecay, "0 to below 1");
        Require(options.Clip is >= 0 and < float.PositiveInfinity, nameof(options.Clip), options.Clip, "0 (no clipping) or more");
        Require(options.LabelSmoothing is null or (>= 0 and < 1), nameof(options.LabelSmoothing), options.LabelSmoothing, "0 to below 1");
        Require(options.Batch is null or (>= 1 and <= 65536), nameof(options.Batch), options.Batch, "1 to 65,536");
        Require(options.Epochs is null or (>= 1 and <= 1_000_000), nameof(options.Epochs), options.Epochs, "1 to 1,000,000");
        Require(options.Patience is null or >= 1, nameof(options.Patience), options.Patience, "at least 1");
        Require(options.ValidationFraction is > 0 and < 1, nameof(options.ValidationFraction), options.ValidationFraction, "above 0 and below 1");
        Require(options.Threads is >= 0 and <= 1024, nameof(options.Threads), options.Threads, "0 (one a core) to 1,024");
        Require(options.Budget is null || options.Budget > TimeSpan.Zero, nameof(options.Budget), options.Budget, "above zero");
        RequireRate(options.Dropout!.Word, nameof(DropoutOptions.Word));
        RequireRate(options.Dropout.Embedding, nameof(DropoutOptions.Embedding));
        RequireRate(options.Dropout.Input, nameof(DropoutOptions.Input));
        RequireRate(options.Dropout.Layers, nameof(DropoutOptions.Layers));
        RequireRate(options.Dropout.Recurrent, nameof(DropoutOptions.Recurrent));
        RequireRate(options.Dropout.Output, nameof(DropoutOptions.Output));
        if (options.Vectors is { } vectors && options.Embedding is { } width && width != vectors.Dimension)
        {
            throw new ArgumentException(
                $"Embedding is {width}, but the ready-made word vectors have {vectors.Dimension} numbers. Leave Embedding out, or use other vectors.");
        }
    }

    private static void RequireRate(float? rate, string property) =>
        Require(rate is null or (>= 0 and < 1), "Dropout." + property, rate, "0 to below 1");

    private static void RequireKnown<T>(T choice, string property) where T : struct, Enum =>
        Require(Enum.IsDefined(choice), property, choice, "one of " + string.Join(", ", Enum.GetNames<T>()));

    private static void Require(bool holds, string property, object? value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{property} is {value ?? "null"}; it must be {range}."));
        }
    }
}
