namespace Recurant.Cells;

/// <summary>The recurrent cells.</summary>
public enum CellKind
{
    /// <summary>Elman's simple recurrent network: h_t = act(W_ih x_t + W_hh h_(t-1) + b).</summary>
    Elman,

    /// <summary>Long short-term memory with a forget gate.</summary>
    Lstm,

    /// <summary>Gated recurrent unit.</summary>
    Gru,

    /// <summary>Minimal gated recurrent unit: its gates read the input alone (Feng et al. 2024).</summary>
    MinGru,

    /// <summary>Minimal long short-term memory: its gates read the input alone (Feng et al. 2024).</summary>
    MinLstm,

    /// <summary>Simple recurrent unit: gates that see the input and their own unit's past (Lei et al. 2018).</summary>
    Sru,

    /// <summary>Independently recurrent network: Elman's with one recurrent weight a unit (Li et al. 2018).</summary>
    IndRnn,

    /// <summary>Linear recurrent unit: complex numbers that turn and fade (Orvieto et al. 2023). Its width is even.</summary>
    Lru,

    /// <summary>Long short-term memory whose gates see the memory cell (Gers et al. 2002).</summary>
    PeepholeLstm,

    /// <summary>Long short-term memory with layer normalisation (Ba et al. 2016).</summary>
    LayerNormLstm,

    /// <summary>Long short-term memory whose output is a projection of more memory cells (Sak et al. 2014).</summary>
    ProjectedLstm,
}

/// <summary>
/// A recurrent cell: the equations of one time step, forward and back. It knows nothing of time or of layers; it is
/// handed the rows of one step (one row a sequence) and the memory where its intermediate values are kept.
/// The input's share of all gates, W_ih X + b, is computed for all steps at once before the first step, and dW, dX after
/// the last: only what depends on the previous state happens in a step.
/// </summary>
internal abstract class RecurrentCell
{
    private readonly Parameter? _hiddenWeights, _hiddenBias;
    private readonly Lock _stripsLock = new();
    private UnitStrips? _strips;
    private (int Input, int Hidden) _stripsVersions;

    protected RecurrentCell(
        int inputSize, int hiddenSize, string[] gates, string suffix, bool oneHotInput, bool hasHiddenProduct = true,
        bool hasHiddenBias = true, int cellSize = 0)
    {
        InputSize = inputSize;
        HiddenSize = hiddenSize;
        CellSize = cellSize == 0 ? hiddenSize : cellSize;
        GateNames = gates;
        OneHotInput = oneHotInput;
        InputWeights = oneHotInput
            ? new Parameter("weight_ih_" + suffix, inputSize, GateWidth)
            {
                IsStoredTransposed = true,
                Touched = new TouchedRows(inputSize),
            }
            : new Parameter("weight_ih_" + suffix, GateWidth, inputSize);
        InputBias = new Parameter("bias_ih_" + suffix, GateWidth);
        if (!hasHiddenProduct) return;
        _hiddenWeights = new Parameter("weight_hh_" + suffix, GateWidth, hiddenSize);
        if (hasHiddenBias) _hiddenBias = new Parameter("bias_hh_" + suffix, GateWidth);
    }

    /// <summary>I, the width of the input.</summary>
    public int InputSize { get; }

    /// <summary>H, the width of the hidden state.</summary>
    public int HiddenSize { get; }

    /// <summary>M, the width of each gate and of the cell state: H, unless the output is a projection of it.</summary>
    public int CellSize { get; }

    /// <summary>G, the number of gates (candidate included): 1 to 4.</summary>
    public int Gates => GateNames.Count;

    /// <summary>G M, the width of all gates.</summary>
    public int GateWidth => Gates * CellSize;

    /// <summary>
    /// What the gates are called in the cell's equations, in the order of their rows; "z" where there is only the sum that goes
    /// into an activation.
    /// </summary>
    public IReadOnlyList<string> GateNames { get; }

    /// <summary>Whether the input is the number of a word instead of a vector.</summary>
    public bool OneHotInput { get; }

    /// <summary>What the cell is called.</summary>
    public abstract string Name { get; }

    /// <summary>The equations of one step, in plain ASCII.</summary>
    public abstract IReadOnlyList<string> Equations { get; }

    /// <summary>W_ih [G H, I] (the chapter's U); of a one-hot layer [I, G H].</summary>
    public Parameter InputWeights { get; }

    /// <summary>
    /// Whether W_hh multiplies h_(t-1). Without that product no unit needs another one's past: see <see cref="ScanCell"/>.
    /// </summary>
    public bool HasHiddenProduct => _hiddenWeights is not null;

    /// <summary>W_hh [G H, H] (the chapter's W).</summary>
    public Parameter HiddenWeights => _hiddenWeights ?? throw NoHiddenProduct();

