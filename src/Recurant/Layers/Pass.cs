namespace Recurant.Layers;

/// <summary>What a pass through a network is for.</summary>
public enum PassKind
{
    /// <summary>Training: dropout acts, and <see cref="Pass.Backward"/> can follow.</summary>
    Training,

    /// <summary>Gradients without dropout, such as those of the input: <see cref="Pass.Backward"/> can follow.</summary>
    Gradients,

    /// <summary>Prediction: no dropout, and no history is kept, so that nothing can follow.</summary>
    Prediction,
}

/// <summary>
/// The use of layers on one batch: it keeps the order in which they were called and what each of them needs in the backward pass,
/// so that a network is ordinary code (branches, residual sums and shared layers included) and its gradients follow from one
/// call.
/// </summary>
/// <remarks>
/// <para>It holds all memory that a batch needs, and reuses it: once it has seen the largest batch, a training step allocates
/// nothing. One pass serves one thread at a time, from <see cref="Begin"/> until its outputs have been read, and throws an
/// <see cref="InvalidOperationException"/> when two threads call it at once; with passes of their own, several threads may
/// predict with the same layers.</para>
/// <para>The same seed, batches and calls give the same bits at any number of threads.</para>
/// </remarks>
/// <example>
/// <code>
/// var pass = new Pass(seed: 1);
/// for (int step = 0; step &lt; 500; step++)
/// {
///     pass.Begin();
///     SequenceBatch prediction = network.Forward(pass, inputs);
///     double loss = pass.Loss(prediction, targets, Loss.SquaredError);
///     pass.Backward();
///     optimizer.Step();
/// }
/// </code>
/// </example>
/// <param name="seed">The seed of the dropout masks. Default: 0.</param>
/// <param name="threads">The number of threads; 0 for one a core. Default: 0.</param>
public sealed partial class Pass(ulong seed = 0, int threads = 0)
{
    /// <summary>More uses of layers than this are a loop that never begins the pass anew.</summary>
    private const int MostCalls = 100_000;

    private readonly List<Record> _records = [];
    private int _calls, _made;
    private long _begins;
    private bool _hasBegun;

    /// <summary>Who calls layers.</summary>
    internal SoleUse Use { get; } = new($"A {nameof(Pass)}",
        "Give each thread a pass of its own: several may predict with the same layers.");

    internal Workers Workers { get; } = Workers.Asked(threads);

    /// <summary>The seed of the dropout masks.</summary>
    public ulong Seed => seed;

    /// <summary>The number of threads.</summary>
    public int Threads => Workers.Count;

    /// <summary>What the pass is for, as <see cref="Begin"/> was told.</summary>
    public PassKind Kind { get; private set; }

    /// <summary>
    /// The number of training passes begun before this one; the masks of dropout are a function of the seed and of it. To be set
    /// where a training goes on that was interrupted.
    /// </summary>
    public ulong Step { get; set; }

    /// <summary>The sequence that is read a step at a time; null where batches are whole.</summary>
    internal StepByStep? Steps { get; private set; }

    /// <summary>Whether dropout acts.</summary>
    public bool IsTraining => Kind == PassKind.Training;

    /// <summary>Whether <see cref="Backward"/> may follow.</summary>
    public bool KeepsHistory => Kind != PassKind.Prediction;

    /// <summary>Begins anew: the outputs of the calls before are given up, and their memory is used again.</summary>
    /// <param name="kind">What the pass is for. Default: training.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the pass.</exception>
    public void Begin(PassKind kind = PassKind.Training)
    {
        Known.Require(kind, nameof(kind));
        using SoleUse.Call call = Use.Enter();
        if (_hasBegun && IsTraining) Step++;
        (Kind, _calls, _made, _hasBegun, Steps) = (kind, 0, 0, true, null);
        _begins++;
    }

    /// <summary>
    /// Begins a prediction of the next step of one sequence: layers go on where they ended, and read batches of one row.
    /// </summary>
    /// <param name="steps">The sequence.</param>
    /// <param name="isKept">Whether later steps follow on this one; otherwise it leaves no trace.</param>
    internal void BeginStep(StepByStep steps, bool isKept)
    {
        Begin(PassKind.Prediction);
        steps.Begin(isKept);
        Steps = steps;
    }

