using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// Minimal gated recurrent unit.
/// <code>
/// (1) z = sigmoid(W_z x_t + b_z)                  update gate
/// (2) n = W_n x_t + b_n                           candidate
/// (3) h_t = (1 - z) * h_(t-1) + z * n
/// </code>
/// Gate order z, n. Feng, Tung, Ahmed, Bengio and Hajimirsadeghi 2024, "Were RNNs all we needed?", section 3.1. Note that z = 1
/// takes the new value here, and keeps the old one in a GRU. Derivation: docs/cells/mingru.md.
/// </summary>
internal sealed class MinGruCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false)
    : ScanCell(inputSize, hiddenSize, gates: ["z", "n"], stateWeights: 0, suffix, oneHotInput)
{
    public override string Name => "minGRU";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "z = sigmoid(W_z x_t + b_z)",
        "n = W_n x_t + b_n",
        "h_t = (1 - z) * h_(t-1) + z * n",
    ];

    public override void StepForward(in CellStep step) => step.Run(new ForwardKernel(step, HiddenSize));

    public override void StepBackward(in CellStep step) => step.Run(new BackwardKernel(step, HiddenSize));

    private ref struct ForwardKernel(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private readonly bool _keeps = step.Memory.KeepsHistory;
        private Address _z, _n, _previous, _hidden;

        public void Begin(int row)
        {
            _z = _step.Gates(row);
            _n = _z + hidden;
            _previous = _step.PreviousHidden(row);
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector z = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left));  // (1)
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);                                       // (2)
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            if (_keeps) UnitLanes<TWidth, TVector, TReach>.Store(z, _z + j, left);
            // (3), with one product: h_(t-1) + z (n - h_(t-1))
            TVector h = TWidth.FusedMultiplyAdd(z, TWidth.Subtract(n, previous), previous);
            UnitLanes<TWidth, TVector, TReach>.Store(h, _hidden + j, left);
        }
    }

    private ref struct BackwardKernel(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _z, _n, _previous, _dHidden, _dAbove;

        public void Begin(int row)
        {
            _z = _step.Gates(row);
            _n = _z + hidden;
            _previous = _step.PreviousHidden(row);
            _dHidden = _step.Memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector z = UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left);
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            // (3') dz = dh (n - h_(t-1)),  dn = dh z,  dh_(t-1) = dh (1 - z)
            TVector rest = TWidth.Subtract(one, z);
            TVector dUpdate = TWidth.Multiply(dh, TWidth.Subtract(n, previous));
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dh, rest), _dHidden + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dh, z), _n + j, left);
            // (1') through the sigmoid
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(dUpdate, TWidth.Multiply(z, rest)), _z + j, left);
        }
    }
}
