namespace Recurant.Layers;

/// <summary>What a sampled softmax keeps of a step.</summary>
internal sealed class SampledSoftmaxMemory
{
    public WordSample Sample { get; } = new();

    /// <summary>[n, D]: the weights of the words drawn, and their gradients.</summary>
    public RowStore Weights { get; } = new();

    public RowStore DWeights { get; } = new(isTarget: true);

    public PackedMatrix Forward { get; } = new();

    public PackedMatrix Backward { get; } = new();

    public PackedMatrix Input { get; } = new();

    /// <summary>[rows of a piece, n + 1]: the logits of the words drawn and, behind them, of each row's right word.</summary>
    public RowStore Logits { get; } = new(isTarget: true);

    /// <summary>[n]: what the logits start from, b_j - ln q_j.</summary>
    public FloatBuffer Start { get; } = new();

    /// <summary>[n]: the gradients of b.</summary>
    public FloatBuffer DBias { get; } = new();

    /// <summary>The loss of each row.</summary>
    public float[] Losses { get; set; } = [];
}

/// <summary>
/// The output over a large vocabulary while training: each row's right word w against S words drawn anew each step, instead of
/// against all V words. Forward and back cost S / V of a full softmax.
/// <code>
/// (1)  z_j = W_j x + b_j - ln q_j            for the words j drawn but w, and for w itself
/// (2)  J = ln(e^(z_w) + sum_j e^(z_j)) - z_w
/// (2') dz_j = softmax(z)_j scale,  dz_w = (softmax(z)_w - 1) scale
/// </code>
/// q_j is the probability of being drawn: in the mean the gradient is near that of the full softmax, to which it tends as S
/// grows. Sources: Bengio and Senecal 2008; Jean, Cho, Memisevic and Bengio 2015, "On using very large target vocabulary".
/// </summary>
/// <param name="weights">W [V, D], words by falling frequency.</param>
/// <param name="bias">b [V].</param>
internal sealed class SampledSoftmax(Parameter weights, Parameter bias)
{
    /// <summary>The floats of a piece's logits: 16 MB.</summary>
    private const int PieceFloats = 4 << 20;

    /// <summary>Smaller than any logit, and e^ of it is 0.</summary>
    private const float Never = -1e30f;

    /// <summary>The sum of the rows' losses (2); adds the gradients of W and b and writes dX.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="input">X [rows, D].</param>
    /// <param name="right">The right word of each row.</param>
    /// <param name="draw">The words to draw.</param>
    /// <param name="scale">The factor of all gradients.</param>
    /// <param name="dInput">dX [rows, D], written.</param>
    /// <param name="memory">The workspace.</param>
    public double Loss(
        Workers workers, Matrix input, ReadOnlyMemory<int> right, SampleDraw draw, float scale, Matrix dInput,
        SampledSoftmaxMemory memory)
    {
        int words = weights.Shape[0], width = weights.Shape[1];
        memory.Sample.Draw(words, draw);
        int count = memory.Sample.Count;
        Gather(memory, width);
        memory.Forward.PackTransposed(workers, memory.Weights.Rows(count));
        memory.Backward.Pack(workers, memory.Weights.Rows(count));
        memory.DWeights.Reserve(count, width).Clear();
        memory.DBias.Reserve(count).Clear();

        memory.Losses = Workspace.Reserve(memory.Losses, input.Rows);
        int piece = Math.Clamp(PieceFloats / (count + 1), 16, 2048);
        for (int first = 0; first < input.Rows; first += piece)
        {
            int rows = Math.Min(piece, input.Rows - first);
            Matrix x = input.Slice(first, rows), dX = dInput.Slice(first, rows);
            Matrix logits = memory.Logits.Reserve(rows, count + 1).Rows(rows), ofDrawn = logits.Column(0, count);
            var start = new StartWork { Memory = memory, Logits = ofDrawn };
            workers.Run(ref start);
            MatrixProduct.Multiply(workers, x, memory.Forward, ofDrawn, accumulate: true);
            var work = new LossWork
            {
                Weights = weights.Matrix, Bias = bias, Sample = memory.Sample, Draws = draw.Count, Scale = scale, X = x,
                Logits = logits, Right = right.Slice(first, rows), Losses = memory.Losses.AsMemory(first, rows),
            };
            workers.Run(ref work);

            memory.Input.Pack(workers, x);
            TransposedProduct.Multiply(
                workers, ofDrawn, memory.Input, memory.DWeights.Rows(count), accumulate: true, memory.DBias);
            MatrixProduct.Multiply(workers, ofDrawn, memory.Backward, dX, accumulate: false);
            var ofRight = new RightWork
            {
                Weights = weights.Matrix, DWeights = weights.GradientMatrix, X = x, DX = dX, Logits = logits, Right = work.Right,
            };
            workers.Run(ref ofRight);
            for (int row = 0; row < rows; row++)
            {
                int word = work.Right.Span[row];
                weights.Touched?.Add(word);
                bias.Gradient[word] += logits.Row(row)[count];
            }
        }

        Scatter(memory);
        double total = 0;
        for (int row = 0; row < input.Rows; row++) total += memory.Losses[row];
        return total;
    }

