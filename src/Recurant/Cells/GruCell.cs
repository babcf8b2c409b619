using System.Runtime.CompilerServices;

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
    : RecurrentCell(inputSize, hiddenSize, gates: ["r", "z", "n"], suffix, oneHotInput), IStripCell
{
    public override string Name => "GRU";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "r = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)",
        "z = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)",
        "n = tanh(W_in x_t + b_in + r * (W_hn h_(t-1) + b_hn))",
        "h_t = (1 - z) * n + z * h_(t-1)",
    ];

    /// <summary>b_hn belongs inside the parentheses of (4), so the hidden share starts from b_hh in every step.</summary>
    public override bool AddsHiddenBiasToInput => false;

    public override void Reserve(CellMemory memory, int rows, int sequences) =>
        memory.HiddenGates.Reserve(memory.KeepsHistory ? rows : sequences, 3 * HiddenSize);

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        // (3), and the hidden share of (1) and (2)
        Address target = memory.HiddenGates.At(step.HistoryRow(0));
        step.AddHiddenShare(memory.Packed.Forward.Matrix, HiddenBias.Matrix.At(0), target, memory.HiddenGates.Step);
        Activate(step);
    }

    public void Activate(in CellStep step) => step.RunTwice(new ForwardKernel(step, HiddenSize));

    public override void StepBackward(in CellStep step) => step.Run(new BackwardKernel(step, HiddenSize));

    /// <summary>dh_(t-1) = dh z + ...</summary>
    public override bool CarriesDHidden => true;

    /// <summary>dh_(t-1) += W_hh^T [dz_r, dz_z, dm]</summary>
    public override void MultiplyBackward(in CellStep step) => MultiplyBackward(step, step.Memory.HiddenGates);

    public override bool SharesGateGradients => false;

    public override void AddHiddenGradients(Workers workers, CellMemory memory, int rows) =>
        AddHiddenWeightGradient(workers, memory, memory.HiddenGates.Rows(rows), HiddenBias.GradientBuffer);

    private ref struct ForwardKernel(in CellStep step, int hidden) : ITwoPassKernel
    {
        private readonly CellStep _step = step;
        private readonly bool _keeps = step.Memory.KeepsHistory;
        private Address _r, _z, _n, _hr, _hz, _m, _previous, _hidden;

        public void Begin(int row)
        {
            _r = _step.Gates(row);
            _z = _r + hidden;
            _n = _z + hidden;
            _hr = _step.Memory.HiddenGates.At(_step.HistoryRow(row)) + _step.FirstUnit;
            _hz = _hr + hidden;
            _m = _hz + hidden;
            _previous = _step.PreviousHidden(row);
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector r = VectorMath<TWidth, TVector>.Sigmoid(TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_r + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_hr + j, left)));                                       // (1)
            TVector z = VectorMath<TWidth, TVector>.Sigmoid(TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_hz + j, left)));                                       // (2)
            UnitLanes<TWidth, TVector, TReach>.Store(r, _r + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(z, _z + j, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void ITwoPassKernel.ApplySecond<TWidth, TVector, TReach>(int j, int left)
        {
            TVector r = UnitLanes<TWidth, TVector, TReach>.Load(_r + j, left);
            TVector z = UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left);
            TVector n = VectorMath<TWidth, TVector>.Tanh(TWidth.FusedMultiplyAdd(
                r, UnitLanes<TWidth, TVector, TReach>.Load(_m + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left)));                                        // (4)
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            if (_keeps) UnitLanes<TWidth, TVector, TReach>.Store(n, _n + j, left);
            // (5), with one product: n + z (h_(t-1) - n)
            TVector h = TWidth.FusedMultiplyAdd(z, TWidth.Subtract(previous, n), n);
            UnitLanes<TWidth, TVector, TReach>.Store(h, _hidden + j, left);
        }
    }

    private ref struct BackwardKernel(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _r, _z, _n, _hr, _hz, _m, _previous, _dHidden, _dAbove;

        public void Begin(int row)
        {
            _r = _step.Gates(row);
            _z = _r + hidden;
            _n = _z + hidden;
            _hr = _step.Memory.HiddenGates.At(_step.RowStart + row) + _step.FirstUnit;
            _hz = _hr + hidden;
            _m = _hz + hidden;
            _previous = _step.PreviousHidden(row);
            _dHidden = _step.Memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
            int next = row + 1;
            if (next < _step.Count) Prefetch(next);
        }

        /// <summary>
        /// The row comes from far away and in eight pieces, too short for the processor to see where each goes on.
        /// </summary>
        private readonly void Prefetch(int row)
        {
            Address gates = _step.Gates(row), hiddenGates = _step.Memory.HiddenGates.At(_step.RowStart + row) + _step.FirstUnit;
            for (int gate = 0; gate < 3; gate++)
            {
                (gates + gate * hidden).Prefetch(_step.Units);
                (hiddenGates + gate * hidden).Prefetch(_step.Units);
            }

            _step.PreviousHidden(row).Prefetch(_step.Units);
            _step.DHiddenFromAbove(row).Prefetch(_step.Units);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector r = UnitLanes<TWidth, TVector, TReach>.Load(_r + j, left);
            TVector z = UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left);
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);
            TVector m = UnitLanes<TWidth, TVector, TReach>.Load(_m + j, left);
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            // (5') dn = dh (1 - z),  dz = dh (h_(t-1) - n),  dh_(t-1) = dh z + ...
            TVector dUpdate = TWidth.Multiply(dh, TWidth.Subtract(previous, n));
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dh, z), _dHidden + j, left);
            // (4') through tanh;  dm = dz_n r,  dr = dz_n m
            TVector dCandidate = TWidth.Multiply(
                TWidth.Multiply(dh, TWidth.Subtract(one, z)), TWidth.Subtract(one, TWidth.Multiply(n, n)));
            TVector dReset = TWidth.Multiply(dCandidate, m);
            // (1'), (2') through the sigmoids
            dReset = TWidth.Multiply(dReset, TWidth.Multiply(r, TWidth.Subtract(one, r)));
            dUpdate = TWidth.Multiply(dUpdate, TWidth.Multiply(z, TWidth.Subtract(one, z)));
            UnitLanes<TWidth, TVector, TReach>.Store(dReset, _r + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dUpdate, _z + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dCandidate, _n + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dReset, _hr + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dUpdate, _hz + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dCandidate, r), _m + j, left);             // (3')
        }
    }
}
