namespace Recurant.Heads;

/// <summary>What a head that gives tags keeps of a batch.</summary>
internal sealed class TagMemory
{
    public DroppedRows Read { get; } = new();

    /// <summary>[rows, D H].</summary>
    public RowStore DHidden { get; } = new();

    /// <summary>[rows, K]; gradients after the loss.</summary>
    public RowStore Scores { get; } = new();

    public DenseMemory Output { get; } = new();

    public FieldMemory Field { get; } = new();
}

/// <summary>
/// A tag for every step.
/// <code>
/// (1) z_t = V h_t + b
/// (2) p(y_t) = softmax(z_t), or a conditional random field over the sequence of tags
/// </code>
/// </summary>
/// <param name="size">The width of h.</param>
/// <param name="tags">K.</param>
/// <param name="hasField">Whether neighbouring tags are scored.</param>
internal sealed class TagHead(int size, int tags, bool hasField)
{
    private readonly Dense _output = new("output", size, tags);

    public ConditionalRandomField? Field { get; } = hasField ? new ConditionalRandomField(tags) : null;

    public IEnumerable<Parameter> Parameters => [.. _output.Parameters, .. Field?.Parameters ?? []];

    public void Initialise(ulong seed)
    {
        _output.Initialise(seed, 200);
        Field?.Initialise(seed, 300);
    }

    public IEnumerable<LayerDescription> Describe()
    {
        yield return LayerDescription.Of(
            Field is null ? "softmax" : "scores of tags", $"[T, {size}] -> [T, {tags}]",
            [Field is null ? "y_t = softmax(V h_t + b)" : "z_t = V h_t + b"], _output.Parameters);
        if (Field is null) yield break;
        yield return LayerDescription.Of(
            "conditional random field", $"[T, {tags}] -> [T]",
            ["s(y) = a_(y_1) + sum_t z_(t,y_t) + sum_(t>1) A_(y_(t-1),y_t) + e_(y_T)", "p(y) = exp s(y) / sum_y' exp s(y')"],
            Field.Parameters);
    }

    /// <summary>(1): z [rows, K]. Dropout only while training.</summary>
    public Matrix Forward(Workers workers, BatchLayout batch, Matrix h, TagMemory memory, DropoutPlan? dropout)
    {
        Matrix read = memory.Read.Drop(workers, batch, h, dropout?.Output ?? 0, dropout);
        Matrix scores = memory.Scores.Reserve(batch.Rows, tags).Rows(batch.Rows);
        _output.Forward(workers, read, scores, memory.Output);
        return scores;
    }

    /// <summary>
    /// The sum of the words' losses (2) of the last forward pass; the scores become their gradients, divided by the number of
    /// words, and the random field's own gradients are added. Smoothing is for softmax alone.
    /// </summary>
    public double Loss(
        Workers workers, BatchLayout batch, ReadOnlyMemory<int> right, TagMemory memory, float smoothing, out int correct)
    {
        Matrix scores = memory.Scores.Rows(batch.Rows);
        return Field is null
            ? CrossEntropy.Apply(scores, right.Span, smoothing, out correct)
            : Field.Apply(workers, batch, scores, right, memory.Field, out correct);
    }

    /// <summary>
    /// The loss of each sentence of the last forward pass, in the batch's order, into the memory of the random field; no
    /// gradients.
    /// </summary>
    public void SequenceLosses(Workers workers, BatchLayout batch, ReadOnlyMemory<int> right, TagMemory memory)
    {
        Matrix scores = memory.Scores.Rows(batch.Rows);
        if (Field is not null)
        {
            Field.Loss(workers, batch, scores, right, memory.Field);
            return;
        }

        memory.Field.Losses = Workspace.Reserve(memory.Field.Losses, batch.Sequences);
        for (int b = 0; b < batch.Sequences; b++)
        {
            double loss = 0;
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                Span<float> row = scores.Row(batch.RowStart(t) + b);
                float score = row[right.Span[batch.RowStart(t) + b]];
                loss += Softmax.Apply(row, row) - score;
            }

            memory.Field.Losses[b] = loss;
        }
    }

    /// <summary>(1'): dh, given the gradients of the scores that the loss left.</summary>
    public Matrix Backward(Workers workers, BatchLayout batch, TagMemory memory)
    {
        Matrix dh = memory.DHidden.Reserve(batch.Rows, size).Rows(batch.Rows);
        _output.Backward(workers, memory.Read.Rows, memory.Scores.Rows(batch.Rows), dh, memory.Output);
        memory.Read.DropGradient(workers, batch, dh);
        return dh;
    }
}
