using System.Globalization;

namespace Recurant.Insight;

/// <summary>One step of gradient descent, w - eta dJ/dw, and what the network says afterwards.</summary>
internal static class LessonUpdate
{
    public static void Add(
        List<LessonSection> sections, LessonNetwork network, LessonOptions options, IReadOnlyList<LessonTensor> tensors,
        ReferenceRun run, ReferenceTensors gradients, ReferenceTensors after, ReferenceRun newRun)
    {
        double eta = options.LearningRate;
        List<LessonEquation> equations = [];
        foreach (LessonTensor tensor in tensors)
        {
            int columns = Math.Max(1, tensor.Columns);
            double[] weights = network.Weights[tensor.Tensor], gradient = gradients[tensor.Tensor];
            equations.Add(LessonTensorList.Elements(
                tensor, "new ", $"new {tensor.Symbol} = {tensor.Symbol} - eta dJ/d{tensor.Symbol}", after[tensor.Tensor], options,
                (i, j, place) =>
                {
                    int at = (tensor.FirstRow - 1 + i) * columns + j;
                    return
                    [
                        LessonTerms.Number(tensor.Symbol + place, weights[at]),
                        LessonTerms.Product($"eta dJ/d{tensor.Symbol}{place}", -1, eta, gradient[at]),
                    ];
                }));
        }

        sections.Add(new LessonSection
        {
            Part = LessonPart.Update, Title = "One step of gradient descent",
            Notes = [string.Create(
                CultureInfo.InvariantCulture, $"eta = {eta:0.######}. Every weight moves against its gradient.")],
            Equations = equations,
        });
        sections.Add(After(network, options, run, gradients, newRun));
    }

    private static LessonSection After(
        LessonNetwork network, LessonOptions options, ReferenceRun run, ReferenceTensors gradients, ReferenceRun newRun)
    {
        bool isMany = run.Losses.Count > 1;
        double squares = 0;
        foreach (ReferenceShape shape in network.Spec.Shapes())
        {
            foreach (double value in gradients[shape.Name]) squares += value * value;
        }

        List<LessonEquation> equations = [];
        if (isMany)
        {
            equations.Add(LessonTerms.Equation(
                "new J_t", "new J_t = -ln of the right class's new probability", $"[{run.Losses.Count}]", run.Losses.Count,
                options, t => LessonTerms.Line(
                    $"new J_{t + 1}",
                    [LessonTerms.Number(
                        $"new yhat_{t + 1}[{network.Labels[t] + 1}]", newRun.Probabilities[t][network.Labels[t]])],
                    newRun.Losses[t], LessonFunction.MinusLog)));
        }

        IReadOnlyList<LessonTerm> terms = isMany
            ? [.. newRun.Losses.Select((loss, t) => LessonTerms.Number($"new J_{t + 1}", loss))]
            : [LessonTerms.Number($"new yhat[{network.Labels[0] + 1}]", newRun.Probabilities[0][network.Labels[0]])];
        equations.Add(Scalar("new J", isMany ? "the mean of the new J_t" : "-ln of the right class's new probability",
            LessonTerms.Line("new J", terms, newRun.Loss, isMany ? LessonFunction.None : LessonFunction.MinusLog) with
            {
                Divisor = isMany ? run.Losses.Count : 1, DivisorName = isMany ? "T" : "",
            }));
        equations.Add(Scalar("change of J", "new J - J", LessonTerms.Line(
            "change of J", [LessonTerms.Number("new J", newRun.Loss), new("J", [-1, run.Loss])], newRun.Loss - run.Loss)));
        equations.Add(Scalar("predicted change", "-eta times the sum of all squared gradients: the linear approximation",
            LessonTerms.Line(
                "predicted change", [new("eta |dJ|^2", [-1, options.LearningRate, squares])], -options.LearningRate * squares)));
        return new LessonSection
        {
            Part = LessonPart.Update, Title = "The new loss",
            Notes = ["The forward pass again, with the new weights."],
            Equations = equations,
            Matrices =
            [
                LessonTerms.Matrix(
                    "new yhat", isMany ? "a row for each step" : "", newRun.Probabilities.Count, network.Classes.Count,
                    [.. newRun.Probabilities.SelectMany(row => row)], options, isMany ? network.Words : null, network.Classes),
            ],
        };
    }

    private static LessonEquation Scalar(string name, string formula, LessonLine line) =>
        new() { Name = name, Formula = formula, Shapes = "a number", Lines = [line] };
}
