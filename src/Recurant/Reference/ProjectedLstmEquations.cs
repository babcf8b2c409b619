namespace Recurant.Reference;

/// <summary>
/// Long short-term memory with a projection: M memory cells, of which H numbers are shown and carried; gate blocks i,f,g,o of M
/// rows; m is the recurrent dropout mask.
/// </summary>
/// <remarks>
/// <code>
/// [a_i a_f a_g a_o] = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh             (1)
/// i_t = sigmoid(a_i)   f_t = sigmoid(a_f)   g_t = tanh(a_g)   o_t = sigmoid(a_o)    (2)
/// c_t = f_t * c_{t-1} + i_t * g_t                                             (3)
/// q_t = o_t * tanh(c_t)                                                       (4)
/// h_t = W_hr q_t                                                              (5)
/// </code>
/// Source: Sak, Senior and Beaufays, "Long Short-Term Memory Recurrent Neural Network Architectures for Large Scale Acoustic
/// Modeling", Interspeech 2014; PyTorch's LSTM with proj_size H. Derivation: docs/cells/projected-lstm.md.
/// </remarks>
internal sealed class ProjectedLstmEquations(int cellSize) : CellEquations
{
    public override bool HasCell => true;

    public override int Gates => 4;

    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix) =>
    [
        new("weight_ih" + suffix, 4 * cellSize, inputSize),
        new("weight_hh" + suffix, 4 * cellSize, hiddenSize),
        new("bias_ih" + suffix, 4 * cellSize),
        new("bias_hh" + suffix, 4 * cellSize),
        new("weight_hr" + suffix, hiddenSize, cellSize),
    ];

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        double[] i = new double[cellSize], f = new double[cellSize], g = new double[cellSize], o = new double[cellSize];
        double[] c = new double[cellSize], q = new double[cellSize];

        // (1) a = W_ih x_t + b_ih + W_hh (m * h_{t-1}) + b_hh
        double[] a = Affine(w, x, Algebra.Times(state, mask));
        for (int j = 0; j < cellSize; j++)
        {
            // (2) the gates
            i[j] = ActivationEquations.Sigmoid(a[j]);
            f[j] = ActivationEquations.Sigmoid(a[cellSize + j]);
            g[j] = Math.Tanh(a[2 * cellSize + j]);
            o[j] = ActivationEquations.Sigmoid(a[3 * cellSize + j]);

            // (3) c_t = f_t * c_{t-1} + i_t * g_t;  (4) q_t = o_t * tanh(c_t)
            c[j] = f[j] * cell[j] + i[j] * g[j];
            q[j] = o[j] * Math.Tanh(c[j]);
        }

        // (5) h_t = W_hr q_t
        double[] h = Algebra.Multiply(w["weight_hr"], q);
        return new Step
        {
            Input = x, PreviousState = state, PreviousCell = cell, Mask = mask, InputGate = i, ForgetGate = f, Candidate = g,
            OutputGate = o, Shown = q, State = h, Cell = c, Output = h,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        Step step = (Step)taken;
        double[] dh = Algebra.Sum(dOutput, dState);

        // (5') dW_hr += dh_t q_t^T;  dq_t = W_hr^T dh_t
        Algebra.AddOuter(dw["weight_hr"], dh, step.Shown);
        double[] dq = Algebra.MultiplyTransposed(w["weight_hr"], dh);
        double[] dc = new double[cellSize], dPreviousCell = new double[cellSize], da = new double[4 * cellSize];
        for (int j = 0; j < cellSize; j++)
        {
            double i = step.InputGate[j], f = step.ForgetGate[j], g = step.Candidate[j], o = step.OutputGate[j];
            double tanhC = Math.Tanh(step.Cell[j]);

            // (4') do_t = dq_t * tanh(c_t);  dc_t = (from step t+1) + dq_t * o_t * (1 - tanh(c_t)^2)
            dc[j] = dCell[j] + dq[j] * o * (1 - tanhC * tanhC);

            // (3') df_t = dc_t * c_{t-1};  di_t = dc_t * g_t;  dg_t = dc_t * i_t;  dc_{t-1} = dc_t * f_t
            dPreviousCell[j] = dc[j] * f;

            // (2') through the sigmoids and the tanh
            da[j] = dc[j] * g * i * (1 - i);
            da[cellSize + j] = dc[j] * step.PreviousCell[j] * f * (1 - f);
            da[2 * cellSize + j] = dc[j] * i * (1 - g * g);
            da[3 * cellSize + j] = dq[j] * tanhC * o * (1 - o);
        }

        // (1') dW_ih += da x_t^T;  dW_hh += da (m * h_{t-1})^T;  db_ih += da;  db_hh += da;  dx_t = W_ih^T da
        double[] recurrent = Algebra.Times(step.PreviousState, step.Mask);
        (double[] dx, double[] dRecurrent) = AffineBackward(w, dw, step.Input, recurrent, da);

        // (1') dh_{t-1} = m * (W_hh^T da)
        return new StepGradients(dh, dc, dx, Algebra.Times(dRecurrent, step.Mask), dPreviousCell);
    }

    private sealed record Step : ReferenceStep
    {
        public required double[] PreviousCell { get; init; }

        public required double[] InputGate { get; init; }

        public required double[] ForgetGate { get; init; }

        public required double[] Candidate { get; init; }

        public required double[] OutputGate { get; init; }

        public required double[] Shown { get; init; }
    }
}
