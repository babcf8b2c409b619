using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Optimizers;

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
}

/// <summary>
/// How a classifier is trained. Every property may be left out; some defaults follow the amount of data, and docs/training.md
/// says how. All defaults together are meant to be good enough that nobody needs an option.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>The kind of model. Default: recurrent.</summary>
    public ModelKind Model { get; init; } = ModelKind.Recurrent;

    /// <summary>The recurrent cell. Default: LSTM.</summary>
    public CellKind? Cell { get; init; }

    /// <summary>The activation of an Elman cell or of a feed-forward network. Default: tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The formulation of an Elman cell. Default: hidden.</summary>
    public ElmanForm Form { get; init; } = ElmanForm.Hidden;

    /// <summary>Where a GRU applies its reset gate. Default: inside.</summary>
    public GruReset GruReset { get; init; } = GruReset.Inside;

    /// <summary>What an LSTM's forget-gate bias starts from. Default: 1.</summary>
    public float ForgetBias { get; init; } = 1f;

    /// <summary>The width of each hidden layer and direction. Default: 128.</summary>
    public int? Hidden { get; init; }

    /// <summary>The number of hidden layers. Default: 1.</summary>
    public int? Layers { get; init; }

    /// <summary>Whether the text is read from both ends. Default: yes.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>The width of the word vectors; 0 for one-hot input. Default: 100, for characters 64.</summary>
    public int? Embedding { get; init; }

    /// <summary>Ready-made word vectors to start from.</summary>
    public WordVectors? Vectors { get; init; }

    /// <summary>Whether ready-made word vectors stay as they are. Default: no, they are tuned.</summary>
    public bool FreezeVectors { get; init; }

    /// <summary>What the tokens are. Default: words.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Word;

    /// <summary>Whether capitals are read as small letters. Default: yes.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Words that occur less often in the training texts are read as unknown. Default: follows the data.</summary>
    public int? MinimumCount { get; init; }

    /// <summary>The most words a model knows. Default: 100,000.</summary>
    public int MaximumVocabulary { get; init; } = 100_000;

    /// <summary>Longer texts keep this many tokens, half from each end. Default: 400 words or 2,000 characters.</summary>
    public int? MaximumTokens { get; init; }

    /// <summary>
    /// Whether words and pairs of neighbours are also connected to the output directly, past the recurrent layers. Null: yes
    /// for a recurrent model of words.
    /// </summary>
    public bool? Direct { get; init; }

    /// <summary>How the outputs of all steps become one vector. Default: max.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>The rates of dropout.</summary>
    public DropoutOptions Dropout { get; init; } = new();

    /// <summary>The optimiser. Default: AdamW.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>The learning rate, above 0. Default: follows the optimiser; 0.004 for AdamW.</summary>
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
    /// Whether the recurrent layers keep only the states before every segment of sqrt(T) steps and compute the others a second
    /// time on the way back: memory grows with the root of the length of the texts instead of the length, and a step takes
    /// about 4/3 of the time. For a recurrent network in one direction whose pooling is last, mean or max; other kinds of model
    /// ignore it. It is one of the options that fix the bits: sums over time are added in another order. Not to be confused
    /// with <see cref="Checkpoint"/>, which keeps a run on disk. Default: no.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>
    /// Training ends, with the best weights so far, when this time is over; a run that is continued counts the time it took
    /// before. Default: no limit.
    /// </summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>
    /// Where the run keeps its state, so that it can be continued should it be stopped. Default: null, it does not.
    /// </summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate() => TrainingOptionsCheck.Validate(this);
}
