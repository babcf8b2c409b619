namespace Recurant.Insight;

/// <summary>
/// The gradient of W as the double sum over t and k, every factor shown:
/// <code>
/// (1) dJ/dW = sum_t sum_(k&lt;=t) dJ_t/ds_t ds_t/ds_k d+s_k/dW
/// (2) ds_t/ds_k = ds_t/ds_(t-1) ... ds_(k+1)/ds_k
/// </code>
/// s is the state: h, of an LSTM h and c side by side. d+s_k/dW takes s_(k-1) as a constant. In a stack of layers, dJ_t/ds_t
/// is what enters this layer from above at t.
/// </summary>
internal static class LessonExpansion
{
    public static void Add(
        LessonLayer layer, LessonCell cell, LessonOutput output, List<LessonSection> sections, List<LessonPath> paths)
    {
        LessonOptions options = layer.Options;
        int width = layer.StateWidth, hidden = layer.Hidden;
        int[] order = [.. layer.Order];
        string s = cell is LessonElman && cell.OutputName == "f" ? "s" : cell is LessonLstm ? "s" : "h";
        sections.Add(OneStepFactors(layer, cell, order, s));
        sections.Add(DirectFactors(layer, order, s));
        bool isWhole = output.IsManyToMany && layer.Spec is { Layers: 1, Directions: 1 };
        double[] lengths = new double[layer.Length * layer.Length];
        double[] sum = new double[layer.Weights.HiddenWeights.Length];
        for (int at = 0; at < order.Length; at++)
        {
            int t = order[at];
            if (layer.Above[t].All(value => value == 0)) continue;
            List<LessonMatrix> matrices = [];
            if (isWhole)
            {
                (LessonMatrix loss, LessonMatrix softmax) = output.Factors(t);
                matrices.AddRange([loss, softmax]);
            }

            // The state's own gradient where this step is the last: of f(s) that of s.
            double[] zeros = new double[hidden];
            double[] d = width > hidden
                ? [.. layer.Above[t], .. zeros]
                : layer.StepBack(t, layer.Above[t], zeros, []).Gradients.State;
            double[][] rows = Identity(width, options.Shown(width));
            for (int back = at; back >= 0; back--)
            {
                int k = order[back];
                if (back < at)
                {
                    for (int row = 0; row < rows.Length; row++) rows[row] = layer.StateBack(order[back + 1], rows[row]).Previous;
                    matrices.Add(OfRows($"d{s}_{t + 1}/d{s}_{k + 1}", Product(order, at, back, s), rows, width, options));
                }

                matrices.Add(LessonTerms.Matrix(
                    $"dJ_{t + 1}/d{s}_{k + 1}",
                    back < at
                        ? $"dJ_{t + 1}/d{s}_{t + 1} d{s}_{t + 1}/d{s}_{k + 1}" : "the part that enters from above at this step",
                    1, width, d, options));
                (double[] previous, ReferenceTensors tensors) = layer.StateBack(k, d);
                double[] part = tensors["weight_hh" + layer.Suffix];
                Algebra.AddTo(sum, part);
                lengths[t * layer.Length + k] = Algebra.Norm(part);
                paths.Add(new LessonPath(layer.Layer + 1, layer.Direction, t + 1, k + 1, Algebra.Norm(d), Algebra.Norm(part)));
                matrices.Add(LessonTerms.Matrix(
                    $"dJ_{t + 1}/dW through {k + 1}", $"dJ_{t + 1}/d{s}_{k + 1} d+{s}_{k + 1}/dW", part.Length / hidden, hidden,
                    part, options));
                d = previous;
            }

            string note = isWhole ? $"J_{t + 1} is weighted with 1/T, as in J."
                : $"dJ_{t + 1} is the part of dJ that enters this layer from above at step {t + 1}.";
            sections.Add(Page(layer, $"dJ_{t + 1}/dW as a sum over k", matrices, note) with { Step = t + 1 });
        }

        sections.Add(Page(
            layer, "The double sum",
            [
                LessonTerms.Matrix("dJ/dW", "sum_t sum_k of the terms", sum.Length / hidden, hidden, sum, options),
                LessonTerms.Matrix(
                    "lengths", "the norm of the term of t (row) and k (column)", layer.Length, layer.Length, lengths, options),
            ],
            "All terms together: the same dJ/dW as the sum over t."));
    }