    private void Gather(SampledSoftmaxMemory memory, int width)
    {
        WordSample sample = memory.Sample;
        memory.Weights.Reserve(sample.Count, width);
        Span<float> start = memory.Start.Reserve(sample.Count).Span;
        for (int i = 0; i < sample.Count; i++)
        {
            weights.Matrix.Row(sample.Words[i]).CopyTo(memory.Weights.Row(i));
            start[i] = bias.Value[sample.Words[i]] - sample.LogProbabilities[i];
        }
    }

    private void Scatter(SampledSoftmaxMemory memory)
    {
        WordSample sample = memory.Sample;
        for (int i = 0; i < sample.Count; i++)
        {
            int word = sample.Words[i];
            weights.Touched?.Add(word);
            Elementwise.Add(memory.DWeights.Row(i), weights.GradientMatrix.Row(word));
            bias.Gradient[word] += memory.DBias.Span[i];
        }
    }

    private struct StartWork : IParallelWork
    {
        public SampledSoftmaxMemory Memory;
        public Matrix Logits;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Logits.Rows, part, parts);
            for (int row = first; row < last; row++) Memory.Start.Span.CopyTo(Logits.Row(row));
        }
    }

    /// <summary>(1) for the right words, (2) and (2'). Rows are dealt out.</summary>
    private struct LossWork : IParallelWork
    {
        public Matrix Weights, X, Logits;
        public Parameter Bias;
        public WordSample Sample;
        public int Draws;
        public float Scale;
        public ReadOnlyMemory<int> Right;
        public Memory<float> Losses;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Logits.Rows, part, parts);
            for (int row = first; row < last; row++)
            {
                int word = Right.Span[row], place = Sample.PlaceOf(word);
                Span<float> z = Logits.Row(row);
                // A word that was drawn as well counts once.
                if (place >= 0) z[place] = Never;
                float ofRight = Reductions.Dot(Weights.Row(word), X.Row(row)) + Bias.Value[word]
                    - WordSample.LogProbability(word, Weights.Rows, Draws);
                z[^1] = ofRight;
                float logSum = LogSoftmax.Exponentials(z, out _, out float sum);
                Losses.Span[row] = logSum - ofRight;
                LogSoftmax.ScaleAndAdd(z, Scale / sum, 0f);
                z[^1] -= Scale;
            }
        }
    }

    /// <summary>
    /// dX += W_w dz_w and dW_w += x dz_w: columns are dealt out, in cache lines, so that rows add in their order.
    /// </summary>
    private struct RightWork : IParallelWork
    {
        public Matrix Weights, DWeights, X, DX, Logits;
        public ReadOnlyMemory<int> Right;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range((X.Columns + 15) / 16, part, parts);
            int begin = 16 * first, count = Math.Min(16 * last, X.Columns) - begin;
            for (int row = 0; row < X.Rows && count > 0; row++)
            {
                int word = Right.Span[row];
                float dz = Logits.Row(row)[^1];
                Elementwise.AddScaled(Weights.Row(word).Slice(begin, count), dz, DX.Row(row).Slice(begin, count));
                Elementwise.AddScaled(X.Row(row).Slice(begin, count), dz, DWeights.Row(word).Slice(begin, count));
            }
        }
    }
}
