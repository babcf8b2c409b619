namespace Recurant.Layers;

/// <summary>
/// Recurrent layers, one above the other, in one direction or both: any of the cells of <see cref="CellKind"/>. The output of a
/// step is h_t of the topmost layer, of both directions side by side.
/// <code>
/// h_t = cell(x_t, h_(t-1)),   h_0 = 0 or given
/// </code>
/// The parameters have PyTorch's names, gate order and shapes, so files of nn.RNN, nn.LSTM and nn.GRU load as they are.
/// </summary>
/// <remarks>The equations of each cell stand in docs/cells; <see cref="Equations"/> prints them.</remarks>
public sealed class Recurrent : Layer
{
    private readonly StateLayer _finalState;
    private readonly bool _hasCellState, _isOneHot;
    private readonly float _layerDropout, _recurrentDropout;

    /// <summary>Makes layers whose parameters are zero until <see cref="Initialise"/>.</summary>
    /// <param name="inputSize">I, the width of a step of the input; of one-hot input the number of tokens.</param>
    /// <param name="spec">The cell, the hidden size, the number of layers and the directions.</param>
    /// <param name="oneHot">Whether the input is tokens, read as one-hot vectors. Default: no.</param>
    /// <exception cref="ArgumentException">A size is outside its range, or odd where the cell needs pairs.</exception>
    public Recurrent(int inputSize, RecurrentSpec spec, bool oneHot = false)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Validate();
        if (inputSize < 1)
        {
            throw new ArgumentException($"The input size is {inputSize}; at least 1 is expected.", nameof(inputSize));
        }

