namespace Recurant.Inference;

/// <summary>
/// One sequence, one step at a time: the state is kept between the steps, so an endless sequence can be read as it comes.
/// The numbers are those of a run over the whole sequence, bit by bit. A step allocates nothing.
/// </summary>
/// <remarks>
/// A step of one sequence reads every weight once, and that is what its time goes into. With more threads than one each
/// reads the weights of its own hidden units, from its own core's cache.
/// <para>A stream serves one thread at a time, and throws an <see cref="InvalidOperationException"/> when two use it at once.
/// Streams of one <see cref="Recurrent"/> share its weights, laid out once for
/// all
/// of them, so that each costs little more than its state; they may be used by different threads at once.</para>
/// </remarks>
/// <example>
/// <code>
/// var stream = new RecurrentStream(recurrent);
/// foreach (float[] reading in readings)
/// {
///     ReadOnlySpan&lt;float&gt; h = stream.Step(reading);   // valid until the next step
/// }
/// </code>
/// </example>
public sealed class RecurrentStream : IRecurrentStepper
{
    /// <summary>Multiply-adds of a layer's step that outweigh handing half of it to another thread.</summary>
    private const long WorthDividing = 1 << 16;

    /// <summary>
    /// Weights of a layer, in floats, that a core's second-level cache holds; as long as they fit, reading them as one stream
    /// gives more than a second thread.
    /// </summary>
    private const long CachedWeights = 200 * 1024;

    /// <summary>Steps of one thread alone after a meeting that took long: so many at first, and at most.</summary>
    private const int FewestStepsAlone = 64, MostStepsAlone = 1 << 14;

    private readonly RecurrentCell[] _cells;
    private readonly StreamLayer[] _layers;
    private readonly Workers _workers;
    private readonly StepWork _work;
    private readonly bool _divides;
    private int _steps;
    private int _stepsAlone, _stepsTogether, _nextAlone = FewestStepsAlone;

    private readonly RecurrentStack _stack;

    /// <summary>Who steps.</summary>
    internal SoleUse Use { get; } = new($"A {nameof(RecurrentStream)}",
        "Give each thread a stream of its own: streams of the same layers share their weights, and Fork copies the state.");

    /// <summary>Makes a stream that starts from a zero state.</summary>
    /// <param name="recurrent">
    /// The layers, in one direction; later changes of their weights are seen after <see cref="Reset"/>.
    /// </param>
    /// <param name="threads">
    /// The number of threads that divide a step among them, where the layers are large enough; 0 for one a core. Default: 1.
    /// </param>
    /// <exception cref="ArgumentException">The layers read in both directions.</exception>
    public RecurrentStream(Recurrent recurrent, int threads = 1)
        : this((recurrent ?? throw new ArgumentNullException(nameof(recurrent))).Stack, Workers.Asked(threads))
    {
    }

    /// <summary>Makes a stream that starts from a zero state.</summary>
    /// <param name="stack">The layers; later changes of their weights are seen after <see cref="Reset"/>.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The stack reads in both directions.</exception>
    internal RecurrentStream(RecurrentStack stack, Workers workers)
    {
        if (stack.Spec.Bidirectional)
        {
            throw new ArgumentException(
                "A bidirectional network needs the end of the sequence before its first answer; it cannot be read step by "
                + "step. Use a network in one direction.", nameof(stack));
        }

        _stack = stack;
        _cells = [.. stack.Cells];
        StateSize = _cells.Sum(cell => cell.HiddenSize + (cell.HasCellState ? cell.CellSize : 0));
        _workers = workers;
        _divides = IsWorthDividing(stack.Spec.HiddenSize, _cells, workers.Count);
        _layers = [.. _cells.Select(cell => new StreamLayer(cell))];
        _work = new StepWork(_layers);
        Reset();
    }

