using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// The element-wise pieces between the normalisations of <see cref="LayerNormLstmCell"/>; the numbers are its equations'.
/// </summary>
internal static class LayerNormLstmKernels
{
    /// <summary>(3), (4): the gates hold a and then i, f, g, o.</summary>
    public ref struct Cell(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _i, _f, _g, _o, _previousCell, _cell;

        public void Begin(int row)
        {
            _i = _step.Gates(row);
            _f = _i + hidden;
            _g = _f + hidden;
            _o = _g + hidden;
            _previousCell = _step.PreviousCell(row);
            _cell = _step.Memory.Cells.At(_step.HistoryRow(row));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector i = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left));
            TVector f = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left));
            TVector g = VectorMath<TWidth, TVector>.Tanh(UnitLanes<TWidth, TVector, TReach>.Load(_g + j, left));
            TVector o = VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left));
            TVector previous = UnitLanes<TWidth, TVector, TReach>.Load(_previousCell + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(i, _i + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(f, _f + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(g, _g + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(o, _o + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(f, previous, TWidth.Multiply(i, g)), _cell + j, left);
        }
    }

    /// <summary>The gain and the bias of (5), and (6).</summary>
    public ref struct Output(in CellStep step, int hidden, Address gain, Address bias) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _o, _normalised, _hidden;

        public void Begin(int row)
        {
            _o = _step.Gates(row) + 3 * hidden;
            _normalised = _step.Memory.Intermediate.At(_step.HistoryRow(row));
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector y = TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(gain + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_normalised + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(bias + j, left));
            TVector o = UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(o, VectorMath<TWidth, TVector>.Tanh(y)), _hidden + j, left);
        }
    }

    /// <summary>
    /// (6') and the gain of (5'): da_o goes to the gate's place, the gradient of LN(c_t) to the scratch row, those of gain and
    /// bias to the sums behind the gates'.
    /// </summary>
    public ref struct OutputBackward(in CellStep step, int hidden, Address gain, Address bias) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _o, _normalised, _dHidden, _dAbove, _dNormalised, _sums;

        public void Begin(int row)
        {
            CellMemory memory = _step.Memory;
            _o = _step.Gates(row) + 3 * hidden;
            _normalised = memory.Intermediate.At(_step.RowStart + row);
            _dHidden = memory.DHidden.At(row);
            _dAbove = _step.DHiddenFromAbove(row);
            _dNormalised = memory.Scratch.At(row);
            _sums = memory.UnitSums.At(row) + 12 * hidden;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector normalised = UnitLanes<TWidth, TVector, TReach>.Load(_normalised + j, left);
            TVector factor = UnitLanes<TWidth, TVector, TReach>.Load(gain + j, left);
            TVector tanhY = VectorMath<TWidth, TVector>.Tanh(TWidth.FusedMultiplyAdd(
                factor, normalised, UnitLanes<TWidth, TVector, TReach>.Load(bias + j, left)));
            TVector o = UnitLanes<TWidth, TVector, TReach>.Load(_o + j, left);
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            // do = dh tanh(y),  dy = dh o (1 - tanh(y)^2)
            TVector dOut = TWidth.Multiply(TWidth.Multiply(dh, tanhY), TWidth.Multiply(o, TWidth.Subtract(one, o)));
            TVector dy = TWidth.Multiply(TWidth.Multiply(dh, o), TWidth.Subtract(one, TWidth.Multiply(tanhY, tanhY)));
            UnitLanes<TWidth, TVector, TReach>.Store(dOut, _o + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(factor, dy), _dNormalised + j, left);
            Address gainSum = _sums + j, biasSum = _sums + hidden + j;
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(dy, normalised, UnitLanes<TWidth, TVector, TReach>.Load(gainSum, left)), gainSum, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Add(dy, UnitLanes<TWidth, TVector, TReach>.Load(biasSum, left)), biasSum, left);
        }
    }

    /// <summary>(4'), (3'): memory.DCell holds dc_t whole, and then dc_(t-1); the gates i, f, g turn into their da.</summary>
    public ref struct CellBackward(in CellStep step, int hidden) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _i, _f, _g, _previousCell, _dCell;

        public void Begin(int row)
        {
            _i = _step.Gates(row);
            _f = _i + hidden;
            _g = _f + hidden;
            _previousCell = _step.PreviousCell(row);
            _dCell = _step.Memory.DCell.At(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector one = TWidth.Create(1f);
            TVector i = UnitLanes<TWidth, TVector, TReach>.Load(_i + j, left);
            TVector f = UnitLanes<TWidth, TVector, TReach>.Load(_f + j, left);
            TVector g = UnitLanes<TWidth, TVector, TReach>.Load(_g + j, left);
            TVector dc = UnitLanes<TWidth, TVector, TReach>.Load(_dCell + j, left);
            TVector dForget = TWidth.Multiply(dc, UnitLanes<TWidth, TVector, TReach>.Load(_previousCell + j, left));
            TVector dIn = TWidth.Multiply(dc, g), dCandidate = TWidth.Multiply(dc, i);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(dc, f), _dCell + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(dIn, TWidth.Multiply(i, TWidth.Subtract(one, i))), _i + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(dForget, TWidth.Multiply(f, TWidth.Subtract(one, f))), _f + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(dCandidate, TWidth.Subtract(one, TWidth.Multiply(g, g))), _g + j, left);
        }
    }
}
