using Recurant.Cells;
using Recurant.Layers;
using Recurant.Numerics;

namespace Recurant.Inference;

/// <summary>
/// One sequence, one step at a time: the state is kept between the steps, so an endless sequence can be read as it comes.
/// The numbers are those of a run over the whole sequence, bit by bit. A step allocates nothing.
/// </summary>
/// <remarks>
/// A step of one sequence reads every weight once, and that is what its time goes into. With more threads than one each
/// reads the weights of its own hidden units, from its own core's cache.
/// </remarks>
internal sealed class RecurrentStream
{
    /// <summary>Multiply-adds of a layer's step that outweigh handing half of it to another thread.</summary>
    private const long WorthDividing = 1 << 16;

    /// <summary>
    /// Weights of a layer, in floats, that a core's second-level cache holds; as long as they fit, reading them as one stream
    /// gives more than a second thread.
    /// </summary>
    private const long CachedWeights = 200 * 1024;

    /// <summary>Steps of one thread alone after a meeting that took long: so many at first, and at most.</summary>
    private const int FewestStepsAlone = 64, MostStepsAlone = 1 << 14;

    private readonly RecurrentCell[] _cells;
    private readonly Layer[] _layers;
    private readonly Workers _workers;
    private readonly StepWork _work;
    private readonly bool _divides;
    private int _steps;
    private int _stepsAlone, _stepsTogether, _nextAlone = FewestStepsAlone;

