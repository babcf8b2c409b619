using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// Minimal long short-term memory, with forget and input gate made to add up to one.
/// <code>
/// (1) f = sigmoid(W_f x_t + b_f)                  forget gate
/// (2) i = sigmoid(W_i x_t + b_i)                  input gate
/// (3) n = W_n x_t + b_n                           candidate
/// (4) k = f / (f + i)                             the share that is kept
/// (5) h_t = k * h_(t-1) + (1 - k) * n
/// </code>
/// Gate order f, i, n. Feng, Tung, Ahmed, Bengio and Hajimirsadeghi 2024, "Were RNNs all we needed?", section 3.2; 1 - k is the
/// paper's i / (f + i). Derivation: docs/cells/minlstm.md.
/// </summary>
internal sealed class MinLstmCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false, float forgetBias = 1f)
    : ScanCell(inputSize, hiddenSize, gates: ["f", "i", "n"], stateWeights: 0, suffix, oneHotInput)
{
    public override string Name => "minLSTM";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "f = sigmoid(W_f x_t + b_f)",
        "i = sigmoid(W_i x_t + b_i)",
        "n = W_n x_t + b_n",
        "h_t = f / (f + i) * h_(t-1) + i / (f + i) * n",
    ];

    /// <summary>Uniform in +-1 / sqrt(H); the forget gate's bias starts at <c>forgetBias</c>, as an LSTM's does.</summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        InputBias.Value[..HiddenSize].Fill(forgetBias);
    }

    public override void StepForward(in CellStep step) => step.Run(new ForwardKernel(step, HiddenSize));

    public override void StepBackward(in CellStep step) => step.Run(new BackwardKernel(step, HiddenSize));

    private ref struct ForwardKernel(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private readonly bool _keeps = step.Memory.KeepsHistory;
        private Address _f, _i, _n, _previous, _hidden;

        public void Begin(int row)
        {
            _f = _step.Gates(row);
            _i = _f + hidden;
            _n = _i + hidden;
            _previous = _step.PreviousHidden(row);
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector f = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left));  // (1)
            TVector i = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left));  // (2)
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);                                       // (3)
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            if (_keeps)
            {
                UnitLanes<TWidth, TVector, TReach>.Store(f, _f + j, left);
                UnitLanes<TWidth, TVector, TReach>.Store(i, _i + j, left);
            }

            TVector kept = TWidth.Divide(f, TWidth.Add(f, i));                                                       // (4)
            // (5), with one product: n + k (h_(t-1) - n)
            TVector h = TWidth.FusedMultiplyAdd(kept, TWidth.Subtract(previous, n), n);
            UnitLanes<TWidth, TVector, TReach>.Store(h, _hidden + j, left);
        }
    }

    private ref struct BackwardKernel(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _f, _i, _n, _previous, _dHidden, _dAbove;

        public void Begin(int row)
        {
            _f = _step.Gates(row);
            _i = _f + hidden;
            _n = _i + hidden;
            _previous = _step.PreviousHidden(row);
            _dHidden = _step.Memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector f = UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left);
            TVector i = UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left);
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            TVector kept = TWidth.Divide(f, TWidth.Add(f, i)), rest = TWidth.Subtract(one, kept);
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            // (5') dk = dh (h_(t-1) - n),  dn = dh (1 - k),  dh_(t-1) = dh k
            TVector dKept = TWidth.Multiply(dh, TWidth.Subtract(previous, n));
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dh, kept), _dHidden + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dh, rest), _n + j, left);
            // (4') with (1') and (2'): df f (1 - f) = dk k (1 - k) (1 - f),  di i (1 - i) = -dk k (1 - k) (1 - i)
            TVector slope = TWidth.Multiply(dKept, TWidth.Multiply(kept, rest));
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(slope, TWidth.Subtract(one, f)), _f + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(slope, TWidth.Subtract(i, one)), _i + j, left);
        }
    }
}
