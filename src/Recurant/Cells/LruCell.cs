namespace Recurant.Cells;

/// <summary>
/// Linear recurrent unit: H/2 complex numbers that turn and fade, read out through a matrix.
/// <code>
/// (1) lambda = exp(-e^nu + i e^theta),  gamma = e^gamma_log           once, from the weights
/// (2) b_t = W_b x_t + b_b                                             complex: real parts, then imaginary parts
/// (3) s_t = lambda s_(t-1) + gamma b_t                                complex
/// (4) h_t = act(W_ho [Re s_t, Im s_t] + b_ho + d * x_t)               d * x_t only where x_t is as wide as h_t
/// </code>
/// |lambda| is below one whatever the weights are, so nothing can explode. The state that is carried is s, in the place of the
/// cell state. Orvieto, Smith, Gu, Fernando, Gulcehre,
/// Pascanu and De 2023, "Resurrecting recurrent neural networks for long sequences"; the paper puts a network of its own behind
/// each layer instead of act. Derivation: docs/cells/lru.md.
/// </summary>
internal sealed class LruCell : ScanCell
{
    /// <summary>|lambda| is spread over this ring at the start; the phases over [0, pi).</summary>
    private const float SmallestRadius = 0.5f, LargestRadius = 0.999f;

    private readonly Activation _activation;
    private readonly Parameter _nu, _theta, _gamma, _outputWeights, _outputBias;

    /// <summary>d [H], where the input passes by the recurrence as it is.</summary>
    private readonly Parameter? _skip;

    /// <exception cref="ArgumentException">The hidden size is odd.</exception>
    public LruCell(
        int inputSize, int hiddenSize, string suffix, Activation activation = Activation.Tanh, bool oneHotInput = false)
        : base(inputSize, hiddenSize, gates: ["b"], stateWeights: 0, suffix, oneHotInput)
    {
        if (hiddenSize % 2 != 0)
        {
            throw new ArgumentException(
                $"HiddenSize is {hiddenSize}; an LRU needs an even number, half of it real and half of it imaginary parts.",
                nameof(hiddenSize));
        }

        _activation = activation;
        _nu = new Parameter("nu_log_" + suffix, Pairs);
        _theta = new Parameter("theta_log_" + suffix, Pairs);
        _gamma = new Parameter("gamma_log_" + suffix, Pairs);
        _outputWeights = new Parameter("weight_ho_" + suffix, hiddenSize, hiddenSize);
        _outputBias = new Parameter("bias_ho_" + suffix, hiddenSize);
        if (inputSize == hiddenSize && !oneHotInput) _skip = new Parameter("weight_skip_" + suffix, hiddenSize);
    }

    public override string Name => "LRU";

    public override IReadOnlyList<string> Equations =>
    [
        "lambda = exp(-e^nu + i e^theta)",
        "s_t = lambda s_(t-1) + e^gamma (W_b x_t + b_b)",
        $"h_t = {ActivationKernels.NameOf(_activation)}(W_ho [Re s_t, Im s_t] + b_ho"
            + (_skip is null ? ")" : " + d * x_t)"),
    ];

    public override IEnumerable<Parameter> Parameters => _skip is null
        ? [InputWeights, InputBias, _nu, _theta, _gamma, _outputWeights, _outputBias]
        : [InputWeights, InputBias, _nu, _theta, _gamma, _outputWeights, _outputBias, _skip];

    public override bool HasCellState => true;

    /// <summary>W_ho needs the whole of s.</summary>
    public override bool DividesUnits => false;

    /// <summary>N = H / 2, the complex numbers.</summary>
    private int Pairs => HiddenSize / 2;

