namespace Recurant.Layers;

/// <summary>
/// What stands below and above recurrent layers that run segment by segment, so that nothing has a row for every step. The
/// segments come in the order of time in the forward pass and from the last to the first in the backward pass.
/// </summary>
internal interface ISegmentSource
{
    /// <summary>Whether anybody needs dX.</summary>
    bool NeedsInputGradient { get; }

    /// <summary>Writes X [rows, I], the same numbers in both passes. Not called for one-hot input.</summary>
    void ReadInput(Workers workers, BatchLayout segment, Matrix input);

    /// <summary>Takes H [rows, H] in the forward pass; it is lost after the call.</summary>
    void TakeOutput(Workers workers, BatchLayout segment, Matrix output);

    /// <summary>Adds dH [rows, H] to zeros.</summary>
    void ReadOutputGradient(Workers workers, BatchLayout segment, Matrix dOutput);

    /// <summary>
    /// Takes dX [rows, I]; it is lost after the call. The call follows the last ReadInput, which was for the same segment.
    /// </summary>
    void TakeInputGradient(Workers workers, BatchLayout segment, Matrix dInput);
}

/// <summary>What a stack keeps of a batch that runs in segments: one segment, and the states between the segments.</summary>
internal sealed class SegmentMemory
{
    public required RecurrentMemory Recurrent { get; init; }

    /// <summary>[sum over the later segments of their sequences, H] for each layer: h before each of them.</summary>
    public required RowStore[] Hidden { get; init; }

    /// <summary>The same of c.</summary>
    public required RowStore[] Cell { get; init; }

    /// <summary>Whether a backward pass will follow; otherwise only one segment's states are kept. Default: yes.</summary>
    public bool KeepsHistory { get; set; } = true;

    /// <summary>The segment at work; after the forward pass the last.</summary>
    public BatchLayout Segment { get; } = new();

    /// <summary>The steps of a segment; the last one may have fewer.</summary>
    public int Steps { get; set; }

    /// <summary>The rows in use of <see cref="Hidden"/> and <see cref="Cell"/>.</summary>
    public int States { get; set; }

    public RowStore Input { get; } = new();

    public RowStore DInput { get; } = new();

    public RowStore DOutput { get; } = new();
}

/// <summary>
/// Back-propagation through time that keeps the states before every segment of about sqrt(T) steps instead of all steps, and
/// computes each segment a second time in the backward pass (Chen et al. 2016, "Training deep nets with sublinear memory cost",
/// applied to the steps of time). The states are the same bits as in one piece; a gradient of a weight is the sum over the
/// segments from the last to the first, within a segment in the order of its rows, so it may differ in its last bits.
/// </summary>
internal sealed class SegmentedStack
{
    /// <summary>Shorter segments would save little memory and cost speed.</summary>
    private const int FewestSteps = 32;

    private readonly RecurrentStack _stack;
    private readonly bool _hasCellState;

    /// <exception cref="ArgumentException">The stack reads both directions: the backward one begins at the end.</exception>
    public SegmentedStack(RecurrentStack stack)
    {
        if (stack.Spec.Bidirectional)
        {
            throw new ArgumentException(
                "A stack that reads both directions cannot run in segments: what one direction has to know of a segment "
                + "the other finds out last. Use one direction.", nameof(stack));
        }

        _stack = stack;
        _hasCellState = stack.Cells.First().HasCellState;
    }

    public SegmentMemory CreateMemory(RecurrentMemory recurrent) => new()
    {
        Recurrent = recurrent, Hidden = Stores(), Cell = Stores(),
    };

    /// <summary>The steps of a segment for sequences of T steps: sqrt(T), but 32 at least.</summary>
    public static int StepsFor(int steps) => Math.Max(FewestSteps, (int)Math.Ceiling(Math.Sqrt(steps)));

    /// <summary>Runs all segments from zero states; the last one stays in the memory for the backward pass.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">All steps.</param>
    /// <param name="source">Gives X and takes H.</param>
    /// <param name="memory">Keeps what the backward pass needs, or only the last states: memory.KeepsHistory.</param>
    /// <param name="dropout">The dropouts, drawn once a sequence.</param>
    /// <param name="segmentSteps">The steps of a segment; 0 to choose.</param>
    public void Forward(
        Workers workers, BatchLayout batch, ISegmentSource source, SegmentMemory memory, DropoutPlan? dropout,
        int segmentSteps = 0)
    {
        int steps = memory.Steps = segmentSteps > 0 ? segmentSteps : StepsFor(batch.Steps);
        int states = memory.States = memory.KeepsHistory ? KeptStates(batch, steps) : batch.Sequences;
        for (int layer = 0; layer < memory.Hidden.Length; layer++)
        {
            memory.Hidden[layer].Reserve(states, _stack.Spec.HiddenSize);
            memory.Cell[layer].Reserve(_hasCellState ? states : 0, _stack.CellSize);
        }

        int state = 0;
        for (int first = 0; first < batch.Steps; first += steps)
        {
            int end = Math.Min(batch.Steps, first + steps);
            bool isLast = end == batch.Steps;
            Matrix output = Run(workers, batch, first, state, source, memory, dropout, memory.KeepsHistory && isLast);
            source.TakeOutput(workers, memory.Segment, output);
            if (isLast) break;
            if (first > 0 && memory.KeepsHistory) state += batch.SequencesAt(first);
            SaveStates(memory, state, batch.SequencesAt(end));
        }
    }

