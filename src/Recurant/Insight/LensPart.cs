namespace Recurant.Insight;

/// <summary>One layer and direction of a <see cref="LensPart"/>, with what it keeps of the batch.</summary>
internal sealed record LensRow
{
    /// <summary>The layer of the part, from 0.</summary>
    public required int Layer { get; init; }

    public required bool IsReverse { get; init; }

    public required RecurrentCell Cell { get; init; }

    public required CellMemory Memory { get; init; }

    /// <summary>Whether the states before the first step stand in the memory; otherwise they are zero.</summary>
    public required Func<bool> HasInitialState { get; init; }

    /// <summary>After the forward pass: h_t [rows, H].</summary>
    public required Func<Matrix> Output { get; init; }

    /// <summary>After the forward pass: x_t [rows, I]; nothing with one-hot input.</summary>
    public required Func<Matrix> Input { get; init; }

    /// <summary>Why its weights' gradient cannot be split; null if it can, or if the cell itself is the reason.</summary>
    public string? SplitNote { get; init; }

    /// <summary>Why its Jacobians are not followed; null if they can be, or if the cell itself is the reason.</summary>
    public string? JacobianNote { get; init; }
}

/// <summary>Recurrent layers that read the same sequences: all of a network, or the encoder, or the decoder.</summary>
internal sealed class LensPart
{
    /// <summary>"encoder" or "decoder"; null where a network has one part.</summary>
    public string? Name { get; init; }

    /// <summary>The cell, the width and the directions, which all layers share.</summary>
    public required StackSpec Spec { get; init; }

    public required BatchLayout Batch { get; init; }

    /// <summary>Layers and directions, from the lowest up, forward before backward.</summary>
    public required IReadOnlyList<LensRow> Rows { get; init; }

    /// <summary>
    /// After the pass: the gradient [rows, D W] of what is read of the part, each direction in its own columns. It may be
    /// changed.
    /// </summary>
    public required Func<Matrix> Gradient { get; init; }

    /// <summary>Runs the part once more, forward and back from what stands in <see cref="Gradient"/>.</summary>
    public required Action Again { get; init; }

    /// <summary>The columns of a direction in <see cref="Gradient"/>.</summary>
    public (int First, int Count) ColumnsOf(int direction)
    {
        int count = Gradient().Columns / Spec.Directions;
        return (direction * count, count);
    }

    /// <summary>The most steps of a sequence at which the part is read, in one direction.</summary>
    public int ReadSteps()
    {
        Matrix gradient = Gradient();
        int most = 0;
        for (int direction = 0; direction < Spec.Directions; direction++)
        {
            (int first, int count) = ColumnsOf(direction);
            int[] counts = new int[Batch.Sequences];
            for (int t = 0; t < Batch.Steps; t++)
            {
                for (int b = 0; b < Batch.SequencesAt(t); b++)
                {
                    if (gradient.Row(Batch.RowStart(t) + b).Slice(first, count).ContainsAnyExcept(0f)) counts[b]++;
                }
            }

            most = Math.Max(most, counts.Max());
        }

        return most;
    }

    /// <summary>The layers of a stack as the rows of a part.</summary>
    /// <param name="stack">The layers.</param>
    /// <param name="memory">What they keep.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="input">What the lowest of them reads [rows, I].</param>
    /// <param name="firstLayer">The number of the lowest in the part.</param>
    public static IEnumerable<LensRow> RowsOf(
        RecurrentStack stack, RecurrentMemory memory, BatchLayout batch, Func<Matrix> input, int firstLayer = 0)
    {
        int hidden = stack.Spec.HiddenSize, directions = stack.Spec.Directions;
        return stack.Cells.Select((cell, index) =>
        {
            int layer = index / directions, direction = index % directions;
            return new LensRow
            {
                Layer = firstLayer + layer, IsReverse = direction == 1, Cell = cell, Memory = memory.Cells[index],
                HasInitialState = () => memory.HasInitialState,
                Output = () => memory.Outputs[layer].Rows(batch.Rows).Column(direction * hidden, hidden),
                Input = layer == 0 ? input : () => memory.Outputs[layer - 1].Rows(batch.Rows),
            };
        });
    }

    /// <summary>A part that is one stack.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="stack">The layers.</param>
    /// <param name="memory">What they keep.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="input">What the lowest layer reads [rows, I].</param>
    /// <param name="gradient">See <see cref="Gradient"/>.</param>
    /// <param name="workers">The threads.</param>
    public static LensPart Of(
        string? name, RecurrentStack stack, RecurrentMemory memory, BatchLayout batch, Func<Matrix> input,
        Func<Matrix> gradient, Workers workers) => new()
        {
            Name = name, Spec = stack.Spec, Batch = batch, Gradient = gradient,
            Rows = [.. RowsOf(stack, memory, batch, input)],
            Again = () =>
            {
                Matrix x = input();
                // Every row of the batch reads a row of its own here.
                memory.InputRows = default;
                stack.Forward(workers, batch, x, memory);
                stack.ResetFinalGradient(memory, batch.Sequences);
                stack.Backward(workers, batch, x, gradient(), null, memory);
            },
        };
}

/// <summary>
/// Gives a part what the loss gives it one step at a time. A backward pass is linear in that, so that the backward passes of all
/// steps add up to the whole.
/// </summary>
internal sealed class LensSource
{
    private readonly LensPart _part;
    private readonly float[] _kept;
    private readonly int _columns;

    /// <param name="part">The part, after a pass.</param>
    public LensSource(LensPart part)
    {
        _part = part;
        Matrix gradient = part.Gradient();
        _columns = gradient.Columns;
        _kept = new float[part.Batch.Rows * _columns];
        for (int row = 0; row < part.Batch.Rows; row++) gradient.Row(row).CopyTo(_kept.AsSpan(row * _columns));
    }

    /// <summary>
    /// Runs the part again with the gradient of one step alone; of the gates in its memory and the gradients in its weights
    /// nothing else is left.
    /// </summary>
    /// <param name="direction">The direction that is read.</param>
    /// <param name="source">The step, counted back from the direction's last.</param>
    /// <returns>Whether the loss reads that step at all.</returns>
    public bool Run(int direction, int source)
    {
        BatchLayout batch = _part.Batch;
        Matrix gradient = _part.Gradient();
        (int first, int count) = _part.ColumnsOf(direction);
        bool isRead = false;
        for (int row = 0; row < batch.Rows; row++) gradient.Row(row).Clear();
        for (int b = 0; b < batch.Sequences && source < batch.Lengths[b]; b++)
        {
            int t = direction == 0 ? batch.Lengths[b] - 1 - source : source, row = batch.RowStart(t) + b;
            ReadOnlySpan<float> from = _kept.AsSpan(row * _columns + first, count);
            isRead |= from.ContainsAnyExcept(0f);
            from.CopyTo(gradient.Row(row)[first..]);
        }

        if (isRead) _part.Again();
        return isRead;
    }
}
