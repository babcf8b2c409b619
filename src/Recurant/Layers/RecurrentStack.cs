namespace Recurant.Layers;

/// <summary>
/// Layers of recurrent cells, one above the other, in one direction or both. Names and order of the parameters are
/// PyTorch's: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, ..., weight_ih_l1, ...
/// </summary>
internal sealed class RecurrentStack
{
    private readonly RecurrentDirection[] _directions;

    public RecurrentStack(StackSpec spec)
    {
        Spec = spec;
        _directions = new RecurrentDirection[spec.Layers * spec.Directions];
        for (int i = 0; i < _directions.Length; i++)
        {
            int layer = i / spec.Directions;
            bool reverse = i % spec.Directions == 1;
            int inputSize = layer == 0 ? spec.InputSize : spec.OutputSize;
            string suffix = reverse ? $"l{layer}_reverse" : $"l{layer}";
            _directions[i] = new RecurrentDirection(
                CellCatalogue.Of(spec.Cell).Make(new CellShape(spec, inputSize, suffix, spec.OneHotInput && layer == 0)),
                    reverse);
        }
    }

    public StackSpec Spec { get; }

    public IEnumerable<RecurrentCell> Cells => _directions.Select(direction => direction.Cell);

    public IEnumerable<Parameter> Parameters => Cells.SelectMany(cell => cell.Parameters);

    /// <summary>Whether the rows of a batch that is to be learnt from may share rows of the input.</summary>
    public bool MayShareInput => _directions[0].Cell.ReadsInputInGatesOnly;

    /// <summary>The width of c in every layer and direction.</summary>
    public int CellSize => _directions[0].Cell.CellSize;

    public RecurrentMemory CreateMemory() => new()
    {
        Cells = Make(_directions.Length, () => new CellMemory()),
        Outputs = Make(Spec.Layers, () => new RowStore(isTarget: true)),
        Dropped = Make(Spec.Layers, () => new RowStore()),
        DOutputs = Make(Spec.Layers, () => new RowStore(isTarget: true)),
        Masks = Make(Spec.Layers, () => new RowStore()),
    };

    public void Initialise(ulong seed, uint ordinal)
    {
        foreach (RecurrentCell cell in Cells)
        {
            cell.Initialise(seed, ordinal);
            ordinal += 16;
        }
    }

    /// <summary>Clears the initial states of all layers and directions for a batch of so many sequences.</summary>
    public void ResetInitialState(RecurrentMemory memory, int sequences)
    {
        memory.HasInitialState = false;
        memory.Continues = false;
        foreach (CellMemory cell in memory.Cells)
        {
            cell.InitialHidden.Reserve(sequences, Spec.HiddenSize).Clear();
            cell.InitialCell.Reserve(sequences, CellSize).Clear();
        }
    }

    /// <summary>Clears the gradients of the final states, which the backward pass starts from.</summary>
    public void ResetFinalGradient(RecurrentMemory memory, int sequences)
    {
        foreach (CellMemory cell in memory.Cells)
        {
            cell.DHidden.Reserve(sequences, Spec.HiddenSize).Clear();
            cell.DCell.Reserve(sequences, CellSize).Clear();
        }
    }

    /// <summary>Runs all layers; the initial states stand in the memory. Returns the topmost output [rows, D H].</summary>
    public Matrix Forward(Workers workers, BatchLayout batch, Matrix input, RecurrentMemory memory, DropoutPlan? dropout = null)
    {
        RequireRoom(batch, memory.KeepsHistory);
        Matrix below = input;
        for (int layer = 0; layer < Spec.Layers; layer++)
        {
            Matrix output = memory.Outputs[layer].Reserve(batch.Rows, Spec.OutputSize).Rows(batch.Rows);
            for (int d = 0; d < Spec.Directions; d++)
            {
                int index = layer * Spec.Directions + d;
                MakeRecurrentMask(memory.Cells[index], batch, dropout, index);
                memory.Cells[index].KeepsHistory = memory.KeepsHistory || !_directions[index].Cell.CanForget;
            }

            var work = new ForwardWork
            {
                Stack = this, FirstDirection = layer * Spec.Directions, Batch = batch, Input = below, Output = output,
                Memory = memory, HasMask = dropout is { Recurrent: > 0 },
                InputRows = layer == 0 ? memory.InputRows : default,
            };
            RunDirections(workers, ref work);

            below = output;
            if (layer + 1 < Spec.Layers && dropout is { Layers: > 0 } plan)
            {
                Dropout.MakeMask(
                    memory.Masks[layer], batch, Spec.OutputSize, plan.Layers,
                    plan.Stream(RandomPurpose.LayerDropout, (uint)layer));
                below = memory.Dropped[layer].Reserve(batch.Rows, Spec.OutputSize).Rows(batch.Rows);
                Dropout.Apply(workers, batch, memory.Masks[layer], output, below);
            }
        }

        return memory.Outputs[^1].Rows(batch.Rows);
    }

