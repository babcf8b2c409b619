using System.Runtime.CompilerServices;

namespace Recurant.Cells;

/// <summary>The two formulations of the simple recurrent network in the chapter.</summary>
public enum ElmanForm
{
    /// <summary>h_t = act(W_ih x_t + W_hh h_(t-1) + b): the state is what the activation gives.</summary>
    Hidden,

    /// <summary>s_t = W_ih x_t + W_hh act(s_(t-1)) + b, output act(s_t): the state is what goes into the activation.</summary>
    PreActivation,
}

/// <summary>
/// Elman's simple recurrent network (Elman 1990), in either form.
/// <code>
/// (1) z_t = W_ih x_t + b_ih + W_hh h_(t-1) + b_hh
/// (2) h_t = act(z_t)
/// </code>
/// The second form of the chapter calls z_t the state and act(z_t) its output. With h_0 = act(s_0) the outputs of both
/// are the same numbers; they differ in what an initial state means: a zero state s_0 is h_0 = act(0), which is 1/2 for
/// the sigmoid. Derivation: docs/cells/elman.md.
/// </summary>
internal sealed class ElmanCell(
    int inputSize, int hiddenSize, string suffix, Activation activation = Activation.Tanh,
    ElmanForm form = ElmanForm.Hidden, bool oneHotInput = false)
    : RecurrentCell(inputSize, hiddenSize, gates: ["z"], suffix, oneHotInput), IStripCell
{
    public override string Name => "simple recurrent (Elman)";

    public override IReadOnlyList<string> Equations
    {
        get
        {
            string act = ActivationKernels.NameOf(activation);
            return form == ElmanForm.Hidden
                ? [$"h_t = {act}(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)"]
                : [$"s_t = W_ih x_t + b_ih + W_hh {act}(s_(t-1)) + b_hh", $"output_t = {act}(s_t)"];
        }
    }

    public override bool StartsFromNonZero => form == ElmanForm.PreActivation && activation == Activation.Sigmoid;

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
    }

    /// <summary>
    /// Uniform in +-1 / sqrt(H). With relu the recurrent matrix starts as the identity (Le, Jaitly and Hinton 2015), so
    /// that at first the state is carried on unchanged instead of exploding or dying.
    /// </summary>
    public override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        if (activation == Activation.Relu)
        {
            HiddenWeights.Value.Clear();
            for (int j = 0; j < HiddenSize; j++) HiddenWeights.Value[j * HiddenSize + j] = 1f;
            InputBias.Value.Clear();
            HiddenBias.Value.Clear();
        }
    }

    public override void EnterInitialState(Span<float> hidden)
    {
        if (form == ElmanForm.PreActivation) ActivationKernels.Apply(activation, hidden, hidden);
    }

    public override void LeaveInitialState(ReadOnlySpan<float> hidden, Span<float> dHidden)
    {
        if (form == ElmanForm.PreActivation) ActivationKernels.GradientFromOutput(activation, hidden, dHidden, dHidden);
    }

    public override ReadOnlySpan<float> StateAt(CellMemory memory, Matrix output, int row) =>
        form == ElmanForm.PreActivation ? memory.Gates.Row(row) : output.Row(row);

    /// <summary>The state of the pre-activation form stands in the gates of every step.</summary>
    public override bool CanForget => form == ElmanForm.Hidden;

    public override void StepForward(in CellStep step)
    {
        CellMemory memory = step.Memory;
        step.AddHiddenShare(
            memory.Packed.Forward.Matrix, Address.None, memory.Gates.At(step.GateRowStart), memory.Gates.Step); // (1)
        Activate(step);
    }

    public void Activate(in CellStep step)
    {
        var kernel = new ForwardKernel(step, activation); // (2)
        UnitLoop.Run(ref kernel, step.First, step.Count, step.Units);
    }

    public override void StepBackward(in CellStep step)
    {
        var kernel = new BackwardKernel(step, activation); // (2')
        UnitLoop.Run(ref kernel, step.First, step.Count, step.Units);
    }

    private ref struct ForwardKernel(in CellStep step, Activation activation) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _z, _hidden;

        public void Begin(int row)
        {
            _z = _step.Gates(row);
            _hidden = _step.Hidden(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector z = UnitLanes<TWidth, TVector, TReach>.Load(_z + j, left);
            UnitLanes<TWidth, TVector, TReach>.Store(ActivationKernels.Of<TWidth, TVector>(activation, z), _hidden + j, left);
        }
    }

    private ref struct BackwardKernel(in CellStep step, Activation activation) : IUnitKernel
    {
        private readonly CellStep _step = step;
        private Address _hidden, _dHidden, _dAbove, _dz;

        public void Begin(int row)
        {
            _hidden = _step.Hidden(row);
            _dHidden = _step.Memory.DHidden.At(row) + _step.FirstUnit;
            _dAbove = _step.DHiddenFromAbove(row);
            _dz = _step.Gates(row);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector h = UnitLanes<TWidth, TVector, TReach>.Load(_hidden + j, left);
            TVector dh = TWidth.Add(
                UnitLanes<TWidth, TVector, TReach>.Load(_dHidden + j, left),
                UnitLanes<TWidth, TVector, TReach>.Load(_dAbove + j, left));
            UnitLanes<TWidth, TVector, TReach>.Store(
                ActivationKernels.GradientOf<TWidth, TVector>(activation, h, dh), _dz + j, left);
        }
    }
}
