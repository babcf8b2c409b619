using System.Text.Json.Serialization;

namespace Recurant.Training;

/// <summary>What a task decides where its user did not.</summary>
internal sealed record LearningDefaults
{
    /// <summary>The learning rate of Adam and AdamW; other optimisers have their own.</summary>
    public required float LearningRate { get; init; }

    public required float WeightDecay { get; init; }

    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    public float LabelSmoothing { get; init; }

    public DropoutPlan Dropout { get; init; }

    public required int Batch { get; init; }

    public required int Epochs { get; init; }

    public required int Patience { get; init; }
}

/// <summary>How a run learns, with nothing left open; the same for all tasks.</summary>
internal record LearningPlan
{
    /// <summary>The name of a run's only or last stage.</summary>
    public const string LastStage = "model";

    /// <summary>The name of the stage in which an encoder learns from texts without labels.</summary>
    public const string PretrainingStage = "pre-training";

    /// <summary>One plain step: what is made again of a run.</summary>
    public LearningPlan()
    {
    }

    /// <summary>What the user decided, and the task's defaults for the rest.</summary>
    public LearningPlan(LearningOptions options, LearningDefaults defaults)
    {
        Optimizer = options.Optimizer;
        LearningRate = options.LearningRate
            ?? (options.Optimizer is OptimizerKind.Adam or OptimizerKind.AdamW
                ? defaults.LearningRate : Optimizers.Optimizer.DefaultLearningRate(options.Optimizer));
        WeightDecay = options.WeightDecay ?? defaults.WeightDecay;
        Schedule = options.Schedule ?? defaults.Schedule;
        LabelSmoothing = options.LabelSmoothing ?? defaults.LabelSmoothing;
        Dropout = options.Dropout.Or(defaults.Dropout) with { Seed = options.Seed };
        Clip = options.Clip;
        Batch = options.Batch ?? defaults.Batch;
        Epochs = options.Epochs ?? defaults.Epochs;
        Patience = options.Patience ?? defaults.Patience;
        Budget = options.Budget;
        Observers = options.Observers;
        Seed = options.Seed;
    }

    /// <summary>What is being trained, for reports of progress and for checkpoints. Default: "model".</summary>
    [JsonIgnore]
    public string Stage { get; init; } = LastStage;

    /// <summary>The optimiser.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>The learning rate before the schedule.</summary>
    public float LearningRate { get; init; } = 1;

    /// <summary>The weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>Under the plateau schedule: by what the rate is multiplied after an epoch that was no better.</summary>
    public float PlateauFactor { get; init; } = 0.5f;

    /// <summary>The largest norm of a step's gradient; 0: no clipping.</summary>
    public float Clip { get; init; }

    /// <summary>The share of the target that is spread over all answers.</summary>
    public float LabelSmoothing { get; init; }

    public DropoutPlan Dropout { get; init; }

    /// <summary>The examples of a step, or the parts of a text that are read side by side.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The most epochs.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Training ends after so many epochs without a better score.</summary>
    public int Patience { get; init; } = 1;

    /// <summary>
    /// The epoch after which training ends with the weights it has, whatever their scores; 0: after all, with the best.
    /// </summary>
    public int LastEpoch { get; init; }

    /// <summary>
    /// By what share the loss of the last epoch may exceed the least one; beyond that the last epoch within it counts. Null: by
    /// any.
    /// </summary>
    public double? LastTolerance { get; init; }

    /// <summary>The key of the order of the examples.</summary>
    [JsonIgnore]
    public ulong Seed { get; init; }

    /// <summary>The most time; null: no limit.</summary>
    [JsonIgnore]
    public TimeSpan? Budget { get; init; }

    /// <summary>How many epochs the averaged weights reach back over; 0: no average is kept. Default: 2.</summary>
    public double AveragedEpochs { get; init; } = 2;

    /// <summary>Who is told of every step and epoch. Default: nobody.</summary>
    [JsonIgnore]
    public IReadOnlyList<TrainingObserver> Observers { get; init; } = [];
}
