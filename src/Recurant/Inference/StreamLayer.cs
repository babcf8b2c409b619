namespace Recurant.Inference;

/// <summary>One layer: its weights as the products read them, and the outputs of the last two steps.</summary>
internal sealed class StreamLayer(RecurrentCell cell)
{
    private readonly CellMemory _memory = new();
    private UnitStrips? _strips;

    public RowStore Output { get; } = new();

    /// <summary>Whether a layer's steps are computed strip by strip.</summary>
    public static bool InStrips(RecurrentCell cell) =>
        cell is IStripCell && cell.CanForget && UnitStrips.Fits(cell.Gates, cell.HiddenSize);

    public void Reset(Workers workers, int parts)
    {
        int hidden = cell.HiddenSize;
        _memory.KeepsHistory = !cell.CanForget;
        if (InStrips(cell)) _strips = cell.Strips(); else Pack(workers, parts);
        cell.StartGates(_memory.GateStart.Reserve(cell.GateWidth).Span);
        _memory.Gates.Reserve(2, cell.GateWidth);
        _memory.Previous.Reserve(cell.CopiesPrevious ? 2 : 0, hidden);
        cell.Reserve(_memory, 2, 2);
        _memory.InitialHidden.Reserve(1, hidden).Clear();
        _memory.InitialCell.Reserve(1, cell.CellSize).Clear();
        cell.EnterInitialState(_memory.InitialHidden.Row(0));
        Output.Reserve(2, hidden);
    }

    private void Pack(Workers workers, int parts)
    {
        // Each worker's panels of a gate must come in fours to be read as one stream.
        bool interleave = cell.CanForget && cell.CellSize % (PackedMatrix.Quad * PackedMatrix.PanelWidth * parts) == 0;
        cell.PackForward(workers, _memory.Packed, interleave);
        if (!cell.OneHotInput)
        {
            _memory.Packed.Input.Update(workers, cell.InputWeights, transposed: true, cell.ColumnGroups, interleave);
        }
    }

    /// <summary>A step of one worker: the input's share of its units, then the cell.</summary>
    public void Step(Address input, int token, int steps, int part, int parts)
    {
        if (_strips != null)
        {
            Step(_strips, input, token, steps, part, parts);
            return;
        }

        int row = steps & 1;
        WorkShare share = WorkShare.OfUnits(cell, _memory, Output.Rows(2), 1, part, parts);
        int gateRow = _memory.KeepsHistory ? row : 0;
        if (cell.OneHotInput)
        {
            InputShare.AddColumn(cell, _memory, token, gateRow, share.FirstUnit, share.Units);
        }
        else
        {
            var block = new RowBlock
            {
                Left = input, Initial = _memory.GateStart.At(0), Target = _memory.Gates.At(gateRow), Rows = 1,
            };
            CellStep.MultiplyUnits(
                new ReadOnlySpan<RowBlock>(ref block), default, _memory.Packed.Input.Matrix, cell.CellSize,
                share.FirstUnit, share.Units);
        }

        var step = new CellStep
        {
            Memory = _memory, CellSize = cell.CellSize, RowStart = row, GateRowStart = gateRow, PreviousRowStart = 1 - row,
            PreviousCount = steps == 0 ? 0 : 1, Count = 1, First = 0, FirstUnit = share.FirstUnit,
            Units = share.Units, InputStart = input, Output = share.Output, StartsFromZero = !cell.StartsFromNonZero,
            HasMask = cell.CopiesPrevious,
        };
        if (cell.CopiesPrevious) step.PreviousHidden(0).Span(cell.HiddenSize).CopyTo(_memory.Previous.Row(row));
        cell.StepForward(step);
    }

    /// <summary>
    /// The same strip by strip: forward in even steps and backward in odd ones, so that a step begins with the weights that
    /// the one before left in the second-level cache.
    /// </summary>
    private void Step(UnitStrips strips, Address input, int token, int steps, int part, int parts)
    {
        int row = steps & 1;
        (int first, int last) = Partition.Range(strips.Count, part, parts);
        Address gates = _memory.Gates.At(0), start = _memory.GateStart.At(0);
        Address previous = steps == 0 ? Address.None : Output.At(1 - row);
        int firstUnit = first * strips.Units, units = (last - first) * strips.Units;
        if (parts > 1) FetchFromOtherCores(input, previous, Output.At(row) + firstUnit, units);
        if (cell.OneHotInput)
        {
            InputShare.AddColumn(cell, _memory, token, 0, firstUnit, units);
            start = gates;
        }

        for (int i = first; i < last; i++)
        {
            int strip = row == 0 ? i : first + last - 1 - i;
            if (cell.AddsHiddenBiasToInput)
            {
                strips.Multiply(strip, start, input, previous, gates);
                continue;
            }

            strips.MultiplyInput(strip, start, input, gates);
            strips.MultiplyHidden(strip, cell.HiddenBias.Matrix.At(0), previous, _memory.HiddenGates.At(0));
        }

        ((IStripCell)cell).Activate(new CellStep
        {
            Memory = _memory, CellSize = cell.CellSize, RowStart = row, GateRowStart = 0, PreviousRowStart = 1 - row,
            PreviousCount = steps == 0 ? 0 : 1, Count = 1, First = 0, FirstUnit = firstUnit, Units = units,
            Output = Output.Rows(2), StartsFromZero = true, HasMask = false,
        });
    }

    /// <summary>
    /// What other cores have written or read last takes some 0.2 microseconds to get here, a line after the other if it is
    /// waited for; so all of it is asked for at once. A line is asked for to write it by writing it.
    /// </summary>
    private void FetchFromOtherCores(Address input, Address previous, Address output, int units)
    {
        if (!cell.OneHotInput) input.Prefetch(cell.InputSize);
        if (!previous.IsNone) previous.Prefetch(cell.HiddenSize);
        output.Span(units).Clear();
    }

    public Span<float> Save(Span<float> state, int steps)
    {
        int hidden = cell.HiddenSize;
        (steps == 0 ? _memory.InitialHidden.Row(0) : Output.Row((steps + 1) & 1)).CopyTo(state);
        if (!cell.HasCellState) return state[hidden..];
        (steps == 0 ? _memory.InitialCell.Row(0) : _memory.Cells.Row(0)).CopyTo(state[hidden..]);
        return state[(hidden + cell.CellSize)..];
    }

    public ReadOnlySpan<float> Load(ReadOnlySpan<float> state, int steps)
    {
        int hidden = cell.HiddenSize;
        state[..hidden].CopyTo(Output.Row((steps + 1) & 1));
        if (!cell.HasCellState) return state[hidden..];
        state.Slice(hidden, cell.CellSize).CopyTo(_memory.Cells.Row(0));
        return state[(hidden + cell.CellSize)..];
    }
}
