namespace Recurant.Insight;

/// <summary>The gradients of the weights as sums over time.</summary>
internal static class LessonSums
{
    public static LessonSection Section(
        LessonNetwork network, LessonOptions options, IReadOnlyList<LessonTensor> tensors, IReadOnlyList<LessonLayer> layers,
        LessonOutput output, ReferenceTensors gradients)
    {
        List<LessonEquation> equations = [];
        List<LessonMatrix> matrices = [];
        foreach (LessonTensor tensor in tensors)
        {
            double[] gradient = gradients[tensor.Tensor];
            matrices.Add(LessonTensorList.Matrix(tensor, $"dJ/d{tensor.Symbol}", gradient, network, options));
            LessonLayer? layer = layers.FirstOrDefault(layer => tensor.Tensor is var name
                && name.Contains("_l", StringComparison.Ordinal) && name.EndsWith(layer.Suffix, StringComparison.Ordinal));
            Func<int, int, string, IReadOnlyList<LessonTerm>>? terms = layer is not null
                ? OfLayer(tensor, layer)
                : tensor.Symbol switch
                {
                    "V" when output.IsManyToMany => (i, j, place) =>
                        [.. Steps(network).Select(t => LessonTerms.Number($"dV_{t + 1}{place}", output.WeightGradient(t, i, j)))],
                    "bV" when output.IsManyToMany => (i, _, place) =>
                        [.. Steps(network).Select(t => LessonTerms.Number($"do_{t + 1}{place}", output.BiasGradient(t, i)))],
                    "E" => OfWordVectors(network, layers),
                    _ => null,
                };
            if (terms is null) continue;
            equations.Add(LessonTensorList.Elements(
                tensor, "dJ/d", $"dJ/d{tensor.Symbol} = sum_t {Part(tensor.Symbol)}", gradient, options, terms));
        }

        return new LessonSection
        {
            Part = LessonPart.Backward, Title = "The gradients as sums over time",
            Notes = ["All steps share the same weights, so their gradient is the sum over the steps."],
            Equations = equations, Matrices = matrices,
        };
    }

    private static string Part(string symbol) => symbol == "E" ? "dJ/dx_t, where x_t is the row" : $"d{symbol}_t";

    private static Func<int, int, string, IReadOnlyList<LessonTerm>> OfLayer(LessonTensor tensor, LessonLayer layer)
    {
        int columns = Math.Max(1, tensor.Columns);
        bool isOneHot = layer.IsOneHot && tensor.Symbol.StartsWith('U');
        return (i, j, place) =>
        {
            int at = (tensor.FirstRow - 1 + i) * columns + j;
            LessonTerm[] terms =
            [
                .. Enumerable.Range(0, layer.Length).Where(t => !isOneHot || layer.Tokens[t] == j)
                    .Select(t => LessonTerms.Number($"d{tensor.Symbol}_{t + 1}{place}", layer.StepTensors[t][tensor.Tensor][at])),
            ];
            return terms.Length > 0 ? terms : [LessonTerms.Number("(the word does not occur)", 0)];
        };
    }

    private static Func<int, int, string, IReadOnlyList<LessonTerm>> OfWordVectors(
        LessonNetwork network, IReadOnlyList<LessonLayer> layers) =>
        (row, column, _) =>
        [
            .. Steps(network).Where(t => network.Tokens[t] == row).Select(t => LessonTerms.Number(
                LessonTerms.At("dJ/dx", t, column),
                layers.Where(layer => layer.Layer == 0).Sum(layer => layer.Back[t].Input[column]))),
        ];

    private static IEnumerable<int> Steps(LessonNetwork network) => Enumerable.Range(0, network.Tokens.Length);
}
