using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>
/// The gradients of any model's own weights, of each tensor in one direction: its own gradient's.
/// <code>
/// (1) d = g / |g|
/// (2) (J(w + e d) - J(w - e d)) / (2 e)   must be   |g|
/// </code>
/// J is computed by the engine, in single precision, so that e is chosen to change J by about a thousandth and the error allowed
/// is some percent; a wrong term gives more.
/// </summary>
internal static class SlopeChecks
{
    /// <summary>
    /// 0.1: rounding and curvature of J leave 1e-4 to 3e-2, the more the less a tensor moves J; a wrong sign or factor gives 0.5
    /// or more.
    /// </summary>
    public const double Tolerance = 0.1;

    /// <summary>The longest e: further away the loss is no straight line.</summary>
    private const double LargestStep = 0.1;

    private static readonly double[] s_changes = [1e-3, 1e-4, 3e-3, 3e-5, 3e-4, 1e-2];

    public static Finding Run(ReplayedStep step)
    {
        (TrainingTask task, StepLoss start) = (step.Task, step.Make());
        // Of a loss near zero a thousandth would be rounding.
        double scale = Math.Max(0.1, start.Loss / start.Units);
        float[][] gradients = [.. task.Parameters.Select(parameter => parameter.IsTrainable && parameter.HasGradient
            ? parameter.Gradient.ToArray() : [])];
        double[] norms = [.. gradients.Select(gradient => Math.Sqrt(gradient.Sum(value => (double)value * value)))];
        double largest = norms.Max();
        var rows = new List<(string Name, double Error)>();
        int small = 0;
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i].Length == 0) continue;
            // What hardly moves the loss cannot be told from its rounding.
            if (norms[i] < 1e-3 * Math.Max(largest, scale))
            {
                small++;
                continue;
            }

            rows.Add((task.Parameters[i].Name, ErrorOf(step, task.Parameters[i], gradients[i], norms[i], scale)));
        }

        task.Parameters.DropGradients();

        if (rows.Count == 0)
        {
            return new Finding("gradients, every tensor", FindingLevel.Note,
                "The gradients are too small to be compared with finite differences.");
        }

        (string worst, double error) = rows.MaxBy(row => row.Error);
        bool isRight = error <= Tolerance;
        return new Finding(
            "gradients, every tensor", isRight ? FindingLevel.Ok : FindingLevel.Fault,
            $"Each tensor's gradient compared with finite differences of the loss: {Of(rows.Count, "tensor")}: largest relative "
                + $"error {error:0.0e+00} "
            + $"('{worst}'){(small > 0 ? $"; {Of(small, "tensor")} left out because the gradient is too small" : "")}.")
        {
            Values = [Value("error", error), Value("tensors", rows.Count), Value("left_out", small)],
            Where = [.. rows.Where(row => row.Error > Tolerance).Select(row => row.Name)],
            Means = isRight ? "" : WrongGradients.Means, Advice = isRight ? "" : WrongGradients.Advice,
        };
    }

    /// <summary>The smallest error of a few e: one that is too large sees the curvature or a kink, one too small the
    /// rounding.</summary>
    private static double ErrorOf(ReplayedStep step, Parameter parameter, float[] gradient, double norm, double scale)
    {
        float[] weights = parameter.Value.ToArray();
        double best = double.PositiveInfinity;
        foreach (double change in s_changes)
        {
            double e = Math.Min(change * scale / norm, LargestStep), slope = (LossAt(e) - LossAt(-e)) / (2 * e);
            best = Math.Min(best, Math.Abs(slope - norm) / norm);
            if (best < 0.01) break;
        }

        Move(0);
        return double.IsNaN(best) ? double.PositiveInfinity : best;

        double LossAt(double e)
        {
            Move(e);
            foreach (Parameter each in step.Task.Parameters) each.ClearGradient();
            StepLoss loss = step.Make();
            return loss.Loss / loss.Units;
        }

        void Move(double e)
        {
            Span<float> value = parameter.Value;
            for (int i = 0; i < weights.Length; i++) value[i] = (float)(weights[i] + e * gradient[i] / norm);
            parameter.MarkChanged();
        }
    }
}