        _isOneHot = oneHot;
        Stack = new RecurrentStack(spec.Over(inputSize, oneHot));
        Parameters = [.. Stack.Parameters];
        _hasCellState = Stack.Cells.First().HasCellState;
        StateSize = Stack.Cells.Sum(cell => cell.HiddenSize + (_hasCellState ? cell.CellSize : 0));
        _finalState = new StateLayer(this);
    }

    /// <summary>Makes layers whose parameters are zero until <see cref="Initialise"/>.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="inputSize">I, the width of a step of the input.</param>
    /// <param name="hiddenSize">H, the width of the hidden state of each layer and direction.</param>
    /// <param name="layers">The number of layers. Default: 1.</param>
    /// <param name="bidirectional">Whether a second network reads the sequence from its end. Default: no.</param>
    /// <inheritdoc cref="Recurrent(int, RecurrentSpec, bool)" path="/exception"/>
    public Recurrent(CellKind cell, int inputSize, int hiddenSize, int layers = 1, bool bidirectional = false)
        : this(inputSize, new RecurrentSpec
        {
            Cell = cell, HiddenSize = hiddenSize, Layers = layers, Bidirectional = bidirectional,
        })
    {
    }

    /// <summary>What the layers are made of.</summary>
    public RecurrentSpec Spec => Stack.Spec;

    /// <summary>
    /// The share of the columns between two layers that a training pass sets to zero, drawn for each sequence and kept over its
    /// steps; in [0, 1). Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside its range.</exception>
    public float LayerDropout { get => _layerDropout; init => _layerDropout = Dropout.RequireRate(value, nameof(LayerDropout)); }

    /// <summary>
    /// The share of h_(t-1) that a training pass sets to zero as it enters the product with W_hh, drawn for each sequence and
    /// kept over its steps (Gal and Ghahramani 2016); in [0, 1). Cells without that product ignore it. Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside its range.</exception>
    public float RecurrentDropout
    {
        get => _recurrentDropout;
        init => _recurrentDropout = Dropout.RequireRate(value, nameof(RecurrentDropout));
    }

    /// <summary>What <see cref="Initialise"/> sets W_hh to. Default: the usual start.</summary>
    public RecurrentStart Start { get; init; } = RecurrentStart.Usual;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _isOneHot ? TokenInput : Stack.Spec.InputSize;

    /// <inheritdoc/>
    public override bool ReadsSteps => true;

    /// <summary>
    /// The width of the state that lasts from step to step: for each layer and direction H, then M where the cell has a second
    /// state c.
    /// </summary>
    public int StateSize { get; }

    /// <summary>The equations of a step, in plain ASCII.</summary>
    public IReadOnlyList<string> Equations => Stack.Cells.First().Equations;

    internal RecurrentStack Stack { get; }

    internal override bool CanStep => !Spec.Bidirectional && !_isOneHot;

    /// <summary>What the layers kept of a use of them.</summary>
    internal static RecurrentMemory MemoryOf(object? use) => ((Use)use!).Memory;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Spec.OutputSize;

    /// <summary>As PyTorch does: uniform in +-1 / sqrt(H); the forget gate's bias and W_hh as asked for.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        Stack.Initialise(seed, ordinal);
        RecurrentStarts.Apply(Start, Stack.Cells, seed + ordinal);
    }

    /// <summary>Computes the outputs from given initial states instead of zeros.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="input">X, of the width <see cref="InputSize"/>.</param>
    /// <param name="initialState">
    /// One row of <see cref="StateSize"/> numbers for each sequence, in the layout of <see cref="FinalState"/>.
    /// </param>
    /// <returns>The outputs.</returns>
    /// <exception cref="ArgumentException">
    /// The states have another width, or their number is not that of the sequences.
    /// </exception>
    public SequenceBatch Forward(Pass pass, SequenceBatch input, SequenceBatch initialState)
    {
        ArgumentNullException.ThrowIfNull(pass);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(initialState);
        if (initialState.Size != StateSize || initialState.Sequences != input.Sequences || initialState.Steps != 1)
        {
            throw new ArgumentException(
                $"Initial states of {initialState} were given; {input.Sequences} rows of {StateSize} are expected.",
                nameof(initialState));
        }

        return pass.Run(this, input, initialState);
    }

    /// <summary>
    /// The states after the last step of each sequence (backward in time: after the first): for each layer, and in it for each
    /// direction, h and then c, if the cell has one. To go on from in another batch, or to start a decoder from.
    /// </summary>
    /// <param name="pass">The pass that <paramref name="output"/> was computed in.</param>
    /// <param name="output">What <see cref="Layer.Forward(Pass, SequenceBatch)"/> returned.</param>
    /// <returns>One row of <see cref="StateSize"/> numbers for each sequence.</returns>
    /// <exception cref="ArgumentException">These layers have not computed the output in this pass.</exception>
    /// <exception cref="NotSupportedException">The cell is an Elman cell in the pre-activation form.</exception>
    public SequenceBatch FinalState(Pass pass, SequenceBatch output)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (Spec.Form == ElmanForm.PreActivation && Spec.Cell == CellKind.Elman)
        {
            throw new NotSupportedException(
                "The final state of an Elman cell in the pre-activation form is not its output; use ElmanForm.Hidden.");
        }

        return pass.Run(_finalState, output, null);
    }

    /// <inheritdoc/>
    protected internal override uint OrdinalsOf => 16 * (uint)(Spec.Layers * Spec.Directions);

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new Use { Memory = Stack.CreateMemory() };

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        Use use = call.Memory<Use>();
        if (call.Pass.Steps is { } steps)
        {
            Step(steps, call.Input.Row(0), call.Output.Row(0), use);
            return;
        }

        RecurrentMemory memory = use.Memory;
        BatchLayout layout = call.Input.Layout;
        if (_isOneHot) RequireTokens(layout);
        memory.KeepsHistory = call.Pass.KeepsHistory;
        use.HasFinalGradient = false;
        Stack.ResetInitialState(memory, layout.Sequences);
        if (call.Second is { } initial) EnterInitialState(use, layout, initial);
        Matrix input = _isOneHot ? default : call.Input.Matrix;
        // The topmost outputs are written where the caller reads them.
        memory.Outputs[^1] = call.Output.Store;
        Stack.Forward(call.Pass.Workers, layout, input, memory, Plan(call));
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        Use use = call.Memory<Use>();
        RecurrentMemory memory = use.Memory;
        BatchLayout layout = call.Input.Layout;
        Stack.ResetFinalGradient(memory, layout.Sequences);
        if (use.HasFinalGradient) EnterFinalGradient(use, layout);
        memory.WantsInitialGradient = call.Second is { WantsGradient: true };
        Matrix input = _isOneHot ? default : call.Input.Matrix;
        Matrix? dInput = call.Input.WantsGradient && !_isOneHot ? call.Input.GradientToAdd() : null;
        Stack.Backward(call.Pass.Workers, layout, input, call.Output.GradientToAdd(), dInput, memory, Plan(call));
        if (memory.WantsInitialGradient) LeaveInitialGradient(use, layout, call.Second!);
    }

    /// <summary>The output of the next step [H]; of one that is not kept the state is put back.</summary>
    private void Step(StepByStep steps, ReadOnlySpan<float> x, Span<float> h, Use use)
    {
        IRecurrentStepper stepper = use.Stepper ??= steps.StepperOf(Stack);
        bool isFirst = steps.Before == 0;
        if (isFirst) stepper.Reset();
        else if (!steps.IsKept) stepper.SaveState(use.State.Reserve(1, stepper.StateSize).Row(0));
        stepper.Step(x).CopyTo(h);
        if (!isFirst && !steps.IsKept) stepper.LoadState(use.State.Row(0));
    }

    private DropoutPlan? Plan(in LayerCall call) =>
        !call.Pass.IsTraining || (LayerDropout == 0 && RecurrentDropout == 0) ? null : new DropoutPlan
        {
            Layers = LayerDropout, Recurrent = RecurrentDropout, Seed = call.Pass.SeedOf(call.Index), Step = call.Pass.Step,
        };

    private void RequireTokens(BatchLayout layout)
    {
        foreach (int token in layout.Tokens)
        {
            if (token < Stack.Spec.InputSize) continue;
            throw new ArgumentException(
                $"The token {token} was given to layers whose one-hot input has {Stack.Spec.InputSize} tokens, from 0.");
        }
    }

    private void EnterInitialState(Use use, BatchLayout layout, SequenceBatch initial)
    {
        use.Memory.HasInitialState = true;
        for (int b = 0; b < layout.Sequences; b++)
        {
            ReadOnlySpan<float> state = initial[layout.Order[b]];
            foreach (CellMemory cell in use.Memory.Cells)
            {
                state = Take(state, cell.InitialHidden.Row(b));
                if (_hasCellState) state = Take(state, cell.InitialCell.Row(b));
            }
        }
    }

    private void LeaveInitialGradient(Use use, BatchLayout layout, SequenceBatch initial)
    {
        for (int b = 0; b < layout.Sequences; b++)
        {
            Span<float> gradient = initial.GradientOf(layout.Order[b]);
            foreach (CellMemory cell in use.Memory.Cells)
            {
                gradient = Add(cell.DHidden.Row(b), gradient);
                if (_hasCellState) gradient = Add(cell.DCell.Row(b), gradient);
            }
        }
    }

    private void EnterFinalGradient(Use use, BatchLayout layout)
    {
        for (int b = 0; b < layout.Sequences; b++)
        {
            ReadOnlySpan<float> gradient = use.FinalGradient.Row(b);
            foreach (CellMemory cell in use.Memory.Cells)
            {
                gradient = Take(gradient, cell.DHidden.Row(b));
                if (_hasCellState) gradient = Take(gradient, cell.DCell.Row(b));
            }
        }
    }

    private void ReadFinalState(Use use, BatchLayout layout, int b, Span<float> state)
    {
        int index = 0;
        foreach (RecurrentCell cell in Stack.Cells)
        {
            CellMemory memory = use.Memory.Cells[index];
            bool reverse = index % Spec.Directions == 1;
            int row = (reverse ? 0 : layout.RowStart(layout.Lengths[b] - 1)) + b;
            Matrix output = use.Memory.Outputs[index / Spec.Directions].Rows(layout.Rows)
                .Column(index % Spec.Directions * Spec.HiddenSize, Spec.HiddenSize);
            state = Put(cell.StateAt(memory, output, row), state);
            // Without history the memory holds only each sequence's last c.
            if (_hasCellState) state = Put(memory.Cells.Row(memory.KeepsHistory ? row : b), state);
            index++;
        }
    }

    private static ReadOnlySpan<float> Take(ReadOnlySpan<float> source, Span<float> destination)
    {
        source[..destination.Length].CopyTo(destination);
        return source[destination.Length..];
    }

    private static Span<float> Put(ReadOnlySpan<float> source, Span<float> destination)
    {
        source.CopyTo(destination);
        return destination[source.Length..];
    }

    private static Span<float> Add(ReadOnlySpan<float> source, Span<float> destination)
    {
        Elementwise.Add(source, destination[..source.Length]);
        return destination[source.Length..];
    }

    /// <summary>What a use keeps of a batch.</summary>
    private sealed class Use
    {
        public required RecurrentMemory Memory { get; init; }

        /// <summary>[B, StateSize]: the gradient of the final states, if something was made of them.</summary>
        public RowStore FinalGradient { get; } = new();

        public bool HasFinalGradient { get; set; }

        /// <summary>Runs the layers step by step, where a pass does.</summary>
        public IRecurrentStepper? Stepper { get; set; }

        /// <summary>[1, state]: the state before a step that is not kept.</summary>
        public RowStore State { get; } = new();
    }

    /// <summary>Reads the final states out of what the recurrent layers have kept.</summary>
    private sealed class StateLayer(Recurrent recurrent) : Layer
    {
        public override bool JoinsSteps => true;

        public override int OutputSize(int inputSize) => recurrent.StateSize;

        protected internal override void Forward(in LayerCall call)
        {
            Use use = UseOf(call);
            for (int b = 0; b < call.Output.RowCount; b++)
            {
                recurrent.ReadFinalState(use, call.Input.Layout, b, call.Output.Row(b));
            }
        }

        protected internal override void Backward(in LayerCall call)
        {
            Use use = UseOf(call);
            if (!use.HasFinalGradient) use.FinalGradient.Reserve(call.Output.RowCount, recurrent.StateSize).Clear();
            use.HasFinalGradient = true;
            for (int b = 0; b < call.Output.RowCount; b++)
            {
                Elementwise.Add(call.Output.GradientRow(b), use.FinalGradient.Row(b));
            }

            // The layers are to go back even if nothing was made of their outputs.
            call.Input.GradientToAdd();
        }

        private Use UseOf(in LayerCall call) => call.Pass.MemoryOf(recurrent, call.Input) as Use ?? throw new ArgumentException(
            "FinalState needs what Forward of the same Recurrent returned in the same pass.");
    }
}
