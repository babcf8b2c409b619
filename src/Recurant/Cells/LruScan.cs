using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// The scan of a linear recurrent unit over its N complex numbers, of which vectors hold the real parts and, N floats further
/// on, the imaginary parts. The constants are Re lambda, Im lambda and gamma, N of each.
/// </summary>
internal static class LruScan
{
    /// <summary>(3) s_t = lambda s_(t-1) + gamma b_t.</summary>
    public ref struct ForwardKernel(in CellStep step, int pairs) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private readonly Address _constants = step.Memory.Packed.Constants.At(0);
        private Address _b, _previous, _state;

        public void Begin(int row)
        {
            _b = _step.Gates(row);
            _previous = _step.PreviousCell(row);
            _state = _step.Memory.Cells.At(_step.HistoryRow(row));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector real = UnitLanes<TWidth, TVector, TReach>.Load(_constants + j, left);
            TVector imaginary = UnitLanes<TWidth, TVector, TReach>.Load(_constants + pairs + j, left);
            TVector gamma = UnitLanes<TWidth, TVector, TReach>.Load(_constants + 2 * pairs + j, left);
            TVector bReal = UnitLanes<TWidth, TVector, TReach>.Load(_b + j, left);
            TVector bImaginary = UnitLanes<TWidth, TVector, TReach>.Load(_b + pairs + j, left);
            TVector sReal = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            TVector sImaginary = UnitLanes<TWidth, TVector, TReach>.Load(_previous + pairs + j, left);
            TVector nextReal = TWidth.FusedMultiplyAdd(
                real, sReal, TWidth.Subtract(TWidth.Multiply(gamma, bReal), TWidth.Multiply(imaginary, sImaginary)));
            TVector nextImaginary = TWidth.FusedMultiplyAdd(
                real, sImaginary, TWidth.FusedMultiplyAdd(imaginary, sReal, TWidth.Multiply(gamma, bImaginary)));
            UnitLanes<TWidth, TVector, TReach>.Store(nextReal, _state + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(nextImaginary, _state + pairs + j, left);
        }
    }

    /// <summary>(3'): ds_t is whole with what the step after sends; memory.Intermediate holds the share of h_t.</summary>
    public ref struct BackwardKernel(in CellStep step, int pairs) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private readonly Address _constants = step.Memory.Packed.Constants.At(0);
        private Address _b, _previous, _ds, _dCell, _sums;

        public void Begin(int row)
        {
            CellMemory memory = _step.Memory;
            _b = _step.Gates(row);
            _previous = _step.PreviousCell(row);
            _ds = memory.Intermediate.At(_step.RowStart + row);
            _dCell = memory.DCell.At(row);
            _sums = memory.UnitSums.At(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector real = UnitLanes<TWidth, TVector, TReach>.Load(_constants + j, left);
            TVector imaginary = UnitLanes<TWidth, TVector, TReach>.Load(_constants + pairs + j, left);
            TVector gamma = UnitLanes<TWidth, TVector, TReach>.Load(_constants + 2 * pairs + j, left);
            TVector bReal = UnitLanes<TWidth, TVector, TReach>.Load(_b + j, left);
            TVector bImaginary = UnitLanes<TWidth, TVector, TReach>.Load(_b + pairs + j, left);
            TVector sReal = UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left);
            TVector sImaginary = UnitLanes<TWidth, TVector, TReach>.Load(_previous + pairs + j, left);
            TVector dReal = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_ds + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dCell + j, left));
            TVector dImaginary = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_ds + pairs + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dCell + pairs + j, left));
            // db = gamma ds,  ds_(t-1) = conjugate(lambda) ds
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(gamma, dReal), _b + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(gamma, dImaginary), _b + pairs + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(real, dReal, TWidth.Multiply(imaginary, dImaginary)), _dCell + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Subtract(TWidth.Multiply(real, dImaginary), TWidth.Multiply(imaginary, dReal)),
                _dCell + pairs + j, left);
            // d lambda += ds conjugate(s_(t-1)),  d gamma += Re(ds conjugate(b))
            Address sums = _sums + j;
            TVector sum = UnitLanes<TWidth, TVector, TReach>.Load(sums, left);
            sum = TWidth.FusedMultiplyAdd(dImaginary, sImaginary, TWidth.FusedMultiplyAdd(dReal, sReal, sum));
            UnitLanes<TWidth, TVector, TReach>.Store(sum, sums, left);
            sums += pairs;
            sum = TWidth.FusedMultiplyAdd(dImaginary, sReal, UnitLanes<TWidth, TVector, TReach>.Load(sums, left));
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Subtract(sum, TWidth.Multiply(dReal, sImaginary)), sums, left);
            sums += pairs;
            sum = UnitLanes<TWidth, TVector, TReach>.Load(sums, left);
            sum = TWidth.FusedMultiplyAdd(dImaginary, bImaginary, TWidth.FusedMultiplyAdd(dReal, bReal, sum));
            UnitLanes<TWidth, TVector, TReach>.Store(sum, sums, left);
        }
    }

    /// <summary>dd += dy_t x_t, where the input passes by the recurrence; dy stands in memory.HiddenGates.</summary>
    public ref struct SkipKernel(in CellStep step, int place) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _input, _dRead, _sums;

        public void Begin(int row)
        {
            _input = _step.Input(row);
            _dRead = _step.Memory.HiddenGates.At(_step.RowStart + row);
            _sums = _step.Memory.UnitSums.At(row) + place;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left) =>
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(
                    UnitLanes<TWidth, TVector, TReach>.Load(_dRead + j, left),
                    UnitLanes<TWidth, TVector, TReach>.Load(_input + j, left),
                    UnitLanes<TWidth, TVector, TReach>.Load(_sums + j, left)),
                _sums + j, left);
    }
}
