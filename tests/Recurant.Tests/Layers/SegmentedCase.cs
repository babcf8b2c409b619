namespace Recurant.Tests.Layers;

/// <summary>A stack with a batch and matrices of all its rows, to be run at once or in segments.</summary>
internal sealed class SegmentedCase : ISegmentSource
{
    private readonly RecurrentStack _stack;
    private readonly DropoutPlan? _dropout;
    private readonly Matrix _input, _dOutput, _output, _dInput;

    public SegmentedCase(StackSpec spec, int[] lengths, DropoutPlan? dropout = null)
    {
        _stack = new RecurrentStack(spec);
        _dropout = dropout;
        StackCase.FillWeights(_stack, scale: 0.3f, seed: 30);
        Batch.Fill(lengths);
        for (int row = 0; row < Batch.Rows; row++) Batch.Tokens[row] = row * 7 % spec.InputSize;
        _input = Bits.RandomMatrix(Batch.Rows, spec.InputSize, 1);
        _dOutput = Bits.RandomMatrix(Batch.Rows, spec.OutputSize, 2);
        _output = Bits.Zeros(Batch.Rows, spec.OutputSize);
        _dInput = Bits.Zeros(Batch.Rows, spec.InputSize);
        Segments = new SegmentedStack(_stack);
        RecurrentMemory memory = _stack.CreateMemory();
        memory.WantsInitialGradient = true;
        Memory = Segments.CreateMemory(memory);
    }

    public BatchLayout Batch { get; } = new();

    public SegmentedStack Segments { get; }

    public SegmentMemory Memory { get; }

    /// <summary>How often a segment's input was asked for.</summary>
    public int Readings { get; private set; }

    public bool NeedsInputGradient => true;

    /// <summary>All rows at once, as without segments; returns the memory it took.</summary>
    public RecurrentMemory RunAtOnce(int threads)
    {
        Clear();
        Workers workers = Workers.ForThreads(threads);
        RecurrentMemory memory = _stack.CreateMemory();
        _stack.ResetInitialState(memory, Batch.Sequences);
        _stack.ResetFinalGradient(memory, Batch.Sequences);
        memory.WantsInitialGradient = true;
        Matrix input = _stack.Spec.OneHotInput ? default : _input;
        _stack.Forward(workers, Batch, input, memory, _dropout).Span.CopyTo(_output.Span);
        _stack.Backward(workers, Batch, input, _dOutput, _stack.Spec.OneHotInput ? null : _dInput, memory, _dropout);
        return memory;
    }

    public void RunInSegments(int threads, int segmentSteps = 0)
    {
        Clear();
        Workers workers = Workers.ForThreads(threads);
        Segments.Forward(workers, Batch, this, Memory, _dropout, segmentSteps);
        Segments.Backward(workers, Batch, this, Memory, _dropout);
    }

    /// <summary>Copies of what came out and does not depend on how sums over time are ordered.</summary>
    public IEnumerable<(string Name, float[] Values)> Exact(RecurrentMemory memory)
    {
        yield return ("output", _output.Span.ToArray());
        yield return ("dInput", _dInput.Span.ToArray());
        for (int layer = 0; layer < _stack.Spec.Layers; layer++)
        {
            for (int b = 0; b < Batch.Sequences; b++)
            {
                yield return ($"dh_0 {layer} {b}", memory.Cells[layer].DHidden.Row(b).ToArray());
                yield return ($"dc_0 {layer} {b}", memory.Cells[layer].DCell.Row(b).ToArray());
            }
        }
    }

    /// <summary>Copies of the gradients of all weights.</summary>
    public IEnumerable<(string Name, float[] Values)> Gradients() =>
        _stack.Parameters.Select(parameter => (parameter.Name, parameter.Gradient.ToArray()));

    /// <summary>As an optimiser's step does: the weights have to be laid out anew.</summary>
    public void MarkChanged(Parameter[] parameters)
    {
        foreach (Parameter parameter in parameters) parameter.MarkChanged();
    }

    public Parameter[] Parameters() => [.. _stack.Parameters];

    public void ReadInput(Workers workers, BatchLayout segment, Matrix input)
    {
        Readings++;
        Copy(RowsOf(_input, segment), input);
    }

    public void TakeOutput(Workers workers, BatchLayout segment, Matrix output) => Copy(output, RowsOf(_output, segment));

    public void ReadOutputGradient(Workers workers, BatchLayout segment, Matrix dOutput) =>
        Copy(RowsOf(_dOutput, segment), dOutput);

    public void TakeInputGradient(Workers workers, BatchLayout segment, Matrix dInput) =>
        Copy(dInput, RowsOf(_dInput, segment));

    private static void Copy(Matrix from, Matrix to)
    {
        for (int row = 0; row < from.Rows; row++) from.Row(row).CopyTo(to.Row(row));
    }

    private Matrix RowsOf(Matrix all, BatchLayout segment) => all.Slice(Batch.RowStart(segment.FirstStep), segment.Rows);

    private void Clear()
    {
        Readings = 0;
        _output.Span.Clear();
        _dInput.Span.Clear();
        foreach (Parameter parameter in _stack.Parameters) parameter.ClearGradient();
    }
}