    /// <summary>
    /// The rule by which threads divide the hidden units: there is a strip or a panel of units for each thread; a layer has
    /// enough multiply-adds to outweigh the meeting; and, where units lie in panels, the cells can be computed unit by unit, and
    /// either the panels come out even or a layer's weights are more than one core's cache holds.
    /// </summary>
    private static bool IsWorthDividing(int hidden, RecurrentCell[] cells, int threads)
    {
        if (threads == 1 || !cells.Any(cell => WeightsOf(cell) >= WorthDividing)) return false;
        if (StreamLayer.InStrips(cells[0])) return hidden / UnitStrips.UnitsOf(cells[0].Gates) >= threads;
        int panels = (hidden + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        bool comesOutEven = hidden % (PackedMatrix.Quad * PackedMatrix.PanelWidth * threads) == 0;
        return panels >= threads && cells.All(cell => cell.DividesUnits && !cell.CopiesPrevious)
            && (comesOutEven || cells.Any(cell => WeightsOf(cell) > CachedWeights));
    }

    private static long WeightsOf(RecurrentCell cell) =>
        (long)cell.GateWidth * (cell.InputSize + (cell.HasHiddenProduct ? cell.HiddenSize : 0));

    /// <summary>The floats of a state: H of each layer, and those of the cell state where there is one.</summary>
    public int StateSize { get; }

    /// <summary>Whether the threads divide the hidden units among them.</summary>
    internal bool DividesUnits => _divides;

    /// <summary>Starts anew from a zero state.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the stream.</exception>
    public void Reset()
    {
        using SoleUse.Call call = Use.Enter();
        _steps = 0;
        _work.Reset();
        foreach (StreamLayer layer in _layers) layer.Reset(_workers, _divides ? _workers.Count : 1);
    }

    /// <summary>Reads one vector [I].</summary>
    /// <param name="input">The vector.</param>
    /// <returns>The topmost layer's output [H]; valid until the next step.</returns>
    /// <exception cref="ArgumentException">The vector has another length than the layers' input.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the stream.</exception>
    public ReadOnlySpan<float> Step(ReadOnlySpan<float> input)
    {
        if (_cells[0].OneHotInput || input.Length != _cells[0].InputSize)
        {
            throw new ArgumentException(_cells[0].OneHotInput
                ? "These layers read word numbers, not vectors."
                : $"A step reads {_cells[0].InputSize} numbers, not {input.Length}.", nameof(input));
        }

        return Step(input, 0);
    }

    /// <summary>Reads one word number, of layers with one-hot input.</summary>
    /// <param name="token">The number, 0 to I - 1.</param>
    /// <returns>The topmost layer's output [H]; valid until the next step.</returns>
    /// <exception cref="ArgumentException">The layers read vectors, or there is no such word.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the stream.</exception>
    public ReadOnlySpan<float> Step(int token)
    {
        if (!_cells[0].OneHotInput)
        {
            throw new ArgumentException($"These layers read vectors of {_cells[0].InputSize} numbers, not word numbers.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, _cells[0].InputSize);
        return Step(default, token);
    }

    /// <summary>Copies the state out, to go on from it later: for each layer h, then c if there is one.</summary>
    /// <param name="state">Takes <see cref="StateSize"/> numbers.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void SaveState(Span<float> state)
    {
        CheckState(state.Length);
        using SoleUse.Call call = Use.Enter();
        foreach (StreamLayer layer in _layers) state = layer.Save(state, _steps);
    }

    /// <summary>Goes on from a state that <see cref="SaveState"/> gave.</summary>
    /// <param name="state"><see cref="StateSize"/> numbers.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void LoadState(ReadOnlySpan<float> state)
    {
        CheckState(state.Length);
        using SoleUse.Call call = Use.Enter();
        _steps = 2;
        foreach (StreamLayer layer in _layers) state = layer.Load(state, _steps);
    }

    /// <summary>A second stream that goes on from the same state, such as to try several continuations.</summary>
    public RecurrentStream Fork()
    {
        var fork = new RecurrentStream(_stack, _workers);
        var state = new float[StateSize];
        SaveState(state);
        fork.LoadState(state);
        return fork;
    }

    private void CheckState(int length)
    {
        if (length != StateSize) throw new ArgumentException($"The state has {StateSize} numbers, not {length}.");
    }

    private ReadOnlySpan<float> Step(ReadOnlySpan<float> input, int token)
    {
        using SoleUse.Call call = Use.Enter();
        if (_workers.RunStep(_work, input, token, _steps, _divides && MayMeet())) AvoidMeetings();
        int row = _steps & 1;
        // Beyond the first two steps only odd and even count.
        _steps = _steps < 2 ? _steps + 1 : _steps ^ 1;
        return _layers[^1].Output.Row(row);
    }

    private bool MayMeet()
    {
        if (_stepsAlone > 0)
        {
            _stepsAlone--;
            return false;
        }

        // Long without a bad meeting: the next one will be the first again.
        if (_stepsTogether < int.MaxValue && ++_stepsTogether == MostStepsAlone) _nextAlone = FewestStepsAlone;
        return _workers.MayMeet();
    }

    /// <summary>
    /// A meeting took as long as a thousand steps or more. If that happens again soon, it is twice as long until the next.
    /// </summary>
    private void AvoidMeetings()
    {
        _workers.AvoidMeetings();
        _stepsAlone = _nextAlone;
        _stepsTogether = 0;
        _nextAlone = Math.Min(2 * _nextAlone, MostStepsAlone);
    }

    /// <summary>All layers of a step, for one worker's units.</summary>
    private sealed class StepWork : IStepWork
    {
        private readonly StreamLayer[] _layers;
        private SpinBarrier _meeting;

        public StepWork(StreamLayer[] layers)
        {
            _layers = layers;
            Reference = new WeakReference<IStepWork>(this);
        }

        public WeakReference<IStepWork> Reference { get; }

        /// <summary>Forgets a meeting that failed.</summary>
        public void Reset() => _meeting = default;

        public void Execute(int part, int parts, StepCall call)
        {
            try
            {
                Run(part, parts, call);
            }
            catch
            {
                _meeting.Break();
                throw;
            }
        }

        private void Run(int part, int parts, StepCall call)
        {
            Address input = call.Input;
            for (int i = 0; i < _layers.Length; i++)
            {
                _layers[i].Step(input, call.Number, call.Step, part, parts);
                input = _layers[i].Output.At(call.Step & 1);
                if (parts > 1 && i + 1 < _layers.Length) _meeting.Meet(parts);
            }
        }
    }
}
