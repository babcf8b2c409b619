namespace Recurant.Reference;

/// <summary>
/// Long short-term memory with a forget gate; gate blocks in PyTorch's order i,f,g,o; m is the recurrent dropout mask.
/// </summary>
/// <remarks>
/// <code>
/// [a_i a_f a_g a_o] = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh             (1)
/// i_t = sigmoid(a_i)   f_t = sigmoid(a_f)   g_t = tanh(a_g)   o_t = sigmoid(a_o)    (2)
/// c_t = f_t * c_{t-1} + i_t * g_t                                             (3)
/// h_t = o_t * tanh(c_t)                                                       (4)
/// </code>
/// Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997); the forget gate is from Gers,
/// Schmidhuber and Cummins, "Learning to Forget", Neural Computation 12 (2000). Derivation: docs/cells/lstm.md.
/// </remarks>
internal sealed class LstmEquations : CellEquations
{
    public override bool HasCell => true;

    public override int Gates => 4;

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] i = new double[hidden], f = new double[hidden], g = new double[hidden], o = new double[hidden];
        double[] c = new double[hidden], h = new double[hidden];

        // (1) a = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh
        double[] a = Affine(w, x, Algebra.Times(state, mask));
        for (int j = 0; j < hidden; j++)
        {
            // (2) the gates
            i[j] = ActivationEquations.Sigmoid(a[j]);
            f[j] = ActivationEquations.Sigmoid(a[hidden + j]);
            g[j] = Math.Tanh(a[2 * hidden + j]);
            o[j] = ActivationEquations.Sigmoid(a[3 * hidden + j]);

            // (3) c_t = f_t * c_{t-1} + i_t * g_t
            c[j] = f[j] * cell[j] + i[j] * g[j];

            // (4) h_t = o_t * tanh(c_t)
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
        double[] da = new double[4 * hidden];
        for (int j = 0; j < hidden; j++)
        {
            double i = step.InputGate[j], f = step.ForgetGate[j], g = step.Candidate[j], o = step.OutputGate[j];
            double tanhC = Math.Tanh(step.Cell[j]);

            // (4') do_t = dh_t * tanh(c_t);  dc_t = (from step t+1) + dh_t * o_t * (1 - tanh(c_t)^2)
            dh[j] = dOutput[j] + dState[j];
            double dO = dh[j] * tanhC;
            dc[j] = dCell[j] + dh[j] * o * (1 - tanhC * tanhC);

            // (3') df_t = dc_t * c_{t-1};  di_t = dc_t * g_t;  dg_t = dc_t * i_t;  dc_{t-1} = dc_t * f_t
            double dF = dc[j] * step.PreviousCell[j];
            double dI = dc[j] * g;
            double dG = dc[j] * i;
            dPreviousCell[j] = dc[j] * f;

            // (2') through the sigmoids and the tanh
            da[j] = dI * i * (1 - i);
            da[hidden + j] = dF * f * (1 - f);
            da[2 * hidden + j] = dG * (1 - g * g);
            da[3 * hidden + j] = dO * o * (1 - o);
        }

        // (1') dW_ih += da x_t^T;  dW_hh += da (m * h_{t-1})^T;  db_ih += da;  db_hh += da;  dx_t = W_ih^T da
        double[] recurrent = Algebra.Times(step.PreviousState, step.Mask);
        (double[] dx, double[] dRecurrent) = AffineBackward(w, dw, step.Input, recurrent, da);

        // (1') dh_{t-1} = m * (W_hh^T da)
        return new StepGradients(dh, dc, dx, Algebra.Times(dRecurrent, step.Mask), dPreviousCell);
    }
}
