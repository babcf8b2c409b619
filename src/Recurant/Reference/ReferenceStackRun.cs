namespace Recurant.Reference;

/// <summary>
/// Dropout masks, given as numbers so that two implementations can be compared; a kept unit bears its scale, a dropped one 0.
/// </summary>
public sealed record ReferenceMasks
{
    /// <summary>
    /// Inputs[layer] [T, width of the layer's input] multiplies what the layer reads at each step; null for none. Default:
    /// none.
    /// </summary>
    public IReadOnlyList<double[]?> Inputs { get; init; } = [];

    /// <summary>
    /// Recurrent[layer D + direction] [H], the same at every step, multiplies the previous output as it enters the
    /// hidden-to-hidden product, and nowhere else; null for none. Default: none.
    /// </summary>
    public IReadOnlyList<double[]?> Recurrent { get; init; } = [];
}

/// <summary>What a stack of recurrent layers computed on one sequence.</summary>
public sealed class ReferenceStackRun
{
    internal ReferenceStackRun(
        int length, ReferenceStep[][] steps, double[]?[] inputMasks, double[] outputs, double[] state, double[] cell)
    {
        Length = length;
        Steps = steps;
        InputMasks = inputMasks;
        Outputs = outputs;
        FinalState = state;
        FinalCell = cell;
    }

    /// <summary>T, the number of time steps.</summary>
    public int Length { get; }

    /// <summary>Steps[layer D + direction][t]: everything computed at each time step.</summary>
    public IReadOnlyList<IReadOnlyList<ReferenceStep>> Steps { get; }

    /// <summary>The outputs of the last layer [T, D H]: forward beside backward.</summary>
    public double[] Outputs { get; }

    /// <summary>The state after the last step of each direction [L D, H]; PyTorch's h_n.</summary>
    public double[] FinalState { get; }

    /// <summary>
    /// The memory cell after the last step of each direction [L D, H]; PyTorch's c_n. Empty without a memory cell.
    /// </summary>
    public double[] FinalCell { get; }

    internal double[]?[] InputMasks { get; }
}

/// <summary>Every gradient of one run of a stack.</summary>
public sealed class ReferenceStackGradients
{
    internal ReferenceStackGradients(ReferenceTensors tensors, double[][] states, double[][] cells)
    {
        Tensors = tensors;
        States = states;
        Cells = cells;
    }

    /// <summary>
    /// The gradients of the weights under their own names, and "input" [T,I], "h0" [L D, H] and, for an LSTM, "c0" [L D, H].
    /// </summary>
    public ReferenceTensors Tensors { get; }

    /// <summary>States[layer D + direction] [T,H]: dJ/d state_t, counting everything that depends on that state.</summary>
    public IReadOnlyList<double[]> States { get; }

    /// <summary>Cells[layer D + direction] [T,H]: dJ/dc_t of an LSTM; empty arrays otherwise.</summary>
    public IReadOnlyList<double[]> Cells { get; }
}
