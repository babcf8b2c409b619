namespace Recurant.Reference;

/// <summary>
/// The simple recurrent unit; gate blocks n,f,r and, where the input is one-hot or of another width than the output, p. The state
/// that is carried is c; h_{t-1} and a recurrent dropout mask play no part.
/// </summary>
/// <remarks>
/// <code>
/// [a_n a_f a_r (a_p)] = W_ih x_t + b_ih                                       (1)
/// f_t = sigmoid(a_f + v_f * c_{t-1})   r_t = sigmoid(a_r + v_r * c_{t-1})     (2)
/// c_t = f_t * c_{t-1} + (1 - f_t) * a_n                                       (3)
/// p_t = sqrt(3) x_t, or a_p                                                   (4)
/// h_t = r_t * c_t + (1 - r_t) * p_t                                           (5)
/// </code>
/// weight_hh [2 H] is v_f, v_r. Source: Lei, Zhang, Wang, Dai and Artzi, "Simple Recurrent Units for Highly Parallelizable
/// Recurrence", EMNLP 2018, arXiv 1709.02755 version 5. Derivation: docs/cells/sru.md.
/// </remarks>
internal sealed class SruEquations : ScanEquations
{
    private static readonly double s_scale = Math.Sqrt(3);

    public override bool HasCell => true;

    public override int Gates => 3;

    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix)
    {
        int gates = inputSize == hiddenSize && !oneHot ? 3 : 4;
        return
        [
            new("weight_ih" + suffix, gates * hiddenSize, inputSize),
            new("weight_hh" + suffix, 2 * hiddenSize),
            new("bias_ih" + suffix, gates * hiddenSize),
        ];
    }

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] f = new double[hidden], r = new double[hidden], p = new double[hidden];
        double[] c = new double[hidden], h = new double[hidden], v = w.HiddenWeights;

        // (1) a = W_ih x_t + b_ih
        double[] a = InputAffine(w, x);
        for (int j = 0; j < hidden; j++)
        {
            // (2) the gates
            f[j] = ActivationEquations.Sigmoid(a[hidden + j] + v[j] * cell[j]);
            r[j] = ActivationEquations.Sigmoid(a[2 * hidden + j] + v[hidden + j] * cell[j]);

            // (3) c_t = f_t * c_{t-1} + (1 - f_t) * a_n
            c[j] = f[j] * cell[j] + (1 - f[j]) * a[j];

            // (4) p_t = sqrt(3) x_t, or a_p
            p[j] = a.Length == 3 * hidden ? s_scale * x[j] : a[3 * hidden + j];

            // (5) h_t = r_t * c_t + (1 - r_t) * p_t
            h[j] = r[j] * c[j] + (1 - r[j]) * p[j];
        }

        return new Step
        {
            Input = x,
            PreviousState = state,
            PreviousCell = cell,
            Mask = mask,
            Candidate = a[..hidden],
            ForgetGate = f,
            ResetGate = r,
            Highway = p,
            State = h,
            Cell = c,
            Output = h,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        Step step = (Step)taken;
        int hidden = dState.Length;
        double[] dh = new double[hidden], dc = new double[hidden], dPreviousCell = new double[hidden];
        double[] dp = new double[hidden], da = new double[w.InputBias.Length], v = w.HiddenWeights;
        for (int j = 0; j < hidden; j++)
        {
            double n = step.Candidate[j], f = step.ForgetGate[j], r = step.ResetGate[j], previous = step.PreviousCell[j];

            // (5') dr_t = dh_t * (c_t - p_t);  dp_t = dh_t * (1 - r_t);  dc_t = (from step t+1) + dh_t * r_t
            dh[j] = dOutput[j] + dState[j];
            double dr = dh[j] * (step.Cell[j] - step.Highway[j]);
            dp[j] = dh[j] * (1 - r);
            dc[j] = dCell[j] + dh[j] * r;

            // (3') df_t = dc_t * (c_{t-1} - a_n);  da_n = dc_t * (1 - f_t);  dc_{t-1} = dc_t * f_t + (what follows)
            double df = dc[j] * (previous - n);
            da[j] = dc[j] * (1 - f);

            // (2') through the sigmoids;  dv_f += da_f * c_{t-1};  dv_r += da_r * c_{t-1};  dc_{t-1} += da_f * v_f + da_r * v_r
            da[hidden + j] = df * f * (1 - f);
            da[2 * hidden + j] = dr * r * (1 - r);
            dw.HiddenWeights[j] += da[hidden + j] * previous;
            dw.HiddenWeights[hidden + j] += da[2 * hidden + j] * previous;
            dPreviousCell[j] = dc[j] * f + da[hidden + j] * v[j] + da[2 * hidden + j] * v[hidden + j];
        }

        // (4') da_p = dp_t
        bool projects = da.Length == 4 * hidden;
        if (projects) dp.CopyTo(da, 3 * hidden);
        // (1') dW_ih += da x_t^T;  db_ih += da;  dx_t = W_ih^T da      (4') dx_t += sqrt(3) dp_t
        double[] dx = InputAffineBackward(w, dw, step.Input, da);
        for (int j = 0; j < hidden && !projects; j++) dx[j] += s_scale * dp[j];
        return new StepGradients(dh, dc, dx, new double[hidden], dPreviousCell);
    }

    private sealed record Step : ReferenceStep
    {
        public required double[] PreviousCell { get; init; }

        public required double[] Candidate { get; init; }

        public required double[] ForgetGate { get; init; }

        public required double[] ResetGate { get; init; }

        public required double[] Highway { get; init; }
    }
}