    /// <summary>
    /// Refuses a batch that cannot fit, before any of its memory is asked for: what every cell keeps of each row, or of each
    /// sequence where no backward pass follows. A cell may keep more; so what is refused would certainly not fit. Whoever makes
    /// the input of many rows asks before that.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="keepsHistory">Whether a backward pass will follow.</param>
    /// <exception cref="InvalidDataException">A buffer or all together would be too large; says what to lower.</exception>
    public void RequireRoom(BatchLayout batch, bool keepsHistory) =>
        RequireRoom(batch, keepsHistory, Workspace.AvailableBytes);

    internal void RequireRoom(BatchLayout batch, bool keepsHistory, long available)
    {
        double floats = 0;
        for (int index = 0; index < _directions.Length; index++)
        {
            RecurrentCell cell = _directions[index].Cell;
            bool keeps = keepsHistory || !cell.CanForget;
            int rows = keeps ? batch.Rows : batch.Sequences;
            floats += Workspace.RequireLength(rows, Matrix.TargetStep(cell.GateWidth));
            if (cell.HasCellState && keeps) floats += 2.0 * rows * cell.CellSize;
        }

        floats += (double)Spec.Layers * Workspace.RequireLength(batch.Rows, Matrix.TargetStep(Spec.OutputSize));
        if (keepsHistory) floats += (double)(Spec.Layers - 1) * batch.Rows * Spec.OutputSize; // gradients of the outputs
        if (floats * sizeof(float) <= available) return; // before the text is made, which few need
        Workspace.RequireRoom(
            floats * sizeof(float),
            $"{Workspace.Text(batch.Sequences)} {(batch.Sequences == 1 ? "sequence" : "sequences")} with "
            + $"{Workspace.Text(batch.Rows)} steps ({Spec.Summary})", available);
    }

    /// <summary>
    /// Back-propagation through time of all layers. memory.Cells[i].DHidden and DCell hold the gradients of the final
    /// states on entry, those of the initial states on return, if an initial state was given or
    /// <see cref="RecurrentMemory.WantsInitialGradient"/> is set.
    /// </summary>
    public void Backward(
        Workers workers, BatchLayout batch, Matrix input, Matrix dOutput, Matrix? dInput, RecurrentMemory memory,
        DropoutPlan? dropout = null)
    {
        Matrix dAbove = dOutput;
        for (int layer = Spec.Layers - 1; layer >= 0; layer--)
        {
            bool dropsBelow = layer > 0 && dropout is { Layers: > 0 };
            Matrix output = memory.Outputs[layer].Rows(batch.Rows);
            Matrix below = layer == 0 ? input
                : (dropsBelow ? memory.Dropped[layer - 1] : memory.Outputs[layer - 1]).Rows(batch.Rows);
            Matrix? dBelow = dInput;
            if (layer > 0)
            {
                memory.DOutputs[layer - 1].Reserve(batch.Rows, Spec.OutputSize).Clear();
                dBelow = memory.DOutputs[layer - 1].Rows(batch.Rows);
            }

            var work = new BackwardWork
            {
                Stack = this, FirstDirection = layer * Spec.Directions, Batch = batch, Input = below, Output = output,
                DOutput = dAbove, Memory = memory, HasMask = dropout is { Recurrent: > 0 },
                InputRows = layer == 0 ? memory.InputRows : default,
            };
            RunDirections(workers, ref work);
            for (int d = 0; d < Spec.Directions && dBelow is not null; d++)
            {
                // One after the other: each element of dX is one running sum over the gates of both directions.
                int index = layer * Spec.Directions + d;
                _directions[index].AddInputGradient(workers, dBelow.Value, memory.Cells[index], work.InputRows);
            }

            if (dropsBelow) Dropout.Apply(workers, batch, memory.Masks[layer - 1], dBelow!.Value, dBelow.Value);
            if (layer > 0) dAbove = dBelow!.Value;
        }
    }

