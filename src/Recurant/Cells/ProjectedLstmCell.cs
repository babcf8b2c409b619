namespace Recurant.Cells;

/// <summary>
/// Long short-term memory with a projection: M memory cells, of which H numbers are shown and carried.
/// <code>
/// (1) .. (5) as in an LSTM of M memory cells: i, f, g, o and c_t [M] from x_t, h_(t-1) [H] and c_(t-1)
/// (6) m_t = o * tanh(c_t)                                                     [M]
/// (7) h_t = W_hr m_t                                                          [H]
/// </code>
/// Gate order i, f, g, o. Names, order and equations are those of PyTorch's LSTM with hidden_size M and proj_size H. Sak, Senior
/// and Beaufays 2014, "Long short-term memory recurrent neural network architectures for large scale acoustic modeling".
/// Derivation: docs/cells/projected-lstm.md.
/// </summary>
internal sealed class ProjectedLstmCell(
    int inputSize, int hiddenSize, int cellSize, string suffix, bool oneHotInput = false, float forgetBias = 1f)
    : MemoryCell(inputSize, hiddenSize, suffix, oneHotInput, forgetBias, cellSize)
{
    private readonly Parameter _projection = new("weight_hr_" + suffix, hiddenSize, cellSize);

    public override string Name => "projected LSTM";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi)",
        "f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf)",
        "g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)",
        "o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho)",
        "c_t = f * c_(t-1) + i * g",
        "h_t = W_hr (o * tanh(c_t))",
    ];

    public override IEnumerable<Parameter> Parameters => [.. base.Parameters, _projection];

    /// <summary>(7) needs all memory cells.</summary>
    public override bool DividesUnits => false;

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
        base.Reserve(memory, rows, sequences);
        memory.Shown.Reserve(memory.KeepsHistory ? rows : sequences, CellSize);
        memory.HiddenGates.Reserve(memory.KeepsHistory ? rows : 0, HiddenSize);
        memory.Scratch.Reserve(sequences, CellSize);
    }

    public override void PackForward(Workers workers, PackedCell packed, bool interleave = false)
    {
        base.PackForward(workers, packed, interleave);
        packed.CandidateForward.Update(workers, _projection, transposed: true);
    }

    public override void PackBackward(Workers workers, PackedCell packed)
    {
        base.PackBackward(workers, packed);
        packed.CandidateBackward.Update(workers, _projection, transposed: false);
        packed.Constants.Reserve(CellSize).Clear();
    }

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        AddHiddenShare(step);
        var kernel = new LstmCell.ForwardKernel(step, CellSize, projects: true);
        UnitLoop.RunTwice(ref kernel, step.First, step.Count, CellSize);
        Address shown = memory.Shown.At(step.HistoryRow(step.First));
        PackedMatrix projection = memory.Packed.CandidateForward.Matrix;                                         // (7)
        Multiply(step, shown, memory.Shown.Step, projection, step.Hidden(step.First), step.Output.RowStep);
    }

    public override void StepBackward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        for (int b = step.First; b < step.Count; b++)
        {
            // All of dh_t, which the gradient of W_hr needs too.
            Span<float> dHidden = memory.HiddenGates.Row(step.RowStart + b);
            step.DHiddenFromAbove(b).Span(HiddenSize).CopyTo(dHidden);
            Elementwise.Add(memory.DHidden.Row(b), dHidden);
        }

        // (7') dm = W_hr^T dh
        Address all = memory.HiddenGates.At(step.RowStart + step.First), target = memory.Scratch.At(step.First);
        Multiply(step, all, memory.HiddenGates.Step, memory.Packed.CandidateBackward.Matrix, target, memory.Scratch.Step);
        var kernel = new LstmCell.BackwardKernel(step, CellSize, memory.Packed.Constants.At(0));
        UnitLoop.Run(ref kernel, step.First, step.Count, CellSize);
    }

    /// <summary>dW_hr = sum_t dh_t m_t^T, one product over all rows.</summary>
    public override void AddOwnGradients(Workers workers, CellMemory memory, int sequences, int rows)
    {
        memory.Packed.Scratch.Pack(workers, memory.Shown.Rows(rows));
        TransposedProduct.Multiply(
            workers, memory.HiddenGates.Rows(rows), memory.Packed.Scratch, _projection.GradientMatrix, accumulate: true);
    }

    /// <summary>A product for this worker's rows of a step.</summary>
    private static void Multiply(
        in CellStep step, Address left, int leftStep, PackedMatrix weights, Address target, int targetStep)
    {
        var block = new RowBlock { Left = left, Initial = Address.None, Target = target, Rows = step.OwnRows };
        var steps = new RowSteps(leftStep, 0, targetStep);
        MatrixProduct.Multiply(new ReadOnlySpan<RowBlock>(ref block), steps, weights, 0, weights.Panels);
    }
}
