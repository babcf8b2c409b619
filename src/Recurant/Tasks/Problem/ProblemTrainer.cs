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
                $"{nameof(MemorySteps)} is {MemorySteps}, but the cell {CellCatalogue.Of(Cell!.Value).Name} has no gates to open; give it to an LSTM, a peephole "
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
        var clock = RunClock.Start(options.Clock);
        using RunCheckpoint? checkpoint = RunCheckpoint.Open(options.Checkpoint);
        Workers workers = Workers.Asked(options.Threads);
        var task = new ProblemTask(problem, options, workers);
        var run = new TaskRun(task, task.Plan, workers, clock, progress, cancellation, checkpoint);
        TrainingEnd end = run.Run();
        return TrainingResult<SequenceModel, SequenceScore>.Of(task.Model, run, end);
    }

    /// <summary>Scores a model on 1,000 sequences of its problem that no training sees.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it.</param>
    public static SequenceScore Evaluate(SequenceModel model, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        Workers workers = Workers.ForThreads(threads > 0 ? threads : Environment.ProcessorCount);
        return Score(model, workers, model.Network.CreateMemory(), seed: 0, ProblemPart.Test);
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

    private readonly ProblemTrainingOptions _options;
    private readonly Workers _workers;
    private readonly SequenceMemory _memory, _scoring;
    private readonly DropoutPlan _dropout;
    private readonly int _batch;

    public ProblemTask(SequenceProblem problem, ProblemTrainingOptions options, Workers workers)
    {
        _options = options;
        _workers = workers;
        _batch = options.Batch ?? 50;
        bool adaptive = options.Optimizer is not (OptimizerKind.Sgd or OptimizerKind.Momentum or OptimizerKind.Nesterov);
        Plan = new LearningPlan
        {
            Optimizer = options.Optimizer,
            LearningRate = options.LearningRate ?? (adaptive ? 2e-3f : 0.01f),
            WeightDecay = options.WeightDecay ?? 0f,
            Schedule = options.Schedule ?? ScheduleKind.Cosine,
            Clip = options.Clip,
            Observers = options.Observers,
            Epochs = options.Epochs ?? 20,
            Patience = options.Patience ?? int.MaxValue,
            Budget = options.Budget,
            AveragedEpochs = 0,
        };
        Model = new SequenceModel(new SequenceSpec
        {
            Problem = problem, Recurrent = options.Recurrent(hidden: 128, layers: 1, bidirectional: false),
        });
        Model.Network.Initialise(options.Seed, options.MemorySteps ?? problem.Steps);
        RecurrentStarts.Apply(options.RecurrentStart, Model.Network.Stack.Cells, options.Seed);
        _dropout = new DropoutPlan
        {
            Layers = options.Dropout.Layers ?? 0f, Recurrent = options.Dropout.Recurrent ?? 0f, Seed = options.Seed,
        };
        _memory = Model.Network.CreateMemory();
        _scoring = Model.Network.CreateMemory();
    }

    public SequenceModel Model { get; }

    public LearningPlan Plan { get; }

    public override IReadOnlyList<Parameter> Parameters => Model.Parameters;

    public override IReadOnlyList<RecurrentPart> Recurrent =>
        [new RecurrentPart(null, 0, Model.Network.Stack, _memory.Recurrent, _memory.Batch)];

    public override int StepsInEpoch => Math.Max(1, SequencesInEpoch / _batch);

    public override List<(string Name, string Value)> Identity()
    {
        return
        [
            RunIdentity.Version, RunIdentity.Of("Seed", _options.Seed), RunIdentity.Of("Batch", _batch),
            .. PlanText.Of(Model.Spec, SpecificationContext.Default.SequenceSpec),
            .. PlanText.Of(Plan, PlanContext.Default.LearningPlan),
            .. PlanText.Of(_dropout, PlanContext.Default.DropoutPlan),
            ("weights at the start", RunIdentity.Of(Parameters)),
        ];
    }

    public override void WarmUp()
    {
        Step(0, 0);
    }

    public override void BeginEpoch(int epoch)
    {
    }

    public override StepLoss Step(int index, ulong step)
    {
        Model.Network.Fill(_memory, _batch, _options.Seed, ProblemPart.Training, step * (ulong)_batch);
        double loss = Model.Network.Loss(_workers, _memory, _dropout with { Step = step }, withGradient: true, out _);
        return new StepLoss(loss, _batch, -1, _memory.Batch.Rows);
    }

    public override Score Validate(PhaseWork work) =>
        ProblemTrainer.Score(Model, _workers, _scoring, _options.Seed, ProblemPart.Validation, work.Cancellation);

    public override Score ReadScore(JsonElement members) => SequenceScore.Read(members);

    public override IEnumerable<LayerValues> Values(bool afterBackward) => Model.Network.Values(_memory, afterBackward);

    public override StepCapture Capture(int index, ulong step) => new()
    {
        Model = Model, Step = step, Dropout = _dropout with { Step = step }, Seed = _options.Seed, Batch = _batch,
    };

    public override string? FirstNonFinite() => Model.Network.FirstNonFinite(_memory);
}
