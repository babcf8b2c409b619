namespace Recurant.Cells;

/// <summary>A matrix [rows, columns] of a workspace that grows with the batch.</summary>
/// <param name="isTarget">Whether steps and products write into it: then rows lie <see cref="Matrix.TargetStep"/> apart.</param>
internal sealed class RowStore(bool isTarget = false)
{
    private readonly FloatBuffer _buffer = new();
    private int _columns;

    /// <summary>Distance between rows, in floats.</summary>
    public int Step { get; private set; }

    public RowStore Reserve(int rows, int columns)
    {
        _columns = columns;
        Step = isTarget ? Matrix.TargetStep(columns) : columns;
        _buffer.Reserve(Workspace.RequireLength(rows, Step));
        return this;
    }

    /// <summary>The first so many rows.</summary>
    public Matrix Rows(int rows) => new(_buffer, 0, rows, _columns, Step);

    /// <summary>The rows first, first + 1, ...</summary>
    public Matrix Rows(int first, int count) => new(_buffer, first * Step, count, _columns, Step);

    /// <summary>One row.</summary>
    public Span<float> Row(int row) => _buffer.Span.Slice(row * Step, _columns);

    /// <summary>Where a row begins; valid until the store grows.</summary>
    public Address At(int row) => _buffer.At((nint)row * Step);

    public void Clear() => _buffer.Clear();
}

/// <summary>
/// One user's hold on a weight as its products read it. The memory is shared with all who compute with the same parameter.
/// </summary>
internal sealed class PackedWeights
{
    private PackedMatrix? _matrix;
    private Parameter? _parameter;
    private int _version = -1;

    /// <summary>The weights, after <see cref="Update(Workers, Parameter, bool, int, bool)"/>.</summary>
    public PackedMatrix Matrix => _matrix ?? throw new InvalidOperationException("The weights have not been laid out yet.");

    /// <summary>Takes the parameter as it is now; costs nothing if it has not changed since the last time.</summary>
    public void Update(Workers workers, Parameter parameter, bool transposed, int groups = 1, bool interleave = false) =>
        Update(workers, parameter, new WeightLayout(0, parameter.Shape[0], transposed, groups, interleave));

    /// <summary>The same of some rows of a parameter.</summary>
    public void Update(Workers workers, Parameter parameter, WeightLayout layout)
    {
        if (ReferenceEquals(_parameter, parameter) && _version == parameter.Version) return;
        _matrix = parameter.Layouts.Get(workers, layout, user: this, out _version);
        _parameter = parameter;
    }
}

/// <summary>A cell's weights as its products read them.</summary>
internal sealed class PackedCell
{
    public PackedWeights Input { get; } = new();

    public PackedWeights InputBackward { get; } = new();

    public PackedWeights Forward { get; } = new();

    public PackedWeights Backward { get; } = new();

    /// <summary>
    /// Weights of a second product: the candidate's rows of W_hh where they multiply another vector than h, or a projection.
    /// </summary>
    public PackedWeights CandidateForward { get; } = new();

    public PackedWeights CandidateBackward { get; } = new();

    /// <summary>Numbers made from weights once a pass, of a cell that needs such.</summary>
    public FloatBuffer Constants { get; } = new();

    public PackedMatrix Scratch { get; } = new();

    public PackedMatrix InputScratch { get; } = new();
}

/// <summary>What one layer in one direction keeps of a batch, from the forward pass to the backward pass.</summary>
internal sealed class CellMemory
{
    public PackedCell Packed { get; } = new();

    /// <summary>
    /// Whether every step is kept for the backward pass. Otherwise the stores hold what the steps to come need: a few steps of
    /// gates, and of the states only the last ones.
    /// </summary>
    public bool KeepsHistory { get; set; } = true;

    /// <summary>[G H]: what the gates of every row start from, b_ih or b_ih + b_hh.</summary>
    public FloatBuffer GateStart { get; } = new();

