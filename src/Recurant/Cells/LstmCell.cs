using Recurant.Numerics;

namespace Recurant.Cells;

/// <summary>
/// Long short-term memory.
/// <code>
/// (1) i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi)      input gate
/// (2) f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf)      forget gate
/// (3) g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)         candidate
/// (4) o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho)      output gate
/// (5) c_t = f * c_(t-1) + i * g
/// (6) h_t = o * tanh(c_t)
/// </code>
/// Gate order i, f, g, o as in PyTorch. Hochreiter and Schmidhuber 1997; the forget gate is from Gers, Schmidhuber and
/// Cummins 2000. The derivation of the way back is in docs/cells/lstm.md.
/// </summary>
internal sealed class LstmCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false, float forgetBias = 1f)
    : RecurrentCell(inputSize, hiddenSize, gates: 4, suffix, oneHotInput)
{
    public override IReadOnlyList<string> Equations { get; } =
    [
        "i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi)",
        "f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf)",
        "g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)",
        "o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho)",
        "c_t = f * c_(t-1) + i * g",
        "h_t = o * tanh(c_t)",
    ];

    public override bool HasCellState => true;

    /// <summary>
    /// Uniform in +-1 / sqrt(H); the forget gate's bias starts at <c>forgetBias</c>, so that at first the cell remembers
    /// (Gers et al. 2000; Jozefowicz, Zaremba and Sutskever 2015 find 1 a good value).
    /// </summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        InputBias.Value.Slice(HiddenSize, HiddenSize).Fill(forgetBias);
        HiddenBias.Value.Slice(HiddenSize, HiddenSize).Clear();
    }

    public override void Reserve(CellMemory memory, int rows)
    {
        memory.Cells.Reserve(rows, HiddenSize);
        memory.Intermediate.Reserve(rows, HiddenSize);
    }

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        if (!step.StartsFromZero)
        {
            MatrixProduct.Multiply(
                step.Rows(memory.Previous), memory.Packed.Forward.Matrix, step.Rows(memory.Gates), accumulate: true);
        }

        for (int b = step.First; b < step.Count; b += step.Stride)
        {
            var kernel = new ForwardKernel(memory.Gates.Row(step.RowStart + b), HiddenSize)
            {
                PreviousCell = step.PreviousCell(b),
                Cell = memory.Cells.Row(step.RowStart + b),
                TanhCell = memory.Intermediate.Row(step.RowStart + b),
                Hidden = step.Output.Row(step.RowStart + b),
            };
            VectorLoop.Run(ref kernel, HiddenSize);
        }
    }

    public override void StepBackward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        for (int b = step.First; b < step.Count; b += step.Stride)
        {
            Span<float> dHidden = memory.DHidden.Row(b);
            var kernel = new BackwardKernel(memory.Gates.Row(step.RowStart + b), HiddenSize)
            {
                PreviousCell = step.PreviousCell(b),
                TanhCell = memory.Intermediate.Row(step.RowStart + b),
                DHidden = dHidden,
                DCell = memory.DCell.Row(b),
            };
            VectorLoop.Run(ref kernel, HiddenSize);
            dHidden.Clear();
        }

        // dh_(t-1) = W_hh^T dz
        MatrixProduct.Multiply(
            step.Rows(memory.Gates), memory.Packed.Backward.Matrix, step.Sequences(memory.Product), accumulate: false);
    }

    private ref struct ForwardKernel(Span<float> gates, int hidden) : IVectorKernel
    {
        private readonly Span<float> _i = gates[..hidden], _f = gates.Slice(hidden, hidden);
        private readonly Span<float> _g = gates.Slice(2 * hidden, hidden), _o = gates.Slice(3 * hidden, hidden);
        public ReadOnlySpan<float> PreviousCell;
        public Span<float> Cell, TanhCell, Hidden;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector i = VectorMath<TWidth, TVector>.Sigmoid(Lanes<TWidth, TVector>.Load(_i, j));                // (1)
            TVector f = VectorMath<TWidth, TVector>.Sigmoid(Lanes<TWidth, TVector>.Load(_f, j));                // (2)
            TVector g = VectorMath<TWidth, TVector>.Tanh(Lanes<TWidth, TVector>.Load(_g, j));                   // (3)
            TVector o = VectorMath<TWidth, TVector>.Sigmoid(Lanes<TWidth, TVector>.Load(_o, j));                // (4)
            TVector c = TWidth.FusedMultiplyAdd(f, Lanes<TWidth, TVector>.Load(PreviousCell, j), TWidth.Multiply(i, g)); // (5)
            TVector tanhC = VectorMath<TWidth, TVector>.Tanh(c);
            Lanes<TWidth, TVector>.Store(i, _i, j);
            Lanes<TWidth, TVector>.Store(f, _f, j);
            Lanes<TWidth, TVector>.Store(g, _g, j);
            Lanes<TWidth, TVector>.Store(o, _o, j);
            Lanes<TWidth, TVector>.Store(c, Cell, j);
            Lanes<TWidth, TVector>.Store(tanhC, TanhCell, j);
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(o, tanhC), Hidden, j);                                 // (6)
        }
    }

    private ref struct BackwardKernel(Span<float> gates, int hidden) : IVectorKernel
    {
        private readonly Span<float> _i = gates[..hidden], _f = gates.Slice(hidden, hidden);
        private readonly Span<float> _g = gates.Slice(2 * hidden, hidden), _o = gates.Slice(3 * hidden, hidden);
        public ReadOnlySpan<float> PreviousCell, TanhCell, DHidden;
        public Span<float> DCell;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector one = TWidth.Create(1f);
            TVector i = Lanes<TWidth, TVector>.Load(_i, j), f = Lanes<TWidth, TVector>.Load(_f, j);
            TVector g = Lanes<TWidth, TVector>.Load(_g, j), o = Lanes<TWidth, TVector>.Load(_o, j);
            TVector tanhC = Lanes<TWidth, TVector>.Load(TanhCell, j), dh = Lanes<TWidth, TVector>.Load(DHidden, j);
            // (6') do = dh * tanh(c),  dc = dc_next + dh * o * (1 - tanh(c)^2)
            TVector dOut = TWidth.Multiply(dh, tanhC);
            TVector slope = TWidth.Subtract(one, TWidth.Multiply(tanhC, tanhC));
            TVector dc = TWidth.FusedMultiplyAdd(TWidth.Multiply(dh, o), slope, Lanes<TWidth, TVector>.Load(DCell, j));
            // (5') df = dc * c_(t-1),  di = dc * g,  dg = dc * i,  dc_(t-1) = dc * f
            TVector dForget = TWidth.Multiply(dc, Lanes<TWidth, TVector>.Load(PreviousCell, j));
            TVector dIn = TWidth.Multiply(dc, g), dCandidate = TWidth.Multiply(dc, i);
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dc, f), DCell, j);
            // (1') .. (4'): through the sigmoids s' = s (1 - s) and the tanh' = 1 - g^2
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dIn, TWidth.Multiply(i, TWidth.Subtract(one, i))), _i, j);
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dForget, TWidth.Multiply(f, TWidth.Subtract(one, f))), _f, j);
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dCandidate, TWidth.Subtract(one, TWidth.Multiply(g, g))), _g, j);
            Lanes<TWidth, TVector>.Store(TWidth.Multiply(dOut, TWidth.Multiply(o, TWidth.Subtract(one, o))), _o, j);
        }
    }
}
