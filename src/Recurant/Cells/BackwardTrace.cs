using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Cells;

/// <summary>How often the values of a gate were small and large.</summary>
/// <param name="Name">The gate: i, f, g, o of an LSTM, r, z, n of a GRU, h of a cell without gates.</param>
/// <param name="Low">The share of its values (of g, n and h of their magnitudes) under 0.1.</param>
/// <param name="High">The share over 0.9.</param>
/// <param name="Mean">The mean of the values (of the magnitudes).</param>
public readonly record struct GateUse(string Name, double Low, double High, double Mean);

/// <summary>
/// What a way back through time leaves of itself where a <see cref="CellMemory"/> has one: the gradient of every state, which is
/// otherwise overwritten by that of the step before, and how the gates stood, whose place their gradients take.
/// <code>
/// dh_t = (from above) + (from step t+1 through the product and past it)
/// dc_t = (from step t+1 past the gates), h_t held: of a cell with a second state
/// </code>
/// </summary>
internal sealed class BackwardTrace
{
    private const float LowEnd = 0.1f, HighEnd = 0.9f;
    private static readonly string[] s_lstm = ["i", "f", "g", "o"], s_gru = ["r", "z", "n"], s_state = ["h"];

    /// <summary>dh_t [rows, H].</summary>
    public RowStore DHidden { get; } = new();

    /// <summary>dc_t [rows, M]; of a cell without it, nothing.</summary>
    public RowStore DCell { get; } = new();

    public bool HasCell { get; private set; }

    /// <summary>How the gates stood; empty for cells whose gates are not kept apart.</summary>
    public GateUse[] Gates { get; private set; } = [];

    /// <summary>Makes room, and counts the gates before the steps back overwrite them.</summary>
    public void Begin(RecurrentCell cell, SequenceBatch batch, Matrix output, CellMemory memory)
    {
        DHidden.Reserve(batch.Rows, cell.HiddenSize);
        HasCell = cell.HasCellState;
        if (HasCell) DCell.Reserve(batch.Rows, cell.CellSize);
        string[] names = cell switch
        {
            LstmCell or PeepholeLstmCell or ProjectedLstmCell => s_lstm,
            GruCell or GruOutsideCell => s_gru,
            ElmanCell or IndRnnCell => s_state,
            _ => [],
        };
        if (Gates.Length != names.Length) Gates = new GateUse[names.Length];
        Matrix values = names == s_state ? output : memory.Gates.Rows(batch.Rows);
        for (int gate = 0; gate < names.Length; gate++)
        {
            Gates[gate] = Count(names[gate], values, gate * cell.CellSize, cell.CellSize);
        }
    }

    /// <summary>Keeps the gradients of one step's states, for the rows and units of one worker, before the step back.</summary>
    public void Record(in CellStep step, int hiddenSize)
    {
        // Units are divided only where gates are as wide as h.
        int units = step.Units == step.CellSize ? hiddenSize : step.Units;
        for (int b = step.First; b < step.Count; b += step.Stride)
        {
            int row = step.RowStart + b;
            Span<float> kept = DHidden.Row(row).Slice(step.FirstUnit, units);
            step.Memory.DHidden.Row(b).Slice(step.FirstUnit, units).CopyTo(kept);
            Elementwise.Add(step.DOutput.Row(row).Slice(step.FirstUnit, units), kept);
            if (HasCell)
            {
                step.Memory.DCell.Row(b).Slice(step.FirstUnit, step.Units).CopyTo(DCell.Row(row)[step.FirstUnit..]);
            }
        }
    }

    private static GateUse Count(string name, Matrix values, int first, int width)
    {
        long low = 0, high = 0;
        double sum = 0;
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

        double count = Math.Max(1, (double)values.Rows * width);
        return new GateUse(name, low / count, high / count, sum / count);
    }
}
