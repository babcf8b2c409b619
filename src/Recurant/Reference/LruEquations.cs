using System.Numerics;

namespace Recurant.Reference;

/// <summary>
/// The linear recurrent unit with N = H / 2 complex numbers. The state that is carried is s, as real parts followed by imaginary
/// parts in the place of c; h_{t-1} and a recurrent dropout mask play no part.
/// </summary>
/// <remarks>
/// <code>
/// lambda = exp(-exp(nu_log) + i exp(theta_log))   gamma = exp(gamma_log)      (1)
/// b_t = W_b x_t + b_b                             complex [N]                 (2)
/// s_t = lambda * s_{t-1} + gamma * b_t                                        (3)
/// y_t = W_ho [Re s_t, Im s_t] + b_ho + d * x_t                                (4)
/// h_t = f(y_t)                                                                (5)
/// </code>
/// weight_ih is W_b, weight_skip is d; d * x_t is left out where the input is one-hot or of another width than the output.
/// Source: Orvieto, Smith, Gu, Fernando, Gulcehre, Pascanu and De, "Resurrecting Recurrent Neural Networks for Long Sequences",
/// ICML 2023, arXiv 2303.06349. Derivation: docs/cells/lru.md.
/// </remarks>
internal sealed class LruEquations(ReferenceActivation activation) : ScanEquations
{
    public override bool HasCell => true;

    public override int Gates => 1;

    public override IReadOnlyList<ReferenceShape> Shapes(int inputSize, int hiddenSize, bool oneHot, string suffix)
    {
        bool carries = inputSize == hiddenSize && !oneHot;
        int pairs = hiddenSize / 2;
        List<ReferenceShape> shapes =
        [
            new("weight_ih" + suffix, hiddenSize, inputSize),
            new("bias_ih" + suffix, hiddenSize),
            new("nu_log" + suffix, pairs),
            new("theta_log" + suffix, pairs),
            new("gamma_log" + suffix, pairs),
            new("weight_ho" + suffix, hiddenSize, hiddenSize),
            new("bias_ho" + suffix, hiddenSize),
        ];
        if (carries) shapes.Add(new("weight_skip" + suffix, hiddenSize));
        return shapes;
    }

    public override ReferenceStep Forward(CellTensors w, double[] x, double[] state, double[] cell, double[]? mask)
    {
        int hidden = state.Length, pairs = hidden / 2;
        double[] s = new double[hidden];

        // (2) b_t = W_b x_t + b_b
        double[] b = InputAffine(w, x);
        for (int j = 0; j < pairs; j++)
        {
            // (3) s_t = lambda * s_{t-1} + gamma * b_t
            Complex next = Lambda(w, j) * At(cell, j) + Math.Exp(w["gamma_log"][j]) * At(b, j);
            (s[j], s[pairs + j]) = (next.Real, next.Imaginary);
        }

        // (4) y_t = W_ho [Re s_t, Im s_t] + b_ho + d * x_t
        double[] y = Algebra.Multiply(w["weight_ho"], s);
        Algebra.AddTo(y, w["bias_ho"]);
        if (w.TryGet("weight_skip", out double[]? skip)) Algebra.AddTo(y, Algebra.Times(x, skip));
        // (5) h_t = f(y_t)
        double[] h = ActivationEquations.Apply(activation, y);
        return new Step
        {
            Input = x, PreviousState = state, PreviousCell = cell, Mask = mask, Driven = b, State = h, Cell = s,
            Output = h,
        };
    }

    public override StepGradients Backward(
        CellTensors w, CellTensors dw, ReferenceStep taken, ReadOnlySpan<double> dOutput, double[] dState, double[] dCell)
    {
        Step step = (Step)taken;
        int hidden = dState.Length, pairs = hidden / 2;
        double[] dh = new double[hidden], dy = new double[hidden], dPreviousCell = new double[hidden];
        double[] db = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            // (5') dh_t = (from above) + (from the final state);  dy_t = dh_t * f'(y_t)
            dh[j] = dOutput[j] + dState[j];
            dy[j] = dh[j] * ActivationEquations.GradientFromOutput(activation, step.Output[j]);
        }

        // (4') dW_ho += dy_t [Re s_t, Im s_t]^T;  db_ho += dy_t;  ds_t = W_ho^T dy_t + (from step t+1)
        Algebra.AddOuter(dw["weight_ho"], dy, step.Cell);
        Algebra.AddTo(dw["bias_ho"], dy);
        double[] ds = Algebra.MultiplyTransposed(w["weight_ho"], dy);
        Algebra.AddTo(ds, dCell);
        for (int j = 0; j < pairs; j++)
        {
            // (3') with dz = dJ/dRe z + i dJ/dIm z, the gradient of z = u v is du = dz * conjugate(v)
            Complex d = At(ds, j), lambda = Lambda(w, j);
            double gamma = Math.Exp(w["gamma_log"][j]);
            Complex dLambda = d * Complex.Conjugate(At(step.PreviousCell, j));
            Complex dPrevious = d * Complex.Conjugate(lambda);
            (dPreviousCell[j], dPreviousCell[pairs + j]) = (dPrevious.Real, dPrevious.Imaginary);
            (db[j], db[pairs + j]) = (gamma * d.Real, gamma * d.Imaginary);

            // (1') dlambda/dnu_log = -exp(nu_log) lambda;  dlambda/dtheta_log = i exp(theta_log) lambda;
            //      dgamma/dgamma_log = gamma
            dw["nu_log"][j] += Inner(dLambda, -Math.Exp(w["nu_log"][j]) * lambda);
            dw["theta_log"][j] += Inner(dLambda, Complex.ImaginaryOne * Math.Exp(w["theta_log"][j]) * lambda);
            dw["gamma_log"][j] += gamma * Inner(d, At(step.Driven, j));
        }

        // (2') dW_ih += db x_t^T;  db_ih += db;  dx_t = W_ih^T db      (4') dd += dy_t * x_t;  dx_t += dy_t * d
        double[] dx = InputAffineBackward(w, dw, step.Input, db);
        if (w.TryGet("weight_skip", out double[]? skip))
        {
            Algebra.AddTo(dw["weight_skip"], Algebra.Times(dy, step.Input));
            Algebra.AddTo(dx, Algebra.Times(dy, skip));
        }

        return new StepGradients(dh, ds, dx, new double[hidden], dPreviousCell);
    }

    private static Complex Lambda(CellTensors w, int j) =>
        Complex.Exp(new Complex(-Math.Exp(w["nu_log"][j]), Math.Exp(w["theta_log"][j])));

    private static Complex At(ReadOnlySpan<double> parts, int j) => new(parts[j], parts[parts.Length / 2 + j]);

    private static double Inner(Complex a, Complex b) => a.Real * b.Real + a.Imaginary * b.Imaginary;

    private sealed record Step : ReferenceStep
    {
        public required double[] PreviousCell { get; init; }

        public required double[] Driven { get; init; }
    }
}
