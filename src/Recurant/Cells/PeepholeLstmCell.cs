using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// Long short-term memory whose gates see the memory cell through peepholes.
/// <code>
/// (1) i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi + p_i * c_(t-1))      input gate
/// (2) f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf + p_f * c_(t-1))      forget gate
/// (3) g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)                         candidate
/// (4) c_t = f * c_(t-1) + i * g
/// (5) o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho + p_o * c_t)          output gate
/// (6) h_t = o * tanh(c_t)
/// </code>
/// Gate order i, f, g, o; the peepholes weight_ch [3 H] are p_i, p_f, p_o. Gers, Schraudolph and Schmidhuber 2002, "Learning
/// precise timing with LSTM recurrent networks". Derivation: docs/cells/peephole-lstm.md.
/// </summary>
internal sealed class PeepholeLstmCell(
    int inputSize, int hiddenSize, string suffix, bool oneHotInput = false, float forgetBias = 1f)
    : MemoryCell(inputSize, hiddenSize, suffix, oneHotInput, forgetBias)
{
    private readonly Parameter _peepholes = new("weight_ch_" + suffix, 3 * hiddenSize);

    public override string Name => "peephole LSTM";

    public override IReadOnlyList<string> Equations { get; } =
    [
        "i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi + p_i * c_(t-1))",
        "f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf + p_f * c_(t-1))",
        "g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)",
        "c_t = f * c_(t-1) + i * g",
        "o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho + p_o * c_t)",
        "h_t = o * tanh(c_t)",
    ];

    public override IEnumerable<Parameter> Parameters => [.. base.Parameters, _peepholes];

    public override void StepForward(in CellStep step)
    {
        AddHiddenShare(step);
        step.RunTwice(new ForwardKernel(step, HiddenSize, _peepholes.Matrix.At(0) + step.FirstUnit));
    }

    public override void BeginBackward(
        Workers workers, BatchLayout batch, bool reverse, Matrix output, Matrix dOutput, CellMemory memory) =>
        memory.UnitSums.Reserve(batch.Sequences, 3 * HiddenSize).Clear();

    public override void StepBackward(in CellStep step) =>
        step.Run(new BackwardKernel(step, HiddenSize, _peepholes.Matrix.At(0) + step.FirstUnit));

    /// <summary>dp: the sums over each sequence's steps, added up sequence by sequence.</summary>
    public override void AddOwnGradients(Workers workers, CellMemory memory, int sequences, int rows) =>
        Reductions.AddColumnSums(memory.UnitSums.Rows(sequences), _peepholes.Gradient);

    private ref struct ForwardKernel(in CellStep step, int hidden, Address peepholes) : ITwoPassKernel
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
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previousCell + j, left);
            TVector i = VectorMath<TWidth, TVector>.Sigmoid(TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(peepholes + j, left), previous,
                UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left)));                                             // (1)
            TVector f = VectorMath<TWidth, TVector>.Sigmoid(TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(peepholes + hidden + j, left), previous,
                UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left)));                                             // (2)
            TVector g = VectorMath<TWidth, TVector>.Tanh(UnitLanes<TWidth, TVector, TReach>.Load(_g + j, left));     // (3)
            TVector c = TWidth.FusedMultiplyAdd(f, previous, TWidth.Multiply(i, g));                                 // (4)
            if (_keeps)
            {
                UnitLanes<TWidth, TVector, TReach>.Store(i, _i + j, left);
                UnitLanes<TWidth, TVector, TReach>.Store(f, _f + j, left);
                UnitLanes<TWidth, TVector, TReach>.Store(g, _g + j, left);
            }

            UnitLanes<TWidth, TVector, TReach>.Store(c, _cell + j, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void ITwoPassKernel.ApplySecond<TWidth, TVector, TReach>(int j, int left)
        {
            TVector c = UnitLanes<TWidth, TVector, TReach>.Load(_cell + j, left);
            TVector tanhC = VectorMath<TWidth, TVector>.Tanh(c);
            TVector o = VectorMath<TWidth, TVector>.Sigmoid(TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(peepholes + 2 * hidden + j, left), c,
                UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left)));                                             // (5)
            if (_keeps) UnitLanes<TWidth, TVector, TReach>.Store(o, _o + j, left);
            if (_keeps) UnitLanes<TWidth, TVector, TReach>.Store(tanhC, _tanhCell + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(o, tanhC), _hidden + j, left);                  // (6)
        }
    }

    private ref struct BackwardKernel(in CellStep step, int hidden, Address peepholes) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _i, _f, _g, _o, _previousCell, _cell, _tanhCell, _dHidden, _dAbove, _dCell, _sums;

        public void Begin(int row)
        {
            _i = _step.Gates(row);
            _f = _i + hidden;
            _g = _f + hidden;
            _o = _g + hidden;
            _previousCell = _step.PreviousCell(row);
            _cell = _step.Memory.Cells.At(_step.RowStart + row) + _step.FirstUnit;
            _tanhCell = _step.Memory.Intermediate.At(_step.RowStart + row) + _step.FirstUnit;
            _sums = _step.Memory.UnitSums.At(row) + _step.FirstUnit;
            _dHidden = _step.Memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
            _dCell = _step.Memory.DCell.At(row) + _step.FirstUnit;
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
            // (6') do = dh * tanh(c),  dc = dc_next + dh * o * (1 - tanh(c)^2) + ...
            TVector dOut = TWidth.Multiply(dh, tanhC);
            TVector slope = TWidth.Subtract(one, TWidth.Multiply(tanhC, tanhC));
            TVector dc = TWidth.FusedMultiplyAdd(TWidth.Multiply(dh, o), slope, dcNext);
            // (5') through the sigmoid s' = s (1 - s);  dc += dz_o p_o
            dOut = TWidth.Multiply(dOut, TWidth.Multiply(o, TWidth.Subtract(one, o)));
            dc = TWidth.FusedMultiplyAdd(dOut, UnitLanes<TWidth, TVector, TReach>.Load(peepholes + 2 * hidden + j, left), dc);
            // (4') df = dc * c_(t-1),  di = dc * g,  dg = dc * i,  dc_(t-1) = dc * f + ...
            TVector dForget = TWidth.Multiply(dc, previousCell);
            TVector dIn = TWidth.Multiply(dc, g), dCandidate = TWidth.Multiply(dc, i);
            // (1') .. (3') through the sigmoids and the tanh' = 1 - g^2;  dc_(t-1) += dz_i p_i + dz_f p_f
            dIn = TWidth.Multiply(dIn, TWidth.Multiply(i, TWidth.Subtract(one, i)));
            dForget = TWidth.Multiply(dForget, TWidth.Multiply(f, TWidth.Subtract(one, f)));
            dCandidate = TWidth.Multiply(dCandidate, TWidth.Subtract(one, TWidth.Multiply(g, g)));
            TVector dPrevious = TWidth.FusedMultiplyAdd(
                dIn, UnitLanes<TWidth, TVector, TReach>.Load(peepholes + j, left), TWidth.Multiply(dc, f));
            dPrevious = TWidth.FusedMultiplyAdd(
                dForget, UnitLanes<TWidth, TVector, TReach>.Load(peepholes + hidden + j, left), dPrevious);
            UnitLanes<TWidth, TVector, TReach>.Store(dPrevious, _dCell + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dIn, _i + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dForget, _f + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dCandidate, _g + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(dOut, _o + j, left);
            // dp_i += dz_i c_(t-1),  dp_f += dz_f c_(t-1),  dp_o += dz_o c_t
            AddProduct<TWidth, TVector, TReach>(dIn, previousCell, _sums + j, left);
            AddProduct<TWidth, TVector, TReach>(dForget, previousCell, _sums + hidden + j, left);
            TVector c = UnitLanes<TWidth, TVector, TReach>.Load(_cell + j, left);
            AddProduct<TWidth, TVector, TReach>(dOut, c, _sums + 2 * hidden + j, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void AddProduct<TWidth, TVector, TReach>(TVector factor, TVector other, Address sum, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach =>
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(factor, other, UnitLanes<TWidth, TVector, TReach>.Load(sum, left)), sum, left);
    }
}
