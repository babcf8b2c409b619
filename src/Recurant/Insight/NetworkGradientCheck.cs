namespace Recurant.Insight;

/// <summary>
/// Finite differences for a network of one's own: are the gradients that its layers and its loss compute the slopes of the loss?
/// <code>
/// n = (8 (J(w + e) - J(w - e)) - (J(w + 2 e) - J(w - 2 e))) / (12 e)                (1)
/// error = |a - n| / max(floor, |a| + |n|)                                           (2)
/// </code>
/// </summary>
/// <remarks>Layers compute in single precision, whose rounding (1e-7 of the values) divided by e would drown the slope of a small
/// step. So the steps are large (1/32, then 1/256 and 1/8 where that disagrees), and (1) is exact up to the fifth derivative. The
/// best of them counts: a wrong gradient disagrees at every step, while one near a kink of relu agrees at some. Right gradients
/// score below <see cref="Tolerance"/>, a wrong sign or a missing term near 1. The floor of (2) is a fiftieth of the tensor's
/// largest gradient.</remarks>
public static class NetworkGradientCheck
{
    /// <summary>0.02: right gradients score below it, wrong ones well above.</summary>
    public const double Tolerance = 0.02;

    private static readonly float[] s_steps = [1f / 32, 1f / 256, 1f / 8];

    /// <summary>Compares the gradients of parameters, and of inputs if given.</summary>
    /// <param name="parameters">The parameters, such as <see cref="Layer.NamedParameters"/>. They are left as they were.</param>
    /// <param name="loss">
    /// Calls the layers in the pass and computes the loss in it. It is called many times and must give the same value for the
    /// same parameters; dropout does not act.
    /// </param>
    /// <param name="inputs">Inputs whose gradients are checked, too. Default: none.</param>
    /// <param name="most">The most elements of each tensor; of larger ones as many are drawn. Default: 200.</param>
    /// <returns>A row for each tensor with its worst element.</returns>
    public static IReadOnlyList<GradientCheckRow> Run(
        IEnumerable<NamedParameter> parameters, Func<Pass, double> loss, IReadOnlyList<SequenceBatch>? inputs = null, int most =
            200)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        NamedParameter[] all = [.. parameters];
        var pass = new Pass(threads: 1);
        double Loss()
        {
            pass.Begin(PassKind.Gradients);
            return loss(pass);
        }

        foreach (NamedParameter named in all) named.Parameter.ClearGradient();
        foreach (SequenceBatch input in inputs ?? []) input.WantsGradient = true;
        Loss();
        pass.Backward();
        float[][] gradients = [.. all.Select(named => named.Parameter.Gradient.ToArray())];
        float[][] ofInputs = [.. (inputs ?? []).Select(GradientOf)];
        foreach (NamedParameter named in all) named.Parameter.ClearGradient();

        var rows = new List<GradientCheckRow>();
        for (int i = 0; i < all.Length; i++)
        {
            Parameter parameter = all[i].Parameter;
            void Set(int index, float value)
            {
                parameter.Value[index] = value;
                parameter.MarkChanged();
            }

            rows.Add(Check(all[i].Name, gradients[i], index => parameter.Value[index], Set, Loss, most));
        }

        for (int i = 0; i < ofInputs.Length; i++)
        {
            SequenceBatch input = inputs![i];
            rows.Add(Check(
                $"input {i}", ofInputs[i], index => input.Row(index / input.Size)[index % input.Size],
                (index, value) => input.Row(index / input.Size)[index % input.Size] = value, Loss, most));
        }

        return rows;
    }

    private static float[] GradientOf(SequenceBatch input)
    {
        var gradient = new float[input.RowCount * input.Size];
        for (int row = 0; row < input.RowCount; row++) input.GradientRow(row).CopyTo(gradient.AsSpan(row * input.Size));
        return gradient;
    }

    private static GradientCheckRow Check(
        string name, float[] gradient, Func<int, float> get, Action<int, float> set, Func<double> loss, int most)
    {
        double floor = 1e-6;
        foreach (float value in gradient) floor = Math.Max(floor, Math.Abs(value) / 50);
        int stride = Math.Max(1, (gradient.Length + most - 1) / most), count = 0;
        var worst = new GradientCheckRow(name, 0, -1, 0, 0, 0, 0);
        for (int index = 0; index < gradient.Length; index += stride, count++)
        {
            (double numeric, double best) = (0, double.PositiveInfinity);
            foreach (float step in s_steps)
            {
                double slope = Slope(index, step, get, set, loss);
                double error = GradientCheck.RelativeError(gradient[index], slope, floor);
                if (error < best) (numeric, best) = (slope, error);
                if (best < Tolerance / 4) break;
            }

            if (worst.Index < 0 || best > worst.LargestRelativeError)
            {
                worst = new GradientCheckRow(name, 0, best, index, gradient[index], numeric, 0);
            }
        }

        return worst with { Count = count };
    }

    /// <summary>(1).</summary>
    private static double Slope(int index, float step, Func<int, float> get, Action<int, float> set, Func<double> loss)
    {
        float start = get(index);
        double At(float offset)
        {
            set(index, start + offset);
            double value = loss();
            set(index, start);
            return value;
        }

        double near = At(step) - At(-step), far = At(2 * step) - At(-2 * step);
        return (8 * near - far) / (12.0 * step);
    }
}
