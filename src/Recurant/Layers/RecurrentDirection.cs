namespace Recurant.Layers;

/// <summary>
/// One cell unrolled over time in one direction, and back-propagation through time. The same weights serve every step.
/// The workers divide either the sequences or the hidden units among them: see <see cref="WorkSplit"/>.
/// </summary>
internal sealed class RecurrentDirection(RecurrentCell cell, bool reverse)
{
    public RecurrentCell Cell => cell;

    /// <summary>Runs all steps. memory.InitialHidden, InitialCell and RecurrentMask are set by the caller.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The layout of the rows; the tokens, if the cell reads one-hot input.</param>
    /// <param name="input">X [rows, I]; not read by a cell with one-hot input.</param>
    /// <param name="output">H [rows, H], written.</param>
    /// <param name="memory">Keeps what the backward pass needs, or only the last states: memory.KeepsHistory.</param>
    /// <param name="hasInitialState">Whether an initial state was given; without one the first product is left out.</param>
    /// <param name="hasMask">
    /// Whether h_(t-1) is multiplied by memory.RecurrentMask before it enters the product, if there is one.
    /// </param>
    /// <param name="continues">Whether the initial hidden state is the output of a step before, not a state given.</param>
    /// <param name="inputRows">
    /// If given, X has fewer rows than the batch, and row r of the batch reads row inputRows[r] of it: a word that occurs
    /// often is multiplied once.
    /// </param>
    public void Forward(
        Workers workers, BatchLayout batch, Matrix input, Matrix output, CellMemory memory, bool hasInitialState, bool hasMask,
        bool continues, ReadOnlyMemory<int> inputRows = default)
    {
        hasMask &= cell.HasHiddenProduct;
        bool copies = hasMask || cell.CopiesPrevious;
        WorkSplit split = WorkSplit.Of(cell, batch, workers, copies);
        int chunk = split.StepsPerChunk(cell, batch);
        // Without history every step of a chunk has room for all sequences, whether or not they reach it.
        memory.Gates.Reserve(memory.KeepsHistory ? batch.Rows : chunk * batch.Sequences, cell.GateWidth);
        memory.Previous.Reserve(copies ? batch.Rows : 0, cell.HiddenSize);
        cell.Reserve(memory, batch.Rows, batch.Sequences);
        cell.PackForward(workers, memory.Packed);
        if (!cell.OneHotInput) memory.Packed.Input.Update(workers, cell.InputWeights, transposed: true, cell.ColumnGroups);
        cell.StartGates(memory.GateStart.Reserve(cell.GateWidth).Span);
        for (int b = 0; b < batch.Sequences && !continues; b++) cell.EnterInitialState(memory.InitialHidden.Row(b));
        if (!inputRows.IsEmpty) InputShare.Prepare(workers, cell, memory, input);

        var work = new ForwardWork
        {
            Direction = this, Batch = batch, Input = input, InputRows = inputRows, Output = output, Memory = memory,
            StartsFromZero = !hasInitialState && !cell.StartsFromNonZero, HasMask = hasMask, Copies = copies,
            DividesUnits = split.DividesUnits, StepsPerChunk = chunk,
        };
        split.Run(workers, work);
        if (!cell.OneHotInput) input.KeepAlive();
        output.KeepAlive();
    }

