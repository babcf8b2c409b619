namespace Recurant.Reference;

/// <summary>Recurrent layers unrolled over one sequence: layers on top of each other, each in one direction or in both.</summary>
/// <remarks>
/// <code>
/// state_t = cell(x_t, state_{t-1})    t = 0 ... T-1    forward direction      (1)
/// state_t = cell(x_t, state_{t+1})    t = T-1 ... 0    backward direction     (2)
/// output_t = [forward_t  backward_t], the input of the layer above at t       (3)
/// </code>
/// The same weights serve every time step, so that their gradients are sums over time steps.
/// </remarks>
public sealed class ReferenceStack
{
    private readonly ReferenceSpec _spec;
    private readonly ReferenceTensors _weights;
    private readonly CellEquations _cell;

    /// <summary>Binds weights to a spec. The arrays are not copied.</summary>
    /// <param name="spec">The layers; pooling, classes and embedding play no part here.</param>
    /// <param name="weights">The tensors of <see cref="ReferenceSpec.RecurrentShapes"/>; others are ignored.</param>
    /// <exception cref="ArgumentException">The spec is out of range, or a tensor is missing or has the wrong size.</exception>
    public ReferenceStack(ReferenceSpec spec, ReferenceTensors weights)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(weights);
        spec.Validate();
        weights.Require(spec.RecurrentShapes(), nameof(weights));
        _spec = spec;
        _weights = weights;
        _cell = CellEquations.For(spec);
    }

    /// <summary>All time steps of all layers, from the first to the last.</summary>
    /// <param name="input">x [T,I].</param>
    /// <param name="initialState">h_0 (s_0 in the preactivation form) [L D, H]; null for zeros.</param>
    /// <param name="initialCell">c_0 of an LSTM [L D, H]; null for zeros.</param>
    /// <param name="masks">Dropout masks; null for none.</param>
    /// <returns>Outputs, final states and everything in between.</returns>
    /// <exception cref="ArgumentException">An array has the wrong size, or the sequence is empty.</exception>
    public ReferenceStackRun Forward(
        double[] input, double[]? initialState = null, double[]? initialCell = null, ReferenceMasks? masks = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        int hidden = _spec.HiddenSize, cellWidth = _spec.CellWidth, rows = _spec.StateRows;
        int length = input.Length / _spec.InputSize;
        CheckSize(nameof(input), input, Math.Max(1, length), _spec.InputSize);
        bool hasCell = _cell.HasCell;
        double[] state0 = StartOrZeros(nameof(initialState), initialState, rows, hidden);
        double[] cell0 = hasCell ? StartOrZeros(nameof(initialCell), initialCell, rows, cellWidth) : [];

        double[] finalState = new double[rows * hidden], finalCell = new double[cell0.Length];
        ReferenceStep[][] steps = new ReferenceStep[rows][];
        double[]?[] inputMasks = new double[]?[_spec.Layers];
        double[] below = input;
        for (int layer = 0; layer < _spec.Layers; layer++)
        {
            int width = _spec.LayerInputSize(layer);
            inputMasks[layer] = MaskOf(masks?.Inputs, layer, $"masks.Inputs[{layer}]", length, width);
            double[] reads = Algebra.Times(below, inputMasks[layer]);
            double[] outputs = new double[length * _spec.OutputSize];
            for (int direction = 0; direction < _spec.Directions; direction++)
            {
                int row = layer * _spec.Directions + direction;
                CellTensors w = new(_weights, ReferenceSpec.Suffix(layer, direction));
                double[]? mask = MaskOf(masks?.Recurrent, row, $"masks.Recurrent[{row}]", 1, hidden);
                double[] state = Algebra.Row(state0, row, hidden).ToArray();
                double[] cell = hasCell ? Algebra.Row(cell0, row, cellWidth).ToArray() : [];
                steps[row] = new ReferenceStep[length];
                for (int n = 0; n < length; n++)
                {
                    // (1) t = 0 ... T-1      (2) t = T-1 ... 0
                    int t = TimeOf(n, direction, length);
                    ReferenceStep step = _cell.Forward(w, Algebra.Row(reads, t, width).ToArray(), state, cell, mask);
                    (state, cell) = (step.State, step.Cell);
                    steps[row][t] = step;

                    // (3) output_t = [forward_t  backward_t]
                    step.Output.CopyTo(Algebra.Row(outputs, t, _spec.OutputSize)[(direction * hidden)..]);
                }

                state.CopyTo(finalState, row * hidden);
                cell.CopyTo(finalCell, hasCell ? row * cellWidth : 0);
            }

            below = outputs;
        }

        return new ReferenceStackRun(length, steps, inputMasks, below, finalState, finalCell);
    }

    /// <summary>
    /// Back-propagation through time: from the last layer to the first, and in each against the order of its steps.
    /// </summary>
    /// <param name="run">What <see cref="Forward"/> returned.</param>
    /// <param name="dOutputs">dJ/d outputs of the last layer [T, D H].</param>
    /// <param name="dFinalState">dJ/d final state, where the loss reads it directly [L D, H]; null for zeros.</param>
    /// <param name="dFinalCell">dJ/d final memory cell, where the loss reads it directly [L D, H]; null for zeros.</param>
    /// <returns>The gradients of every weight, of the input, of the initial states, and of every state in between.</returns>
    /// <exception cref="ArgumentException">An array has the wrong size.</exception>
    public ReferenceStackGradients Backward(
        ReferenceStackRun run, double[] dOutputs, double[]? dFinalState = null, double[]? dFinalCell = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(dOutputs);
        int hidden = _spec.HiddenSize, cellWidth = _spec.CellWidth, rows = _spec.StateRows, length = run.Length;
        bool hasCell = _cell.HasCell;
        CheckSize(nameof(dOutputs), dOutputs, length, _spec.OutputSize);
        double[] dStateEnd = StartOrZeros(nameof(dFinalState), dFinalState, rows, hidden);
        double[] dCellEnd = hasCell ? StartOrZeros(nameof(dFinalCell), dFinalCell, rows, cellWidth) : [];

        ReferenceTensors gradients = ReferenceTensors.Zeros(_spec.RecurrentShapes());
        double[] dState0 = new double[rows * hidden], dCell0 = new double[dCellEnd.Length];
        double[][] dStates = new double[rows][], dCells = new double[rows][];
        double[] dAbove = dOutputs;
        for (int layer = _spec.Layers - 1; layer >= 0; layer--)
        {
            int width = _spec.LayerInputSize(layer);
            double[] dReads = new double[length * width];
            for (int direction = 0; direction < _spec.Directions; direction++)
            {
                int row = layer * _spec.Directions + direction;
                string suffix = ReferenceSpec.Suffix(layer, direction);
                CellTensors w = new(_weights, suffix), dw = new(gradients, suffix);
                double[] dState = Algebra.Row(dStateEnd, row, hidden).ToArray();
                double[] dCell = hasCell ? Algebra.Row(dCellEnd, row, cellWidth).ToArray() : [];
                dStates[row] = new double[length * hidden];
                dCells[row] = hasCell ? new double[length * cellWidth] : [];
                for (int n = length - 1; n >= 0; n--)
                {
                    // (1'), (2') the steps in the opposite order; each adds its part to dw
                    int t = TimeOf(n, direction, length);

                    // (3') each direction takes its own half of d output_t
                    Span<double> dOutput = Algebra.Row(dAbove, t, _spec.OutputSize).Slice(direction * hidden, hidden);
                    StepGradients back = _cell.Backward(w, dw, run.Steps[row][t], dOutput, dState, dCell);
                    (dState, dCell) = (back.PreviousState, back.PreviousCell);
                    back.State.CopyTo(dStates[row], t * hidden);
                    back.Cell.CopyTo(dCells[row], hasCell ? t * cellWidth : 0);

                    // (3') both directions read the same input
                    Algebra.AddTo(Algebra.Row(dReads, t, width), back.Input);
                }

                dState.CopyTo(dState0, row * hidden);
                dCell.CopyTo(dCell0, hasCell ? row * cellWidth : 0);
            }

            dAbove = Algebra.Times(dReads, run.InputMasks[layer]);
        }

        gradients["input"] = dAbove;
        gradients["h0"] = dState0;
        if (hasCell) gradients["c0"] = dCell0;
        return new ReferenceStackGradients(gradients, dStates, dCells);
    }

    /// <summary>The time of the n-th step that a direction takes.</summary>
    private static int TimeOf(int n, int direction, int length) => direction == 0 ? n : length - 1 - n;

    private static double[] StartOrZeros(string name, double[]? given, int rows, int columns)
    {
        if (given is not null) CheckSize(name, given, rows, columns);
        return given ?? new double[rows * columns];
    }

    private static double[]? MaskOf(IReadOnlyList<double[]?>? masks, int index, string name, int rows, int columns)
    {
        double[]? mask = masks is not null && index < masks.Count ? masks[index] : null;
        if (mask is not null) CheckSize(name, mask, rows, columns);
        return mask;
    }

    private static void CheckSize(string name, double[] values, int rows, int columns)
    {
        if (values.Length != rows * columns)
        {
            throw new ArgumentException(
                $"{name} has {values.Length} values; expected the shape [{rows},{columns}], {rows * columns} values.", name);
        }
    }
}