    /// <summary>
    /// Matrices uniform in +-1 / sqrt(H), biases zero; |lambda|^2 uniform between the squares of the radii, so that lambda is
    /// spread evenly over the ring; gamma = sqrt(1 - |lambda|^2), so that s is as large as b (the paper's section 3.4).
    /// </summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        InputBias.Value.Clear();
        _outputBias.Value.Clear();
        Span<float> square = _nu.Value, phase = _theta.Value, gamma = _gamma.Value;
        var random = new Philox(seed, RandomPurpose.Initialisation, part: ordinal + 8);
        random.FillUniform(square, SmallestRadius * SmallestRadius, LargestRadius * LargestRadius);
        new Philox(seed, RandomPurpose.Initialisation, part: ordinal + 9).FillUniform(phase, 1e-3f, MathF.PI);
        for (int j = 0; j < Pairs; j++)
        {
            gamma[j] = 0.5f * Elementwise.Log(1 - square[j]);
            square[j] = Elementwise.Log(-0.5f * Elementwise.Log(square[j]));
            phase[j] = Elementwise.Log(phase[j]);
        }
    }

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
        memory.Cells.Reserve(memory.KeepsHistory ? rows : sequences, HiddenSize);
        memory.Intermediate.Reserve(memory.KeepsHistory ? rows : 0, HiddenSize);
        memory.HiddenGates.Reserve(memory.KeepsHistory ? rows : 0, HiddenSize);
    }

    /// <summary>(1), and W_ho.</summary>
    public override void PackForward(Workers workers, PackedCell packed, bool interleave = false)
    {
        packed.Forward.Update(workers, _outputWeights, transposed: true);
        Span<float> constants = packed.Constants.Reserve(5 * Pairs).Span;
        Span<float> decay = constants.Slice(3 * Pairs, Pairs), angle = constants.Slice(4 * Pairs, Pairs);
        Elementwise.Exp(_gamma.Value, constants.Slice(2 * Pairs, Pairs));
        Elementwise.Exp(_nu.Value, decay);
        Elementwise.Exp(_theta.Value, angle);
        Span<float> radius = constants[..Pairs];
        for (int j = 0; j < Pairs; j++) radius[j] = -decay[j];
        Elementwise.Exp(radius, radius);
        for (int j = 0; j < Pairs; j++)
        {
            (double sin, double cos) = Trigonometry.SinCos(angle[j]);
            constants[Pairs + j] = (float)(radius[j] * sin);
            radius[j] = (float)(radius[j] * cos);
        }
    }

    public override void PackBackward(Workers workers, PackedCell packed) =>
        packed.Backward.Update(workers, _outputWeights, transposed: false);

    /// <summary>(3), and (4) for all rows of the step in one product: the states are in the cache now.</summary>
    public override void StepForward(in CellStep step)
    {
        var kernel = new LruScan.ForwardKernel(step, Pairs);
        UnitLoop.Run(ref kernel, step.First, step.Count, Pairs);
        CellMemory memory = step.Memory;
        for (int b = step.First; b < step.Count && _skip is not null; b++)
        {
            Span<float> h = step.Hidden(b).Span(HiddenSize);
            _outputBias.Value.CopyTo(h);
            Elementwise.AddProduct(_skip.Value, step.Input(b).Span(HiddenSize), h);
        }

        Address hidden = step.Hidden(step.First);
        nint hiddenStep = step.Output.RowStep;
        var block = new RowBlock
        {
            Left = memory.Cells.At(step.HistoryRow(step.First)), Initial = _skip is null ? _outputBias.Matrix.At(0) : hidden,
            Target = hidden, Rows = step.OwnRows,
        };
        var steps = new RowSteps(memory.Cells.Step, _skip is null ? 0 : hiddenStep, hiddenStep);
        PackedMatrix weights = memory.Packed.Forward.Matrix;
        MatrixProduct.Multiply(new ReadOnlySpan<RowBlock>(ref block), steps, weights, 0, weights.Panels);
        for (int b = step.First; b < step.Count; b++)
        {
            Span<float> h = step.Hidden(b).Span(HiddenSize);
            ActivationKernels.Apply(_activation, h, h);
        }
    }

    /// <summary>
    /// (4') for all steps: dy = dh act'(y), kept in memory.HiddenGates, and the share of ds that does not come from the step
    /// after, W_ho^T dy: one product.
    /// </summary>
    public override void BeginBackward(
        Workers workers, BatchLayout batch, bool reverse, Matrix output, Matrix dOutput, CellMemory memory)
    {
        memory.UnitSums.Reserve(batch.Sequences, 3 * Pairs + HiddenSize).Clear();
        Matrix dRead = memory.HiddenGates.Rows(batch.Rows);
        var work = new DReadWork
        {
            Activation = _activation, Batch = batch, Reverse = reverse, Output = output, DOutput = dOutput, DRead = dRead,
            Memory = memory,
        };
        workers.Run(ref work);
        for (int b = 0; b < batch.Sequences; b++) memory.DHidden.Row(b).Clear();
        MatrixProduct.Multiply(
            workers, dRead, memory.Packed.Backward.Matrix, memory.Intermediate.Rows(batch.Rows), accumulate: false);
    }

    /// <summary>(3').</summary>
    public override void StepBackward(in CellStep step)
    {
        var kernel = new LruScan.BackwardKernel(step, Pairs);
        UnitLoop.Run(ref kernel, step.First, step.Count, Pairs);
        if (_skip is null) return;
        var skip = new LruScan.SkipKernel(step, 3 * Pairs);
        UnitLoop.Run(ref skip, step.First, step.Count, HiddenSize);
    }

    /// <summary>dW_ho = sum_t dy_t s_t^T, db_ho = sum_t dy_t, and (1') from the sums over the steps.</summary>
    public override void AddOwnGradients(Workers workers, CellMemory memory, int sequences, int rows)
    {
        memory.Packed.Scratch.Pack(workers, memory.Cells.Rows(rows));
        Matrix dRead = memory.HiddenGates.Rows(rows);
        TransposedProduct.Multiply(
            workers, dRead, memory.Packed.Scratch, _outputWeights.GradientMatrix, accumulate: true, _outputBias.GradientBuffer);
        Span<float> sums = memory.UnitSums.Row(0), constants = memory.Packed.Constants.Span;
        for (int b = 1; b < sequences; b++) Elementwise.Add(memory.UnitSums.Row(b), sums);
        if (_skip is not null) Elementwise.Add(sums[(3 * Pairs)..], _skip.Gradient);
        for (int j = 0; j < Pairs; j++)
        {
            float real = constants[j], imaginary = constants[Pairs + j], gamma = constants[2 * Pairs + j];
            float dReal = sums[j], dImaginary = sums[Pairs + j];
            // (1') d lambda / d nu = -e^nu lambda,  d lambda / d theta = i e^theta lambda,  d gamma / d gamma_log = gamma
            _nu.Gradient[j] -= constants[3 * Pairs + j] * (dReal * real + dImaginary * imaginary);
            _theta.Gradient[j] += constants[4 * Pairs + j] * (dImaginary * real - dReal * imaginary);
            _gamma.Gradient[j] += gamma * sums[2 * Pairs + j];
        }
    }

    /// <summary>No: d * x_t is added to the output, if x is as wide as h.</summary>
    public override bool ReadsInputInGatesOnly => _skip is null;

    /// <summary>dx_t = W_b^T db_t, and d * dy_t.</summary>
    public override void AddInputGradient(Workers workers, Matrix dGates, Matrix dInput, CellMemory memory)
    {
        base.AddInputGradient(workers, dGates, dInput, memory);
        if (_skip is null) return;
        var work = new SkipGradientWork { Skip = _skip, DRead = memory.HiddenGates.Rows(dInput.Rows), DInput = dInput };
        workers.Run(ref work);
    }

    private struct DReadWork : IParallelWork
    {
        public Activation Activation;
        public BatchLayout Batch;
        public bool Reverse;
        public Matrix Output, DOutput, DRead;
        public CellMemory Memory;

        public readonly void Execute(int part, int parts)
        {
            for (int t = part; t < Batch.Steps; t += parts)
            {
                for (int b = 0; b < Batch.SequencesAt(t); b++)
                {
                    int row = Batch.RowStart(t) + b;
                    Span<float> dRead = DRead.Row(row);
                    DOutput.Row(row).CopyTo(dRead);
                    // The gradient of the last h joins that from above; h itself is not carried.
                    if (t == (Reverse ? 0 : Batch.Lengths[b] - 1)) Elementwise.Add(Memory.DHidden.Row(b), dRead);
                    ActivationKernels.GradientFromOutput(Activation, Output.Row(row), dRead, dRead);
                }
            }
        }
    }

    private struct SkipGradientWork : IParallelWork
    {
        public Parameter Skip;
        public Matrix DRead, DInput;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(DInput.Rows, part, parts);
            for (int row = first; row < last; row++) Elementwise.AddProduct(Skip.Value, DRead.Row(row), DInput.Row(row));
        }
    }
}