    private static LessonSection Page(
        LessonLayer layer, string title, List<LessonMatrix> matrices, params string[] notes) => new()
    {
        Part = LessonPart.Expanded, Layer = layer.Layer + 1, Direction = layer.Direction, Title = title + layer.Title,
        Notes = notes, Matrices = matrices,
    };

    private static LessonSection OneStepFactors(LessonLayer layer, LessonCell cell, int[] order, string s)
    {
        List<LessonMatrix> matrices = [];
        int width = layer.StateWidth;
        for (int at = 1; at < order.Length; at++)
        {
            double[][] rows = Identity(width, layer.Options.Shown(width));
            for (int row = 0; row < rows.Length; row++) rows[row] = layer.StateBack(order[at], rows[row]).Previous;
            matrices.Add(OfRows($"d{s}_{order[at] + 1}/d{s}_{order[at - 1] + 1}", "", rows, width, layer.Options));
        }

        return Page(
            layer, "The factors of one step", matrices, $"{cell.FactorFormula}.",
            "Row: the unit that depends; column: the unit it depends on.");
    }

    /// <summary>
    /// d+s_k/dW: how W moves the state of step k while the state before it is held. Unit i depends on the rows of unit i
    /// alone, so that one matrix of the shape of W holds it all; not where a GRU's reset gates mix the units.
    /// </summary>
    private static LessonSection DirectFactors(LessonLayer layer, int[] order, string s)
    {
        int hidden = layer.Hidden, width = layer.StateWidth;
        bool mixes = layer.Spec is { Cell: ReferenceCell.Gru, Reset: ReferenceReset.Outside };
        List<LessonMatrix> matrices = [];
        foreach (int k in mixes ? [] : order)
        {
            for (int half = 0; half < width / hidden; half++)
            {
                double[] ones = new double[width];
                Array.Fill(ones, 1, half * hidden, hidden);
                double[] direct = layer.StateBack(k, ones).Tensors["weight_hh" + layer.Suffix];
                string name = width == hidden ? s : half == 0 ? "h" : "c";
                matrices.Add(
                    LessonTerms.Matrix($"d+{name}_{k + 1}/dW", "", direct.Length / hidden, hidden, direct, layer.Options));
            }
        }

        string rows = layer.Gates.Length == 1
            ? ""
            : $" The rows are those of W{string.Join(", W", layer.Gates)}, stacked.";
        string term = width == hidden
            ? $"dJ_t/dW[i,j] through k is dJ_t/d{s}_k[i] times element [i,j]."
            : "dJ_t/dW[i,j] through k is dJ_t/dh_k[i] times element [i,j] of d+h_k/dW, and the same with c; s = [h c].";
        return Page(layer, $"The factors d+{s}_k/dW", matrices, mixes
            ? "With the reset gate outside, every unit depends on all rows of W_r; the terms below include that."
            : $"How W changes the state of step k with the previous state held fixed. {term}{rows}");
    }

    private static string Product(int[] order, int at, int back, string s)
    {
        IEnumerable<string> factors = Enumerable.Range(back + 1, at - back).Reverse()
            .Select(i => $"d{s}_{order[i] + 1}/d{s}_{order[i - 1] + 1}");
        return string.Join(" ", factors);
    }

    private static LessonMatrix OfRows(string name, string formula, double[][] rows, int width, LessonOptions options)
    {
        // Of a wide state only the first rows are computed: all of them would take H times as long.
        LessonMatrix part = LessonTerms.Matrix(name, formula, rows.Length, width, [.. rows.SelectMany(row => row)], options);
        return rows.Length == width ? part : part with { Rows = width, Norm = double.NaN };
    }

    private static double[][] Identity(int width, int rows)
    {
        var identity = new double[rows][];
        for (int row = 0; row < rows; row++)
        {
            identity[row] = new double[width];
            identity[row][row] = 1;
        }

        return identity;
    }
}