    /// <summary>
    /// Runs all steps back and adds the gradients of all weights. memory.DHidden and DCell [B, H] hold the gradients of
    /// the final states on entry (of a pre-activation cell that of its last output) and those of the initial states on
    /// return, if they are wanted.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The same batch as in the forward pass.</param>
    /// <param name="input">The same X.</param>
    /// <param name="output">The same H.</param>
    /// <param name="dOutput">dH [rows, H]: the gradient of the loss with respect to the output.</param>
    /// <param name="memory">What the forward pass kept; the gates are overwritten by their gradients.</param>
    /// <param name="hasInitialState">As in the forward pass.</param>
    /// <param name="wantsInitialGradient">Whether the gradients of the initial states are wanted.</param>
    /// <param name="hasMask">As in the forward pass.</param>
    /// <param name="continues">As in the forward pass.</param>
    /// <param name="inputRows">As in the forward pass.</param>
    public void Backward(
        Workers workers, BatchLayout batch, Matrix input, Matrix output, Matrix dOutput, CellMemory memory,
        bool hasInitialState, bool wantsInitialGradient, bool hasMask, bool continues, ReadOnlyMemory<int> inputRows = default)
    {
        if (!memory.KeepsHistory || memory.Gates.Step == 0)
        {
            throw new InvalidOperationException("The backward pass is not possible: the forward pass kept no history.");
        }

        hasMask &= cell.HasHiddenProduct;
        bool copies = hasMask || cell.CopiesPrevious;
        memory.Product.Reserve(copies ? batch.Sequences : 0, cell.HiddenSize);
        cell.PackBackward(workers, memory.Packed);
        memory.Trace?.Begin(cell, batch, output, memory);
        cell.BeginBackward(workers, batch, reverse, output, dOutput, memory);
        WorkSplit split = WorkSplit.Of(cell, batch, workers, copies);
        var work = new BackwardWork
        {
            Direction = this, Batch = batch, Input = input, Output = output, DOutput = dOutput, Memory = memory,
            HasMask = hasMask, Copies = copies, DividesUnits = split.DividesUnits, WantsInitialGradient = wantsInitialGradient,
        };
        split.Run(workers, work);
        dOutput.KeepAlive();
        if (!cell.OneHotInput) input.KeepAlive();

        for (int b = 0; b < batch.Sequences && wantsInitialGradient && !continues; b++)
        {
            cell.LeaveInitialState(memory.InitialHidden.Row(b), memory.DHidden.Row(b));
        }

        // Backwards in time the sequences start in different rows, the last of each.
        bool startsFromZero = !hasInitialState && !cell.StartsFromNonZero && !copies && !reverse;
        memory.ZeroRows = startsFromZero ? batch.Sequences : 0;
        if (cell.HasHiddenProduct) ListPreviousRows(batch, output, memory, copies);
        AddWeightGradients(workers, batch, input, memory, inputRows);
        cell.AddOwnGradients(workers, memory, batch.Sequences, batch.Rows);
        output.KeepAlive();
    }

    /// <summary>Where h_(t-1) of every row stands: a step earlier in the output, or among the initial states.</summary>
    private void ListPreviousRows(BatchLayout batch, Matrix output, CellMemory memory, bool copies)
    {
        memory.PreviousRows = Workspace.Reserve(memory.PreviousRows, 2L * batch.Steps);
        memory.PreviousRowCount = 0;
        for (int t = 0; t < batch.Steps; t++)
        {
            if (copies)
            {
                memory.AddPreviousRows(memory.Previous.At(batch.RowStart(t)), cell.HiddenSize, batch.SequencesAt(t));
                continue;
            }

            (int before, int inside) = StepBefore(batch, t);
            if (inside > 0)
            {
                Address start = output.At(batch.RowStart(before));
                memory.AddPreviousRows(start, output.RowStep, inside);
            }

            memory.AddPreviousRows(memory.InitialHidden.At(inside), cell.HiddenSize, batch.SequencesAt(t) - inside);
        }
    }

    /// <summary>The step before in processing order, and how many sequences of step t have it.</summary>
    private (int Step, int Sequences) StepBefore(BatchLayout batch, int t)
    {
        int before = reverse ? t + 1 : t - 1;
        return before < 0 || before == batch.Steps
            ? (0, 0)
            : (before, Math.Min(batch.SequencesAt(before), batch.SequencesAt(t)));
    }

