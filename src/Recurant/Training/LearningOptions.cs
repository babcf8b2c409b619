using System.Globalization;

namespace Recurant.Training;

/// <summary>
/// What the training of every task can be told. Every property may be left out; the defaults given here are the classifier's,
/// and a task with others says so in its own options.
/// </summary>
public abstract record LearningOptions
{
    private protected LearningOptions()
    {
    }

    /// <summary>The recurrent cell. Default: LSTM.</summary>
    public CellKind? Cell { get; init; }

    /// <summary>The activation of an Elman, IndRNN or LRU cell or of a feed-forward network. Default: tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The formulation of an Elman cell. Default: hidden.</summary>
    public ElmanForm Form { get; init; } = ElmanForm.Hidden;

    /// <summary>Where a GRU applies its reset gate. Default: inside.</summary>
    public GruReset GruReset { get; init; } = GruReset.Inside;

    /// <summary>What an LSTM's forget-gate bias starts from. Default: 1.</summary>
    public float ForgetBias { get; init; } = 1f;

    /// <summary>What the recurrent weights start from. Default: what is usual for the cell.</summary>
    public RecurrentStart RecurrentStart { get; init; }

    /// <summary>The width of each hidden layer and direction. Default: 128.</summary>
    public int? Hidden { get; init; }

    /// <summary>The number of hidden layers. Default: 1.</summary>
    public int? Layers { get; init; }

    /// <summary>The width of the word vectors; 0 for one-hot input. Default: 100, for characters 64.</summary>
    public int? Embedding { get; init; }

    /// <summary>Pretrained word vectors to start from.</summary>
    public WordVectors? Vectors { get; init; }

    /// <summary>Whether pretrained word vectors stay as they are. Default: no, they are tuned.</summary>
    public bool FreezeVectors { get; init; }

    /// <summary>Words that occur less often in the training texts are read as unknown. Default: follows the data.</summary>
    public int? MinimumCount { get; init; }

    /// <summary>The most words a model knows. Default: 100,000.</summary>
    public int MaximumVocabulary { get; init; } = 100_000;

    /// <summary>The rates of dropout.</summary>
    public DropoutOptions Dropout { get; init; } = new();

    /// <summary>The optimiser. Default: AdamW.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>The learning rate, 1e-12 or more. Default: follows the optimiser; 0.004 for AdamW.</summary>
    public float? LearningRate { get; init; }

    /// <summary>The weight decay, 0 to below 1. Default: 0.01, for a bag of words 0.1.</summary>
    public float? WeightDecay { get; init; }

    /// <summary>How the learning rate changes. Default: in a straight line.</summary>
    public ScheduleKind? Schedule { get; init; }

    /// <summary>
    /// The largest norm of the gradient of one step; longer ones are shortened to it. 0: no clipping. Default: 1.
    /// </summary>
    public float Clip { get; init; } = 1f;

    /// <summary>The share of the target spread over all labels, 0 to below 1. Default: follows the data.</summary>
    public float? LabelSmoothing { get; init; }

    /// <summary>The number of texts in a step. Default: 32.</summary>
    public int? Batch { get; init; }

    /// <summary>The most passes over the data. Default: follows the data.</summary>
    public int? Epochs { get; init; }

    /// <summary>Training ends after so many epochs without a better validation score. Default: 4.</summary>
    public int? Patience { get; init; }

    /// <summary>The share of the data set aside for validation when none is given. Default: a tenth.</summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>The key of all random numbers. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// The run ends, with the best weights so far, when this time is over, preparation and validation included; a run that is
    /// continued counts the time it took before. Of many validation rows a choice is looked at, which depends on the budget
    /// alone: see <see cref="TrainingResult{TModel, TScore}.ValidationLeftOut"/>. At least one step is made, and a part of the
    /// validation rows is looked at, however short the time. Default: no limit.
    /// </summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>
    /// Where the run keeps its state, so that it can be continued should it be stopped. Default: null, it does not.
    /// </summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>
    /// Whether the run lets go of its data once they are turned into numbers, so that a large file does not take its memory
    /// twice: lists that can be disposed of, such as <see cref="ExampleList"/> and those that readers give, are, and the data
    /// sets made with them, whole or in parts, cannot be read again. Default: no.
    /// </summary>
    public bool ReleasesData { get; init; }

    /// <summary>The recurrent layers, with a task's own defaults where nothing was decided.</summary>
    internal RecurrentSpec Recurrent(int hidden, int layers, bool bidirectional) => new()
    {
        Cell = Cell ?? CellKind.Lstm, Activation = Activation, Form = Form, GruReset = GruReset, ForgetBias = ForgetBias,
        HiddenSize = Hidden ?? hidden, Layers = Layers ?? layers, Bidirectional = bidirectional,
    };

    /// <summary>What tells the time; null for the machine's own clock.</summary>
    internal TimeProvider? Clock { get; init; }

    /// <summary>Who is told of every step and epoch; none of them changes the result. Default: nobody.</summary>
    public IReadOnlyList<TrainingObserver> Observers { get; init; } = [];

    /// <summary>These options with everything that all tasks have in common taken from others.</summary>
    /// <typeparam name="T">The kind of these options.</typeparam>
    /// <param name="own">The options of a task.</param>
    /// <param name="common">Where the rest comes from.</param>
    public static T WithCommon<T>(T own, LearningOptions common) where T : LearningOptions =>
        (T)((LearningOptions)own with
        {
            Cell = common.Cell,
            Activation = common.Activation,
            Form = common.Form,
            GruReset = common.GruReset,
            ForgetBias = common.ForgetBias,
            RecurrentStart = common.RecurrentStart,
            Hidden = common.Hidden,
            Layers = common.Layers,
            Embedding = common.Embedding,
            Vectors = common.Vectors,
            FreezeVectors = common.FreezeVectors,
            MinimumCount = common.MinimumCount,
            MaximumVocabulary = common.MaximumVocabulary,
            Dropout = common.Dropout,
            Optimizer = common.Optimizer,
            LearningRate = common.LearningRate,
            WeightDecay = common.WeightDecay,
            Schedule = common.Schedule,
            Clip = common.Clip,
            LabelSmoothing = common.LabelSmoothing,
            Batch = common.Batch,
            Epochs = common.Epochs,
            Patience = common.Patience,
            ValidationFraction = common.ValidationFraction,
            Seed = common.Seed,
            Threads = common.Threads,
            Budget = common.Budget,
            Checkpoint = common.Checkpoint,
            Observers = common.Observers,
            ReleasesData = common.ReleasesData,
            Clock = common.Clock,
        });

    /// <inheritdoc/>
    public sealed override string ToString() => InvariantRecord.ToString(GetType().Name, PrintMembers);
}
