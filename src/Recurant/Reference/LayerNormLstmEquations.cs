namespace Recurant.Reference;

/// <summary>
/// Long short-term memory with layer normalisation; gate blocks i,f,g,o; m is the recurrent dropout mask. LN subtracts the
/// mean of a vector and divides by its deviation.
/// </summary>
/// <remarks>
/// <code>
/// LN(z) = (z - mean(z)) / sqrt(mean((z - mean(z))^2) + 1e-5)                  (1)
/// a = norm_ih * LN(W_ih x_t) + norm_hh * LN(W_hh (m * h_{t-1})) + b_ih        (2)
/// i_t = sigmoid(a_i)   f_t = sigmoid(a_f)   g_t = tanh(a_g)   o_t = sigmoid(a_o)    (3)
/// c_t = f_t * c_{t-1} + i_t * g_t                                             (4)
/// h_t = o_t * tanh(norm_c * LN(c_t) + norm_c_bias)                            (5)
/// </code>
/// Source: Ba, Kiros and Hinton, "Layer Normalization", arXiv 1607.06450 (2016), equations 20 to 22. Derivation:
/// docs/cells/layernorm-lstm.md.
/// </remarks>
internal sealed class LayerNormLstmEquations : CellEquations
{
    private const double Epsilon = 1e-5;

    public override bool HasCell => true;

