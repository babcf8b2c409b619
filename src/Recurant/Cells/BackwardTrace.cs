using System.Globalization;

namespace Recurant.Cells;

/// <summary>How often the values of a gate were small and large.</summary>
/// <param name="Name">The gate: i, f, g, o of an LSTM, r, z, n of a GRU, h of a cell without gates.</param>
/// <param name="Low">The share of its values (of g, n and h of their magnitudes) under 0.1.</param>
/// <param name="High">The share over 0.9.</param>
/// <param name="Mean">The mean of the values (of the magnitudes).</param>
public readonly record struct GateUse(string Name, double Low, double High, double Mean)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(GateUse), PrintMembers);
}

/// <summary>
/// What a backward pass through time leaves of itself where a <see cref="CellMemory"/> has one: the gradient of every state,
/// which is otherwise overwritten by that of the step before, and how the gates stood, whose place their gradients take.
/// <code>
/// dh_t = (from above) + (from step t+1 through the product and past it)
/// dc_t = (from step t+1 past the gates), h_t held: of a cell with a second state
/// </code>
/// A backward pass in segments of a batch, one after the other, leaves what one over the whole batch would.
/// </summary>
internal sealed class BackwardTrace
{
    private const float LowEnd = 0.1f, HighEnd = 0.9f;
    private GateCount[] _counts = [];
    private int _firstRow, _rowsLeft;

    /// <summary>How many values of a gate were small and large, and their sum.</summary>
    private readonly record struct GateCount(long Values, long Low, long High, double Sum);

    /// <summary>dh_t [rows, H].</summary>
    public RowStore DHidden { get; } = new();

    /// <summary>dc_t [rows, M]; of a cell without it, nothing.</summary>
    public RowStore DCell { get; } = new();

    public bool HasCell { get; private set; }

    /// <summary>How the gates stood; empty for cells whose gates are not kept apart.</summary>
    public GateUse[] Gates { get; private set; } = [];

    /// <summary>Makes room, and counts the gates before the steps back overwrite them.</summary>
    public void Begin(RecurrentCell cell, BatchLayout batch, Matrix output, CellMemory memory)
    {
        HasCell = cell.HasCellState;
        IReadOnlyList<string> names = cell switch
        {
            LstmCell or PeepholeLstmCell or ProjectedLstmCell or GruCell or GruOutsideCell => cell.GateNames,
            ElmanCell or IndRnnCell => ["h"],
            _ => [],
        };
        if (_rowsLeft <= 0)
        {
            _rowsLeft = batch.WholeRows;
            // Once for the whole batch: the segments that follow add to what those before have left.
            DHidden.Reserve(batch.WholeRows, cell.HiddenSize);
            if (HasCell) DCell.Reserve(batch.WholeRows, cell.CellSize);
            if (Gates.Length != names.Count) (Gates, _counts) = (new GateUse[names.Count], new GateCount[names.Count]);
            _counts.AsSpan().Clear();
        }

        (_firstRow, _rowsLeft) = (batch.FirstRow, _rowsLeft - batch.Rows);
        Matrix values = cell is ElmanCell or IndRnnCell ? output : memory.Gates.Rows(batch.Rows);
        for (int gate = 0; gate < names.Count; gate++)
        {
            GateCount all = _counts[gate] = Add(_counts[gate], values, gate * cell.CellSize, cell.CellSize);
            double count = Math.Max(1, all.Values);
            Gates[gate] = new GateUse(names[gate], all.Low / count, all.High / count, all.Sum / count);
        }
    }

    /// <summary>Keeps the gradients of one step's states, for the rows and units of one worker, before the step back.</summary>
    public void Record(in CellStep step, int hiddenSize)
    {
        // Units are divided only where gates are as wide as h.
        int units = step.Units == step.CellSize ? hiddenSize : step.Units;
        for (int b = step.First; b < step.Count; b++)
        {
            int row = step.RowStart + b;
            Span<float> kept = DHidden.Row(_firstRow + row).Slice(step.FirstUnit, units);
            step.Memory.DHidden.Row(b).Slice(step.FirstUnit, units).CopyTo(kept);
            Elementwise.Add(step.DOutput.Row(row).Slice(step.FirstUnit, units), kept);
            if (HasCell)
            {
                step.Memory.DCell.Row(b).Slice(step.FirstUnit, step.Units).CopyTo(
                    DCell.Row(_firstRow + row)[step.FirstUnit..]);
            }
        }
    }

    private static GateCount Add(GateCount before, Matrix values, int first, int width)
    {
        (long count, long low, long high, double sum) = before;
        for (int row = 0; row < values.Rows; row++)
        {
            float part = 0;
            foreach (float value in values.Row(row).Slice(first, width))
            {
                float size = MathF.Abs(value);
                part += size;
                low += size < LowEnd ? 1 : 0;
                high += size > HighEnd ? 1 : 0;
            }

            sum += part;
        }

        return new GateCount(count + (long)values.Rows * width, low, high, sum);
    }
}
