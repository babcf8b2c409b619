using Recurant.Data;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Layers;

/// <summary>
/// Word vectors: x_t = E[w_t], the row of word w_t; the same as E^T times the one-hot vector of the word.
/// </summary>
internal sealed class Embedding
{
    /// <param name="words">V.</param>
    /// <param name="size">E.</param>
    /// <param name="isShared">Whether an output layer has the same weights, so that every row gets a gradient.</param>
    public Embedding(int words, int size, bool isShared = false)
    {
        Table = new Parameter("embedding.weight", words, size) { Touched = isShared ? null : new TouchedRows(words) };
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
    public void Forward(Workers workers, ReadOnlyMemory<int> tokens, Matrix output)
    {
        var work = new ForwardWork { Table = Table.Matrix, Tokens = tokens, Output = output };
        workers.Run(ref work);
    }

    private struct ForwardWork : IParallelWork
    {
        public Matrix Table, Output;
        public ReadOnlyMemory<int> Tokens;

        public readonly void Execute(int part, int parts)
        {
            ReadOnlySpan<int> tokens = Tokens.Span;
            (int first, int last) = Partition.Range(tokens.Length, part, parts);
            for (int row = first; row < last; row++)
            {
                if (tokens[row] < 0) Output.Row(row).Clear(); else Table.Row(tokens[row]).CopyTo(Output.Row(row));
            }
        }
    }

    /// <summary>dE[w] += sum of the gradients of all rows whose token is w, in the order of the rows.</summary>
    public void Backward(Workers workers, ReadOnlyMemory<int> tokens, Matrix dOutput)
    {
        if (!Table.IsTrainable)
        {
            return;
        }

        if (Table.Touched is { } touched)
        {
            foreach (int token in tokens.Span)
            {
                if (token >= 0) touched.Add(token);
            }
        }

        var work = new BackwardWork { Gradient = Table.GradientMatrix, Tokens = tokens, DOutput = dOutput };
        workers.Run(ref work);
    }

    /// <summary>Columns are dealt out, in cache lines, never rows: the rows of a word are added in their order.</summary>
    private struct BackwardWork : IParallelWork
    {
        public Matrix Gradient, DOutput;
        public ReadOnlyMemory<int> Tokens;

        public readonly void Execute(int part, int parts)
        {
            ReadOnlySpan<int> tokens = Tokens.Span;
            (int first, int last) = Partition.Range((Gradient.Columns + 15) / 16, part, parts);
            int begin = Math.Min(16 * first, Gradient.Columns), count = Math.Min(16 * last, Gradient.Columns) - begin;
            for (int row = 0; row < tokens.Length && count > 0; row++)
            {
                if (tokens[row] < 0) continue;
                Elementwise.Add(DOutput.Row(row).Slice(begin, count), Gradient.Row(tokens[row]).Slice(begin, count));
            }
        }
    }
}
