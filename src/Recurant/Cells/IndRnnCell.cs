using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>
/// Independently recurrent network: each unit sees of the past only itself.
/// <code>
/// (1) z_t = W_ih x_t + b_ih + w_hh * h_(t-1)
/// (2) h_t = act(z_t)
/// </code>
/// w_hh [H] has one weight a unit. Li, Li, Cook, Zhu and Gao 2018, "Independently recurrent neural network (IndRNN): building a
/// longer and deeper RNN"; the paper's activation is relu. Derivation: docs/cells/indrnn.md.
/// </summary>
internal sealed class IndRnnCell(
    int inputSize, int hiddenSize, string suffix, Activation activation = Activation.Tanh, bool oneHotInput = false)
    : ScanCell(inputSize, hiddenSize, gates: ["z"], stateWeights: 1, suffix, oneHotInput)
{
    public override string Name => "IndRNN";

    public override IReadOnlyList<string> Equations =>
        [$"h_t = {ActivationKernels.NameOf(activation)}(W_ih x_t + b_ih + w_hh * h_(t-1))"];

    /// <summary>
    /// Uniform in +-1 / sqrt(H); the recurrent weights uniform in [0, 1), so that the units' memories reach from one step to
    /// hundreds, and none explodes.
    /// </summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        new Philox(seed, RandomPurpose.Initialisation, part: ordinal + 3).FillUniform(StateWeights!.Value, 0, 1);
        InputBias.Value.Clear();
    }

    public override void StepForward(in CellStep step) =>
        step.Run(new ForwardKernel(step, StateWeights!.Matrix.At(0) + step.FirstUnit, activation));

    public override void StepBackward(in CellStep step) =>
        step.Run(new BackwardKernel(step, StateWeights!.Matrix.At(0) + step.FirstUnit, activation));

    private ref struct ForwardKernel(in CellStep step, Address weights, Activation activation) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _z, _previous, _hidden;

        public void Begin(int row)
        {
            _z = _step.Gates(row);
            _previous = _step.PreviousHidden(row);
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector z = TWidth.FusedMultiplyAdd(
                UnitLanes<TWidth, TVector, TReach>.Load(weights + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left));                                              // (1)
            UnitLanes<TWidth, TVector, TReach>.Store(
                ActivationKernels.Of<TWidth, TVector>(activation, z), _hidden + j, left);                            // (2)
        }
    }

    private ref struct BackwardKernel(in CellStep step, Address weights, Activation activation) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _z, _previous, _hidden, _dHidden, _dAbove, _sums;

        public void Begin(int row)
        {
            _z = _step.Gates(row);
            _previous = _step.PreviousHidden(row);
            _hidden = _step.Hidden(row);
            _dHidden = _step.Memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
            _sums = _step.Memory.UnitSums.At(row) + _step.FirstUnit;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            // (2') dz = dh act'(z)
            TVector dz = ActivationKernels.GradientOf<TWidth, TVector>(
                activation, UnitLanes<TWidth, TVector, TReach>.Load(_hidden + j, left), dh);
            // (1') dh_(t-1) = dz w_hh,  dw_hh += dz h_(t-1)
            UnitLanes<TWidth, TVector, TReach>.Store(dz, _z + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(dz, UnitLanes<TWidth, TVector, TReach>.Load(weights + j, left)), _dHidden + j, left);
            TVector sum = TWidth.FusedMultiplyAdd(
                dz, UnitLanes<TWidth, TVector, TReach>.Load(_previous + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_sums + j, left));
            UnitLanes<TWidth, TVector, TReach>.Store(sum, _sums + j, left);
        }
    }
}
