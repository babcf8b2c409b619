namespace Recurant.Reference;

/// <summary>
/// Long short-term memory with peepholes; gate blocks i,f,g,o, weight_ch [3 H] is p_i, p_f, p_o; m is the recurrent dropout mask.
/// </summary>
/// <remarks>
/// <code>
/// [a_i a_f a_g a_o] = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh             (1)
/// i_t = sigmoid(a_i + p_i * c_{t-1})   f_t = sigmoid(a_f + p_f * c_{t-1})   g_t = tanh(a_g)    (2)
/// c_t = f_t * c_{t-1} + i_t * g_t                                             (3)
/// o_t = sigmoid(a_o + p_o * c_t)                                              (4)
/// h_t = o_t * tanh(c_t)                                                       (5)
/// </code>
/// Source: Gers, Schraudolph and Schmidhuber, "Learning Precise Timing with LSTM Recurrent Networks", JMLR 3 (2002). Derivation:
/// docs/cells/peephole-lstm.md.
/// </remarks>
internal sealed class PeepholeLstmEquations : CellEquations
{
    public override bool HasCell => true;

    public override int Gates => 4;

    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix) =>
        [.. base.Shapes(inputSize, hiddenSize, oneHot, suffix), new("weight_ch" + suffix, 3 * hiddenSize)];

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] i = new double[hidden], f = new double[hidden], g = new double[hidden], o = new double[hidden];
        double[] c = new double[hidden], h = new double[hidden], p = w["weight_ch"];

        // (1) a = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh
        double[] a = Affine(w, x, Algebra.Times(state, mask));
        for (int j = 0; j < hidden; j++)
        {
            // (2) the gates that see c_{t-1}
            i[j] = ActivationEquations.Sigmoid(a[j] + p[j] * cell[j]);
            f[j] = ActivationEquations.Sigmoid(a[hidden + j] + p[hidden + j] * cell[j]);
            g[j] = Math.Tanh(a[2 * hidden + j]);

            // (3) c_t = f_t * c_{t-1} + i_t * g_t
            c[j] = f[j] * cell[j] + i[j] * g[j];

            // (4) o_t = sigmoid(a_o + p_o * c_t)
            o[j] = ActivationEquations.Sigmoid(a[3 * hidden + j] + p[2 * hidden + j] * c[j]);

            // (5) h_t = o_t * tanh(c_t)
            h[j] = o[j] * Math.Tanh(c[j]);
        }

        return new LstmStep
        {
            Input = x,
            PreviousState = state,
            PreviousCell = cell,
            Mask = mask,
            InputGate = i,
            ForgetGate = f,
            Candidate = g,
            OutputGate = o,
            State = h,
            Cell = c,
            Output = h,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        LstmStep step = (LstmStep)taken;
        int hidden = dState.Length;
        double[] dh = new double[hidden], dc = new double[hidden], dPreviousCell = new double[hidden];
        double[] da = new double[4 * hidden], p = w["weight_ch"], dp = dw["weight_ch"];
        for (int j = 0; j < hidden; j++)
        {
            double i = step.InputGate[j], f = step.ForgetGate[j], g = step.Candidate[j], o = step.OutputGate[j];
            double tanhC = Math.Tanh(step.Cell[j]);

            // (5') do_t = dh_t * tanh(c_t);  dc_t = (from step t+1) + dh_t * o_t * (1 - tanh(c_t)^2) + (what follows)
            dh[j] = dOutput[j] + dState[j];
            double dO = dh[j] * tanhC;
            dc[j] = dCell[j] + dh[j] * o * (1 - tanhC * tanhC);

            // (4') da_o = do_t * o_t * (1 - o_t);  dc_t += da_o * p_o;  dp_o += da_o * c_t
            da[3 * hidden + j] = dO * o * (1 - o);
            dc[j] += da[3 * hidden + j] * p[2 * hidden + j];
            dp[2 * hidden + j] += da[3 * hidden + j] * step.Cell[j];

            // (3') df_t = dc_t * c_{t-1};  di_t = dc_t * g_t;  dg_t = dc_t * i_t;  dc_{t-1} = dc_t * f_t + (what follows)
            double previous = step.PreviousCell[j], dF = dc[j] * previous, dI = dc[j] * g, dG = dc[j] * i;

            // (2') through the sigmoids and the tanh;  dp_i += da_i * c_{t-1};  dp_f += da_f * c_{t-1}
            da[j] = dI * i * (1 - i);
            da[hidden + j] = dF * f * (1 - f);
            da[2 * hidden + j] = dG * (1 - g * g);
            dp[j] += da[j] * previous;
            dp[hidden + j] += da[hidden + j] * previous;

            // (2') dc_{t-1} += da_i * p_i + da_f * p_f
            dPreviousCell[j] = dc[j] * f + da[j] * p[j] + da[hidden + j] * p[hidden + j];
        }

        // (1') dW_ih += da x_t^T;  dW_hh += da (m * h_{t-1})^T;  db_ih += da;  db_hh += da;  dx_t = W_ih^T da
        double[] recurrent = Algebra.Times(step.PreviousState, step.Mask);
        (double[] dx, double[] dRecurrent) = AffineBackward(w, dw, step.Input, recurrent, da);

        // (1') dh_{t-1} = m * (W_hh^T da)
        return new StepGradients(dh, dc, dx, Algebra.Times(dRecurrent, step.Mask), dPreviousCell);
    }
}