    /// <summary>Makes a stream that starts from a zero state.</summary>
    /// <param name="stack">The layers; later changes of their weights are seen after <see cref="Reset"/>.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The stack reads in both directions.</exception>
    public RecurrentStream(RecurrentStack stack, Workers workers)
    {
        if (stack.Spec.Bidirectional)
        {
            throw new ArgumentException(
                "A bidirectional network needs the end of the sequence before its first answer; it cannot be read step by "
                + "step. Use a network in one direction.", nameof(stack));
        }

        _cells = [.. stack.Cells];
        _workers = workers;
        int panels = (stack.Spec.HiddenSize + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        _divides = workers.Count > 1 && (InStrips(_cells[0])
            ? stack.Spec.HiddenSize / UnitStrips.UnitsOf(_cells[0].Gates) >= workers.Count
                && _cells.Any(cell => WeightsOf(cell) >= WorthDividing)
            : panels >= workers.Count && _cells.All(cell => cell.DividesUnits && !cell.CopiesPrevious)
            && (stack.Spec.HiddenSize % (PackedMatrix.Quad * PackedMatrix.PanelWidth * workers.Count) == 0
                || _cells.Any(cell => WeightsOf(cell) > CachedWeights))
            && _cells.Any(cell => WeightsOf(cell) >= WorthDividing));
        _layers = [.. _cells.Select(cell => new Layer(cell))];
        _work = new StepWork(_layers);
        Reset();
    }

    /// <summary>Whether a layer's steps are computed strip by strip.</summary>
    private static bool InStrips(RecurrentCell cell) =>
        cell is IStripCell && cell.CanForget && UnitStrips.Fits(cell.Gates, cell.HiddenSize);

    private static long WeightsOf(RecurrentCell cell) =>
        (long)cell.GateWidth * (cell.InputSize + (cell.HasHiddenProduct ? cell.HiddenSize : 0));

    /// <summary>The floats of a state: H of each layer, and those of the cell state where there is one.</summary>
    public int StateSize => _cells.Sum(cell => cell.HiddenSize + (cell.HasCellState ? cell.CellSize : 0));

    /// <summary>Whether the threads divide the hidden units among them.</summary>
    public bool DividesUnits => _divides;

    /// <summary>Starts anew from a zero state.</summary>
    public void Reset()
    {
        _steps = 0;
        foreach (Layer layer in _layers) layer.Reset(_workers, _divides ? _workers.Count : 1);
    }

    /// <summary>Reads one vector [I].</summary>
    /// <returns>The topmost layer's output [H]; valid until the next step.</returns>
    /// <exception cref="ArgumentException">The vector has another length than the layers' input.</exception>
    public ReadOnlySpan<float> Step(ReadOnlySpan<float> input)
    {
        if (_cells[0].OneHotInput || input.Length != _cells[0].InputSize)
        {
            throw new ArgumentException(_cells[0].OneHotInput
                ? "These layers read word numbers, not vectors."
                : $"A step reads {_cells[0].InputSize} numbers, not {input.Length}.", nameof(input));
        }

        return Step(input, 0);
    }

    /// <summary>Reads one word number, of layers with one-hot input.</summary>
    /// <returns>The topmost layer's output [H]; valid until the next step.</returns>
    public ReadOnlySpan<float> Step(int token)
    {
        if (!_cells[0].OneHotInput)
        {
            throw new ArgumentException($"These layers read vectors of {_cells[0].InputSize} numbers, not word numbers.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, _cells[0].InputSize);
        return Step(default, token);
    }

    /// <summary>Copies the state out, to go on from it later: for each layer h, then c if there is one.</summary>
    public void SaveState(Span<float> state)
    {
        CheckState(state.Length);
        foreach (Layer layer in _layers) state = layer.Save(state, _steps);
    }

    /// <summary>Goes on from a state that <see cref="SaveState"/> gave.</summary>
    public void LoadState(ReadOnlySpan<float> state)
    {
        CheckState(state.Length);
        _steps = 2;
        foreach (Layer layer in _layers) state = layer.Load(state, _steps);
    }

    private void CheckState(int length)
    {
        if (length != StateSize) throw new ArgumentException($"The state has {StateSize} numbers, not {length}.");
    }

    private ReadOnlySpan<float> Step(ReadOnlySpan<float> input, int token)
    {
        if (_workers.RunStep(_work, input, token, _steps, _divides && MayMeet())) AvoidMeetings();
        int row = _steps & 1;
        // Beyond the first two steps only odd and even count.
        _steps = _steps < 2 ? _steps + 1 : _steps ^ 1;
        return _layers[^1].Output.Row(row);
    }

    private bool MayMeet()
    {
        if (_stepsAlone > 0)
        {
            _stepsAlone--;
            return false;
        }

        // Long without a bad meeting: the next one will be the first again.
        if (_stepsTogether < int.MaxValue && ++_stepsTogether == MostStepsAlone) _nextAlone = FewestStepsAlone;
        return _workers.MayMeet();
    }

    /// <summary>
    /// A meeting took as long as a thousand steps or more. If that happens again soon, it is twice as long until the next.
    /// </summary>
    private void AvoidMeetings()
    {
        _workers.AvoidMeetings();
        _stepsAlone = _nextAlone;
        _stepsTogether = 0;
        _nextAlone = Math.Min(2 * _nextAlone, MostStepsAlone);
    }

    /// <summary>All layers of a step, for one worker's units.</summary>
    private sealed class StepWork(Layer[] layers) : IStepWork
    {
        private SpinBarrier _meeting;

        public void Execute(int part, int parts, StepCall call)
        {
            Address input = call.Input;
            for (int i = 0; i < layers.Length; i++)
            {
                layers[i].Step(input, call.Number, call.Step, part, parts);
                input = layers[i].Output.At(call.Step & 1);
                if (parts > 1 && i + 1 < layers.Length) _meeting.Meet(parts);
            }
        }
    }

    /// <summary>One layer: its weights as the products read them, and the outputs of the last two steps.</summary>
    private sealed class Layer(RecurrentCell cell)
    {
        private readonly CellMemory _memory = new();
        private readonly UnitStrips? _strips = InStrips(cell) ? new UnitStrips() : null;
        private int _inputVersion = -1, _hiddenVersion = -1;

        public RowStore Output { get; } = new();

        public void Reset(Workers workers, int parts)
        {
            int hidden = cell.HiddenSize;
            _memory.KeepsHistory = !cell.CanForget;
            if (_strips != null)
            {
                PackStrips(_strips);
            }
            else
            {
                Pack(workers, parts);
            }

            cell.StartGates(_memory.GateStart.Reserve(cell.GateWidth).Span);
            _memory.Gates.Reserve(2, cell.GateWidth);
            _memory.Previous.Reserve(cell.CopiesPrevious ? 2 : 0, hidden);
            cell.Reserve(_memory, 2, 2);
            _memory.InitialHidden.Reserve(1, hidden).Clear();
            _memory.InitialCell.Reserve(1, cell.CellSize).Clear();
            cell.EnterInitialState(_memory.InitialHidden.Row(0));
            Output.Reserve(2, hidden);
        }

        private void PackStrips(UnitStrips strips)
        {
            if (_inputVersion == cell.InputWeights.Version && _hiddenVersion == cell.HiddenWeights.Version) return;
            Matrix weights = cell.HiddenWeights.Matrix;
            strips.Pack(cell.OneHotInput ? weights.Column(0, 0) : cell.InputWeights.Matrix, weights);
            (_inputVersion, _hiddenVersion) = (cell.InputWeights.Version, cell.HiddenWeights.Version);
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
            var share = new WorkShare(cell, _memory, Output.Rows(2), part, parts, parts > 1);
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
                PreviousCount = steps == 0 ? 0 : 1, Count = 1, First = 0, Stride = 1, FirstUnit = share.FirstUnit,
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
                PreviousCount = steps == 0 ? 0 : 1, Count = 1, First = 0, Stride = 1, FirstUnit = firstUnit, Units = units,
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
}
