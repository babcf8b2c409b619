namespace Recurant.Layers;

/// <summary>
/// A convolution over time: every step of the output sees K steps of the input around it, or up to it. Beyond the ends of a
/// sequence the input is zero, so the output is as long as the input.
/// <code>
/// (1) y_t = b + sum_(k = 0 .. K-1) W_k x_(t + k - P),   P = (K - 1) / 2, or K - 1 if causal
/// </code>
/// </summary>
public sealed class Conv1d : Layer
{
    private readonly Dense _product;
    private readonly int _inputSize, _kernelSize, _before;
    private readonly bool _isCausal;

    /// <summary>Makes a layer whose parameters are zero until <see cref="Initialise"/>.</summary>
    /// <param name="inputSize">I, the width of x.</param>
    /// <param name="outputSize">O, the width of y.</param>
    /// <param name="kernelSize">K, the number of steps seen at once.</param>
    /// <param name="isCausal">Whether a step sees only itself and steps before it. Default: no.</param>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public Conv1d(int inputSize, int outputSize, int kernelSize, bool isCausal = false)
    {
        (_inputSize, _kernelSize, _isCausal) = (inputSize, kernelSize, isCausal);
        _before = isCausal ? kernelSize - 1 : (kernelSize - 1) / 2;
        _product = new Dense(new Parameter("weight", outputSize, inputSize, kernelSize), new Parameter("bias", outputSize));
    }

    /// <summary>W [O, I, K], as in PyTorch's nn.Conv1d.</summary>
    public Parameter Weights => _product.Weights;

    /// <summary>b [O].</summary>
    public Parameter Bias => _product.Bias;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _product.Parameters;

    /// <inheritdoc/>
    public override int InputSize => _inputSize;

    /// <inheritdoc/>
    public override bool ReadsSteps => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Bias.Count;

    internal override bool CanStep => _isCausal;

    /// <summary>Uniform in +-sqrt(6 / (I K + O)) (Glorot and Bengio 2010); the bias zero.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0) => _product.Initialise(seed, ordinal);

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new Windows();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        Windows memory = call.Memory<Windows>();
        int rows = call.Input.RowCount;
        memory.Inputs.Reserve(rows, _inputSize * _kernelSize).Clear();
        if (call.Pass.Steps is { } steps)
        {
            Slide(steps, call.Input.Row(0), memory);
        }
        else
        {
            foreach (Seen seen in SeenBy(call.Input.Layout))
            {
                ReadOnlySpan<float> x = call.Input.Row(seen.InputRow);
                Span<float> window = memory.Inputs.Row(seen.Row);
                for (int i = 0; i < x.Length; i++) window[i * _kernelSize + seen.Tap] = x[i];
            }
        }

        _product.Forward(call.Pass.Workers, memory.Inputs.Rows(rows), call.Output.Matrix, memory.Dense);            // (1)
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        Windows memory = call.Memory<Windows>();
        int rows = call.Input.RowCount;
        Numerics.Matrix? dInputs = call.Input.WantsGradient
            ? memory.DInputs.Reserve(rows, _inputSize * _kernelSize).Rows(rows) : null;
        _product.Backward(call.Pass.Workers, memory.Inputs.Rows(rows), call.Output.GradientToAdd(), dInputs, memory.Dense);
        if (dInputs is null) return;
        foreach (Seen seen in SeenBy(call.Input.Layout))
        {
            Span<float> dx = call.Input.GradientRow(seen.InputRow);
            ReadOnlySpan<float> dWindow = memory.DInputs.Row(seen.Row);
            for (int i = 0; i < dx.Length; i++) dx[i] += dWindow[i * _kernelSize + seen.Tap];
        }
    }

    /// <summary>The window of a step: that of the step before without its oldest input, and x.</summary>
    private void Slide(StepByStep steps, ReadOnlySpan<float> x, Windows memory)
    {
        if (steps.Before == 0) memory.Last.Reserve(1, _inputSize * _kernelSize).Clear();
        Span<float> last = memory.Last.Row(0), window = memory.Inputs.Row(0);
        for (int i = 0; i < x.Length; i++)
        {
            last.Slice(i * _kernelSize + 1, _kernelSize - 1).CopyTo(window[(i * _kernelSize)..]);
            window[i * _kernelSize + _kernelSize - 1] = x[i];
        }

        if (steps.IsKept) window.CopyTo(last);
    }

    private SeenSteps SeenBy(BatchLayout layout) => new(layout, _kernelSize, _before);

    /// <summary>An input row that a row of the output sees, and at which place of its window.</summary>
    private readonly record struct Seen(int Row, int InputRow, int Tap);

    /// <summary>All of them, without memory of their own.</summary>
    private struct SeenSteps(BatchLayout layout, int kernelSize, int before)
    {
        private int _step, _sequence, _tap = -1;

        public readonly SeenSteps GetEnumerator() => this;

        public Seen Current { get; private set; }

        public bool MoveNext()
        {
            while (_step < layout.Steps)
            {
                for (_tap++; _tap < kernelSize; _tap++)
                {
                    int source = _step + _tap - before;
                    if (source < 0 || source >= layout.Lengths[_sequence]) continue;
                    Current = new Seen(layout.RowStart(_step) + _sequence, layout.RowStart(source) + _sequence, _tap);
                    return true;
                }

                _tap = -1;
                if (++_sequence < layout.SequencesAt(_step)) continue;
                (_sequence, _step) = (0, _step + 1);
            }

            return false;
        }
    }

    private sealed class Windows
    {
        /// <summary>[rows, I K]: what each step sees.</summary>
        public RowStore Inputs { get; } = new();

        /// <summary>[1, I K]: step by step, the window of the step before.</summary>
        public RowStore Last { get; } = new();

        public RowStore DInputs { get; } = new();

        public DenseMemory Dense { get; } = new();
    }
}
