namespace Recurant.Insight;

/// <summary>The steps of an Elman cell, in both of the chapter's forms.</summary>
internal sealed class LessonElman(LessonLayer layer) : LessonCell(layer)
{
    private bool IsHiddenForm => Layer.Spec.Form == ReferenceForm.Hidden;

    private LessonFunction Function => Layer.Spec.Activation switch
    {
        ReferenceActivation.Relu => LessonFunction.Relu,
        ReferenceActivation.Sigmoid => LessonFunction.Sigmoid,
        _ => LessonFunction.Tanh,
    };

    private string F => Name(Function);

    public override string OutputName => IsHiddenForm ? "h" : "f";

    public override IReadOnlyList<string> Formulas
    {
        get
        {
            (string u, string w) = Layer.HasBias ? (" + bU", " + bW") : ("", "");
            return IsHiddenForm
                ? [$"h_t = {F}(U x_t{u} + W h_(t-1){w})"]
                : [$"s_t = U x_t{u} + W f_(t-1){w}", $"f_t = {F}(s_t)"];
        }
    }

    public override string FactorFormula => IsHiddenForm
        ? "dh_i/dh_(i-1) = diag(f'(z_i)) W"
        : "ds_i/ds_(i-1) = W diag(f'(s_(i-1)))";

    public override IEnumerable<LessonEquation> Forward(int t)
    {
        var step = (ElmanStep)Layer.Steps[t];
        if (IsHiddenForm)
        {
            yield return Gate(t, 0, "h", Function, "h", step.Recurrent, step.Output, "H");
            yield break;
        }

        LessonEquation sum = Gate(t, 0, "s", LessonFunction.None, "f", step.Recurrent, step.Preactivation, "H");
        yield return sum with { Formula = $"s_{t + 1} = {Affine(t, 0, "f")}" };
        yield return Pointwise(
            t, "f", $"f_{t + 1} = {F}(s_{t + 1})", i => [LessonTerms.Number(LessonTerms.At("s", t, i), step.State[i])],
            i => step.Output[i], Function, "H");
    }

    public override IEnumerable<LessonEquation> Backward(int t, Action<List<LessonTerm>, int> addAbove)
    {
        var step = (ElmanStep)Layer.Steps[t];
        string output = OutputName, z = Sum("");
        var arrives = new double[Hidden];
        LessonEquation d = Arrives(
            t, "d" + output, $"W^T d{z}_{Layer.Next(t) + 1}", addAbove,
            (terms, i, next) => Layer.AddBack(terms, 0, i, next, "d" + z, Layer.Da(next)),
            IsHiddenForm ? i => Layer.Back[t].State[i] : null);
        for (int i = 0; i < Hidden; i++) arrives[i] = Total(t, i);
        yield return d;
        yield return Pointwise(t, $"{F}'", SlopeFormula(t), i => Slope(t, i), node: "H");
        yield return Pointwise(
            t, "d" + z, $"d{z}_{t + 1} = d{output}_{t + 1} * {F}'_{t + 1}",
            i =>
            [
                LessonTerms.Product(
                    $"{LessonTerms.At("d" + output, t, i)} {LessonTerms.At(F + "'", t, i)}", arrives[i],
                    ActivationEquations.GradientFromOutput(Layer.Spec.Activation, step.Output[i])),
            ],
            i => Layer.Da(t)[i], node: "H");
    }

    protected override string Sum(string gate) => IsHiddenForm ? "z" : "s";

    /// <summary>What arrives at the output of step t, whole.</summary>
    private double Total(int t, int unit)
    {
        if (IsHiddenForm) return Layer.Back[t].State[unit];
        double total = Layer.Above[t][unit];
        int next = Layer.Next(t);
        for (int j = 0; Layer.IsStep(next) && j < Hidden; j++)
        {
            total += Layer.Weights.HiddenWeights[j * Hidden + unit] * Layer.Da(next)[j];
        }

        return total;
    }

    private string SlopeFormula(int t)
    {
        string name = $"{OutputName}_{t + 1}";
        return Function switch
        {
            LessonFunction.Tanh => $"tanh'_{t + 1} = 1 - {name}^2",
            LessonFunction.Sigmoid => $"sigmoid'_{t + 1} = {name} (1 - {name})",
            _ => $"relu'_{t + 1} = 1 where {name} > 0, else 0",
        };
    }

    private LessonTerm[] Slope(int t, int unit)
    {
        double h = Layer.Steps[t].Output[unit];
        string name = LessonTerms.At(OutputName, t, unit);
        return Function switch
        {
            LessonFunction.Tanh => [LessonTerms.Number("1", 1), LessonTerms.Product($"{name}^2", -1, Math.Abs(h), Math.Abs(h))],
            LessonFunction.Sigmoid => [LessonTerms.Product($"{name} (1 - {name})", h, 1 - h)],
            _ => [LessonTerms.Number($"({name} > 0)", h > 0 ? 1 : 0)],
        };
    }
}
