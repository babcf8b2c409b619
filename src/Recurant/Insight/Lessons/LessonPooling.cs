namespace Recurant.Insight;

/// <summary>Writes how the states of all steps become the vector p of a many-to-one network, and the backward pass.</summary>
internal sealed class LessonPooling(LessonNetwork network, ReferenceRun run, LessonOptions options, string outputName)
{
    private int Width => network.Spec.OutputSize;

    private int Length => run.Stack.Length;

    private int Hidden => network.Spec.HiddenSize;

    private double[] Attention => run.Attention;

    /// <summary>p, before it what attention needs.</summary>
    public IEnumerable<LessonEquation> Forward()
    {
        if (network.Spec.Pooling == ReferencePooling.Attention)
        {
            foreach (LessonEquation equation in AttentionForward()) yield return equation;
        }

        string formula = network.Spec.Pooling switch
        {
            ReferencePooling.Mean => $"p = (1/T) sum_t {outputName}_t, T = {Length}",
            ReferencePooling.Max => $"p[i] = max_t {outputName}_t[i]",
            ReferencePooling.Attention => $"p = sum_t a_t {outputName}_t",
            _ => network.Spec.Bidirectional
                ? $"p = [{outputName}_T forward, {outputName}_1 backward]"
                : $"p = {outputName}_T, the last state",
        };
        yield return LessonTerms.Equation("p", formula, $"[{Width}]", Width, options, Line, "Y");
    }

    /// <summary>Terms of dJ/d output_t for unit i of all directions.</summary>
    public void AddAbove(List<LessonTerm> terms, int t, int unit, double[] dPooled, double[] above)
    {
        string name = $"dp[{unit + 1}]";
        switch (network.Spec.Pooling)
        {
            case ReferencePooling.Mean:
                terms.Add(LessonTerms.Product($"{name} (1/T)", dPooled[unit], 1.0 / Length));
                break;
            case ReferencePooling.Attention:
                terms.Add(LessonTerms.Product($"a_{t + 1} {name}", Attention[t], dPooled[unit]));
                terms.Add(LessonTerms.Number($"(through a_{t + 1})", above[unit] - Attention[t] * dPooled[unit]));
                break;
            default:
                if (Source(unit) == t) terms.Add(LessonTerms.Number(name, dPooled[unit]));
                break;
        }
    }

    private LessonLine Line(int unit)
    {
        string name = $"p[{unit + 1}]";
        double value = run.Pooled[unit];
        return network.Spec.Pooling switch
        {
            ReferencePooling.Mean => LessonTerms.Line(name, [.. Steps().Select(t => Number(t, unit))], value) with
            {
                Divisor = Length, DivisorName = "T",
            },
            ReferencePooling.Max => LessonTerms.Line(
                name, [.. Steps().Select(t => Number(t, unit))], value, LessonFunction.Max),
            ReferencePooling.Attention => LessonTerms.Line(
                name,
                [.. Steps().Select(t => LessonTerms.Product($"a_{t + 1} {Name(t, unit)}", Attention[t], Output(t, unit)))],
                    value),
            _ => LessonTerms.Line(name, [Number(Source(unit), unit)], value),
        };
    }

    private IEnumerable<LessonEquation> AttentionForward()
    {
        double[] query = network.Weights["attention.query"];
        int size = query.Length;
        double[] scores = [.. Steps().Select(t => Algebra.Multiply(query, run.AttentionHidden[t])[0])];
        double largest = scores.Max(), sum = scores.Sum(score => Math.Exp(score - largest));
        yield return LessonTerms.Equation(
            "score", $"score_t = q . tanh(W_a {outputName}_t + b_a)", $"[{Length}]", Length, options, t =>
            {
                List<LessonTerm> terms = [];
                LessonTerms.AddProducts(
                    terms, size, options.Shown(size), k => $"q[{k + 1}] u_{t + 1}[{k + 1}]", k => query[k],
                    k => run.AttentionHidden[t][k], $"of q . u_{t + 1}");
                return LessonTerms.Line($"score_{t + 1}", terms, scores[t]);
            }, "Y", "u_t is the tanh, of width A; W_a is attention.weight, b_a attention.bias, q attention.query.");
        yield return LessonTerms.Equation(
            "a", "a = softmax over t of score", $"[{Length}]", Length, options, t => LessonTerms.Line(
                $"a_{t + 1}", [LessonTerms.Number($"exp(score_{t + 1} - max)", Math.Exp(scores[t] - largest))], Attention[t]) with
            {
                Divisor = sum, DivisorName = "sum",
            }, "Y");
    }

    /// <summary>The step whose output a unit of p is, of last and max pooling.</summary>
    private int Source(int unit)
    {
        if (network.Spec.Pooling != ReferencePooling.Max) return unit < Hidden ? Length - 1 : 0;
        int best = 0;
        for (int t = 1; t < Length; t++)
        {
            if (Output(t, unit) > Output(best, unit)) best = t;
        }

        return best;
    }

    private double Output(int t, int unit) => run.Stack.Outputs[t * Width + unit];

    private LessonTerm Number(int t, int unit) => LessonTerms.Number(Name(t, unit), Output(t, unit));

    private string Name(int t, int unit) => unit < Hidden
        ? LessonTerms.At(outputName, t, unit)
        : $"{LessonTerms.At(outputName, t, unit - Hidden)} backward";

    private IEnumerable<int> Steps() => Enumerable.Range(0, Length);
}
