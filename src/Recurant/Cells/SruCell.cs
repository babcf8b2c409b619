using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// Simple recurrent unit: a light recurrence and a highway around it.
/// <code>
/// (1) n = W_n x_t + b_n                                           candidate
/// (2) f = sigmoid(W_f x_t + b_f + v_f * c_(t-1))                  forget gate
/// (3) r = sigmoid(W_r x_t + b_r + v_r * c_(t-1))                  reset gate
/// (4) p = sqrt(3) x_t, or W_p x_t + b_p                           highway
/// (5) c_t = f * c_(t-1) + (1 - f) * n
/// (6) h_t = r * c_t + (1 - r) * p
/// </code>
/// Gate order n, f, r, and p where the input has another width than the output. w_hh is v_f, v_r. Lei, Zhang, Wang, Dai and
/// Artzi 2018, "Simple recurrent units for highly parallelizable recurrence"; the factor sqrt(3) is section 3.2's
/// sqrt(1 + 2 e^b) for a reset gate that starts from b = 0. Derivation: docs/cells/sru.md.
/// </summary>
internal sealed class SruCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false)
    : ScanCell(
        inputSize, hiddenSize, CarriesInput(inputSize, hiddenSize, oneHotInput) ? ["n", "f", "r"] : ["n", "f", "r", "p"],
        stateWeights: 2, suffix, oneHotInput)
{
    /// <summary>By how much x_t is raised on the highway, so that h_t is as large as x_t at the start.</summary>
    private const float Scale = 1.7320508f;

    private readonly bool _carriesInput = CarriesInput(inputSize, hiddenSize, oneHotInput);

    public override string Name => "SRU";

    public override IReadOnlyList<string> Equations =>
    [
        "n = W_n x_t + b_n",
        "f = sigmoid(W_f x_t + b_f + v_f * c_(t-1))",
        "r = sigmoid(W_r x_t + b_r + v_r * c_(t-1))",
        "c_t = f * c_(t-1) + (1 - f) * n",
        _carriesInput ? "h_t = r * c_t + (1 - r) * sqrt(3) x_t" : "h_t = r * c_t + (1 - r) * (W_p x_t + b_p)",
    ];

    public override bool HasCellState => true;

    /// <summary>Whether the highway is the input itself.</summary>
    private static bool CarriesInput(int inputSize, int hiddenSize, bool oneHotInput) =>
        inputSize == hiddenSize && !oneHotInput;

    /// <summary>Uniform in +-1 / sqrt(H); the biases start from zero.</summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        InputBias.Value.Clear();
    }

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
        memory.Cells.Reserve(memory.KeepsHistory ? rows : sequences, HiddenSize);
        memory.Intermediate.Reserve(memory.KeepsHistory && _carriesInput ? rows : 0, HiddenSize);
    }

    public override void StepForward(in CellStep step) =>
        step.Run(new ForwardKernel(step, HiddenSize, StateWeights!.Matrix.At(0) + step.FirstUnit, _carriesInput));

    public override void StepBackward(in CellStep step) =>
        step.Run(new BackwardKernel(step, HiddenSize, StateWeights!.Matrix.At(0) + step.FirstUnit, _carriesInput));

    /// <summary>No: the highway takes it too, if it is as wide as h.</summary>
    public override bool ReadsInputInGatesOnly => !_carriesInput;

    /// <summary>What passes through the gates, and what takes the highway: that stands in memory.Intermediate.</summary>
    public override void AddInputGradient(Workers workers, Matrix dGates, Matrix dInput, CellMemory memory)
    {
        base.AddInputGradient(workers, dGates, dInput, memory);
        if (_carriesInput) AddRows(workers, memory.Intermediate.Rows(dInput.Rows), dInput);
    }

    private ref struct ForwardKernel(in CellStep step, int hidden, Address weights, bool carriesInput) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private readonly bool _keeps = step.Memory.KeepsHistory;
        private readonly float _scale = carriesInput ? Scale : 1f;
        private Address _n, _f, _r, _p, _previous, _cell, _hidden;

        public void Begin(int row)
        {
            _n = _step.Gates(row);
            _f = _n + hidden;
            _r = _f + hidden;
            _p = carriesInput ? _step.Input(row) : _r + hidden;
            _previous = _step.PreviousCell(row);
            _cell = _step.Memory.Cells.At(_step.HistoryRow(row)) + _step.FirstUnit;
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);                                       // (1)
            TVector f = VectorMath<TWidth, TVector>.Sigmoid(TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(weights + j, left), previous,
                UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left)));                                             // (2)
            TVector r = VectorMath<TWidth, TVector>.Sigmoid(TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(weights + hidden + j, left), previous,
                UnitLanes<TWidth, TVector, TReach>.Load(_r + j, left)));                                             // (3)
            TVector p = TWidth.Multiply(TWidth.Create(_scale), UnitLanes<TWidth, TVector, TReach>.Load(_p + j, left)); // (4)
            if (_keeps)
            {
                UnitLanes<TWidth, TVector, TReach>.Store(f, _f + j, left);
                UnitLanes<TWidth, TVector, TReach>.Store(r, _r + j, left);
            }

            // (5), with one product: n + f (c_(t-1) - n)
            TVector c = TWidth.FusedMultiplyAdd(f, TWidth.Subtract(previous, n), n);
            UnitLanes<TWidth, TVector, TReach>.Store(c, _cell + j, left);
            // (6), with one product: p + r (c_t - p)
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(r, TWidth.Subtract(c, p), p), _hidden + j, left);
        }
    }

    private ref struct BackwardKernel(in CellStep step, int hidden, Address weights, bool carriesInput) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private readonly float _scale = carriesInput ? Scale : 1f;
        private Address _n, _f, _r, _p, _dp, _previous, _cell, _dHidden, _dAbove, _dCell, _sums;

        public void Begin(int row)
        {
            CellMemory memory = _step.Memory;
            _n = _step.Gates(row);
            _f = _n + hidden;
            _r = _f + hidden;
            _p = carriesInput ? _step.Input(row) : _r + hidden;
            _dp = carriesInput ? memory.Intermediate.At(_step.RowStart + row) + _step.FirstUnit : _p;
            _previous = _step.PreviousCell(row);
            _cell = memory.Cells.At(_step.RowStart + row) + _step.FirstUnit;
            _dHidden = memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
            _dCell = memory.DCell.At(row) + _step.FirstUnit;
            _sums = memory.UnitSums.At(row) + _step.FirstUnit;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f), scale = TWidth.Create(_scale);
            TVector n = UnitLanes<TWidth, TVector, TReach>.Load(_n + j, left);
            TVector f = UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left);
            TVector r = UnitLanes<TWidth, TVector, TReach>.Load(_r + j, left);
            TVector p = TWidth.Multiply(scale, UnitLanes<TWidth, TVector, TReach>.Load(_p + j, left));
            TVector c = UnitLanes<TWidth, TVector, TReach>.Load(_cell + j, left);
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            // h_t goes to the layer above only: what is left of it here is the gradient of the last state.
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            UnitLanes<TWidth, TVector, TReach>.Store(default, _dHidden + j, left);
            // (6') dr = dh (c - p),  dp = dh (1 - r),  dc = dc_next + dh r
            TVector rest = TWidth.Subtract(one, r), dReset = TWidth.Multiply(dh, TWidth.Subtract(c, p));
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(scale, TWidth.Multiply(dh, rest)), _dp + j, left);
            TVector dc = TWidth.FusedMultiplyAdd(dh, r, UnitLanes<TWidth, TVector, TReach>.Load(_dCell + j, left));
            // (5') df = dc (c_(t-1) - n),  dn = dc (1 - f),  dc_(t-1) = dc f + ...
            TVector forgotten = TWidth.Subtract(one, f), dForget = TWidth.Multiply(dc, TWidth.Subtract(previous, n));
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dc, forgotten), _n + j, left);
            // (2'), (3') through the sigmoids;  dc_(t-1) += dz_f v_f + dz_r v_r,  dv += dz c_(t-1)
            dForget = TWidth.Multiply(dForget, TWidth.Multiply(f, forgotten));
            dReset = TWidth.Multiply(dReset, TWidth.Multiply(r, rest));
            UnitLanes<TWidth, TVector, TReach>.Store(dForget, _f + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dReset, _r + j, left);
            TVector dPrevious = TWidth.FusedMultiplyAdd(
                dForget, UnitLanes<TWidth, TVector, TReach>.Load(weights + j, left), TWidth.Multiply(dc, f));
            dPrevious = TWidth.FusedMultiplyAdd(
                dReset, UnitLanes<TWidth, TVector, TReach>.Load(weights + hidden + j, left), dPrevious);
            UnitLanes<TWidth, TVector, TReach>.Store(dPrevious, _dCell + j, left);
            Address sumForget = _sums + j, sumReset = _sums + hidden + j;
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.FusedMultiplyAdd(
                dForget, previous, UnitLanes<TWidth, TVector, TReach>.Load(sumForget, left)), sumForget, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.FusedMultiplyAdd(
                dReset, previous, UnitLanes<TWidth, TVector, TReach>.Load(sumReset, left)), sumReset, left);
        }
    }
}
