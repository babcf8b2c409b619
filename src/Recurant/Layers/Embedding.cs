namespace Recurant.Layers;

/// <summary>
/// Vectors of words or other symbols: x_t = E[w_t], the row of token w_t; the same as E^T times the token's one-hot vector. Of a
/// batch, only the rows of its tokens get a gradient and are updated.
/// </summary>
public sealed class Embedding : Layer
{
    /// <summary>Makes a layer whose vectors are zero until <see cref="Initialise(ulong, uint)"/>.</summary>
    /// <param name="words">V, the number of tokens; they are 0 to V - 1.</param>
    /// <param name="size">E, the width of a vector.</param>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public Embedding(int words, int size)
        : this(null, words, size)
    {
    }

    /// <param name="name">What the name of the table begins with: "embedding" of "embedding.weight".</param>
    /// <param name="words">V.</param>
    /// <param name="size">E.</param>
    /// <param name="isShared">Whether an output layer has the same weights, so that every row gets a gradient.</param>
    internal Embedding(string? name, int words, int size, bool isShared = false)
    {
        Table = new Parameter(name is null ? "weight" : name + ".weight", words, size)
        {
            Touched = isShared ? null : new TouchedRows(words),
        };
        Parameters = [Table];
    }

    /// <summary>E [V, E].</summary>
    public Parameter Table { get; }

    /// <summary>E, the width of a vector.</summary>
    public int Size => Table.Shape[1];

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => TokenInput;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Size;

    /// <summary>Uniform numbers with the standard deviation 1 / sqrt(E), so that a vector has a length of about 1.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0) =>
        Table.InitialiseUniform(seed, ordinal, MathF.Sqrt(3f / Size));

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        foreach (int token in call.Input.Layout.Tokens)
        {
            if (token < Table.Shape[0]) continue;
            throw new ArgumentException(
                $"The token {token} was given to an Embedding of {Table.Shape[0]} tokens, 0 to {Table.Shape[0] - 1}.");
        }

        Forward(call.Pass.Workers, call.Input.Layout.TokenMemory, call.Output.Matrix);
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call) =>
        Backward(call.Pass.Workers, call.Input.Layout.TokenMemory, call.Output.GradientToAdd());

    /// <summary>
    /// Uniform numbers with the standard deviation <paramref name="deviation"/>; word 0, the unknown word, gets zeros.
    /// </summary>
    internal void Initialise(ulong seed, uint ordinal, float deviation)
    {
        Table.InitialiseUniform(seed, ordinal, deviation * MathF.Sqrt(3f));
        Table.Matrix.Row(0).Clear();
    }

    /// <summary>output[row] = E[tokens[row]]; a token below zero gives a zero vector.</summary>
    internal void Forward(Workers workers, ReadOnlyMemory<int> tokens, Matrix output)
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
    internal void Backward(Workers workers, ReadOnlyMemory<int> tokens, Matrix dOutput)
    {
        if (!Table.IsTrainable) return;
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
