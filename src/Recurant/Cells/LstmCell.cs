using System.Runtime.CompilerServices;

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
/// Cummins 2000. The derivation of the backward pass is in docs/cells/lstm.md.
/// </summary>
internal sealed class LstmCell(int inputSize, int hiddenSize, string suffix, bool oneHotInput = false, float forgetBias = 1f)
    : MemoryCell(inputSize, hiddenSize, suffix, oneHotInput, forgetBias), IStripCell
{
    public override string Name => "LSTM";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi)",
        "f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf)",
        "g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)",
        "o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho)",
        "c_t = f * c_(t-1) + i * g",
        "h_t = o * tanh(c_t)",
    ];

    public override void StepForward(in CellStep step)
    {
        AddHiddenShare(step);
        Activate(step);
    }

    public void Activate(in CellStep step) => step.RunTwice(new ForwardKernel(step, HiddenSize));

    public override void StepBackward(in CellStep step) => step.Run(new BackwardKernel(step, HiddenSize));

    /// <summary>The element-wise part of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="hidden">The width of a gate.</param>
    /// <param name="projects">Whether (6) goes to memory.Shown, for a projection, instead of to the output.</param>
    internal ref struct ForwardKernel(in CellStep step, int hidden, bool projects = false) : ITwoPassKernel
    {
        private readonly CellStep _step = step;
        private readonly bool _keeps = step.Memory.KeepsHistory;
        private Address _i, _f, _g, _o, _previousCell, _cell, _tanhCell, _hidden;

        public void Begin(int row)
        {
            _i = _step.Gates(row);
            _f = _i + hidden;
            _g = _f + hidden;
            _o = _g + hidden;
            _previousCell = _step.PreviousCell(row);
            _cell = _step.Memory.Cells.At(_step.HistoryRow(row)) + _step.FirstUnit;
            _tanhCell = _keeps ? _step.Memory.Intermediate.At(_step.RowStart + row) + _step.FirstUnit : Address.None;
            _hidden = HiddenAt(row);
            int next = row + 1;
            if (_keeps && next < _step.Count) Prefetch(next);
        }

        /// <summary>What a row writes and nobody has read lately.</summary>
        private readonly void Prefetch(int row)
        {
            (_step.Memory.Cells.At(_step.HistoryRow(row)) + _step.FirstUnit).Prefetch(_step.Units);
            (_step.Memory.Intermediate.At(_step.RowStart + row) + _step.FirstUnit).Prefetch(_step.Units);
            HiddenAt(row).Prefetch(_step.Units);
        }

        private readonly Address HiddenAt(int row) =>
            projects ? _step.Memory.Shown.At(_step.HistoryRow(row)) : _step.Hidden(row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector i = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left));  // (1)
            TVector f = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left));  // (2)
            TVector g = VectorMath<TWidth, TVector>.Tanh(UnitLanes<TWidth, TVector, TReach>.Load(_g + j, left));     // (3)
            TVector o = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left));  // (4)
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previousCell + j, left);
            TVector c = TWidth.FusedMultiplyAdd(f, previous, TWidth.Multiply(i, g));                                 // (5)
            if (_keeps)
            {
                UnitLanes<TWidth, TVector, TReach>.Store(i, _i + j, left);
                UnitLanes<TWidth, TVector, TReach>.Store(f, _f + j, left);
                UnitLanes<TWidth, TVector, TReach>.Store(g, _g + j, left);
            }

            UnitLanes<TWidth, TVector, TReach>.Store(o, _o + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(c, _cell + j, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void ITwoPassKernel.ApplySecond<TWidth, TVector, TReach>(int j, int left)
        {
            TVector tanhC = VectorMath<TWidth, TVector>.Tanh(UnitLanes<TWidth, TVector, TReach>.Load(_cell + j, left));
            TVector o = UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left);
            if (_keeps) UnitLanes<TWidth, TVector, TReach>.Store(tanhC, _tanhCell + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(o, tanhC), _hidden + j, left);                  // (6)
        }
    }

    /// <summary>The element-wise part of a step back.</summary>
    /// <param name="step">The step.</param>
    /// <param name="hidden">The width of a gate.</param>
    /// <param name="zeros">
    /// Of a cell with a projection zeros of that width: the gradient of (6) stands in memory.Scratch and has one part only.
    /// </param>
    internal ref struct BackwardKernel(in CellStep step, int hidden, Address zeros = default) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _i, _f, _g, _o, _previousCell, _tanhCell, _dHidden, _dAbove, _dCell;

        public void Begin(int row)
        {
            _i = _step.Gates(row);
            _f = _i + hidden;
            _g = _f + hidden;
            _o = _g + hidden;
            _previousCell = _step.PreviousCell(row);
            _tanhCell = _step.Memory.Intermediate.At(_step.RowStart + row) + _step.FirstUnit;
            _dHidden = (zeros.IsNone ? _step.Memory.DHidden : _step.Memory.Scratch).At(row) + _step.FirstUnit;
            _dAbove = zeros.IsNone ? _step.DHiddenFromAbove(row) : zeros;
            _dCell = _step.Memory.DCell.At(row) + _step.FirstUnit;
            int next = row + 1;
            if (next < _step.Count) Prefetch(next);
        }

        /// <summary>
        /// The row comes from far away and in seven pieces, too short for the processor to see where each goes on.
        /// </summary>
        private readonly void Prefetch(int row)
        {
            Address gates = _step.Gates(row);
            for (int gate = 0; gate < 4; gate++) (gates + gate * hidden).Prefetch(_step.Units);
            _step.PreviousCell(row).Prefetch(_step.Units);
            (_step.Memory.Intermediate.At(_step.RowStart + row) + _step.FirstUnit).Prefetch(_step.Units);
            _step.DHiddenFromAbove(row).Prefetch(_step.Units);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector i = UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left);
            TVector f = UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left);
            TVector g = UnitLanes<TWidth, TVector, TReach>.Load(_g + j, left);
            TVector o = UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left);
            TVector tanhC = UnitLanes<TWidth, TVector, TReach>.Load(_tanhCell + j, left);
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            TVector previousCell = UnitLanes<TWidth, TVector, TReach>.Load(_previousCell + j, left);
            TVector dcNext = UnitLanes<TWidth, TVector, TReach>.Load(_dCell + j, left);
            // (6') do = dh * tanh(c),  dc = dc_next + dh * o * (1 - tanh(c)^2)
            TVector dOut = TWidth.Multiply(dh, tanhC);
            TVector slope = TWidth.Subtract(one, TWidth.Multiply(tanhC, tanhC));
            TVector dc = TWidth.FusedMultiplyAdd(TWidth.Multiply(dh, o), slope, dcNext);
            // (5') df = dc * c_(t-1),  di = dc * g,  dg = dc * i,  dc_(t-1) = dc * f
            TVector dForget = TWidth.Multiply(dc, previousCell);
            TVector dIn = TWidth.Multiply(dc, g), dCandidate = TWidth.Multiply(dc, i);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dc, f), _dCell + j, left);
            // (1') .. (4'): through the sigmoids s' = s (1 - s) and the tanh' = 1 - g^2
            dIn = TWidth.Multiply(dIn, TWidth.Multiply(i, TWidth.Subtract(one, i)));
            dForget = TWidth.Multiply(dForget, TWidth.Multiply(f, TWidth.Subtract(one, f)));
            dCandidate = TWidth.Multiply(dCandidate, TWidth.Subtract(one, TWidth.Multiply(g, g)));
            dOut = TWidth.Multiply(dOut, TWidth.Multiply(o, TWidth.Subtract(one, o)));
            UnitLanes<TWidth, TVector, TReach>.Store(dIn, _i + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dForget, _f + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dCandidate, _g + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dOut, _o + j, left);
        }
    }
}
