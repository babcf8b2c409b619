namespace Recurant.Layers;

/// <summary>What a layer that attends before every step keeps of a batch.</summary>
internal sealed class AttendingMemory
{
    /// <summary>The step at work.</summary>
    public BatchLayout Step { get; } = new();

    /// <summary>[rows, E + D]: what the cell read.</summary>
    public RowStore Input { get; } = new();

    /// <summary>[rows, H]: h before each step.</summary>
    public RowStore Before { get; } = new();

    /// <summary>[rows, H]: c before each step.</summary>
    public RowStore CellBefore { get; } = new();

    /// <summary>[B, E + D].</summary>
    public RowStore DInput { get; } = new();

    /// <summary>[B, H].</summary>
    public RowStore DOutput { get; } = new();

    /// <summary>[B, D].</summary>
    public RowStore DContext { get; } = new();

    public RowStore DQuery { get; } = new();
}

/// <summary>
/// One recurrent layer whose input at every step holds what attention found with the state of the step before.
/// <code>
/// (1) c_t = attention of h_(t-1) over the states e
/// (2) h_t = cell([y_t; c_t], h_(t-1))
/// </code>
/// The steps wait for one another, so that each is a small product. In the backward pass every step is computed a second time.
/// Source: Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015, with
/// any cell in place of theirs.
/// </summary>
internal sealed class AttendingLayer(RecurrentStack stack, EncoderAttention attention)
{
    private readonly bool _hasCell = stack.Cells.First().HasCellState;

    /// <summary>Runs all steps from the states set in the memory.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="pairs">Which sequences belong together.</param>
    /// <param name="states">e [source rows, D].</param>
    /// <param name="input">y [rows, E].</param>
    /// <param name="joined">[rows, H + D], written: h beside c.</param>
    /// <param name="recurrent">The layer's memory.</param>
    /// <param name="found">The attention's memory; afterwards that of the last step.</param>
    /// <param name="memory">Keeps what the backward pass needs.</param>
    public void Forward(
        Workers workers, SequencePairs pairs, Matrix states, Matrix input, Matrix joined, RecurrentMemory recurrent,
        EncoderAttentionMemory found, AttendingMemory memory)
    {
        BatchLayout batch = pairs.Target;
        int hidden = stack.Spec.HiddenSize;
        memory.Input.Reserve(batch.Rows, stack.Spec.InputSize);
        memory.Before.Reserve(batch.Rows, hidden);
        memory.CellBefore.Reserve(_hasCell ? batch.Rows : 0, stack.CellSize);
        CellMemory cell = recurrent.Cells[0];
        bool keepsHistory = recurrent.KeepsHistory;
        // One step of history is little, and holds c where it is looked for.
        recurrent.KeepsHistory = true;
        bool continues = recurrent.Continues;
        for (int t = 0; t < batch.Steps; t++)
        {
            int start = batch.RowStart(t), count = batch.SequencesAt(t);
            for (int b = 0; b < count; b++)
            {
                cell.InitialHidden.Row(b).CopyTo(memory.Before.Row(start + b));
                if (_hasCell) cell.InitialCell.Row(b).CopyTo(memory.CellBefore.Row(start + b));
                input.Row(start + b).CopyTo(memory.Input.Row(start + b));
            }

            Matrix h = Step(workers, pairs, states, t, joined, recurrent, found, memory);
            recurrent.Continues = true;
            for (int b = 0; b < count; b++)
            {
                h.Row(b).CopyTo(joined.Row(start + b));
                if (t + 1 == batch.Steps) continue;
                h.Row(b).CopyTo(cell.InitialHidden.Row(b));
                if (_hasCell) cell.Cells.Row(b).CopyTo(cell.InitialCell.Row(b));
            }
        }

        (recurrent.Continues, recurrent.KeepsHistory) = (continues, keepsHistory);
    }

    /// <summary>(1) and (2) of one step, from the initial states in the memory.</summary>
    private Matrix Step(
        Workers workers, SequencePairs pairs, Matrix states, int t, Matrix joined, RecurrentMemory recurrent,
        EncoderAttentionMemory found, AttendingMemory memory)
    {
        BatchLayout batch = pairs.Target, step = memory.Step;
        step.FillSegment(batch, t, t + 1);
        int start = batch.RowStart(t), hidden = stack.Spec.HiddenSize;
        Matrix contexts = joined.Slice(start, step.Rows).Column(hidden, attention.StateSize);
        Matrix before = memory.Before.Rows(start, step.Rows), input = memory.Input.Rows(start, step.Rows);
        attention.Forward(workers, pairs with { Target = step }, states, before, contexts, found);      // (1)
        int words = stack.Spec.InputSize - attention.StateSize;
        for (int b = 0; b < step.Rows; b++) contexts.Row(b).CopyTo(input.Row(b)[words..]);
        return stack.Forward(workers, step, input, recurrent);                                          // (2)
    }

    /// <summary>
    /// The backward pass from d[h; c] [rows, H + D], which is changed. dy [rows, E] and de [source rows, D] are added to; the
    /// gradients of the initial states stand in the layer's memory, in which those of the final states stood.
    /// </summary>
    public void Backward(
        Workers workers, SequencePairs pairs, Matrix states, Matrix input, Matrix dJoined, Matrix dInput, Matrix dStates,
        RecurrentMemory recurrent, EncoderAttentionMemory found, AttendingMemory memory)
    {
        BatchLayout batch = pairs.Target;
        int hidden = stack.Spec.HiddenSize, words = stack.Spec.InputSize - attention.StateSize;
        memory.DOutput.Reserve(batch.Sequences, hidden);
        memory.DContext.Reserve(batch.Sequences, attention.StateSize);
        memory.DInput.Reserve(batch.Sequences, stack.Spec.InputSize);
        memory.DQuery.Reserve(batch.Sequences, hidden);
        CellMemory cell = recurrent.Cells[0];
        recurrent.KeepsHistory = true;
        for (int t = batch.Steps - 1; t >= 0; t--)
        {
            int start = batch.RowStart(t), count = batch.SequencesAt(t);
            recurrent.Continues = true;
            for (int b = 0; b < count; b++)
            {
                memory.Before.Row(start + b).CopyTo(cell.InitialHidden.Row(b));
                if (_hasCell) memory.CellBefore.Row(start + b).CopyTo(cell.InitialCell.Row(b));
                dJoined.Row(start + b)[..hidden].CopyTo(memory.DOutput.Row(b));
                dJoined.Row(start + b)[hidden..].CopyTo(memory.DContext.Row(b));
                memory.DInput.Row(b).Clear();
                memory.DQuery.Row(b).Clear();
            }

            // The context is written where its gradient has just been read.
            Step(workers, pairs, states, t, dJoined, recurrent, found, memory);
            Matrix dIn = memory.DInput.Rows(count), before = memory.Before.Rows(start, count);
            stack.Backward(
                workers, memory.Step, memory.Input.Rows(start, count), memory.DOutput.Rows(count), dIn, recurrent); // (2')
            for (int b = 0; b < count; b++)
            {
                Elementwise.Add(dIn.Row(b)[..words], dInput.Row(start + b));
                Elementwise.Add(dIn.Row(b)[words..], memory.DContext.Row(b));
            }

            attention.Backward(                                                                         // (1')
                workers, pairs with { Target = memory.Step }, states, before, memory.DContext.Rows(count),
                memory.DQuery.Rows(count), dStates, found);
            for (int b = 0; b < count; b++) Elementwise.Add(memory.DQuery.Row(b), cell.DHidden.Row(b));
        }
    }
}