    /// <summary>b_ih [G H].</summary>
    public Parameter InputBias { get; }

    /// <summary>b_hh [G H].</summary>
    public Parameter HiddenBias => _hiddenBias ?? throw NoHiddenProduct();

    /// <summary>All learnt tensors, in PyTorch's order.</summary>
    public virtual IEnumerable<Parameter> Parameters =>
        new[] { InputWeights, _hiddenWeights, InputBias, _hiddenBias }.OfType<Parameter>();

    /// <summary>Whether there is a second state c beside h.</summary>
    public virtual bool HasCellState => false;

    /// <summary>Whether b_hh may be added to the input's share before the first step.</summary>
    public virtual bool AddsHiddenBiasToInput => true;

    /// <summary>Whether b_ih is part of the input's share, so that its gradient is the sum of that of the gates.</summary>
    public virtual bool AddsBiasToInput => true;

    /// <summary>Whether a zero state makes a non-zero contribution to the first step.</summary>
    public virtual bool StartsFromNonZero => false;

    /// <summary>Whether a step needs h_(t-1) in memory.Previous even without a dropout mask.</summary>
    public virtual bool CopiesPrevious => false;

    /// <summary>Whether x_t enters a step through the gates alone, so that rows may share one in the backward pass too.</summary>
    public virtual bool ReadsInputInGatesOnly => true;

    /// <summary>Whether the steps can do without the history of all steps when no backward pass follows.</summary>
    public virtual bool CanForget => true;

    /// <summary>
    /// Whether the packed weights begin a new panel with every gate, so that workers can divide the hidden units. It is so
    /// where it costs no more than a fiftieth in empty columns.
    /// </summary>
    public virtual bool DividesUnits => (HiddenSize + 15) / 16 * 16 - HiddenSize <= HiddenSize / 50;

    /// <summary>
    /// W_ih and W_hh as steps of one sequence read them: made once for all streams, and anew after the weights have changed.
    /// </summary>
    public UnitStrips Strips()
    {
        lock (_stripsLock)
        {
            (int, int) versions = (InputWeights.Version, HiddenWeights.Version);
            if (_strips is not null && _stripsVersions == versions) return _strips;
            Matrix weights = HiddenWeights.Matrix;
            // A stream that has begun goes on with the strips it has.
            _strips = new UnitStrips();
            _strips.Pack(OneHotInput ? weights.Column(0, 0) : InputWeights.Matrix, weights);
            _stripsVersions = versions;
            return _strips;
        }
    }

    /// <summary>The groups of columns of the packed W_ih and W_hh: one a gate, or one in all.</summary>
    public int ColumnGroups => DividesUnits ? Gates : 1;

    /// <summary>Writes what the input's share starts from [G H]: b_ih, b_ih + b_hh or zero.</summary>
    public void StartGates(Span<float> start)
    {
        start.Clear();
        if (AddsBiasToInput) InputBias.Value.CopyTo(start);
        if (AddsHiddenBiasToInput) Elementwise.Add(HiddenBias.Value, start);
    }

    /// <summary>What the memory must hold beside the gates.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="rows">Rows of all steps.</param>
    /// <param name="sequences">B, the rows of a store that keeps only the last step.</param>
    public abstract void Reserve(CellMemory memory, int rows, int sequences);

    /// <summary>Lays out the weights for the products of the forward steps.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="packed">Where to.</param>
    /// <param name="interleave">Whether the panels of W_hh are to come in fours, for steps of one sequence.</param>
    public virtual void PackForward(Workers workers, PackedCell packed, bool interleave = false) =>
        packed.Forward.Update(workers, HiddenWeights, transposed: true, ColumnGroups, interleave);

    /// <summary>Lays out the weights for the products of the backward steps.</summary>
    public virtual void PackBackward(Workers workers, PackedCell packed) =>
        packed.Backward.Update(workers, HiddenWeights, transposed: false);

    /// <summary>Turns a given initial state into the h_0 of the equations, in place.</summary>
    public virtual void EnterInitialState(Span<float> hidden)
    {
    }

    /// <summary>Turns the gradient of h_0 into that of the given initial state, in place.</summary>
    public virtual void LeaveInitialState(ReadOnlySpan<float> hidden, Span<float> dHidden)
    {
    }

    /// <summary>The state after the step of a row, as it may be given to another run as initial state.</summary>
    public virtual ReadOnlySpan<float> StateAt(CellMemory memory, Matrix output, int row) => output.Row(row);

    /// <summary>One step forward for some rows and units; the gates hold the input's share.</summary>
    public abstract void StepForward(in CellStep step);

    /// <summary>What can be done for all steps before the first step back.</summary>
    public virtual void BeginBackward(
        Workers workers, BatchLayout batch, bool reverse, Matrix output, Matrix dOutput, CellMemory memory)
    {
    }

