namespace Recurant.Layers;

/// <summary>What a dense layer keeps: its weights laid out for products.</summary>
internal sealed class DenseMemory
{
    public PackedWeights Forward { get; } = new();

    public PackedWeights Backward { get; } = new();

    public PackedMatrix Scratch { get; } = new();
}

/// <summary>
/// A dense (fully connected, linear) layer: y = W x + b for every row (the chapter's V, or W_h of the feed-forward network).
/// </summary>
public sealed class Dense : Layer
{
    private readonly int _inputSize, _outputSize;

    /// <summary>Makes a layer whose parameters are zero until <see cref="Initialise"/>.</summary>
    /// <param name="inputSize">The width of x, from 1.</param>
    /// <param name="outputSize">The width of y, from 1.</param>
    /// <exception cref="ArgumentException">A width is below 1.</exception>
    public Dense(int inputSize, int outputSize)
        : this(null, inputSize, outputSize)
    {
    }

    /// <param name="name">What the names of the parameters begin with: "output" of "output.weight".</param>
    /// <param name="inputSize">The width of x.</param>
    /// <param name="outputSize">The width of y.</param>
    internal Dense(string? name, int inputSize, int outputSize)
        : this(new Parameter(Prefix(name) + "weight", outputSize, inputSize), new Parameter(Prefix(name) + "bias", outputSize))
    {
    }

    /// <param name="weights">W [out, ...]: all axes but the first together are the width of x.</param>
    /// <param name="bias">b [out].</param>
    internal Dense(Parameter weights, Parameter bias)
    {
        (Weights, Bias, Parameters) = (weights, bias, [weights, bias]);
        (_inputSize, _outputSize) = (weights.Count / bias.Count, bias.Count);
    }

    /// <summary>W [out, in].</summary>
    public Parameter Weights { get; }

    /// <summary>b [out].</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _inputSize;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => _outputSize;

    /// <summary>Uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010); the bias zero.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        Weights.InitialiseUniform(seed, ordinal, MathF.Sqrt(6f / (_inputSize + _outputSize)));
        Bias.Value.Clear();
        Bias.MarkChanged();
    }

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new DenseMemory();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call) =>
        Forward(call.Pass.Workers, call.Input.Matrix, call.Output.Matrix, call.Memory<DenseMemory>());

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        bool accumulate = false;
        Matrix? dInput = call.Input.WantsGradient ? call.Input.GradientToAdd(out accumulate) : null;
        Backward(
            call.Pass.Workers, call.Input.Matrix, call.Output.GradientToAdd(), dInput, call.Memory<DenseMemory>(), accumulate);
    }

    private static string Prefix(string? name) => name is null ? "" : name + ".";

    /// <summary>Y = X W^T + b; X [rows, in], Y [rows, out].</summary>
    internal void Forward(Workers workers, Matrix input, Matrix output, DenseMemory memory)
    {
        memory.Forward.Update(workers, Weights, transposed: true);
        for (int row = 0; row < output.Rows; row++) Bias.Value.CopyTo(output.Row(row));
        MatrixProduct.Multiply(workers, input, memory.Forward.Matrix, output, accumulate: true);
    }

    /// <summary>dW += dY^T X,  db += sum of the rows of dY,  dX = dY W, or dX += dY W.</summary>
    internal void Backward(
        Workers workers, Matrix input, Matrix dOutput, Matrix? dInput, DenseMemory memory, bool accumulateInput = false)
    {
        memory.Scratch.Pack(workers, input);
        Matrix gradient = Weights.GradientToAdd(out bool accumulate);
        TransposedProduct.Multiply(workers, dOutput, memory.Scratch, gradient, accumulate, Bias.GradientBuffer);
        if (dInput is { } target)
        {
            memory.Backward.Update(workers, Weights, transposed: false);
            MatrixProduct.Multiply(workers, dOutput, memory.Backward.Matrix, target, accumulateInput);
        }
    }
}
