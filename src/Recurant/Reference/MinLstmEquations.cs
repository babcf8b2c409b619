namespace Recurant.Reference;

/// <summary>
/// The minimal long short-term memory; gate blocks f,i,n. There is no product for a recurrent dropout mask to act on.
/// </summary>
/// <remarks>
/// <code>
/// [a_f a_i a_n] = W_ih x_t + b_ih                                             (1)
/// f_t = sigmoid(a_f)   i_t = sigmoid(a_i)   n_t = a_n                         (2)
/// f'_t = f_t / (f_t + i_t)   i'_t = i_t / (f_t + i_t)                         (3)
/// h_t = f'_t * h_{t-1} + i'_t * n_t                                           (4)
/// </code>
/// Source: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi, "Were RNNs All We Needed?", arXiv 2410.01201 (2024), section 3.2.
/// Derivation: docs/cells/minlstm.md.
/// </remarks>
internal sealed class MinLstmEquations : ScanEquations
{
    public override int Gates => 3;

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] f = new double[hidden], i = new double[hidden], n = new double[hidden], h = new double[hidden];

        // (1) a = W_ih x_t + b_ih
        double[] a = InputAffine(w, x);
        for (int j = 0; j < hidden; j++)
        {
            // (2) the gates
            f[j] = ActivationEquations.Sigmoid(a[j]);
            i[j] = ActivationEquations.Sigmoid(a[hidden + j]);
            n[j] = a[2 * hidden + j];

            // (3), (4) h_t = f_t / (f_t + i_t) * h_{t-1} + i_t / (f_t + i_t) * n_t
            double sum = f[j] + i[j];
            h[j] = f[j] / sum * state[j] + i[j] / sum * n[j];
        }

        return new Step
        {
            Input = x,
            PreviousState = state,
            Mask = mask,
            State = h,
            Output = h,
            ForgetGate = f,
            InputGate = i,
            Candidate = n,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        Step step = (Step)taken;
        int hidden = dState.Length;
        double[] dh = new double[hidden], dPrevious = new double[hidden], da = new double[3 * hidden];
        for (int j = 0; j < hidden; j++)
        {
            double f = step.ForgetGate[j], i = step.InputGate[j], sum = f + i;

            // (4') df'_t = dh_t * h_{t-1};  di'_t = dh_t * n_t;  dn_t = dh_t * i'_t;  dh_{t-1} = dh_t * f'_t
            dh[j] = dOutput[j] + dState[j];
            double dShareKept = dh[j] * step.PreviousState[j], dShareNew = dh[j] * step.Candidate[j];
            dPrevious[j] = dh[j] * f / sum;

            // (3') d(f / (f + i)) = (i df - f di) / (f + i)^2, and the other with the opposite sign
            double df = (dShareKept - dShareNew) * i / (sum * sum);
            double di = (dShareNew - dShareKept) * f / (sum * sum);

            // (2') through the sigmoids
            da[j] = df * f * (1 - f);
            da[hidden + j] = di * i * (1 - i);
            da[2 * hidden + j] = dh[j] * i / sum;
        }

        // (1') dW_ih += da x_t^T;  db_ih += da;  dx_t = W_ih^T da
        double[] dx = InputAffineBackward(w, dw, step.Input, da);
        return new StepGradients(dh, [], dx, dPrevious, []);
    }

    private sealed record Step : ReferenceStep
    {
        public required double[] ForgetGate { get; init; }

        public required double[] InputGate { get; init; }

        public required double[] Candidate { get; init; }
    }
}