    /// <summary>
    /// What the layers left in their memory of a batch: in the order of the data's way gates, cell states and outputs; after
    /// the backward pass the gates' gradients instead, from the topmost layer down.
    /// </summary>
    public IEnumerable<LayerValues> Values(
        RecurrentMemory memory, BatchLayout batch, bool afterBackward, string name = "recurrent layer")
    {
        for (int i = 0; i < _directions.Length; i++)
        {
            int index = afterBackward ? _directions.Length - 1 - i : i;
            int layer = index / Spec.Directions, d = index % Spec.Directions;
            RecurrentCell cell = _directions[index].Cell;
            CellMemory own = memory.Cells[index];
            string title = $"{name} {layer}" + (Spec.Bidirectional ? d == 1 ? ", backward" : ", forward" : "");
            LayerValues Of(string what, Matrix values) =>
                new(title, what, values, RowMeaning.Steps, batch) { IsBackInTime = d == 1 != afterBackward, Direction = index };
            LayerValues gates = Of(afterBackward ? "gradient of the gates" : "gates", own.Gates.Rows(batch.Rows)) with
            {
                Gates = cell.GateNames,
            };
            if (afterBackward)
            {
                yield return gates;
                continue;
            }

            // Element by element cells keep other things there than gates; their output tells.
            if (cell.HasHiddenProduct) yield return gates;
            if (cell.HasHiddenProduct && cell.HasCellState) yield return Of("cell state", own.Cells.Rows(batch.Rows));
            yield return Of("output", memory.Outputs[layer].Rows(batch.Rows).Column(d * Spec.HiddenSize, Spec.HiddenSize));
        }
    }

    /// <summary>
    /// Two threads take a direction each, and neither waits for the other before the layer is done; more threads than that
    /// divide each direction.
    /// </summary>
    private void RunDirections<TWork>(Workers workers, ref TWork work) where TWork : struct, IDirectionWork
    {
        if (Spec.Directions == 2 && workers.Count is 2 or 3)
        {
            var both = new DirectionsWork<TWork> { Work = work };
            workers.Run(ref both);
            return;
        }

        for (int d = 0; d < Spec.Directions; d++) work.Execute(workers, d);
    }

    private interface IDirectionWork
    {
        void Execute(Workers workers, int direction);
    }

    private struct DirectionsWork<TWork> : IParallelWork where TWork : struct, IDirectionWork
    {
        public TWork Work;

        public readonly void Execute(int part, int parts)
        {
            for (int d = part; d < 2; d += parts) Work.Execute(Workers.ForThreads(1), d);
        }
    }

    private struct ForwardWork : IDirectionWork
    {
        public RecurrentStack Stack;
        public int FirstDirection;
        public BatchLayout Batch;
        public Matrix Input, Output;
        public RecurrentMemory Memory;
        public bool HasMask;
        public ReadOnlyMemory<int> InputRows;

        public readonly void Execute(Workers workers, int direction)
        {
            int hidden = Stack.Spec.HiddenSize, index = FirstDirection + direction;
            Stack._directions[index].Forward(
                workers, Batch, Input, Output.Column(direction * hidden, hidden), Memory.Cells[index], Memory.HasInitialState,
                HasMask, Memory.Continues, InputRows);
        }
    }

    private struct BackwardWork : IDirectionWork
    {
        public RecurrentStack Stack;
        public int FirstDirection;
        public BatchLayout Batch;
        public Matrix Input, Output, DOutput;
        public RecurrentMemory Memory;
        public bool HasMask;
        public ReadOnlyMemory<int> InputRows;

        public readonly void Execute(Workers workers, int direction)
        {
            int hidden = Stack.Spec.HiddenSize, first = direction * hidden, index = FirstDirection + direction;
            Stack._directions[index].Backward(
                workers, Batch, Input, Output.Column(first, hidden), DOutput.Column(first, hidden), Memory.Cells[index],
                Memory.HasInitialState, Memory.HasInitialState || Memory.WantsInitialGradient, HasMask, Memory.Continues,
                InputRows);
        }
    }

    private void MakeRecurrentMask(CellMemory memory, BatchLayout batch, DropoutPlan? dropout, int index)
    {
        if (dropout is not { Recurrent: > 0 } plan) return;
        Dropout.MakeMask(
            memory.RecurrentMask, batch, Spec.HiddenSize, plan.Recurrent,
            plan.Stream(RandomPurpose.RecurrentDropout, (uint)index));
    }

    private static T[] Make<T>(int count, Func<T> make)
    {
        var array = new T[count];
        for (int i = 0; i < count; i++) array[i] = make();
        return array;
    }
}