    /// <summary>
    /// dW_hh = sum_t dz_t h_(t-1)^T,  dW_ih = sum_t dz_t x_t^T: one product each over all rows, and db_ih = sum_t dz_t with
    /// them. Where rows share an x the sums of their dz come first: dW_ih = sum_x (sum_(t: x_t = x) dz_t) x^T. Of a one-hot
    /// layer dW_ih is those sums.
    /// </summary>
    private void AddWeightGradients(
        Workers workers, BatchLayout batch, Matrix input, CellMemory memory, ReadOnlyMemory<int> inputRows)
    {
        Matrix dGates = memory.Gates.Rows(batch.Rows);
        PackedMatrix previous = memory.Packed.Scratch, inputs = memory.Packed.InputScratch;
        FloatBuffer? biasSums = cell.AddsBiasToInput ? memory.BiasSums.Reserve(dGates.Columns) : null;
        biasSums?.Clear();
        if (!cell.OneHotInput) inputs.Pack(workers, input);
        if (!cell.OneHotInput && cell.SharesGateGradients && inputRows.IsEmpty)
        {
            previous.PackRows(workers, memory.PreviousRows.AsSpan(0, memory.PreviousRowCount), cell.HiddenSize);
            Matrix dHidden = cell.HiddenWeights.GradientToAdd(out bool addsHidden);
            Matrix dInput = cell.InputWeights.GradientToAdd(out bool addsInput);
            var hidden = new TransposedTarget(previous, dHidden, addsHidden) { ZeroRows = memory.ZeroRows };
            TransposedProduct.MultiplyTwo(workers, dGates, hidden, new TransposedTarget(inputs, dInput, addsInput), biasSums);
        }
        else
        {
            cell.AddHiddenGradients(workers, memory, batch.Rows);
            if (cell.OneHotInput || !inputRows.IsEmpty)
            {
                if (biasSums is not null) Reductions.AddColumnSums(workers, dGates, biasSums);
                biasSums = null;
            }

            if (cell.OneHotInput)
            {
                foreach (int token in batch.Tokens[..batch.Rows]) cell.InputWeights.Touched!.Add(token);
                InputShare.AddByRow(workers, dGates, batch.TokenMemory, cell.InputWeights.GradientMatrix);
            }
            else
            {
                Matrix dInputGates = inputRows.IsEmpty
                    ? dGates : InputShare.SumGradients(workers, memory, dGates, input.Rows, inputRows);
                Matrix gradient = cell.InputWeights.GradientToAdd(out bool accumulate);
                TransposedProduct.Multiply(workers, dInputGates, inputs, gradient, accumulate, biasSums);
            }
        }

        if (!cell.AddsBiasToInput) return;
        // Where b_hh stands beside b_ih its gradient is the same.
        Elementwise.Add(memory.BiasSums.Span, cell.InputBias.Gradient);
        if (cell.AddsHiddenBiasToInput) Elementwise.Add(memory.BiasSums.Span, cell.HiddenBias.Gradient);
    }

    /// <summary>dx_t += W_ih^T dz_t for all steps, in one product; after <see cref="Backward"/>.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="dInput">dX, as many rows as X, added to.</param>
    /// <param name="memory">The memory; its gates hold their gradients.</param>
    /// <param name="inputRows">As in the forward pass.</param>
    public void AddInputGradient(Workers workers, Matrix dInput, CellMemory memory, ReadOnlyMemory<int> inputRows = default)
    {
        if (cell.OneHotInput) return;
        cell.AddInputGradient(workers, (inputRows.IsEmpty ? memory.Gates : memory.SharedGates).Rows(dInput.Rows), dInput, memory);
    }

    private WorkShare Share(
        BatchLayout batch, CellMemory memory, Matrix output, int part, int parts, bool dividesUnits) =>
        dividesUnits
            ? WorkShare.OfUnits(cell, memory, output, batch.Sequences, part, parts)
            : WorkShare.OfSequences(cell, memory, output, batch, part, parts);

    private CellStep StepAt(in WorkShare share, BatchLayout batch, int t)
    {
        (int before, int inside) = StepBefore(batch, t);
        return new CellStep
        {
            Memory = share.Memory,
            RowStart = batch.RowStart(t),
            GateRowStart = batch.RowStart(t),
            PreviousRowStart = inside == 0 ? 0 : batch.RowStart(before),
            PreviousCount = Math.Min(inside, share.Last),
            Count = Math.Min(batch.SequencesAt(t), share.Last),
            First = share.First,
            FirstUnit = share.FirstUnit,
            Units = share.Units,
            CellSize = cell.CellSize,
            InputStart = cell.OneHotInput ? Address.None : share.Input.At(0),
            InputStep = share.Input.RowStep,
            InputRows = share.InputRows,
            Output = share.Output,
            DOutput = share.DOutput,
            StartsFromZero = share.StartsFromZero,
            HasMask = share.Copies,
        };
    }

