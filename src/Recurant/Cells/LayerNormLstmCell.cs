namespace Recurant.Cells;

/// <summary>
/// Long short-term memory with layer normalisation, LN(z) = (z - mean(z)) / sqrt(variance(z) + 1e-5).
/// <code>
/// (1) u = LN(W_ih x_t),  v = LN(W_hh h_(t-1))                     over all 4 H numbers
/// (2) a = norm_ih * u + norm_hh * v + b_ih
/// (3) i = sigmoid(a_i),  f = sigmoid(a_f),  g = tanh(a_g),  o = sigmoid(a_o)
/// (4) c_t = f * c_(t-1) + i * g
/// (5) y = norm_c * LN(c_t) + norm_c_bias                          over all H numbers
/// (6) h_t = o * tanh(y)
/// </code>
/// Gate order i, f, g, o; norm_ih and norm_hh are [4 H]. Ba, Kiros and Hinton 2016, "Layer normalization", equations 20 to 22;
/// the paper's three biases of (2) are one here, for only their sum counts. Derivation: docs/cells/layernorm-lstm.md.
/// </summary>
internal sealed class LayerNormLstmCell : RecurrentCell
{
    private const int UnitSumsPerUnit = 14;

    private readonly Parameter _inputGain, _hiddenGain, _cellGain, _cellBias;
    private readonly float _forgetBias;

