using System.Diagnostics.CodeAnalysis;

namespace Recurant.Reference;

/// <summary>The tensors of one layer and direction, or the gradients of them.</summary>
internal sealed class CellTensors(ReferenceTensors tensors, string suffix)
{
    /// <summary>W_ih [G H, I]; the chapter's U.</summary>
    public double[] InputWeights => this["weight_ih"];

    /// <summary>W_hh [G H, H]; the chapter's W.</summary>
    public double[] HiddenWeights => this["weight_hh"];

    /// <summary>b_ih [G H].</summary>
    public double[] InputBias => this["bias_ih"];

    /// <summary>b_hh [G H].</summary>
    public double[] HiddenBias => this["bias_hh"];

    /// <summary>A tensor by the beginning of its name.</summary>
    public double[] this[string name] => tensors[name + suffix];

    /// <summary>A tensor that not every layer has.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out double[]? values) => tensors.TryGet(name + suffix, out values);
}

/// <summary>What one step back through a cell gives, apart from the gradients of its weights.</summary>
/// <param name="State">dJ/d state_t, everything that depends on it counted [H].</param>
/// <param name="Cell">dJ/dc_t, everything that depends on it counted [H]; empty without a memory cell.</param>
/// <param name="Input">dJ/dx_t [I].</param>
/// <param name="PreviousState">The part of dJ/d state_{t-1} that comes through step t [H].</param>
/// <param name="PreviousCell">The part of dJ/dc_{t-1} that comes through step t [H]; empty without a memory cell.</param>
internal sealed record StepGradients(
    double[] State, double[] Cell, double[] Input, double[] PreviousState, double[] PreviousCell);

/// <summary>A recurrent cell: one step forward in time, and the same step back.</summary>
internal abstract class CellEquations
{
    /// <summary>Whether a memory cell c is carried beside the state.</summary>
    public virtual bool HasCell => false;

    /// <summary>G, the number of blocks of rows in W_ih.</summary>
    public abstract int Gates { get; }

    /// <summary>The tensors of a layer of H units that reads I numbers, in PyTorch's order.</summary>
    /// <param name="inputSize">I.</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="oneHot">Whether the I numbers are a one-hot vector.</param>
    /// <param name="suffix">The end of the names.</param>
    /// <returns>Names and shapes.</returns>
    public virtual IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix) =>
    [
        new("weight_ih" + suffix, Gates * hiddenSize, inputSize),
        new("weight_hh" + suffix, Gates * hiddenSize, hiddenSize),
        new("bias_ih" + suffix, Gates * hiddenSize),
        new("bias_hh" + suffix, Gates * hiddenSize),
    ];

    /// <summary>One step forward.</summary>
    /// <param name="w">The weights.</param>
    /// <param name="x">x_t [I].</param>
    /// <param name="state">state_{t-1} [H].</param>
    /// <param name="cell">c_{t-1} [H]; empty without a memory cell.</param>
    /// <param name="mask">m [H]: multiplies the previous output as it enters the hidden-to-hidden product; null for none.</param>
    /// <returns>Everything the step computed; the step back needs it.</returns>
    public abstract ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask);

    /// <summary>The same step back; adds to the gradients of the weights.</summary>
    /// <param name="w">The weights.</param>
    /// <param name="dw">The gradients of the weights, to which this step's part is added.</param>
    /// <param name="taken">What the step forward computed.</param>
    /// <param name="dOutput">dJ/d output_t from everything above this layer [H].</param>
    /// <param name="dState">dJ/d state_t from step t+1 [H].</param>
    /// <param name="dCell">dJ/dc_t from step t+1 [H]; empty without a memory cell.</param>
    /// <returns>The gradients of the step's input and of the states.</returns>
    public abstract StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell);

    /// <summary>The equations that a spec asks for.</summary>
    public static CellEquations For(ReferenceSpec spec) => spec.Cell switch
    {
        ReferenceCell.Elman => new ElmanEquations(spec.Activation, spec.Form),
        ReferenceCell.Lstm => new LstmEquations(),
        ReferenceCell.Gru => new GruEquations(spec.Reset),
        ReferenceCell.MinGru => new MinGruEquations(),
        ReferenceCell.MinLstm => new MinLstmEquations(),
        ReferenceCell.Sru => new SruEquations(),
        ReferenceCell.IndRnn => new IndRnnEquations(spec.Activation),
        ReferenceCell.PeepholeLstm => new PeepholeLstmEquations(),
        ReferenceCell.LayerNormLstm => new LayerNormLstmEquations(),
        ReferenceCell.ProjectedLstm => new ProjectedLstmEquations(spec.CellWidth),
        ReferenceCell.Lru => new LruEquations(spec.Activation),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Cell, "This cell has no equations."),
    };

    /// <summary>W_ih x + b_ih [G H].</summary>
    protected static double[] InputAffine(CellTensors w, double[] x)
    {
        double[] z = Algebra.Multiply(w.InputWeights, x);
        Algebra.AddTo(z, w.InputBias);
        return z;
    }

    /// <summary>The step back of <see cref="InputAffine"/>: adds to both gradients and returns dJ/dx.</summary>
    protected static double[] InputAffineBackward(CellTensors w, CellTensors dw, double[] x, double[] dz)
    {
        Algebra.AddOuter(dw.InputWeights, dz, x);
        Algebra.AddTo(dw.InputBias, dz);
        return Algebra.MultiplyTransposed(w.InputWeights, dz);
    }

    /// <summary>W_ih x + b_ih + W_hh h + b_hh [G H].</summary>
    protected static double[] Affine(CellTensors w, double[] x, double[] h)
    {
        double[] z = Algebra.Multiply(w.InputWeights, x);
        Algebra.AddTo(z, w.InputBias);
        Algebra.AddTo(z, Algebra.Multiply(w.HiddenWeights, h));
        Algebra.AddTo(z, w.HiddenBias);
        return z;
    }

    /// <summary>The step back of <see cref="Affine"/>: adds to the four gradients and returns (dJ/dx, dJ/dh).</summary>
    protected static (double[] Dx, double[] Dh) AffineBackward(CellTensors w, CellTensors dw, double[] x, double[] h, double[] dz)
    {
        Algebra.AddOuter(dw.InputWeights, dz, x);
        Algebra.AddTo(dw.InputBias, dz);
        Algebra.AddOuter(dw.HiddenWeights, dz, h);
        Algebra.AddTo(dw.HiddenBias, dz);
        return (Algebra.MultiplyTransposed(w.InputWeights, dz), Algebra.MultiplyTransposed(w.HiddenWeights, dz));
    }
}

/// <summary>Cells whose units see only their own past: without W_hh and b_hh.</summary>
internal abstract class ScanEquations : CellEquations
{
    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix) =>
        [new("weight_ih" + suffix, Gates * hiddenSize, inputSize), new("bias_ih" + suffix, Gates * hiddenSize)];
}