    private struct ForwardWork : IMeetingWork
    {
        public RecurrentDirection Direction;
        public BatchLayout Batch;
        public Matrix Input, Output;
        public CellMemory Memory;
        public bool StartsFromZero, HasMask, Copies, DividesUnits;
        public int StepsPerChunk;
        public ReadOnlyMemory<int> InputRows;

        public readonly void Run(int part, int parts, ref SpinBarrier meeting)
        {
            RecurrentCell cell = Direction.Cell;
            bool meets = DividesUnits && cell.HasHiddenProduct;
            WorkShare share = Direction.Share(Batch, Memory, Output, part, parts, DividesUnits) with
            {
                StartsFromZero = StartsFromZero, Copies = Copies, Input = Input, InputRows = InputRows,
            };
            for (int first = 0; first < Batch.Steps; first += StepsPerChunk)
            {
                // A few steps at a time: their gates are still in the cache when the steps come to them.
                int last = Math.Min(Batch.Steps, first + StepsPerChunk);
                (int begin, int end) = Direction.IsReverse ? (Batch.Steps - last, Batch.Steps - first) : (first, last);
                InputShare.Add(cell, share, Batch, begin, end, Input, InputRows.Span);
                for (int i = first; i < last; i++)
                {
                    int t = Direction.IsReverse ? Batch.Steps - 1 - i : i;
                    CellStep step = Direction.StepAt(share, Batch, t);
                    if (!Memory.KeepsHistory) step = step with { GateRowStart = (t - begin) * Batch.Sequences };
                    if (Copies) CopyPrevious(step);
                    if (share.First < step.Count) cell.StepForward(step);
                    if (meets) meeting.Meet(parts);
                }
            }
        }

        private readonly void CopyPrevious(in CellStep step)
        {
            int hidden = Direction.Cell.HiddenSize;
            for (int b = step.First; b < step.Count; b++)
            {
                var from = step.PreviousHidden(b).Span(hidden);
                Span<float> previous = Memory.Previous.Row(step.RowStart + b);
                if (HasMask) Elementwise.Multiply(from, Memory.RecurrentMask.Row(b), previous); else from.CopyTo(previous);
            }
        }
    }

    private struct BackwardWork : IMeetingWork
    {
        public RecurrentDirection Direction;
        public BatchLayout Batch;
        public Matrix Input, Output, DOutput;
        public CellMemory Memory;
        public bool HasMask, Copies, DividesUnits, WantsInitialGradient;

        public readonly void Run(int part, int parts, ref SpinBarrier meeting)
        {
            RecurrentCell cell = Direction.Cell;
            bool meets = DividesUnits && cell.HasHiddenProduct;
            WorkShare share = Direction.Share(Batch, Memory, Output, part, parts, DividesUnits) with
            {
                DOutput = DOutput, Copies = Copies, Input = Input,
            };
            for (int i = Batch.Steps - 1; i >= 0; i--)
            {
                CellStep step = Direction.StepAt(share, Batch, Direction.IsReverse ? Batch.Steps - 1 - i : i);
                if (Memory.Trace is { } trace) trace.Record(step, cell.HiddenSize);
                if (share.First < step.Count) cell.StepBackward(step);
                if (meets) meeting.Meet(parts);
                if (share.First >= step.PreviousCount && !WantsInitialGradient) continue;
                if (share.First < step.Count) cell.MultiplyBackward(step);
                for (int b = step.First; Copies && b < step.Count; b++)
                {
                    Span<float> product = Memory.Product.Row(b);
                    if (HasMask) Elementwise.Multiply(product, Memory.RecurrentMask.Row(b), product);
                    Elementwise.Add(product, Memory.DHidden.Row(b));
                }
            }
        }
    }

    private bool IsReverse => reverse;
}
