namespace Recurant.Layers;

/// <summary>An activation function, element by element: y = act(x).</summary>
public sealed class ActivationLayer : Layer
{
    private readonly Activation _activation;

    /// <summary>Makes a layer.</summary>
    /// <param name="activation">The function.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such function.</exception>
    public ActivationLayer(Activation activation) => _activation = Known.Require(activation, nameof(activation));

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new RowStore();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            ActivationKernels.Apply(_activation, call.Input.Row(row), call.Output.Row(row));
        }
    }

    /// <summary>dx = dy act'(x), from y: 1 - y^2, 1 where y > 0, or y (1 - y).</summary>
    protected internal override void Backward(in LayerCall call)
    {
        if (!call.Input.WantsGradient) return;
        // dy is left as it is: whoever asks for the gradient of an output finds it there.
        Span<float> dx = call.Memory<RowStore>().Reserve(1, call.Input.Size).Row(0);
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            ActivationKernels.GradientFromOutput(_activation, call.Output.Row(row), call.Output.GradientRow(row), dx);
            Elementwise.Add(dx, call.Input.GradientRow(row));
        }
    }
}

/// <summary>
/// Layer normalisation (Ba, Kiros and Hinton 2016), of every row by itself:
/// <code>
/// (1) n = (x - mean(x)) / sqrt(mean((x - mean(x))^2) + 1e-5)
/// (2) y = g * n + b
/// </code>
/// </summary>
public sealed class LayerNorm : Layer
{
    private readonly int _size;

    /// <summary>Makes a layer with g = 1 and b = 0.</summary>
    /// <param name="size">N, the width of x and y.</param>
    /// <exception cref="ArgumentException">The width is below 1.</exception>
    public LayerNorm(int size)
    {
        _size = size;
        Gain = new Parameter("weight", size);
        Bias = new Parameter("bias", size);
        Parameters = [Gain, Bias];
        Initialise(0);
    }

    /// <summary>g [N].</summary>
    public Parameter Gain { get; }

    /// <summary>b [N].</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _size;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => _size;

    /// <summary>g = 1, b = 0.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        Gain.Value.Fill(1f);
        Bias.Value.Clear();
        Gain.MarkChanged();
        Bias.MarkChanged();
    }

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new Normalised();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        Normalised memory = call.Memory<Normalised>();
        memory.Rows.Reserve(call.Input.RowCount, _size);
        memory.Scales = Workspace.Reserve(memory.Scales, call.Input.RowCount);
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            Span<float> n = memory.Rows.Row(row), y = call.Output.Row(row);
            memory.Scales[row] = RowNorm.Forward(call.Input.Row(row), n);                    // (1)
            Bias.Value.CopyTo(y);
            Elementwise.AddProduct(Gain.Value, n, y);                                                   // (2)
        }
    }

    /// <summary>(2') dg += dy * n, db += dy, dn = dy * g; (1') through the deviation and the mean.</summary>
    protected internal override void Backward(in LayerCall call)
    {
        Normalised memory = call.Memory<Normalised>();
        Span<float> dx = memory.DInput.Reserve(1, _size).Row(0);
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            Span<float> dy = call.Output.GradientRow(row), n = memory.Rows.Row(row);
            Elementwise.AddProduct(dy, n, Gain.Gradient);
            Elementwise.Add(dy, Bias.Gradient);
            if (!call.Input.WantsGradient) continue;
            Elementwise.Multiply(dy, Gain.Value, dx);
            RowNorm.Backward(n, memory.Scales[row], dx, dx);
            Elementwise.Add(dx, call.Input.GradientRow(row));
        }
    }

    private sealed class Normalised
    {
        public RowStore Rows { get; } = new();

        public RowStore DInput { get; } = new();

        public float[] Scales { get; set; } = [];
    }
}

/// <summary>Joins the steps of each sequence to one vector: the last, the mean, or the largest of each column.</summary>
/// <remarks>For a weighted mean whose weights are learnt see <see cref="AttentionPooling"/>.</remarks>
public sealed class PoolingLayer : Layer
{
    private readonly Pooling _pooling;
    private readonly int _directions;

    /// <summary>Makes a layer.</summary>
    /// <param name="pooling">How the steps are joined.</param>
    /// <param name="directions">
    /// 2 if the input comes from a bidirectional <see cref="Recurrent"/>, whose backward half has read everything at the first
    /// step; it matters to <see cref="Pooling.Last"/> alone. Default: 1.
    /// </param>
    /// <exception cref="ArgumentException">The kind is <see cref="Pooling.Attention"/>, a layer of its own.</exception>
    public PoolingLayer(Pooling pooling = Pooling.Last, int directions = 1)
    {
        if (pooling == Pooling.Attention)
        {
            throw new ArgumentException("Attention has parameters and is a layer of its own: AttentionPooling.", nameof(pooling));
        }

        Known.Require(pooling, nameof(pooling));
        if (directions is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(directions), "There are 1 or 2 directions.");
        (_pooling, _directions) = (pooling, directions);
    }

    /// <inheritdoc/>
    public override bool JoinsSteps => true;

    internal override bool CanStep => _directions == 1;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new PoolingMemory();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        PoolingMemory memory = call.Memory<PoolingMemory>();
        if (call.Pass.Steps is { } steps)
        {
            FixedPooling.Step(steps, _pooling, call.Input.Row(0), call.Output.Row(0), memory);
            return;
        }

        FixedPooling.Forward(
            call.Pass.Workers, _pooling, call.Input.Layout, _directions, call.Input.Matrix, call.Output.Matrix, memory);
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        if (!call.Input.WantsGradient) return;
        FixedPooling.Backward(
            call.Pass.Workers, _pooling, call.Input.Layout, _directions, call.Output.GradientToAdd(), call.Input.GradientToAdd(),
            call.Memory<PoolingMemory>());
    }
}