    /// <summary>
    /// Back-propagation, through time too: from the gradients that losses have left on outputs, adds those of all parameters,
    /// and of the inputs whose <see cref="SequenceBatch.WantsGradient"/> is set. The calls of the pass are given up after it.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The pass keeps no history, no output has a gradient, an input was set again since a layer has read it, or another thread
    /// uses the pass.
    /// </exception>
    public void Backward()
    {
        using SoleUse.Call call = Use.Enter();
        RequireBegun();
        if (!KeepsHistory)
        {
            throw new InvalidOperationException(
                "A backward pass cannot follow a pass of the kind Prediction, which keeps nothing for it. Begin the pass with "
                + "PassKind.Training or PassKind.Gradients.");
        }

        bool any = false;
        for (int i = 0; i < _calls; i++)
        {
            any |= _records[i].Output.HasGradient;
            _records[i].RequireSameInputs();
        }

        if (!any)
        {
            throw new InvalidOperationException(
                "No output of this pass has a gradient: compute a loss with Pass.Loss or Pass.CrossEntropy first, or write to "
                + "the output's GradientRow.");
        }

        try
        {
            for (int i = _calls - 1; i >= 0; i--)
            {
                Record record = _records[i];
                // Without a gradient nothing that was lost depends on this output.
                if (record.Output.HasGradient) record.Layer!.Backward(record.Call(this, i));
            }
        }
        finally
        {
            // Even if a layer throws: a second backward pass would add what the first has added.
            if (IsTraining) Step++;
            (_calls, _hasBegun) = (0, false);
        }
    }

    /// <summary>a + b, row by row: a residual connection.</summary>
    /// <exception cref="ArgumentException">The two differ in layout or width.</exception>
    public SequenceBatch Add(SequenceBatch a, SequenceBatch b) => Run(SumLayer.Instance, a, b);

    /// <summary>a * b, element by element: a gate.</summary>
    /// <exception cref="ArgumentException">The two differ in layout or width.</exception>
    public SequenceBatch Multiply(SequenceBatch a, SequenceBatch b) => Run(ProductLayer.Instance, a, b);

    /// <summary>[a, b]: the columns of b after those of a.</summary>
    /// <exception cref="ArgumentException">The two differ in layout.</exception>
    public SequenceBatch Concatenate(SequenceBatch a, SequenceBatch b) => Run(ConcatenationLayer.Instance, a, b);

    /// <summary>The same values with a gradient that goes no further back (as PyTorch's detach).</summary>
    public SequenceBatch Detach(SequenceBatch values) => Run(DetachLayer.Instance, values, null);

    internal SequenceBatch Run(Layer layer, SequenceBatch input, SequenceBatch? second)
    {
        ArgumentNullException.ThrowIfNull(input);
        using SoleUse.Call use = Use.Enter();
        RequireBegun();
        CheckInput(layer, input);
        if (Steps is not null) RequireStep(layer, input);
        Enter(input);
        if (second is not null) Enter(second);
        int width = layer is JoiningLayer joining ? joining.JoinedSize(input, second!) : layer.OutputSize(input.Size);
        Record record = Next(layer);
        record.SetInputs(input, second);
        record.Output.Shape(input.Layout, width, layer.JoinsSteps || input.IsPerSequence, this, _begins);
        record.Output.WantsGradient = KeepsHistory;
        layer.Forward(record.Call(this, _calls - 1));
        return record.Output;
    }

    /// <summary>The uses of layers since the pass began last, also those that a backward pass is through with.</summary>
    internal IEnumerable<(Layer Layer, SequenceBatch Input, SequenceBatch Output, object? Memory)> Calls =>
        _records.Take(_made).Select(record => (record.Layer!, record.Input, record.Output, record.Memory));

    /// <summary>A seed of its own for each use of a layer, so that no two draw the same masks.</summary>
    internal ulong SeedOf(int call) => SplitMix64.Hash(Seed, call);

    private void Enter(SequenceBatch input)
    {
        if (input.Owner is { } owner) owner.RequireCurrent(input);
        else if (KeepsHistory) input.Enter(this, _begins);
    }

    private void RequireCurrent(SequenceBatch output)
    {
        if (output.IsCurrentOf(this, _begins)) return;
        throw new InvalidOperationException(
            "An output was used after its pass had begun anew, which gives up all outputs. To keep one, such as a state that is "
            + "carried on, copy it before Begin by CopyFrom of a SequenceBatch of your own.");
    }

