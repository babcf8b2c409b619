using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// Learning to predict the next token: the text is cut into B parts that are read side by side, window after window, and the
/// states are carried from each window to the next (truncated back-propagation through time).
/// </summary>
internal sealed class LanguageModelTask : TrainingTask
{
    private readonly TextPart _validation;
    private readonly Func<List<(string Name, string Value)>> _identity;
    private readonly LanguageModelPlan _plan;
    private readonly Workers _workers;
    private readonly LanguageModelNetwork _network;
    private readonly LanguageModelMemory _memory;
    private readonly StreamFeed _feed;
    private readonly CarriedState _carried;
    private readonly LanguageScorer _scorer;
    private readonly BatchLayout _window = new();
    private readonly int[] _targets, _lengths;
    private readonly LanguageModel? _model;

    public LanguageModelTask(PreparedText data, Workers workers)
        : this(
            data.Model.Network, data.Plan, new TextPart(data.Train, data.Train, 0),
            new TextPart(data.Validation, data.Validation, data.ValidationCharacters), workers, data.Identity)
    {
        _model = data.Model;
        ValidationGiven = data.ValidationGivenCharacters;
    }

    /// <param name="network">The network that learns.</param>
    /// <param name="plan">How.</param>
    /// <param name="train">The text to learn from.</param>
    /// <param name="validation">The text for the scores.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="identity">What decides the bits of the run.</param>
    public LanguageModelTask(
        LanguageModelNetwork network, LanguageModelPlan plan, TextPart train, TextPart validation, Workers workers,
        Func<List<(string Name, string Value)>> identity)
        : base(network.Parameters, network.CreateMemory(), new StreamFeed(train, plan.Batch, plan.Window, plan.Seed))
    {
        (_validation, _identity, _plan, _workers, _network) = (validation, identity, plan, workers, network);
        (_memory, _feed) = ((LanguageModelMemory)Memory, (StreamFeed)Feed);
        _carried = new CarriedState(_network.Stack, _plan.Batch);
        _scorer = new LanguageScorer(_network, workers, _memory);
        _targets = new int[Workspace.RequireLength(_plan.Batch, _plan.Window)];
        _lengths = new int[_plan.Batch];
    }

    public override IEnumerable<(string Name, int[] Shape, Memory<float> Values)> CarriedState => _carried.Tensors;

    public override List<(string Name, string Value)> Identity() => _identity();

    public override void WarmUp()
    {
        Feed.BeginEpoch(1);
        Step(0, 0);
    }

    public override StepLoss Step(int index, ulong step)
    {
        _lengths.AsSpan().Fill(_feed.StepsOf(index));
        _window.Fill(_lengths);
        _feed.Fill(index, _window, Workspace.Reuse(_targets));
        // A run that is continued in the middle of an epoch brings its states with it.
        if (index == 0) _carried.Clear(); else _carried.HasBegun = true;
        return Learn(step);
    }

    /// <summary>The step of the window that is laid out, from the states that are carried.</summary>
    private StepLoss Learn(ulong step)
    {
        int rows = _window.Rows;
        _carried.Enter(_memory.Recurrent, _plan.Batch);
        DropoutPlan dropout = _plan.Dropout with { Step = step };
        SampleDraw? draw = _plan.Samples == 0 ? null
            : new SampleDraw(_plan.Samples, dropout.Stream(RandomPurpose.SoftmaxWords));
        double loss = _network.Loss(
            _workers, _window, _targets.AsMemory(0, rows), _memory, dropout, withGradient: true, draw);
        _carried.Leave(_memory.Recurrent, _window);
        return new StepLoss(loss, rows, -1, rows);
    }

    public override long ValidationTokens => _validation.Length;

    public override long ValidationGiven { get; }

    public override Score Validate(PhaseWork work)
    {
        double loss = _scorer.Loss(_validation.Read, _validation.Predicted, work: work, phase: "validating");
        bool isWhole = _scorer.Scored == _validation.Length - 1;
        return new LanguageScore
        {
            Loss = loss,
            Tokens = _scorer.Scored,
            Characters = isWhole ? _validation.Characters
                : (long)((double)_validation.Characters * _scorer.Scored / (_validation.Length - 1)),
            Unit = _plan.Spec.Unit,
        };
    }

    public override Score ReadScore(JsonElement members) => LanguageScore.Read(members);

    public override StepCapture? Capture(int index, ulong step)
    {
        if (_model is null) return null;
        int batch = _plan.Batch, steps = _window.Steps;
        int[][] read = Rows(row => _feed.TokenAt(index, row)), answers = Rows(row => _targets[row]);
        return new StepCapture
        {
            Model = _model, Step = step, Dropout = _plan.Dropout with { Step = step }, Read = read, Answers = answers,
            Samples = _plan.Samples, States = _memory.Recurrent.HasInitialState ? [.. _carried.Initial(_memory.Recurrent)] : null,
        };

        int[][] Rows(Func<int, int> at) =>
            [.. Enumerable.Range(0, batch).Select(b => Enumerable.Range(0, steps).Select(t => at(t * batch + b)).ToArray())];
    }

    /// <summary>Makes a step again that <see cref="Capture"/> kept; the tokens of the task itself are left alone.</summary>
    public StepLoss Replay(StepCapture capture)
    {
        int batch = capture.Read.Count, steps = capture.Read[0].Length;
        _lengths.AsSpan().Fill(steps);
        _window.Fill(_lengths);
        for (int row = 0; row < _window.Rows; row++)
        {
            _window.Tokens[row] = capture.Read[row % batch][row / batch];
            _targets[row] = capture.Answers[row % batch][row / batch];
        }

        _carried.Clear();
        if (capture.States is { } states)
        {
            _carried.HasBegun = true;
            foreach ((string name, _, Memory<float> values) in _carried.Tensors)
            {
                states.First(state => state.Name == name).Values.CopyTo(values);
            }
        }

        return Learn(capture.Step);
    }
}
