namespace Recurant.Reference;

/// <summary>
/// The simple recurrent network in the chapter's two forms; f is tanh, relu or sigmoid, m the recurrent dropout mask.
/// </summary>
/// <remarks>
/// <code>
/// hidden form         z_t = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh       (1)
///                     h_t = f(z_t)                                            (2)
/// preactivation form  s_t = W_ih x_t + b_ih + W_hh (m * f(s_{t-1})) + b_hh    (3)
///                     y_t = f(s_t)                                            (4)
/// </code>
/// The hidden form carries h_t to the next step and to the layer above; the preactivation form carries s_t to the next step
/// and y_t to the layer above.
/// Source: Elman, "Finding Structure in Time", Cognitive Science 14 (1990). Derivation: docs/cells/elman.md.
/// </remarks>
internal sealed class ElmanEquations(ReferenceActivation activation, ReferenceForm form) : CellEquations
{
    public override int Gates => 1;

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        // f(s_{t-1}) in the preactivation form, h_{t-1} itself in the hidden form.
        double[] previousOutput = form == ReferenceForm.Preactivation ? ActivationEquations.Apply(activation, state) : state;
        double[] recurrent = Algebra.Times(previousOutput, mask);

        // (1) z_t = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh      (3) the same sum with f(s_{t-1}), called s_t
        double[] z = Affine(w, x, recurrent);

        // (2) h_t = f(z_t)      (4) y_t = f(s_t)
        double[] output = ActivationEquations.Apply(activation, z);

        return new ElmanStep
        {
            Input = x,
            PreviousState = state,
            Mask = mask,
            Recurrent = recurrent,
            Preactivation = z,
            State = form == ReferenceForm.Preactivation ? z : output,
            Output = output,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        ElmanStep step = (ElmanStep)taken;
        double[] dTotal = new double[dState.Length];
        double[] dz = new double[dState.Length];
        for (int j = 0; j < dz.Length; j++)
        {
            double slope = ActivationEquations.GradientFromOutput(activation, step.Output[j]);
            if (form == ReferenceForm.Hidden)
            {
                // (2') dh_t = (from above) + (from step t+1);  dz_t = dh_t * f'(z_t)
                dTotal[j] = dOutput[j] + dState[j];
                dz[j] = dTotal[j] * slope;
            }
            else
            {
                // (4') ds_t = (from above) * f'(s_t) + (from step t+1)
                dTotal[j] = dOutput[j] * slope + dState[j];
                dz[j] = dTotal[j];
            }
        }

        // (1'), (3') dW_ih += dz_t x_t^T;  dW_hh += dz_t (m * h_{t-1})^T;  db_ih += dz_t;  db_hh += dz_t;  dx_t = W_ih^T dz_t
        (double[] dx, double[] dRecurrent) = AffineBackward(w, dw, step.Input, step.Recurrent, dz);

        // (1') dh_{t-1} = m * (W_hh^T dz_t)
        double[] dPrevious = Algebra.Times(dRecurrent, step.Mask);
        for (int j = 0; form == ReferenceForm.Preactivation && j < dPrevious.Length; j++)
        {
            // (3') ds_{t-1} = m * (W_hh^T ds_t) * f'(s_{t-1})
            double previousOutput = ActivationEquations.Apply(activation, step.PreviousState[j]);
            dPrevious[j] *= ActivationEquations.GradientFromOutput(activation, previousOutput);
        }

        return new StepGradients(dTotal, [], dx, dPrevious, []);
    }
}
