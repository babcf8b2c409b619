using Recurant.Cells;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Layers;

/// <summary>What a dense layer keeps: its weights laid out for products.</summary>
internal sealed class DenseMemory
{
    public PackedWeights Forward { get; } = new();

    public PackedWeights Backward { get; } = new();

    public PackedMatrix Scratch { get; } = new();
}

/// <summary>A dense layer: y = W x + b for every row (the chapter's V, or W_h of the feed-forward network).</summary>
internal sealed class Dense(string name, int inputSize, int outputSize)
{
    /// <summary>W [out, in].</summary>
    public Parameter Weights { get; } = new(name + ".weight", outputSize, inputSize);

    /// <summary>b [out].</summary>
    public Parameter Bias { get; } = new(name + ".bias", outputSize);

    public IEnumerable<Parameter> Parameters => [Weights, Bias];

    /// <summary>Uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010); the bias zero.</summary>
    public void Initialise(ulong seed, uint ordinal) =>
        Weights.InitialiseUniform(seed, ordinal, MathF.Sqrt(6f / (inputSize + outputSize)));

    /// <summary>Y = X W^T + b; X [rows, in], Y [rows, out].</summary>
    public void Forward(Workers workers, Matrix input, Matrix output, DenseMemory memory)
    {
        memory.Forward.Update(workers, Weights, transposed: true);
        for (int row = 0; row < output.Rows; row++) Bias.Value.CopyTo(output.Row(row));
        MatrixProduct.Multiply(workers, input, memory.Forward.Matrix, output, accumulate: true);
    }

    /// <summary>dW += dY^T X,  db += sum of the rows of dY,  dX = dY W.</summary>
    public void Backward(Workers workers, Matrix input, Matrix dOutput, Matrix? dInput, DenseMemory memory)
    {
        memory.Scratch.Pack(workers, input);
        Matrix gradient = Weights.GradientToAdd(out bool accumulate);
        TransposedProduct.Multiply(workers, dOutput, memory.Scratch, gradient, accumulate, Bias.GradientBuffer);
        if (dInput is { } target)
        {
            memory.Backward.Update(workers, Weights, transposed: false);
            MatrixProduct.Multiply(workers, dOutput, memory.Backward.Matrix, target, accumulate: false);
        }
    }
}
