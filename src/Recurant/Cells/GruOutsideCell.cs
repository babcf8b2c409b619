using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// Gated recurrent unit with the reset gate outside, before the product (Cho et al. 2014, first version; Keras with
/// reset_after=False; the default of ONNX).
/// <code>
/// (1) r = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)
/// (2) z = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)
/// (3) q = r * h_(t-1)
/// (4) n = tanh(W_in x_t + b_in + W_hn q + b_hn)
/// (5) h_t = (1 - z) * n + z * h_(t-1)
/// </code>
/// Two products a step, the second waiting for the first: slower than <see cref="GruCell"/>. Derivation: docs/cells/gru.md.
/// </summary>
internal sealed class GruOutsideCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false)
    : RecurrentCell(inputSize, hiddenSize, gates: ["r", "z", "n"], suffix, oneHotInput)
{
    public override string Name => "GRU";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "r = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)",
        "z = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)",
        "n = tanh(W_in x_t + b_in + W_hn (r * h_(t-1)) + b_hn)",
        "h_t = (1 - z) * n + z * h_(t-1)",
    ];

    private int TwoGates => 2 * HiddenSize;

    /// <summary>(3) multiplies h_(t-1) as the product reads it.</summary>
    public override bool CopiesPrevious => true;

    public override bool CanForget => false;

    /// <summary>(4) needs r of all units, so workers cannot divide them without a second meeting.</summary>
    public override bool DividesUnits => false;

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
        memory.Intermediate.Reserve(rows, HiddenSize);
        memory.Scratch.Reserve(sequences, HiddenSize);
    }

    public override void PackForward(Workers workers, PackedCell packed, bool interleave = false)
    {
        packed.Forward.Update(workers, HiddenWeights, new WeightLayout(0, TwoGates, Transposed: true, 1, false));
        packed.CandidateForward.Update(
            workers, HiddenWeights, new WeightLayout(TwoGates, HiddenSize, Transposed: true, 1, false));
    }

    public override void PackBackward(Workers workers, PackedCell packed)
    {
        packed.Backward.Update(workers, HiddenWeights, new WeightLayout(0, TwoGates, Transposed: false, 1, false));
        packed.CandidateBackward.Update(
            workers, HiddenWeights, new WeightLayout(TwoGates, HiddenSize, Transposed: false, 1, false));
    }

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        Matrix gates = step.Rows(memory.Gates), reset = step.Rows(memory.Intermediate), previous = step.Rows(memory.Previous);
        if (!step.AllStartFromZero)
        {
            MatrixProduct.Multiply(previous, memory.Packed.Forward.Matrix, gates.Column(0, TwoGates), accumulate: true);
        }

        for (int row = 0; row < gates.Rows; row++)
        {
            Span<float> resetAndUpdate = gates.Row(row)[..TwoGates];
            Elementwise.Sigmoid(resetAndUpdate, resetAndUpdate);                                                // (1), (2)
            Elementwise.Multiply(resetAndUpdate[..HiddenSize], previous.Row(row), reset.Row(row));              // (3)
        }

        if (!step.AllStartFromZero)
        {
            MatrixProduct.Multiply(
                reset, memory.Packed.CandidateForward.Matrix, gates.Column(TwoGates, HiddenSize), accumulate: true);
        }

        for (int b = step.First; b < step.Count; b++)
        {
            var kernel = new ForwardKernel(memory.Gates.Row(step.RowStart + b), HiddenSize)
            {
                PreviousHidden = step.PreviousHidden(b).Span(HiddenSize),
                Hidden = step.Output.Row(step.RowStart + b),
            };
            VectorLoop.Run(ref kernel, HiddenSize);
        }
    }

    public override void StepBackward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        Matrix gates = step.Rows(memory.Gates), previous = step.Rows(memory.Previous);
        for (int b = step.First; b < step.Count; b++)
        {
            Elementwise.Add(step.DHiddenFromAbove(b).Span(HiddenSize), memory.DHidden.Row(b));
            var kernel = new BackwardKernel(memory.Gates.Row(step.RowStart + b), HiddenSize)
            {
                PreviousHidden = step.PreviousHidden(b).Span(HiddenSize),
                DHidden = memory.DHidden.Row(b),
            };
            VectorLoop.Run(ref kernel, HiddenSize);
        }

        // (4') dq = W_hn^T dz_n
        Matrix dReset = step.Sequences(memory.Scratch), product = step.Sequences(memory.Product);
        MatrixProduct.Multiply(
            gates.Column(TwoGates, HiddenSize), memory.Packed.CandidateBackward.Matrix, dReset, accumulate: false);
        for (int row = 0; row < gates.Rows; row++)
        {
            // (3') dr = dq * h_(t-1), then through the sigmoid (1');  dh_(t-1) += dq * r
            Span<float> r = gates.Row(row)[..HiddenSize];
            Elementwise.Multiply(dReset.Row(row), r, product.Row(row));
            Elementwise.Multiply(dReset.Row(row), previous.Row(row), dReset.Row(row));
            ActivationKernels.GradientFromOutput(Activation.Sigmoid, r, dReset.Row(row), r);
        }

        MatrixProduct.Multiply(gates.Column(0, TwoGates), memory.Packed.Backward.Matrix, product, accumulate: true);
    }

    /// <summary>Nothing is left: the step itself multiplies, between its element-wise parts.</summary>
    public override void MultiplyBackward(in CellStep step)
    {
    }

    public override bool SharesGateGradients => false;

    public override void AddHiddenGradients(Workers workers, CellMemory memory, int rows)
    {
        Matrix dGates = memory.Gates.Rows(rows), dWeights = HiddenWeights.GradientMatrix;
        PackedMatrix scratch = memory.Packed.Scratch;
        scratch.PackRows(workers, memory.PreviousRows.AsSpan(0, memory.PreviousRowCount), HiddenSize);
        TransposedProduct.Multiply(
            workers, dGates.Column(0, TwoGates), scratch, dWeights.Slice(0, TwoGates), accumulate: true);
        scratch.Pack(workers, memory.Intermediate.Rows(rows));
        TransposedProduct.Multiply(
            workers, dGates.Column(TwoGates, HiddenSize), scratch, dWeights.Slice(TwoGates, HiddenSize), accumulate: true);
    }

    private ref struct ForwardKernel(Span<float> gates, int hidden) : IVectorKernel
    {
        private readonly ReadOnlySpan<float> _z = gates.Slice(hidden, hidden);
        private readonly Span<float> _n = gates.Slice(2 * hidden, hidden);
        public ReadOnlySpan<float> PreviousHidden;
        public Span<float> Hidden;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector n = VectorMath<TWidth, TVector>.Tanh(Lanes<TWidth, TVector, TReach>.Load(_n, j, left)); // (4)
            TVector previous = Lanes<TWidth, TVector, TReach>.Load(PreviousHidden, j, left);
            Lanes<TWidth, TVector, TReach>.Store(n, _n, j, left);
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(Lanes<TWidth, TVector, TReach>.Load(_z, j, left), TWidth.Subtract(previous, n), n),
                    Hidden, j, left); // (5)
        }
    }

    private ref struct BackwardKernel(Span<float> gates, int hidden) : IVectorKernel
    {
        private readonly Span<float> _z = gates.Slice(hidden, hidden), _n = gates.Slice(2 * hidden, hidden);
        public ReadOnlySpan<float> PreviousHidden;
        public Span<float> DHidden;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector z = Lanes<TWidth, TVector, TReach>.Load(_z, j, left), n = Lanes<TWidth, TVector, TReach>.Load(_n, j, left);
            TVector dh = Lanes<TWidth, TVector, TReach>.Load(DHidden, j, left);
            // (5') and on through the tanh and the update gate's sigmoid
            TVector dUpdate = TWidth.Multiply(
                dh, TWidth.Subtract(Lanes<TWidth, TVector, TReach>.Load(PreviousHidden, j, left), n));
            Lanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dh, z), DHidden, j, left);
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(dUpdate, TWidth.Multiply(z, TWidth.Subtract(one, z))), _z, j, left);
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(
                    TWidth.Multiply(dh, TWidth.Subtract(one, z)), TWidth.Subtract(one, TWidth.Multiply(n, n))),
                _n, j, left);
        }
    }
}
