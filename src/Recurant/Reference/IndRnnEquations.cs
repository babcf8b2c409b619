namespace Recurant.Reference;

/// <summary>The independently recurrent network; f is tanh, relu or sigmoid. A recurrent dropout mask plays no part.</summary>
/// <remarks>
/// <code>
/// z_t = W_ih x_t + b_ih + w_hh * h_{t-1}      w_hh [H]                        (1)
/// h_t = f(z_t)                                                                (2)
/// </code>
/// Source: Li, Li, Cook, Zhu and Gao, "Independently Recurrent Neural Network (IndRNN): Building a Longer and Deeper RNN",
/// CVPR 2018, arXiv 1803.04831. Derivation: docs/cells/indrnn.md.
/// </remarks>
internal sealed class IndRnnEquations(ReferenceActivation activation) : ScanEquations
{
    public override int Gates => 1;

    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix) =>
    [
        new("weight_ih" + suffix, hiddenSize, inputSize),
        new("weight_hh" + suffix, hiddenSize),
        new("bias_ih" + suffix, hiddenSize),
    ];

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        // (1) z_t = W_ih x_t + b_ih + w_hh * h_{t-1}
        double[] z = InputAffine(w, x);
        Algebra.AddTo(z, Algebra.Times(state, w.HiddenWeights));

        // (2) h_t = f(z_t)
        double[] h = ActivationEquations.Apply(activation, z);
        return new Step { Input = x, PreviousState = state, Mask = mask, State = h, Output = h };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        int hidden = dState.Length;
        double[] dh = new double[hidden], dz = new double[hidden], dPrevious = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            // (2') dh_t = (from above) + (from step t+1);  dz_t = dh_t * f'(z_t)
            dh[j] = dOutput[j] + dState[j];
            dz[j] = dh[j] * ActivationEquations.GradientFromOutput(activation, taken.Output[j]);

            // (1') dw_hh += dz_t * h_{t-1};  dh_{t-1} = dz_t * w_hh
            dw.HiddenWeights[j] += dz[j] * taken.PreviousState[j];
            dPrevious[j] = dz[j] * w.HiddenWeights[j];
        }

        // (1') dW_ih += dz x_t^T;  db_ih += dz;  dx_t = W_ih^T dz
        double[] dx = InputAffineBackward(w, dw, taken.Input, dz);
        return new StepGradients(dh, [], dx, dPrevious, []);
    }

    private sealed record Step : ReferenceStep;
}
