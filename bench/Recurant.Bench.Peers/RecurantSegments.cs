namespace Recurant.Bench.Peers;

/// <summary>
/// A training step that keeps the states between segments and computes the others twice. Input and output gradient are
/// copied from the case's data a segment at a time, as a program would make them from its own; nothing here has a row for
/// every step. The output and the input's gradient are computed and let go.
/// </summary>
internal sealed class RecurantSegments : ISegmentSource
{
    private readonly SegmentedStack _stack;
    private readonly SegmentMemory _memory;
    private readonly CaseData _data;

    public RecurantSegments(RecurrentStack stack, RecurrentMemory memory, CaseData data)
    {
        _stack = new SegmentedStack(stack);
        _memory = _stack.CreateMemory(memory);
        _data = data;
    }

    public bool NeedsInputGradient => true;

    public void Train(Workers workers, BatchLayout batch)
    {
        _stack.Forward(workers, batch, this, _memory, dropout: null);
        _stack.Backward(workers, batch, this, _memory, dropout: null);
    }

    public void ReadInput(Workers workers, BatchLayout segment, Matrix input) => Copy(_data.Input, segment, input);

    public void TakeOutput(Workers workers, BatchLayout segment, Matrix output)
    {
    }

    public void ReadOutputGradient(Workers workers, BatchLayout segment, Matrix dOutput) =>
        Copy(_data.OutputGradient, segment, dOutput);

    public void TakeInputGradient(Workers workers, BatchLayout segment, Matrix dInput)
    {
    }

    /// <summary>The sequences of a case are equally long, so every step has as many rows.</summary>
    private static void Copy(float[] all, BatchLayout segment, Matrix rows) =>
        all.AsSpan(segment.FirstStep * segment.Sequences * rows.Columns, rows.Rows * rows.Columns).CopyTo(rows.Span);
}
