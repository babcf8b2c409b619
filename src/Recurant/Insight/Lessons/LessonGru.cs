namespace Recurant.Insight;

/// <summary>The steps of a GRU, with the reset gate inside or outside.</summary>
internal sealed class LessonGru(LessonLayer layer) : LessonCell(layer)
{
    private bool IsInside => Layer.Spec.Reset == ReferenceReset.Inside;

    public override IReadOnlyList<string> Formulas
    {
        get
        {
            string u(string gate) => Layer.HasBias ? $" + bU_{gate}" : "";
            string w(string gate) => Layer.HasBias ? $" + bW_{gate}" : "";
            return
            [
                $"r_t = sigmoid(U_r x_t{u("r")} + W_r h_(t-1){w("r")})",
                $"z_t = sigmoid(U_z x_t{u("z")} + W_z h_(t-1){w("z")})",
                IsInside ? $"m_t = W_n h_(t-1){w("n")}" : $"m_t = W_n (r_t * h_(t-1)){w("n")}",
                IsInside ? $"n_t = tanh(U_n x_t{u("n")} + r_t * m_t)" : $"n_t = tanh(U_n x_t{u("n")} + m_t)",
                "h_t = (1 - z_t) * n_t + z_t * h_(t-1)",
            ];
        }
    }

    public override string FactorFormula => "dh_i/dh_(i-1): through the update gate, the reset gate and the candidate";

    public override IEnumerable<LessonEquation> Forward(int t)
    {
        var step = (GruStep)Layer.Steps[t];
        int before = Layer.Previous(t);
        bool isFirst = !Layer.IsStep(before);
        yield return Gate(t, 0, "r", LessonFunction.Sigmoid, "h", step.PreviousState, step.ResetGate, "H");
        yield return Gate(t, 1, "z", LessonFunction.Sigmoid, "h", step.PreviousState, step.UpdateGate, "H");
        yield return Pointwise(
            t, "m", $"m_{t + 1} = {HiddenPart(t)}", i => HiddenTerms(t, i), i => step.CandidateHiddenPart[i], node: "H");
        yield return Pointwise(
            t, "n",
            $"n_{t + 1} = tanh(U_n x_{t + 1}{(Layer.HasBias ? " + bU_n" : "")} + {(IsInside ? $"r_{t + 1} * " : "")}m_{t + 1})",
            i =>
            {
                List<LessonTerm> terms = [];
                Layer.AddInput(terms, 2, i, t);
                double m = step.CandidateHiddenPart[i];
                terms.Add(IsInside
                    ? LessonTerms.Product($"{LessonTerms.At("r", t, i)} {LessonTerms.At("m", t, i)}", step.ResetGate[i], m)
                    : LessonTerms.Number(LessonTerms.At("m", t, i), m));
                return [.. terms];
            },
            i => step.Candidate[i], LessonFunction.Tanh, "H");
        yield return Pointwise(
            t, "h", $"h_{t + 1} = (1 - z_{t + 1}) * n_{t + 1}{(isFirst ? "" : $" + z_{t + 1} * h_{before + 1}")}",
            i =>
            [
                LessonTerms.Product(
                    $"(1 - {LessonTerms.At("z", t, i)}) {LessonTerms.At("n", t, i)}", 1 - step.UpdateGate[i], step.Candidate[i]),
                .. isFirst
                    ? []
                    : new[]
                    {
                        LessonTerms.Product(
                            $"{LessonTerms.At("z", t, i)} {LessonTerms.At("h", before, i)}", step.UpdateGate[i],
                            step.PreviousState[i]),
                    },
            ],
            i => step.Output[i], node: "H");
    }

