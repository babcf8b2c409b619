using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Cells;

/// <summary>Where a GRU applies its reset gate.</summary>
public enum GruReset
{
    /// <summary>To the product: r * (W_hn h_(t-1) + b_hn), as cuDNN and PyTorch do (linear before reset).</summary>
    Inside,

    /// <summary>To the state: W_hn (r * h_(t-1)) + b_hn, as in the first version of the paper.</summary>
    Outside,
}

/// <summary>
/// Gated recurrent unit with the reset gate inside, after the product.
/// <code>
/// (1) r = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)          reset gate
/// (2) z = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)          update gate
/// (3) m = W_hn h_(t-1) + b_hn
/// (4) n = tanh(W_in x_t + b_in + r * m)                           candidate
/// (5) h_t = (1 - z) * n + z * h_(t-1)
/// </code>
/// Gate order r, z, n as in PyTorch. Cho et al. 2014; this variant is the one of cuDNN. Derivation: docs/cells/gru.md.
/// </summary>
internal sealed class GruCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false)
    : RecurrentCell(inputSize, hiddenSize, gates: 3, suffix, oneHotInput)
{
    public override IReadOnlyList<string> Equations { get; } =
    [
        "r = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)",
        "z = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)",
        "n = tanh(W_in x_t + b_in + r * (W_hn h_(t-1) + b_hn))",
        "h_t = (1 - z) * n + z * h_(t-1)",
    ];

    /// <summary>b_hn belongs inside the parentheses of (4), so the hidden share starts from b_hh in every step.</summary>
    public override bool AddsHiddenBiasToInput => false;

    public override void Reserve(CellMemory memory, int rows) => memory.HiddenGates.Reserve(rows, 3 * HiddenSize);

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        Matrix hiddenGates = step.Rows(memory.HiddenGates);
        for (int row = 0; row < hiddenGates.Rows; row++) HiddenBias.Value.CopyTo(hiddenGates.Row(row));
        if (!step.StartsFromZero)
        {
            // (3)
            MatrixProduct.Multiply(step.Rows(memory.Previous), memory.Packed.Forward.Matrix, hiddenGates, accumulate: true);
        }

        for (int b = step.First; b < step.Count; b += step.Stride)
        {
            int row = step.RowStart + b;
            var kernel = new ForwardKernel(memory.Gates.Row(row), memory.HiddenGates.Row(row), HiddenSize)
            {
                PreviousHidden = step.PreviousHidden(b),
                Hidden = step.Output.Row(row),
            };
            VectorLoop.Run(ref kernel, HiddenSize);
        }
    }

    public override void StepBackward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        for (int b = step.First; b < step.Count; b += step.Stride)
        {
            int row = step.RowStart + b;
            var kernel = new BackwardKernel(memory.Gates.Row(row), memory.HiddenGates.Row(row), HiddenSize)
            {
                PreviousHidden = step.PreviousHidden(b),
                DHidden = memory.DHidden.Row(b),
            };
            VectorLoop.Run(ref kernel, HiddenSize);
        }

        // dh_(t-1) += W_hh^T [dz_r, dz_z, dm]
        MatrixProduct.Multiply(
            step.Rows(memory.HiddenGates), memory.Packed.Backward.Matrix, step.Sequences(memory.Product), accumulate: false);
    }

    public override void AddHiddenGradients(Workers workers, CellMemory memory, int rows)
    {
        Matrix dHiddenGates = memory.HiddenGates.Rows(rows);
        AddHiddenWeightGradient(workers, memory, dHiddenGates);
        Reductions.AddColumnSums(workers, dHiddenGates, HiddenBias.GradientBuffer);
    }

    private ref struct ForwardKernel(Span<float> gates, Span<float> hiddenGates, int hidden) : IVectorKernel
    {
        private readonly Span<float> _r = gates[..hidden], _z = gates.Slice(hidden, hidden), _n = gates.Slice(2 * hidden, hidden);
        private readonly ReadOnlySpan<float> _hr = hiddenGates[..hidden], _hz = hiddenGates.Slice(hidden, hidden);
        private readonly ReadOnlySpan<float> _m = hiddenGates.Slice(2 * hidden, hidden);
        public ReadOnlySpan<float> PreviousHidden;
        public Span<float> Hidden;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector r = VectorMath<TWidth, TVector>.Sigmoid(
                TWidth.Add(Lanes<TWidth, TVector>.Load(_r, j), Lanes<TWidth, TVector>.Load(_hr, j)));           // (1)
            TVector z = VectorMath<TWidth, TVector>.Sigmoid(
                TWidth.Add(Lanes<TWidth, TVector>.Load(_z, j), Lanes<TWidth, TVector>.Load(_hz, j)));           // (2)
            TVector n = VectorMath<TWidth, TVector>.Tanh(
                TWidth.FusedMultiplyAdd(r, Lanes<TWidth, TVector>.Load(_m, j), Lanes<TWidth, TVector>.Load(_n, j))); // (4)
            TVector previous = Lanes<TWidth, TVector>.Load(PreviousHidden, j);
            Lanes<TWidth, TVector>.Store(r, _r, j);
            Lanes<TWidth, TVector>.Store(z, _z, j);
            Lanes<TWidth, TVector>.Store(n, _n, j);
            // (5), with one product: n + z (h_(t-1) - n)
            Lanes<TWidth, TVector>.Store(TWidth.FusedMultiplyAdd(z, TWidth.Subtract(previous, n), n), Hidden, j);
        }
    }

    private ref struct BackwardKernel(Span<float> gates, Span<float> hiddenGates, int hidden) : IVectorKernel
    {
        private readonly Span<float> _r = gates[..hidden], _z = gates.Slice(hidden, hidden), _n = gates.Slice(2 * hidden, hidden);
        private readonly Span<float> _hr = hiddenGates[..hidden], _hz = hiddenGates.Slice(hidden, hidden);
        private readonly Span<float> _m = hiddenGates.Slice(2 * hidden, hidden);
        public ReadOnlySpan<float> PreviousHidden;
        public Span<float> DHidden;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector one = TWidth.Create(1f);
            TVector r = Lanes<TWidth, TVector>.Load(_r, j), z = Lanes<TWidth, TVector>.Load(_z, j);
            TVector n = Lanes<TWidth, TVector>.Load(_n, j), m = Lanes<TWidth, TVector>.Load(_m, j);
            TVector dh = Lanes<TWidth, TVector>.Load(DHidden, j);
            // (5') dn = dh (1 - z),  dz = dh (h_(t-1) - n),  dh_(t-1) = dh z + ...
            TVector dUpdate = TWidth.Multiply(dh, TWidth.Subtract(Lanes<TWidth, TVector>.Load(PreviousHidden, j), n));
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dh, z), DHidden, j);
            // (4') through tanh;  dm = dz_n r,  dr = dz_n m
            TVector dCandidate = TWidth.Multiply(
                TWidth.Multiply(dh, TWidth.Subtract(one, z)), TWidth.Subtract(one, TWidth.Multiply(n, n)));
            TVector dReset = TWidth.Multiply(dCandidate, m);
            // (1'), (2') through the sigmoids
            dReset = TWidth.Multiply(dReset, TWidth.Multiply(r, TWidth.Subtract(one, r)));
            dUpdate = TWidth.Multiply(dUpdate, TWidth.Multiply(z, TWidth.Subtract(one, z)));
            Lanes<TWidth, TVector>.Store(dReset, _r, j);
            Lanes<TWidth, TVector>.Store(dUpdate, _z, j);
            Lanes<TWidth, TVector>.Store(dCandidate, _n, j);
            Lanes<TWidth, TVector>.Store(dReset, _hr, j);
            Lanes<TWidth, TVector>.Store(dUpdate, _hz, j);
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dCandidate, r), _m, j);                                // (3')
        }
    }
}