    /// <summary>
    /// Runs all segments back, each but the last after it has been run forward again, and adds the gradients of all weights.
    /// The states after the last steps have no gradient of their own.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The same batch as in the forward pass.</param>
    /// <param name="source">Gives X and dH and takes dX.</param>
    /// <param name="memory">What the forward pass kept.</param>
    /// <param name="dropout">The same dropouts.</param>
    public void Backward(
        Workers workers, BatchLayout batch, ISegmentSource source, SegmentMemory memory, DropoutPlan? dropout)
    {
        int steps = memory.Steps, lastFirst = (batch.Steps - 1) / steps * steps;
        int state = memory.States;
        StackSpec spec = _stack.Spec;
        // One row a sequence for all segments: a sequence that ends before a segment waits there with zeros.
        _stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        for (int first = lastFirst; first >= 0; first -= steps)
        {
            if (first > 0) state -= batch.SequencesAt(first);
            if (first < lastFirst) Run(workers, batch, first, state, source, memory, dropout, keepsHistory: true);
            BatchLayout segment = memory.Segment;
            memory.DOutput.Reserve(segment.Rows, spec.OutputSize).Clear();
            Matrix dOutput = memory.DOutput.Rows(segment.Rows);
            source.ReadOutputGradient(workers, segment, dOutput);
            Matrix? dInput = null;
            if (!spec.OneHotInput && source.NeedsInputGradient)
            {
                memory.DInput.Reserve(segment.Rows, spec.InputSize).Clear();
                dInput = memory.DInput.Rows(segment.Rows);
            }

            Matrix input = spec.OneHotInput ? default : memory.Input.Rows(segment.Rows);
            _stack.Backward(workers, segment, input, dOutput, dInput, memory.Recurrent, dropout);
            if (dInput is { } taken) source.TakeInputGradient(workers, segment, taken);
        }
    }

    /// <summary>The rows that the states before all segments but the first take.</summary>
    private static int KeptStates(BatchLayout batch, int segmentSteps)
    {
        int rows = 0;
        for (int first = segmentSteps; first < batch.Steps; first += segmentSteps) rows += batch.SequencesAt(first);
        return rows;
    }

    /// <summary>One segment forward, from the states kept at row <paramref name="state"/>, the first one from zero.</summary>
    private Matrix Run(
        Workers workers, BatchLayout batch, int first, int state, ISegmentSource source, SegmentMemory memory,
        DropoutPlan? dropout, bool keepsHistory)
    {
        BatchLayout segment = memory.Segment;
        segment.FillSegment(batch, first, Math.Min(batch.Steps, first + memory.Steps));
        RecurrentMemory recurrent = memory.Recurrent;
        _stack.ResetInitialState(recurrent, segment.Sequences);
        if (first > 0) LoadStates(memory, state, segment.Sequences);
        recurrent.KeepsHistory = keepsHistory;
        Matrix input = default;
        if (!_stack.Spec.OneHotInput)
        {
            input = memory.Input.Reserve(segment.Rows, _stack.Spec.InputSize).Rows(segment.Rows);
            source.ReadInput(workers, segment, input);
        }

        return _stack.Forward(workers, segment, input, recurrent, dropout);
    }

    private void LoadStates(SegmentMemory memory, int state, int sequences)
    {
        RecurrentMemory recurrent = memory.Recurrent;
        (recurrent.HasInitialState, recurrent.Continues) = (true, true);
        for (int layer = 0; layer < memory.Hidden.Length; layer++)
        {
            CellMemory cell = recurrent.Cells[layer];
            for (int b = 0; b < sequences; b++)
            {
                memory.Hidden[layer].Row(state + b).CopyTo(cell.InitialHidden.Row(b));
                if (_hasCellState) memory.Cell[layer].Row(state + b).CopyTo(cell.InitialCell.Row(b));
            }
        }
    }

    /// <summary>Keeps the states after a segment of the sequences that go on.</summary>
    private void SaveStates(SegmentMemory memory, int state, int sequences)
    {
        int lastStep = memory.Segment.RowStart(memory.Segment.Steps - 1);
        for (int layer = 0; layer < memory.Hidden.Length; layer++)
        {
            CellMemory cell = memory.Recurrent.Cells[layer];
            // Without history the memory holds only each sequence's last c.
            int lastCell = cell.KeepsHistory ? lastStep : 0;
            for (int b = 0; b < sequences; b++)
            {
                memory.Recurrent.Outputs[layer].Row(lastStep + b).CopyTo(memory.Hidden[layer].Row(state + b));
                if (_hasCellState) cell.Cells.Row(lastCell + b).CopyTo(memory.Cell[layer].Row(state + b));
            }
        }
    }

    private RowStore[] Stores()
    {
        var stores = new RowStore[_stack.Spec.Layers];
        for (int layer = 0; layer < stores.Length; layer++) stores[layer] = new RowStore();
        return stores;
    }
}
