using System.Globalization;

namespace Recurant.Layers;

/// <summary>
/// The states that a stack in one direction hands from one window of a text to the next. No gradient flows through them: back-
/// propagation through time is cut off at the window's beginning.
/// </summary>
internal sealed class CarriedState
{
    private readonly RecurrentStack _stack;
    private readonly float[][] _hidden, _cell;
    private readonly bool _hasCellState;

    /// <param name="stack">The layers.</param>
    /// <param name="sequences">B, the number of texts side by side.</param>
    public CarriedState(RecurrentStack stack, int sequences)
    {
        _stack = stack;
        _hasCellState = stack.Cells.First().HasCellState;
        Sequences = sequences;
        int layers = stack.Spec.Layers;
        _hidden = new float[layers][];
        _cell = new float[layers][];
        for (int layer = 0; layer < layers; layer++)
        {
            _hidden[layer] = new float[Workspace.RequireLength(sequences, stack.Spec.HiddenSize)];
            _cell[layer] = new float[_hasCellState ? Workspace.RequireLength(sequences, stack.CellSize) : 0];
        }
    }

    /// <summary>B.</summary>
    public int Sequences { get; }

    /// <summary>Whether any step has been read since the beginning.</summary>
    public bool HasBegun { get; set; }

    /// <summary>All states, for a checkpoint.</summary>
    public IEnumerable<(string Name, int[] Shape, Memory<float> Values)> Tensors
    {
        get
        {
            for (int layer = 0; layer < _hidden.Length; layer++)
            {
                yield return ($"hidden_l{layer}", [Sequences, _stack.Spec.HiddenSize], _hidden[layer]);
                if (_hasCellState) yield return ($"cell_l{layer}", [Sequences, _stack.CellSize], _cell[layer]);
            }
        }
    }

    /// <summary>The states that the last window began with, under the names of <see cref="Tensors"/>.</summary>
    public IEnumerable<(string Name, int[] Shape, float[] Values)> Initial(RecurrentMemory memory)
    {
        foreach ((string name, int[] shape, _) in Tensors)
        {
            bool isHidden = name.StartsWith("hidden", StringComparison.Ordinal);
            CellMemory cell = memory.Cells[int.Parse(name.AsSpan(name.LastIndexOf('l') + 1), CultureInfo.InvariantCulture)];
            var values = new float[shape[0] * shape[1]];
            for (int b = 0; b < shape[0]; b++)
            {
                (isHidden ? cell.InitialHidden : cell.InitialCell).Row(b).CopyTo(values.AsSpan(b * shape[1]));
            }

            yield return (name, shape, values);
        }
    }

    /// <summary>Starts anew: the next window begins from zero states.</summary>
    public void Clear()
    {
        HasBegun = false;
        foreach (float[] states in _hidden) states.AsSpan().Clear();
        foreach (float[] states in _cell) states.AsSpan().Clear();
    }

    /// <summary>Makes the states the initial ones of a window.</summary>
    public void Enter(RecurrentMemory memory, int sequences)
    {
        _stack.ResetInitialState(memory, sequences);
        if (!HasBegun) return;
        (memory.HasInitialState, memory.Continues) = (true, true);
        int size = _stack.Spec.HiddenSize, cellSize = _stack.CellSize;
        for (int layer = 0; layer < _hidden.Length; layer++)
        {
            CellMemory cell = memory.Cells[layer];
            for (int b = 0; b < sequences; b++)
            {
                _hidden[layer].AsSpan(b * size, size).CopyTo(cell.InitialHidden.Row(b));
                if (_hasCellState) _cell[layer].AsSpan(b * cellSize, cellSize).CopyTo(cell.InitialCell.Row(b));
            }
        }
    }

    /// <summary>Takes the states after the last step of a window, of the sequences that reach it.</summary>
    public void Leave(RecurrentMemory memory, BatchLayout window)
    {
        HasBegun = true;
        int last = window.Steps - 1, row = window.RowStart(last), size = _stack.Spec.HiddenSize;
        int cellSize = _stack.CellSize;
        for (int layer = 0; layer < _hidden.Length; layer++)
        {
            CellMemory cell = memory.Cells[layer];
            // Without history the memory holds only each sequence's last c.
            int cellRow = cell.KeepsHistory ? row : 0;
            for (int b = 0; b < window.SequencesAt(last); b++)
            {
                memory.Outputs[layer].Row(row + b).CopyTo(_hidden[layer].AsSpan(b * size));
                if (_hasCellState) cell.Cells.Row(cellRow + b).CopyTo(_cell[layer].AsSpan(b * cellSize));
            }
        }
    }
}
