namespace Recurant.Reference;

/// <summary>The four tensors of one layer and direction, or the gradients of them.</summary>
/// <param name="InputWeights">W_ih [G H, I]; the chapter's U.</param>
/// <param name="HiddenWeights">W_hh [G H, H]; the chapter's W.</param>
/// <param name="InputBias">b_ih [G H].</param>
/// <param name="HiddenBias">b_hh [G H].</param>
internal sealed record CellTensors(double[] InputWeights, double[] HiddenWeights, double[] InputBias, double[] HiddenBias)
{
    /// <summary>Finds the four by their names.</summary>
    public static CellTensors From(ReferenceTensors tensors, string suffix) => new(
        tensors["weight_ih" + suffix], tensors["weight_hh" + suffix], tensors["bias_ih" + suffix], tensors["bias_hh" + suffix]);
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
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Cell, "Expected the cell Elman, Lstm or Gru."),
    };

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
