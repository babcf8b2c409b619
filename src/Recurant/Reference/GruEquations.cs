namespace Recurant.Reference;

/// <summary>The gated recurrent unit; gate blocks in PyTorch's order r,z,n; m is the recurrent dropout mask.</summary>
/// <remarks>
/// <code>
/// [a_r a_z a_n] = W_ih x_t + b_ih                                             (1)
/// [u_r u_z] = [W_hr W_hz] (m * h_{t-1}) + [b_hr b_hz]                         (2)
/// r_t = sigmoid(a_r + u_r)   z_t = sigmoid(a_z + u_z)                         (3)
/// reset inside    u_n = W_hn (m * h_{t-1}) + b_hn         n_t = tanh(a_n + r_t * u_n)   (4)
/// reset outside   u_n = W_hn (r_t * m * h_{t-1}) + b_hn   n_t = tanh(a_n + u_n)         (5)
/// h_t = (1 - z_t) * n_t + z_t * h_{t-1}                                       (6)
/// </code>
/// Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", arXiv 1406.1078; (4) is version 1,
/// (5) version 3. Derivation: docs/cells/gru.md.
/// </remarks>
internal sealed class GruEquations(ReferenceReset reset) : CellEquations
{
    public override int Gates => 3;

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] r = new double[hidden], z = new double[hidden], n = new double[hidden], h = new double[hidden];
        double[] masked = Algebra.Times(state, mask);

        // (1) [a_r a_z a_n] = W_ih x_t + b_ih
        double[] a = Algebra.Multiply(w.InputWeights, x);
        Algebra.AddTo(a, w.InputBias);

        // (2) [u_r u_z] = [W_hr W_hz] (m * h_{t-1}) + [b_hr b_hz]
        double[] u = Algebra.Multiply(GateRows(w.HiddenWeights, hidden), masked);
        Algebra.AddTo(u, w.HiddenBias.AsSpan(0, 2 * hidden));
        for (int j = 0; j < hidden; j++)
        {
            // (3) r_t = sigmoid(a_r + u_r);  z_t = sigmoid(a_z + u_z)
            r[j] = ActivationEquations.Sigmoid(a[j] + u[j]);
            z[j] = ActivationEquations.Sigmoid(a[hidden + j] + u[hidden + j]);
        }

        // (4) u_n = W_hn (m * h_{t-1}) + b_hn      (5) u_n = W_hn (r_t * m * h_{t-1}) + b_hn
        double[] candidateReads = reset == ReferenceReset.Inside ? masked : Algebra.Times(masked, r);
        double[] un = Algebra.Multiply(CandidateRows(w.HiddenWeights, hidden), candidateReads);
        Algebra.AddTo(un, w.HiddenBias.AsSpan(2 * hidden));
        for (int j = 0; j < hidden; j++)
        {
            // (4) n_t = tanh(a_n + r_t * u_n)      (5) n_t = tanh(a_n + u_n)
            double hiddenPart = reset == ReferenceReset.Inside ? r[j] * un[j] : un[j];
            n[j] = Math.Tanh(a[2 * hidden + j] + hiddenPart);

            // (6) h_t = (1 - z_t) * n_t + z_t * h_{t-1}
            h[j] = (1 - z[j]) * n[j] + z[j] * state[j];
        }

        return new GruStep
        {
            Input = x,
            PreviousState = state,
            Mask = mask,
            ResetGate = r,
            UpdateGate = z,
            Candidate = n,
            CandidateHiddenPart = un,
            State = h,
            Output = h,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        GruStep step = (GruStep)taken;
        int hidden = dState.Length;
        double[] dh = new double[hidden], dPrevious = new double[hidden], dr = new double[hidden];
        double[] da = new double[3 * hidden], du = new double[2 * hidden], dun = new double[hidden];
        double[] masked = Algebra.Times(step.PreviousState, step.Mask);
        for (int j = 0; j < hidden; j++)
        {
            double r = step.ResetGate[j], z = step.UpdateGate[j], n = step.Candidate[j];

            // (6') dn_t = dh_t * (1 - z_t);  dz_t = dh_t * (h_{t-1} - n_t);  dh_{t-1} = dh_t * z_t + (what follows)
            dh[j] = dOutput[j] + dState[j];
            double dn = dh[j] * (1 - z);
            double dz = dh[j] * (step.PreviousState[j] - n);
            dPrevious[j] = dh[j] * z;

            // (3') da_z = du_z = dz_t * z_t * (1 - z_t)
            da[hidden + j] = du[hidden + j] = dz * z * (1 - z);

            // (4'), (5') da_n = dn_t * (1 - n_t^2)
            da[2 * hidden + j] = dn * (1 - n * n);

            // (4') du_n = da_n * r_t      (5') du_n = da_n
            dun[j] = reset == ReferenceReset.Inside ? da[2 * hidden + j] * r : da[2 * hidden + j];
        }

        // (4') W_hn reads m * h_{t-1}      (5') W_hn reads r_t * m * h_{t-1}
        double[] candidateReads = reset == ReferenceReset.Inside ? masked : Algebra.Times(masked, step.ResetGate);
        Algebra.AddOuter(CandidateRows(dw.HiddenWeights, hidden), dun, candidateReads);
        Algebra.AddTo(dw.HiddenBias.AsSpan(2 * hidden), dun);
        double[] dReads = Algebra.MultiplyTransposed(CandidateRows(w.HiddenWeights, hidden), dun);

        double[] dMasked = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            double r = step.ResetGate[j];
            if (reset == ReferenceReset.Inside)
            {
                // (4') dr_t = da_n * u_n;  d(m * h_{t-1}) += W_hn^T du_n
                dr[j] = da[2 * hidden + j] * step.CandidateHiddenPart[j];
                dMasked[j] = dReads[j];
            }
            else
            {
                // (5') dr_t = (W_hn^T du_n) * m * h_{t-1};  d(m * h_{t-1}) += (W_hn^T du_n) * r_t
                dr[j] = dReads[j] * masked[j];
                dMasked[j] = dReads[j] * r;
            }

            // (3') da_r = du_r = dr_t * r_t * (1 - r_t)
            da[j] = du[j] = dr[j] * r * (1 - r);
        }

        // (2') d[W_hr W_hz] += du (m * h_{t-1})^T;  d[b_hr b_hz] += du;  d(m * h_{t-1}) += [W_hr W_hz]^T du
        Algebra.AddOuter(GateRows(dw.HiddenWeights, hidden), du, masked);
        Algebra.AddTo(dw.HiddenBias, du);
        Algebra.AddTo(dMasked, Algebra.MultiplyTransposed(GateRows(w.HiddenWeights, hidden), du));
        Algebra.AddTo(dPrevious, Algebra.Times(dMasked, step.Mask));

        // (1') dW_ih += da x_t^T;  db_ih += da;  dx_t = W_ih^T da
        Algebra.AddOuter(dw.InputWeights, da, step.Input);
        Algebra.AddTo(dw.InputBias, da);
        double[] dx = Algebra.MultiplyTransposed(w.InputWeights, da);

        return new StepGradients(dh, [], dx, dPrevious, []);
    }

    /// <summary>The rows of W_hr and W_hz, the first two blocks of W_hh.</summary>
    private static Span<double> GateRows(double[] hiddenWeights, int hidden) => hiddenWeights.AsSpan(0, 2 * hidden * hidden);

    /// <summary>The rows of W_hn, the last block of W_hh.</summary>
    private static Span<double> CandidateRows(double[] hiddenWeights, int hidden) => hiddenWeights.AsSpan(2 * hidden * hidden);
}