    public LayerNormLstmCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false, float forgetBias = 1f)
        : base(inputSize, hiddenSize, gates: ["i", "f", "g", "o"], suffix, oneHotInput, hasHiddenBias: false)
    {
        _forgetBias = forgetBias;
        _inputGain = new Parameter("norm_ih_" + suffix, 4 * hiddenSize);
        _hiddenGain = new Parameter("norm_hh_" + suffix, 4 * hiddenSize);
        _cellGain = new Parameter("norm_c_" + suffix, hiddenSize);
        _cellBias = new Parameter("norm_c_bias_" + suffix, hiddenSize);
    }

    public override string Name => "LSTM with layer normalisation";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "[a_i, a_f, a_g, a_o] = norm_ih * LN(W_ih x_t) + norm_hh * LN(W_hh h_(t-1)) + b_ih",
        "i = sigmoid(a_i), f = sigmoid(a_f), g = tanh(a_g), o = sigmoid(a_o)",
        "c_t = f * c_(t-1) + i * g",
        "h_t = o * tanh(norm_c * LN(c_t) + norm_c_bias)",
    ];

    public override IEnumerable<Parameter> Parameters =>
        [InputWeights, HiddenWeights, InputBias, _inputGain, _hiddenGain, _cellGain, _cellBias];

    public override bool HasCellState => true;

    /// <summary>The bias is added behind the normalisation.</summary>
    public override bool AddsBiasToInput => false;

    public override bool AddsHiddenBiasToInput => false;

    /// <summary>A mean needs all units.</summary>
    public override bool DividesUnits => false;

    public override bool SharesGateGradients => false;

    private int Width => 4 * HiddenSize;

    /// <summary>
    /// Matrices uniform in +-1 / sqrt(H), gains one, biases zero, that of the forget gate <c>forgetBias</c>.
    /// </summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        InputBias.Value.Clear();
        InputBias.Value.Slice(HiddenSize, HiddenSize).Fill(_forgetBias);
        _inputGain.Value.Fill(1);
        _hiddenGain.Value.Fill(1);
        _cellGain.Value.Fill(1);
        _cellBias.Value.Clear();
    }

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
        int kept = memory.KeepsHistory ? rows : sequences;
        memory.Cells.Reserve(kept, HiddenSize);
        memory.Intermediate.Reserve(kept, HiddenSize);
        memory.HiddenGates.Reserve(kept, Width);
        memory.Normalised.Reserve(kept, Width);
        memory.Scales.Reserve(kept, 3);
        memory.Scratch.Reserve(sequences, Width);
    }

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        // Where nothing came before, LN of zeros is zeros.
        for (int b = step.First; b < step.Count; b++) memory.HiddenGates.Row(step.HistoryRow(b)).Clear();
        step.AddHiddenShare(
            memory.Packed.Forward.Matrix, Address.None, memory.HiddenGates.At(step.HistoryRow(0)), memory.HiddenGates.Step);
        for (int b = step.First; b < step.Count; b++)
        {
            int row = step.HistoryRow(b);
            Span<float> gates = step.Gates(b).Span(Width), hiddenGates = memory.HiddenGates.Row(row);
            Span<float> normalised = memory.Normalised.Row(row), scales = memory.Scales.Row(row);
            scales[0] = RowNorm.Forward(gates, normalised);                                                   // (1)
            scales[1] = RowNorm.Forward(hiddenGates, hiddenGates);
            InputBias.Value.CopyTo(gates);                                                                      // (2)
            Elementwise.AddProduct(_inputGain.Value, normalised, gates);
            Elementwise.AddProduct(_hiddenGain.Value, hiddenGates, gates);
        }

        var cell = new LayerNormLstmKernels.Cell(step, HiddenSize);                                              // (3), (4)
        UnitLoop.Run(ref cell, step.First, step.Count, HiddenSize);
        for (int b = step.First; b < step.Count; b++)
        {
            int row = step.HistoryRow(b);
            memory.Scales.Row(row)[2] = RowNorm.Forward(memory.Cells.Row(row), memory.Intermediate.Row(row));  // (5)
        }

        var output = new LayerNormLstmKernels.Output(step, HiddenSize, _cellGain.Matrix.At(0), _cellBias.Matrix.At(0));
        UnitLoop.Run(ref output, step.First, step.Count, HiddenSize);                               // (6)
    }

    public override void BeginBackward(
        Workers workers, BatchLayout batch, bool reverse, Matrix output, Matrix dOutput, CellMemory memory) =>
        memory.UnitSums.Reserve(batch.Sequences, UnitSumsPerUnit * HiddenSize).Clear();

    public override void StepBackward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        var output = new LayerNormLstmKernels.OutputBackward(
            step, HiddenSize, _cellGain.Matrix.At(0), _cellBias.Matrix.At(0));
        UnitLoop.Run(ref output, step.First, step.Count, HiddenSize);                               // (6')
        for (int b = step.First; b < step.Count; b++)
        {
            Span<float> dNormalised = memory.Scratch.Row(b)[..HiddenSize];
            int row = step.RowStart + b;
            RowNorm.Backward(memory.Intermediate.Row(row), memory.Scales.Row(row)[2], dNormalised, dNormalised);  // (5')
            Elementwise.Add(dNormalised, memory.DCell.Row(b));
        }

        var cell = new LayerNormLstmKernels.CellBackward(step, HiddenSize);                                      // (4'), (3')
        UnitLoop.Run(ref cell, step.First, step.Count, HiddenSize);
        for (int b = step.First; b < step.Count; b++) NormsBackward(memory, b, step.RowStart + b);
    }

    /// <summary>(2'), (1') of a row: its gates turn from da into d(W_ih x_t), its hidden gates from v into d(W_hh h).</summary>
    private void NormsBackward(CellMemory memory, int sequence, int row)
    {
        Span<float> gates = memory.Gates.Row(row), hiddenGates = memory.HiddenGates.Row(row);
        Span<float> normalised = memory.Normalised.Row(row), scales = memory.Scales.Row(row);
        Span<float> sums = memory.UnitSums.Row(sequence), product = memory.Scratch.Row(sequence);
        Elementwise.Add(gates, sums[..Width]);
        Elementwise.AddProduct(gates, normalised, sums.Slice(Width, Width));
        Elementwise.AddProduct(gates, hiddenGates, sums.Slice(2 * Width, Width));
        Elementwise.Multiply(_hiddenGain.Value, gates, product);
        RowNorm.Backward(hiddenGates, scales[1], product, hiddenGates);
        Elementwise.Multiply(_inputGain.Value, gates, gates);
        RowNorm.Backward(normalised, scales[0], gates, gates);
    }

    /// <summary>dh_(t-1) = W_hh^T d(W_hh h).</summary>
    public override void MultiplyBackward(in CellStep step) => MultiplyBackward(step, step.Memory.HiddenGates);

    public override void AddHiddenGradients(Workers workers, CellMemory memory, int rows) =>
        AddHiddenWeightGradient(workers, memory, memory.HiddenGates.Rows(rows));

    /// <summary>The sums over each sequence's steps, added up sequence by sequence.</summary>
    public override void AddOwnGradients(Workers workers, CellMemory memory, int sequences, int rows)
    {
        Matrix sums = memory.UnitSums.Rows(sequences);
        Reductions.AddColumnSums(sums.Column(0, Width), InputBias.Gradient);
        Reductions.AddColumnSums(sums.Column(Width, Width), _inputGain.Gradient);
        Reductions.AddColumnSums(sums.Column(2 * Width, Width), _hiddenGain.Gradient);
        Reductions.AddColumnSums(sums.Column(3 * Width, HiddenSize), _cellGain.Gradient);
        Reductions.AddColumnSums(sums.Column(3 * Width + HiddenSize, HiddenSize), _cellBias.Gradient);
    }
}