    /// <summary>
    /// One step back, its element-wise part. On entry <c>DHidden</c> holds what of dh_t came from the step after; the
    /// layer above adds <c>step.DHiddenFromAbove</c>. On return the gates hold their gradients and <c>DHidden</c> what of
    /// dh_(t-1) does not pass the product with W_hh, if <see cref="CarriesDHidden"/>.
    /// </summary>
    public abstract void StepBackward(in CellStep step);

    /// <summary>Whether part of dh_(t-1) does not pass the product with W_hh.</summary>
    public virtual bool CarriesDHidden => false;

    /// <summary>
    /// dh_(t-1) = W_hh^T dz_t, or dh_(t-1) += W_hh^T dz_t, for this worker's rows and units; where a mask stands between, the
    /// product goes to memory.Product.
    /// </summary>
    public virtual void MultiplyBackward(in CellStep step) => MultiplyBackward(step, step.Memory.Gates);

    /// <summary>The same where the gates that h_(t-1) enters stand in a store of their own.</summary>
    protected void MultiplyBackward(in CellStep step, RowStore dGates)
    {
        CellMemory memory = step.Memory;
        PackedMatrix weights = memory.Packed.Backward.Matrix;
        RowStore store = step.HasMask ? memory.Product : memory.DHidden;
        Address target = store.At(step.First);
        nint targetStep = store.Step;
        var block = new RowBlock
        {
            Left = dGates.At(step.RowStart + step.First), Initial = CarriesDHidden && !step.HasMask ? target : Address.None,
            Target = target, Rows = step.OwnRows,
        };
        var steps = new RowSteps(dGates.Step, targetStep, targetStep);
        // Units are divided only where gates are as wide as h.
        int units = step.Units == CellSize ? HiddenSize : step.Units;
        CellStep.MultiplyUnits(
            new ReadOnlySpan<RowBlock>(ref block), steps, weights, HiddenSize, step.FirstUnit, units);
        if (!step.HasMask || CarriesDHidden) return;
        for (int b = step.First; b < step.Count; b++) memory.DHidden.Row(b).Clear();
    }

    /// <summary>
    /// Whether W_ih and W_hh see the same gradients dz, so that their gradients can be computed together.
    /// </summary>
    public virtual bool SharesGateGradients => true;

    /// <summary>
    /// Adds the gradient of W_hh, summed over all rows of all steps; and that of b_hh, unless it is added to the input's
    /// share, where its gradient is that of b_ih.
    /// </summary>
    public virtual void AddHiddenGradients(Workers workers, CellMemory memory, int rows) =>
        AddHiddenWeightGradient(workers, memory, memory.Gates.Rows(rows));

    /// <summary>Adds the gradients of the weights that a cell has beside W_ih, W_hh and the biases.</summary>
    public virtual void AddOwnGradients(Workers workers, CellMemory memory, int sequences, int rows)
    {
    }

    /// <summary>dx_t += W_ih^T dz_t for all steps, in one product; of vector input.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="dGates">dz [rows, G H]: the gradients of the gates, or their sums for each input that rows share.</param>
    /// <param name="dInput">dX [rows, I], added to.</param>
    /// <param name="memory">The memory.</param>
    public virtual void AddInputGradient(Workers workers, Matrix dGates, Matrix dInput, CellMemory memory)
    {
        memory.Packed.InputBackward.Update(workers, InputWeights, transposed: false);
        MatrixProduct.Multiply(workers, dGates, memory.Packed.InputBackward.Matrix, dInput, accumulate: true);
    }

    /// <summary>dW_hh += sum_t dz_t h_(t-1)^T, one product over all rows; and columnSums += sum_t dz_t, if given.</summary>
    protected void AddHiddenWeightGradient(
        Workers workers, CellMemory memory, Matrix dGates, FloatBuffer? columnSums = null)
    {
        memory.Packed.Scratch.PackRows(workers, memory.PreviousRows.AsSpan(0, memory.PreviousRowCount), HiddenSize);
        Matrix gradient = HiddenWeights.GradientToAdd(out bool accumulate);
        var target = new TransposedTarget(memory.Packed.Scratch, gradient, accumulate) { ZeroRows = memory.ZeroRows };
        TransposedProduct.Multiply(workers, dGates, target, columnSums);
    }

    /// <summary>Fills the parameters with small random numbers: uniform in +-1 / sqrt(H), as PyTorch does.</summary>
    public virtual void Initialise(ulong seed, uint ordinal)
    {
        float bound = 1f / MathF.Sqrt(HiddenSize);
        uint offset = 0;
        foreach (Parameter parameter in Parameters) parameter.InitialiseUniform(seed, ordinal + offset++, bound);
    }

    private InvalidOperationException NoHiddenProduct() =>
        new($"The cell {Name} has no such weights for the hidden state.");
}
