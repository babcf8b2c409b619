using System.Globalization;

namespace Recurant.Training;

/// <summary>Where a training run stands; sent several times a second and at the end of every epoch.</summary>
public sealed record TrainingProgress
{
    /// <summary>What is being trained: "model", of several "model 2 of 5"; "bag of words" for a model of that kind.</summary>
    public required string Stage { get; init; }

    /// <summary>The present epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The most epochs there will be.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps done in this epoch.</summary>
    public required int Step { get; init; }

    /// <summary>Steps in an epoch.</summary>
    public required int Steps { get; init; }

    /// <summary>The mean training loss of this epoch so far, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>The training accuracy of this epoch so far; NaN where the task does not look at it.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Training speed of this epoch, in tokens a second.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>The time all remaining epochs would take; early stopping may end the run sooner.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>Set at the end of an epoch: how the model does on the validation data.</summary>
    public Score? Validation { get; init; }

    /// <summary>Set at the end of an epoch: whether this is the best so far.</summary>
    public bool IsBest { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(TrainingProgress), PrintMembers);
}