    /// <summary>
    /// [distinct inputs, G H]: the input's share of each input row that several rows have in common; in the backward pass the sum
    /// of their gates' gradients.
    /// </summary>
    public RowStore SharedGates { get; } = new(isTarget: true);

    /// <summary>[rows, G H]: the input's share, then the activated gates, then their gradients.</summary>
    public RowStore Gates { get; } = new(isTarget: true);

    /// <summary>[rows, G H]: the hidden state's share of the gates where it must be kept apart (GRU, reset inside).</summary>
    public RowStore HiddenGates { get; } = new(isTarget: true);

    /// <summary>
    /// [rows, H]: h_(t-1) as it entered the product, where that is a copy: with the recurrent dropout mask applied.
    /// </summary>
    public RowStore Previous { get; } = new();

    /// <summary>Where h_(t-1) of every row stands, for the gradient of W_hh.</summary>
    public RowSource[] PreviousRows { get; set; } = [];

    public int PreviousRowCount { get; set; }

    /// <summary>
    /// How many of the first previous rows are zero because the sequences start there and no initial state was given: they add
    /// nothing to dW_hh. They are the first of <see cref="PreviousRows"/>, or there are none.
    /// </summary>
    public int ZeroRows { get; set; }

    /// <summary>Adds rows to <see cref="PreviousRows"/>; rows that go on at the same distance join those before.</summary>
    public void AddPreviousRows(Address start, int step, int rows)
    {
        if (rows == 0) return;
        if (PreviousRowCount > 0)
        {
            ref RowSource before = ref PreviousRows[PreviousRowCount - 1];
            if (before.Step == step && start == before.Start + (nint)before.Rows * step)
            {
                before.Rows += rows;
                return;
            }
        }

        PreviousRows[PreviousRowCount++] = new RowSource { Start = start, Step = step, Rows = rows };
    }

    /// <summary>[rows, H]: the cell state c_t (LSTM).</summary>
    public RowStore Cells { get; } = new(isTarget: true);

    /// <summary>[rows, H]: tanh(c_t) (LSTM); r h_(t-1) (GRU, reset outside).</summary>
    public RowStore Intermediate { get; } = new(isTarget: true);

    /// <summary>[B, H]: dh in its backward pass through time, one row a sequence.</summary>
    public RowStore DHidden { get; } = new(isTarget: true);

    /// <summary>[B, H]: dc in its backward pass through time.</summary>
    public RowStore DCell { get; } = new(isTarget: true);

    /// <summary>[B, H]: the share of dh_(t-1) that comes through W_hh.</summary>
    public RowStore Product { get; } = new(isTarget: true);

    /// <summary>[rows, M]: o * tanh(c_t) before a projection.</summary>
    public RowStore Shown { get; } = new();

    /// <summary>[rows, G H]: the normalised share of the input in the gates (LSTM with layer normalisation).</summary>
    public RowStore Normalised { get; } = new();

    /// <summary>[rows, 3]: one over the deviations that were divided by (LSTM with layer normalisation).</summary>
    public RowStore Scales { get; } = new();

    /// <summary>[B, H]: scratch of a step back (GRU, reset outside); [B, G H] (LSTM with layer normalisation).</summary>
    public RowStore Scratch { get; } = new();

    /// <summary>[G H]: sum_t dz_t.</summary>
    public FloatBuffer BiasSums { get; } = new();

    /// <summary>
    /// [B, n H]: of each sequence the gradients of weights that belong to single units, summed over its steps in the backward
    /// pass.
    /// </summary>
    public RowStore UnitSums { get; } = new();

    /// <summary>[B, H]: initial states, and masks of the recurrent dropout.</summary>
    public RowStore InitialHidden { get; } = new();

    public RowStore InitialCell { get; } = new();

    public RowStore RecurrentMask { get; } = new();

    /// <summary>If given, keeps the gradients of all states in the backward pass, for those who look at them.</summary>
    public BackwardTrace? Trace { get; set; }
}
