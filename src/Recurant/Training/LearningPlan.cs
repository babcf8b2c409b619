using System.Text.Json.Serialization;

namespace Recurant.Training;

/// <summary>How a run learns, with nothing left open; the same for all tasks.</summary>
internal record LearningPlan
{
    /// <summary>The name of a run's only or last stage.</summary>
    public const string LastStage = "model";

    /// <summary>The name of the stage in which an encoder learns from texts without labels.</summary>
    public const string PretrainingStage = "pre-training";

    /// <summary>What is being trained, for reports of progress and for checkpoints. Default: "model".</summary>
    [JsonIgnore]
    public string Stage { get; init; } = LastStage;

    /// <summary>The optimiser.</summary>
    public required OptimizerKind Optimizer { get; init; }

    /// <summary>The learning rate before the schedule.</summary>
    public required float LearningRate { get; init; }

    /// <summary>The weight decay.</summary>
    public required float WeightDecay { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public required ScheduleKind Schedule { get; init; }

    /// <summary>Under the plateau schedule: by what the rate is multiplied after an epoch that was no better.</summary>
    public float PlateauFactor { get; init; } = 0.5f;

    /// <summary>The largest norm of a step's gradient; 0: no clipping.</summary>
    public required float Clip { get; init; }

    /// <summary>The most epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>Training ends after so many epochs without a better score.</summary>
    public required int Patience { get; init; }

    /// <summary>The most time; null: no limit.</summary>
    [JsonIgnore]
    public TimeSpan? Budget { get; init; }

    /// <summary>How many epochs the averaged weights reach back over; 0: no average is kept. Default: 2.</summary>
    public double AveragedEpochs { get; init; } = 2;

    /// <summary>Who is told of every step and epoch. Default: nobody.</summary>
    [JsonIgnore]
    public IReadOnlyList<TrainingObserver> Observers { get; init; } = [];
}
