using System.Globalization;

namespace Recurant.Training;

/// <summary>One epoch of a run.</summary>
/// <param name="Number">From 1.</param>
/// <param name="TrainLoss">The mean training loss, dropout included.</param>
/// <param name="TrainAccuracy">The training accuracy, dropout included; NaN where the task does not look at it.</param>
/// <param name="Validation">How the model did on the validation data.</param>
/// <param name="Seconds">The time the epoch took, validation included.</param>
public sealed record EpochRecord(int Number, double TrainLoss, double TrainAccuracy, Score Validation, double Seconds)
{
    /// <summary>The steps that were made: fewer than there are in the epoch where the run's time was over before.</summary>
    public int Steps { get; init; }

    /// <summary>The steps that there are in the epoch; 0 where that is no longer known, of an epoch that was whole.</summary>
    public int StepsInEpoch { get; init; }

    /// <summary>The share of the epoch's steps that were made, above 0 to 1.</summary>
    public double Share => StepsInEpoch == 0 ? 1 : (double)Steps / StepsInEpoch;

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(EpochRecord), PrintMembers);
}

/// <summary>What came of a training run.</summary>
/// <typeparam name="TModel">The kind of model.</typeparam>
/// <typeparam name="TScore">What its task is scored by.</typeparam>
public sealed record TrainingResult<TModel, TScore>
    where TModel : TrainedModel
    where TScore : Score
{
    /// <summary>The model, with the weights that did best on the validation data.</summary>
    public required TModel Model { get; init; }

    /// <summary>How the model does on the validation data.</summary>
    public required TScore Validation { get; init; }

    /// <summary>The epochs in order; of several models those of the first, then those of the second, ...</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }

    /// <summary>The epoch whose weights were kept; of several models that of the last.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>For each of several models the epoch whose weights were kept; of one model its own.</summary>
    public IReadOnlyList<int> BestEpochs { get => field ?? [BestEpoch]; init; }

    /// <summary>The time spent, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why it ended.</summary>
    public required TrainingEnd End { get; init; }

    /// <summary>
    /// The passes over the data, with the share of one that the budget ended: 0.01 for a hundredth of the first.
    /// </summary>
    public double Passes => Epochs.Sum(epoch => epoch.Share);

    /// <summary>
    /// How many validation rows (of language models: characters) were left out of <see cref="Validation"/>, since the budget left
    /// no time for them.
    /// </summary>
    public long ValidationLeftOut { get; init; }

    /// <summary>
    /// How many training rows were not learnt from, such as pairs longer than a translator's options allow.
    /// </summary>
    public long TrainingLeftOut { get; init; }

    /// <summary>The number of words of ready-made vectors found among the model's words; null without vectors.</summary>
    public int? VectorsFound { get; init; }

    /// <summary>What a run that is over gives.</summary>
    internal static TrainingResult<TModel, TScore> Of(TModel model, TaskRun run, TrainingEnd end) => new()
    {
        Model = model,
        Validation = (TScore)run.Best.Validation,
        Epochs = run.Epochs,
        BestEpoch = run.Best.Number,
        Seconds = run.Seconds,
        End = end,
        ValidationLeftOut = run.ValidationLeftOut,
        TrainingLeftOut = run.Task.TrainingLeftOut,
        VectorsFound = run.Task.VectorsFound,
    };

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(TrainingResult<,>), PrintMembers);
}

/// <summary>Why a training run ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    Completed,

    /// <summary>The validation score had stopped getting better.</summary>
    EarlyStopping,

    /// <summary>The time allowed was over.</summary>
    Budget,

    /// <summary>It was cancelled; the best weights so far are kept.</summary>
    Cancelled,
}
