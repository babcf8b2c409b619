using Recurant.Data;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Layers;

/// <summary>
/// Word vectors: x_t = E[w_t], the row of word w_t; the same as E^T times the one-hot vector of the word.
/// </summary>
internal sealed class Embedding
{
    public Embedding(int words, int size)
    {
        Table = new Parameter("embedding.weight", words, size) { Touched = new TouchedRows(words) };
    }

    /// <summary>E [V, E].</summary>
    public Parameter Table { get; }

    public int Size => Table.Shape[1];

    /// <summary>
    /// Uniform numbers with the standard deviation <paramref name="deviation"/>; word 0, the unknown word, gets zeros.
    /// </summary>
    public void Initialise(ulong seed, uint ordinal, float deviation)
    {
        Table.InitialiseUniform(seed, ordinal, deviation * MathF.Sqrt(3f));
        Table.Matrix.Row(0).Clear();
    }

    /// <summary>output[row] = E[tokens[row]]; a token below zero gives a zero vector.</summary>
    public void Forward(ReadOnlySpan<int> tokens, Matrix output)
    {
        Matrix table = Table.Matrix;
        for (int row = 0; row < tokens.Length; row++)
        {
            if (tokens[row] < 0) output.Row(row).Clear(); else table.Row(tokens[row]).CopyTo(output.Row(row));
        }
    }

    /// <summary>dE[w] += sum of the gradients of all rows whose token is w, in the order of the rows.</summary>
    public void Backward(ReadOnlySpan<int> tokens, Matrix dOutput)
    {
        if (!Table.IsTrainable)
        {
            return;
        }

        Matrix gradient = Table.GradientMatrix;
        for (int row = 0; row < tokens.Length; row++)
        {
            if (tokens[row] < 0) continue;
            Table.Touched!.Add(tokens[row]);
            Elementwise.Add(dOutput.Row(row), gradient.Row(tokens[row]));
        }
    }
}
