namespace Recurant.Reference;

/// <summary>The minimal gated recurrent unit; gate blocks z,n. A recurrent dropout mask has no product to act on.</summary>
/// <remarks>
/// <code>
/// [a_z a_n] = W_ih x_t + b_ih                                                 (1)
/// z_t = sigmoid(a_z)   n_t = a_n                                              (2)
/// h_t = (1 - z_t) * h_{t-1} + z_t * n_t                                       (3)
/// </code>
/// Source: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi, "Were RNNs All We Needed?", arXiv 2410.01201 (2024), section 3.1.
/// Derivation: docs/cells/mingru.md.
/// </remarks>
internal sealed class MinGruEquations : ScanEquations
{
    public override int Gates => 2;

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] z = new double[hidden], n = new double[hidden], h = new double[hidden];

        // (1) a = W_ih x_t + b_ih
        double[] a = InputAffine(w, x);
        for (int j = 0; j < hidden; j++)
        {
            // (2) z_t = sigmoid(a_z);  n_t = a_n
            z[j] = ActivationEquations.Sigmoid(a[j]);
            n[j] = a[hidden + j];

            // (3) h_t = (1 - z_t) * h_{t-1} + z_t * n_t
            h[j] = (1 - z[j]) * state[j] + z[j] * n[j];
        }

        return new Step { Input = x, PreviousState = state, Mask = mask, State = h, Output = h, UpdateGate = z, Candidate = n };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        Step step = (Step)taken;
        int hidden = dState.Length;
        double[] dh = new double[hidden], dPrevious = new double[hidden], da = new double[2 * hidden];
        for (int j = 0; j < hidden; j++)
        {
            double z = step.UpdateGate[j];

            // (3') dz_t = dh_t * (n_t - h_{t-1});  dn_t = dh_t * z_t;  dh_{t-1} = dh_t * (1 - z_t)
            dh[j] = dOutput[j] + dState[j];
            double dz = dh[j] * (step.Candidate[j] - step.PreviousState[j]);
            dPrevious[j] = dh[j] * (1 - z);

            // (2') da_z = dz_t * z_t * (1 - z_t);  da_n = dn_t
            da[j] = dz * z * (1 - z);
            da[hidden + j] = dh[j] * z;
        }

        // (1') dW_ih += da x_t^T;  db_ih += da;  dx_t = W_ih^T da
        double[] dx = InputAffineBackward(w, dw, step.Input, da);
        return new StepGradients(dh, [], dx, dPrevious, []);
    }

    private sealed record Step : ReferenceStep
    {
        public required double[] UpdateGate { get; init; }

        public required double[] Candidate { get; init; }
    }
}
