using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// How a network learns a generated problem. What <see cref="LearningOptions"/> says of defaults holds with these exceptions:
/// hidden 128, one layer, 50 sequences in a step, epochs of 10,000 new sequences, 20 epochs, learning rate 0.002 (SGD 0.01), no
/// weight decay, no dropout.
/// </summary>
public sealed record ProblemTrainingOptions : LearningOptions
{
    /// <summary>
    /// T of the chrono start of LSTM and GRU (Tallec and Ollivier 2018): the biases of the gates that keep the state begin at
    /// ln U(1, T - 1). Null: the length of the problem; 0: the usual start.
    /// </summary>
    public int? MemorySteps { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        if (MemorySteps is < 0 or > 1_000_000)
        {
            throw new ArgumentException($"{nameof(MemorySteps)} is {MemorySteps}; it must be 0 (the usual start) to 1,000,000.");
        }

        if (MemorySteps > 0 && !SequenceNetwork.HasChronoStart(Cell ?? CellKind.Lstm))
        {
            throw new ArgumentException(
                $"{nameof(MemorySteps)} is {MemorySteps}, but the cell {CellCatalogue.Of(Cell!.Value).Name} has no gates to "
                    + $"open; give it to an LSTM, a peephole "
                + "LSTM or a GRU.");
        }

        if (Dropout is { Word: > 0 } or { Embedding: > 0 } or { Input: > 0 } or { Output: > 0 })
        {
            throw new ArgumentException("Of the kinds of dropout, generated problems take Layers and Recurrent alone.");
        }
    }
}

/// <summary>Trains networks on generated problems.</summary>
public static class ProblemTrainer
{
    private const int TestSequences = 1000, ScoredTogether = 100;

    /// <summary>Trains a model.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step; the best weights so far are returned.</param>
    /// <exception cref="InvalidDataException">The checkpoint to continue from is damaged or belongs to another run.</exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    public static TrainingResult<SequenceModel, SequenceScore> Train(
        SequenceProblem problem, ProblemTrainingOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new ProblemTrainingOptions();
        options.Validate();
        return TrainingRun.Of<SequenceModel, SequenceScore>(options, progress, cancellation, (workers, _) =>
        {
            var task = new ProblemTask(problem, options, workers);
            return (task.Model, task.Plan, task);
        });
    }

    /// <summary>Scores a model on 1,000 sequences of its problem that no training sees.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SequenceScore Evaluate(SequenceModel model, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Workers workers = Workers.Asked(threads);
        return Score(model, workers, model.Network.CreateMemory(), seed: 0, ProblemPart.Test, cancellation);
    }

    internal static SequenceScore Score(
        SequenceModel model, Workers workers, SequenceMemory memory, ulong seed, ProblemPart part,
        CancellationToken cancellation = default)
    {
        double loss = 0;
        long recalled = 0;
        for (int first = 0; first < TestSequences; first += ScoredTogether)
        {
            cancellation.ThrowIfCancellationRequested();
            model.Network.Fill(memory, ScoredTogether, seed, part, (ulong)first);
            loss += model.Network.Loss(workers, memory, dropout: null, withGradient: false, out int right);
            recalled += right;
        }

        bool remembers = model.Spec.Problem.Kind == ProblemKind.Copying;
        return new SequenceScore
        {
            Loss = loss / TestSequences, Sequences = TestSequences,
            Recalled = remembers ? (double)recalled / (TestSequences * SequenceProblem.Remembered) : null,
        };
    }
}

/// <summary>Learning a generated problem: every step sees new sequences.</summary>
internal sealed class ProblemTask : TrainingTask
{
    private const int SequencesInEpoch = 10_000;

    private readonly Workers _workers;
    private readonly SequenceMemory _memory, _scoring;

    public ProblemTask(SequenceProblem problem, ProblemTrainingOptions options, Workers workers)
        : this(ModelOf(problem, options), PlanOf(options), workers)
    {
    }

    /// <summary>The task of a model as it is.</summary>
    public ProblemTask(SequenceModel model, LearningPlan plan, Workers workers)
        : base(model.Parameters, model.Network.CreateMemory(), new GeneratedFeed(Math.Max(1, SequencesInEpoch / plan.Batch)))
    {
        (Model, Plan, _workers) = (model, plan, workers);
        _memory = (SequenceMemory)Memory;
        _scoring = model.Network.CreateMemory();
    }

    public SequenceModel Model { get; }

    public LearningPlan Plan { get; }

    private static SequenceModel ModelOf(SequenceProblem problem, ProblemTrainingOptions options)
    {
        var model = new SequenceModel(new SequenceSpec
        {
            Problem = problem, Recurrent = options.Recurrent(hidden: 128, layers: 1, bidirectional: false),
        });
        model.Network.Initialise(options.Seed, options.MemorySteps ?? problem.Steps);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Stack.Cells, options.Seed);
        return model;
    }

    private static LearningPlan PlanOf(ProblemTrainingOptions options)
    {
        var defaults = new LearningDefaults
        {
            LearningRate = 2e-3f, WeightDecay = 0, Schedule = ScheduleKind.Cosine, Batch = 50, Epochs = 20, Patience =
                int.MaxValue,
        };
        bool adaptive = options.Optimizer is not (OptimizerKind.Sgd or OptimizerKind.Momentum or OptimizerKind.Nesterov);
        LearningOptions learning = options with
        {
            LearningRate = options.LearningRate ?? (adaptive ? defaults.LearningRate : 0.01f), LabelSmoothing = 0,
        };
        return new LearningPlan(learning, defaults) { AveragedEpochs = 0 };
    }

    public override List<(string Name, string Value)> Identity() =>
    [
        RunIdentity.Version, RunIdentity.Of("Seed", Plan.Seed),
        .. PlanText.Of(Model.Spec, SpecificationContext.Default.SequenceSpec),
        .. PlanText.Of(Plan, PlanContext.Default.LearningPlan),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    public override void WarmUp() => Step(0, 0);

    public override StepLoss Step(int index, ulong step)
    {
        Model.Network.Fill(_memory, Plan.Batch, Plan.Seed, ProblemPart.Training, step * (ulong)Plan.Batch);
        double loss = Model.Network.Loss(_workers, _memory, Plan.Dropout with { Step = step }, withGradient: true, out _);
        return new StepLoss(loss, Plan.Batch, -1, _memory.Batch.Rows);
    }

    public override Score Validate(PhaseWork work) =>
        ProblemTrainer.Score(Model, _workers, _scoring, Plan.Seed, ProblemPart.Validation, work.Cancellation);

    public override Score ReadScore(JsonElement members) => SequenceScore.Read(members);

    public override StepCapture Capture(int index, ulong step) => new()
    {
        Model = Model, Step = step, Dropout = Plan.Dropout with { Step = step }, Seed = Plan.Seed, Batch = Plan.Batch,
    };
}
