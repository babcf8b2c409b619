namespace Recurant.Layers;

/// <summary>What a softmax over many words keeps: its weights laid out for products, and the logits of some rows.</summary>
internal sealed class SoftmaxOutputMemory
{
    public PackedWeights Forward { get; } = new();

    public PackedWeights Backward { get; } = new();

    public PackedMatrix Scratch { get; } = new();

    /// <summary>[rows of a piece, V].</summary>
    public RowStore Logits { get; } = new(isTarget: true);

    /// <summary>The loss of each row, and whether its largest logit is that of the right word.</summary>
    public float[] Losses { get; set; } = [];

    public bool[] IsRight { get; set; } = [];

    /// <summary>Whether <see cref="Confidence"/> is wanted. Default: no.</summary>
    public bool WantsConfidence { get; set; }

    /// <summary>The probability of each row's most probable word, where it is wanted.</summary>
    public float[] Confidence { get; set; } = [];
}

/// <summary>
/// The output over a vocabulary: z = W x + b, y = softmax(z), with its loss and its backward pass. The rows go through in pieces,
/// so that the logits of a whole batch, the largest of all matrices, never stand in memory at once. W may be an embedding's
/// table.
/// <code>
/// (1)  J_r = (1 - s) (ln sum_k e^z_k - z_right) + s / V sum_j (ln sum_k e^z_k - z_j)
/// (1') dz_j = (softmax(z)_j - (1 - s) [j = right] - s / V) scale
/// </code>
/// </summary>
/// <param name="weights">W [V, D].</param>
/// <param name="bias">b [V].</param>
internal sealed class SoftmaxOutput(Parameter weights, Parameter bias)
{
    /// <summary>The floats of a piece's logits: 16 MB.</summary>
    private const int PieceFloats = 4 << 20;

    /// <summary>V.</summary>
    public int Words => weights.Shape[0];

    /// <summary>D.</summary>
    public int InputSize => weights.Shape[1];

    /// <summary>The rows of a piece; they depend on V alone, so that the sums of a gradient are always the same.</summary>
    private int PieceRows => Math.Clamp(PieceFloats / Words, 16, 2048);

    /// <summary>The logits [rows, V] of a few rows.</summary>
    public Matrix Forward(Workers workers, Matrix input, SoftmaxOutputMemory memory)
    {
        memory.Forward.Update(workers, weights, transposed: true);
        Matrix logits = memory.Logits.Reserve(input.Rows, Words).Rows(input.Rows);
        var start = new BiasWork { Bias = bias, Logits = logits };
        workers.Run(ref start);
        MatrixProduct.Multiply(workers, input, memory.Forward.Matrix, logits, accumulate: true);
        return logits;
    }

    /// <summary>
    /// The sum of the rows' losses (1) without the smoothing; with a <paramref name="dInput"/> also the backward pass.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="input">X [rows, D].</param>
    /// <param name="right">The right word of each row.</param>
    /// <param name="smoothing">s in [0, 1).</param>
    /// <param name="scale">The factor of all gradients: 1 / rows for the mean.</param>
    /// <param name="dInput">dX [rows, D], written; null where no backward pass is wanted, and then no gradient is added.</param>
    /// <param name="memory">The workspace.</param>
    /// <param name="correct">The number of rows whose largest logit is that of the right word.</param>
    public double Loss(
        Workers workers, Matrix input, ReadOnlyMemory<int> right, float smoothing, float scale, Matrix? dInput,
        SoftmaxOutputMemory memory, out int correct)
    {
        memory.Losses = Workspace.Reserve(memory.Losses, input.Rows);
        memory.IsRight = Workspace.Reserve(memory.IsRight, input.Rows);
        if (memory.WantsConfidence) memory.Confidence = Workspace.Reserve(memory.Confidence, input.Rows);
        int piece = PieceRows;
        for (int first = 0; first < input.Rows; first += piece)
        {
            int rows = Math.Min(piece, input.Rows - first);
            Matrix x = input.Slice(first, rows);
            Matrix logits = Forward(workers, x, memory);
            var work = new LossWork
            {
                Logits = logits, Right = right.Slice(first, rows), Smoothing = smoothing, Scale = scale,
                Losses = memory.Losses.AsMemory(first, rows), IsRight = memory.IsRight.AsMemory(first, rows),
                Confidence = memory.WantsConfidence ? memory.Confidence.AsMemory(first, rows) : default,
                WantsGradient = dInput is not null,
            };
            workers.Run(ref work);
            if (dInput is not { } dX) continue;
            for (int word = 0; weights.Touched is { } touched && word < Words; word++) touched.Add(word);
            memory.Scratch.Pack(workers, x);
            Matrix gradient = weights.GradientToAdd(out bool accumulate);
            TransposedProduct.Multiply(workers, logits, memory.Scratch, gradient, accumulate, bias.GradientBuffer);
            memory.Backward.Update(workers, weights, transposed: false);
            MatrixProduct.Multiply(workers, logits, memory.Backward.Matrix, dX.Slice(first, rows), accumulate: false);
        }

        double total = 0;
        correct = 0;
        for (int row = 0; row < input.Rows; row++)
        {
            total += memory.Losses[row];
            if (memory.IsRight[row]) correct++;
        }

        return total;
    }

    private struct BiasWork : IParallelWork
    {
        public Parameter Bias;
        public Matrix Logits;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Logits.Rows, part, parts);
            for (int row = first; row < last; row++) Bias.Value.CopyTo(Logits.Row(row));
        }
    }

    /// <summary>Rows are dealt out; (1) and (1').</summary>
    private struct LossWork : IParallelWork
    {
        public Matrix Logits;
        public ReadOnlyMemory<int> Right;
        public float Smoothing, Scale;
        public Memory<float> Losses, Confidence;
        public Memory<bool> IsRight;
        public bool WantsGradient;

        public readonly void Execute(int part, int parts)
        {
            ReadOnlySpan<int> right = Right.Span;
            (int first, int last) = Partition.Range(Logits.Rows, part, parts);
            for (int row = first; row < last; row++)
            {
                Span<float> z = Logits.Row(row);
                int word = right[row];
                float ofRight = z[word];
                float logSum = LogSoftmax.Exponentials(z, out float largest, out float sum);
                Losses.Span[row] = logSum - ofRight;
                IsRight.Span[row] = ofRight >= largest;
                if (Confidence.Length > 0) Confidence.Span[row] = 1f / sum;
                if (!WantsGradient) continue;
                LogSoftmax.ScaleAndAdd(z, Scale / sum, -Scale * Smoothing / z.Length);
                z[word] -= Scale * (1f - Smoothing);
            }
        }
    }
}