    public override IEnumerable<LessonEquation> Backward(int t, Action<List<LessonTerm>, int> addAbove)
    {
        var step = (GruStep)Layer.Steps[t];
        double[] dh = Layer.Back[t].State, da = Layer.Da(t), du = Layer.Du(t);
        int next = Layer.Next(t);
        yield return Arrives(
            t, "dh", $"dh_{next + 1} * z_{next + 1} + W_r^T da_r + W_z^T da_z + "
                + (IsInside ? "W_n^T dm" : "(W_n^T dm) * r") + $" of step {next + 1}",
            addAbove, AddNext, i => dh[i]);
        yield return Factors(t, "da_z", "dh * (h before - n) * z * (1 - z)", i => da[Hidden + i], i =>
            [dh[i], step.PreviousState[i] - step.Candidate[i], step.UpdateGate[i], 1 - step.UpdateGate[i]]);
        yield return Factors(t, "da_n", "dh * (1 - z) * (1 - n^2)", i => da[2 * Hidden + i], i =>
            [dh[i], 1 - step.UpdateGate[i], 1 - step.Candidate[i] * step.Candidate[i]]);
        if (IsInside)
        {
            yield return Factors(t, "dm", "da_n * r", i => du[2 * Hidden + i], i => [da[2 * Hidden + i], step.ResetGate[i]]);
            yield return Factors(t, "da_r", "da_n * m * r * (1 - r)", i => da[i], i =>
                [da[2 * Hidden + i], step.CandidateHiddenPart[i], step.ResetGate[i], 1 - step.ResetGate[i]]);
            yield break;
        }

        double[] reads = [.. Enumerable.Range(0, Hidden).Select(i => Enumerable.Range(0, Hidden).Sum(j =>
            Layer.Weights.HiddenWeights[(2 * Hidden + j) * Hidden + i] * du[2 * Hidden + j]))];
        yield return Factors(t, "dm", "da_n", i => du[2 * Hidden + i], i => [da[2 * Hidden + i]]);
        yield return Pointwise(
            t, "dk", $"dk_{t + 1} = W_n^T dm_{t + 1}",
            i =>
            {
                List<LessonTerm> terms = [];
                Layer.AddBack(terms, 2, i, t, "dm", du);
                return [.. terms];
            },
            i => reads[i], node: "H");
        yield return Factors(t, "da_r", "dk * (h before) * r * (1 - r)", i => da[i], i =>
            [reads[i], step.PreviousState[i], step.ResetGate[i], 1 - step.ResetGate[i]]);
    }

    private LessonEquation Factors(int t, string name, string product, Func<int, double> value, Func<int, double[]> factors) =>
        Pointwise(t, name, $"{name}_{t + 1} = {product}", i => [new LessonTerm(product, factors(i))], value, node: "H");

    private void AddNext(List<LessonTerm> terms, int unit, int next)
    {
        var step = (GruStep)Layer.Steps[next];
        double[] du = Layer.Du(next);
        terms.Add(LessonTerms.Product(
            $"{LessonTerms.At("dh", next, unit)} {LessonTerms.At("z", next, unit)}", Layer.Back[next].State[unit],
            step.UpdateGate[unit]));
        Layer.AddBack(terms, 0, unit, next, "da_r", du);
        Layer.AddBack(terms, 1, unit, next, "da_z", du);
        if (IsInside)
        {
            Layer.AddBack(terms, 2, unit, next, "dm", du);
        }
        else
        {
            Layer.AddBack(terms, 2, unit, next, "dm", du, step.ResetGate[unit], $" {LessonTerms.At("r", next, unit)}");
        }
    }

    private string HiddenPart(int t)
    {
        int before = Layer.Previous(t);
        string bias = Layer.HasBias ? " + bW_n" : "";
        if (!Layer.IsStep(before)) return $"W_n 0{bias}";
        return (IsInside ? $"W_n h_{before + 1}" : $"W_n (r_{t + 1} * h_{before + 1})") + bias;
    }

    private LessonTerm[] HiddenTerms(int t, int unit)
    {
        var step = (GruStep)Layer.Steps[t];
        List<LessonTerm> terms = [];
        double[] read = IsInside ? step.PreviousState : Algebra.Times(step.PreviousState, step.ResetGate);
        Layer.AddHidden(terms, 2, unit, t, IsInside ? "h" : $"r_{t + 1} h", read);
        if (terms.Count == 0) terms.Add(LessonTerms.Number("0", 0));
        return [.. terms];
    }
}
