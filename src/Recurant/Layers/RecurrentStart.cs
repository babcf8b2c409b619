namespace Recurant.Layers;

/// <summary>What the recurrent weights W_hh start from.</summary>
public enum RecurrentStart
{
    /// <summary>Uniform in +-1 / sqrt(H), as PyTorch does; of an Elman cell with relu the identity.</summary>
    Usual,

    /// <summary>
    /// An orthogonal matrix for each gate, Q^T Q = 1: all singular values are 1, so a gradient that passes by W_hh alone
    /// keeps its length (Saxe, McClelland and Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep
    /// linear neural networks").
    /// </summary>
    Orthogonal,

    /// <summary>
    /// The identity for each gate (Le, Jaitly and Hinton 2015, "A simple way to initialize recurrent networks of rectified
    /// linear units").
    /// </summary>
    Identity,
}

/// <summary>Sets the blocks of W_hh, one a gate, to their start.</summary>
internal static class RecurrentStarts
{
    /// <param name="start">What they start from; <see cref="RecurrentStart.Usual"/> leaves them.</param>
    /// <param name="cells">The cells of all layers and directions, in their order.</param>
    /// <param name="seed">The key of the random numbers.</param>
    public static void Apply(RecurrentStart start, IEnumerable<RecurrentCell> cells, ulong seed)
    {
        if (start == RecurrentStart.Usual) return;
        uint part = 0;
        foreach (RecurrentCell cell in cells)
        {
            if (!cell.HasHiddenProduct) continue;
            Span<float> weights = cell.HiddenWeights.Value;
            int columns = cell.HiddenWeights.Matrix.Columns, rows = cell.HiddenWeights.Matrix.Rows / cell.Gates;
            for (int gate = 0; gate < cell.Gates; gate++)
            {
                Span<float> block = weights.Slice(gate * rows * columns, rows * columns);
                if (start == RecurrentStart.Identity) SetIdentity(block, columns);
                else SetOrthogonal(block, columns, new Philox(seed, RandomPurpose.Initialisation, step: 2, part++));
            }

            cell.HiddenWeights.MarkChanged();
        }
    }

    private static void SetIdentity(Span<float> block, int columns)
    {
        block.Clear();
        for (int i = 0; i < block.Length; i += columns + 1) block[i] = 1f;
    }

    /// <summary>
    /// Random vectors, each made orthogonal to those before it and brought to length 1 (Gram and Schmidt, the projections
    /// taken off one after the other). They are the rows, or, of a block with more rows than columns, the columns.
    /// </summary>
    private static void SetOrthogonal(Span<float> block, int columns, Philox stream)
    {
        int rows = block.Length / columns, count = Math.Min(rows, columns), size = Math.Max(rows, columns);
        double[][] vectors = new double[count][];
        for (int i = 0; i < count; i++)
        {
            double[] vector = vectors[i] = new double[size];
            for (int j = 0; j < size; j++) vector[j] = Normal(stream, (uint)(i * size + j));
            for (int k = 0; k < i; k++)
            {
                double along = Dot(vector, vectors[k]);
                for (int j = 0; j < size; j++) vector[j] -= along * vectors[k][j];
            }

            double length = Math.Sqrt(Dot(vector, vector));
            for (int j = 0; j < size; j++) vector[j] /= length;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                block[row * columns + column] = (float)(rows <= columns ? vectors[row][column] : vectors[column][row]);
            }
        }
    }

    /// <summary>
    /// Nearly normal, mean 0 and variance 1: twelve uniform numbers less 6. It needs no logarithm, whose bits differ.
    /// </summary>
    private static double Normal(Philox stream, uint number)
    {
        double sum = -6;
        for (uint i = 0; i < 12; i++) sum += stream.Uniform(number * 12 + i);
        return sum;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