    /// <summary>A loss whose gradient no backward pass would find is a mistake.</summary>
    private void RequireBeforeBackward(SequenceBatch prediction)
    {
        if (!KeepsHistory) return;
        RequireBegun();
        if (prediction.Owner is not { } owner) return;
        owner.RequireCurrent(prediction);
        if (ReferenceEquals(owner, this)) return;
        throw new ArgumentException(
            "The prediction was computed in another pass, whose backward pass needs the loss.", nameof(prediction));
    }

    /// <summary>What a layer kept of the use whose output this is; null if it was not this layer's.</summary>
    internal object? MemoryOf(Layer layer, SequenceBatch output)
    {
        for (int i = 0; i < _calls; i++)
        {
            if (ReferenceEquals(_records[i].Output, output) && ReferenceEquals(_records[i].Layer, layer))
            {
                return _records[i].Memory;
            }
        }

        return null;
    }

    private Record Next(Layer layer)
    {
        if (_calls == MostCalls)
        {
            throw new InvalidOperationException(
                $"The pass has called {MostCalls:N0} layers since it began. Call Begin before each batch: it lets the memory of "
                + "the batch before be used again.");
        }

        if (_calls == _records.Count) _records.Add(new Record());
        Record record = _records[_calls];
        if (!ReferenceEquals(record.Layer, layer)) (record.Layer, record.Memory) = (layer, layer.CreateMemory());
        _made = ++_calls;
        return record;
    }

    private void RequireBegun()
    {
        if (!_hasBegun)
        {
            throw new InvalidOperationException("The pass has not begun: call Begin before the layers of each batch.");
        }
    }

    private static void RequireStep(Layer layer, SequenceBatch input)
    {
        if (!layer.CanStep)
        {
            throw new NotSupportedException(
                $"{layer.GetType().Name} needs later steps of the sequence, so it cannot be read step by step.");
        }

        if (input.RowCount != 1) throw new ArgumentException($"A step is one row; there are {input}.", nameof(input));
    }

    private static void CheckInput(Layer layer, SequenceBatch input)
    {
        string name = layer.GetType().Name;
        if (layer.InputSize == Layer.TokenInput && !input.IsTokens)
        {
            throw new ArgumentException(
                $"{name} reads tokens, but the input has vectors of {input.Size} numbers. Make it by SequenceBatch.OfTokens.",
                nameof(input));
        }

        if (layer.InputSize != Layer.TokenInput && input.IsTokens)
        {
            throw new ArgumentException(
                $"{name} reads vectors, but the input has tokens. Put an Embedding before it.", nameof(input));
        }

        if (layer.InputSize > 0 && input.Size != layer.InputSize)
        {
            throw new ArgumentException(
                $"{name} reads vectors of {layer.InputSize} numbers, but the input has {input.Size}.", nameof(input));
        }

        if (layer.ReadsSteps && input.IsPerSequence)
        {
            throw new ArgumentException(
                $"{name} reads the steps of sequences, but the input has one row for each sequence.", nameof(input));
        }
    }

    private sealed class Record
    {
        public Layer? Layer { get; set; }

        public object? Memory { get; set; }

        public SequenceBatch Output { get; } = new();

        /// <summary>What the layer read.</summary>
        public SequenceBatch Input => _input;

        private SequenceBatch _input = null!;
        private SequenceBatch? _second;
        private int _inputVersion, _secondVersion;

        public void SetInputs(SequenceBatch input, SequenceBatch? second)
        {
            (_input, _inputVersion) = (input, input.Version);
            (_second, _secondVersion) = (second, second?.Version ?? 0);
        }

        public void RequireSameInputs()
        {
            // An initial state is read once, and may take the final state before the backward pass.
            bool needsSecond = _second is not null && (Layer is JoiningLayer || _second.WantsGradient);
            if (_input.Version == _inputVersion && (!needsSecond || _second!.Version == _secondVersion)) return;
            throw new InvalidOperationException(
                $"An input of {Layer!.GetType().Name} was set again after Forward had read it. Call Backward before the next "
                + "batch takes its place, or give that a SequenceBatch of its own.");
        }

        public LayerCall Call(Pass pass, int index) => new(pass, _input, _second, Output, Memory, index);
    }
}