    public override int Gates => 4;

    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix) =>
    [
        new("weight_ih" + suffix, 4 * hiddenSize, inputSize),
        new("weight_hh" + suffix, 4 * hiddenSize, hiddenSize),
        new("bias_ih" + suffix, 4 * hiddenSize),
        new("norm_ih" + suffix, 4 * hiddenSize),
        new("norm_hh" + suffix, 4 * hiddenSize),
        new("norm_c" + suffix, hiddenSize),
        new("norm_c_bias" + suffix, hiddenSize),
    ];

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length;
        double[] i = new double[hidden], f = new double[hidden], g = new double[hidden], o = new double[hidden];
        double[] c = new double[hidden], h = new double[hidden], y = new double[hidden];

        // (2) a = norm_ih * LN(W_ih x_t) + norm_hh * LN(W_hh (m * h_{t-1})) + b_ih
        double[] fromInput = Algebra.Multiply(w.InputWeights, x);
        double[] fromHidden = Algebra.Multiply(w.HiddenWeights, Algebra.Times(state, mask));
        double[] a = Algebra.Times(Normalise(fromInput), w["norm_ih"]);
        Algebra.AddTo(a, Algebra.Times(Normalise(fromHidden), w["norm_hh"]));
        Algebra.AddTo(a, w.InputBias);
        for (int j = 0; j < hidden; j++)
        {
            // (3) the gates
            i[j] = ActivationEquations.Sigmoid(a[j]);
            f[j] = ActivationEquations.Sigmoid(a[hidden + j]);
            g[j] = Math.Tanh(a[2 * hidden + j]);
            o[j] = ActivationEquations.Sigmoid(a[3 * hidden + j]);

            // (4) c_t = f_t * c_{t-1} + i_t * g_t
            c[j] = f[j] * cell[j] + i[j] * g[j];
        }

        // (5) h_t = o_t * tanh(norm_c * LN(c_t) + norm_c_bias)
        double[] normalised = Normalise(c);
        for (int j = 0; j < hidden; j++)
        {
            y[j] = Math.Tanh(w["norm_c"][j] * normalised[j] + w["norm_c_bias"][j]);
            h[j] = o[j] * y[j];
        }

        return new Step
        {
            Input = x, PreviousState = state, PreviousCell = cell, Mask = mask, FromInput = fromInput, FromHidden = fromHidden,
            InputGate = i, ForgetGate = f, Candidate = g, OutputGate = o, Shown = y, State = h, Cell = c, Output = h,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        Step step = (Step)taken;
        int hidden = dState.Length;
        double[] dh = new double[hidden], dNormalised = new double[hidden], dPreviousCell = new double[hidden];
        double[] da = new double[4 * hidden], normalised = Normalise(step.Cell);
        for (int j = 0; j < hidden; j++)
        {
            // (5') do_t = dh_t * y_t;  with dy = dh_t * o_t * (1 - y_t^2): dnorm_c += dy * LN(c_t), dnorm_c_bias += dy
            double o = step.OutputGate[j], shown = step.Shown[j];
            dh[j] = dOutput[j] + dState[j];
            double dy = dh[j] * o * (1 - shown * shown);
            dw["norm_c"][j] += dy * normalised[j];
            dw["norm_c_bias"][j] += dy;
            dNormalised[j] = dy * w["norm_c"][j];
            da[3 * hidden + j] = dh[j] * shown * o * (1 - o);
        }

        // (1') dc_t = (from step t+1) + (through LN)
        double[] dc = NormaliseBackward(step.Cell, dNormalised);
        Algebra.AddTo(dc, dCell);
        for (int j = 0; j < hidden; j++)
        {
            double i = step.InputGate[j], f = step.ForgetGate[j], g = step.Candidate[j];

            // (4') df_t = dc_t * c_{t-1};  di_t = dc_t * g_t;  dg_t = dc_t * i_t;  dc_{t-1} = dc_t * f_t
            // (3') through the sigmoids and the tanh
            da[j] = dc[j] * g * i * (1 - i);
            da[hidden + j] = dc[j] * step.PreviousCell[j] * f * (1 - f);
            da[2 * hidden + j] = dc[j] * i * (1 - g * g);
            dPreviousCell[j] = dc[j] * f;
        }

        // (2') db_ih += da;  dnorm_ih += da * LN(W_ih x_t);  dnorm_hh += da * LN(W_hh (m * h_{t-1}))
        Algebra.AddTo(dw.InputBias, da);
        Algebra.AddTo(dw["norm_ih"], Algebra.Times(da, Normalise(step.FromInput)));
        Algebra.AddTo(dw["norm_hh"], Algebra.Times(da, Normalise(step.FromHidden)));

        // (2'), (1') dW_ih += dz x_t^T;  dx_t = W_ih^T dz, with dz = d(W_ih x_t); and the same for W_hh
        double[] dFromInput = NormaliseBackward(step.FromInput, Algebra.Times(da, w["norm_ih"]));
        double[] dFromHidden = NormaliseBackward(step.FromHidden, Algebra.Times(da, w["norm_hh"]));
        Algebra.AddOuter(dw.InputWeights, dFromInput, step.Input);
        Algebra.AddOuter(dw.HiddenWeights, dFromHidden, Algebra.Times(step.PreviousState, step.Mask));
        double[] dx = Algebra.MultiplyTransposed(w.InputWeights, dFromInput);
        double[] dMasked = Algebra.MultiplyTransposed(w.HiddenWeights, dFromHidden);
        return new StepGradients(dh, dc, dx, Algebra.Times(dMasked, step.Mask), dPreviousCell);
    }

    /// <summary>(1).</summary>
    private static double[] Normalise(double[] z)
    {
        (double mean, double deviation) = Moments(z);
        return Array.ConvertAll(z, value => (value - mean) / deviation);
    }

    /// <summary>(1') dz = (dy - mean(dy) - y mean(dy y)) / deviation, y being LN(z).</summary>
    private static double[] NormaliseBackward(double[] z, double[] dy)
    {
        double deviation = Moments(z).Deviation, sum = 0, product = 0;
        double[] y = Normalise(z), dz = new double[z.Length];
        for (int j = 0; j < z.Length; j++)
        {
            sum += dy[j];
            product += dy[j] * y[j];
        }

        for (int j = 0; j < z.Length; j++) dz[j] = (dy[j] - sum / z.Length - y[j] * product / z.Length) / deviation;
        return dz;
    }

    private static (double Mean, double Deviation) Moments(double[] z)
    {
        double mean = z.Sum() / z.Length, squares = z.Sum(value => (value - mean) * (value - mean));
        return (mean, Math.Sqrt(squares / z.Length + Epsilon));
    }

    private sealed record Step : ReferenceStep
    {
        public required double[] PreviousCell { get; init; }

        public required double[] FromInput { get; init; }

        public required double[] FromHidden { get; init; }

        public required double[] InputGate { get; init; }

        public required double[] ForgetGate { get; init; }

        public required double[] Candidate { get; init; }

        public required double[] OutputGate { get; init; }

        public required double[] Shown { get; init; }
    }
}
