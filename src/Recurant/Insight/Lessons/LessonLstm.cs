namespace Recurant.Insight;

/// <summary>The steps of an LSTM.</summary>
internal sealed class LessonLstm(LessonLayer layer) : LessonCell(layer)
{
    private static readonly LessonFunction[] s_functions =
        [LessonFunction.Sigmoid, LessonFunction.Sigmoid, LessonFunction.Tanh, LessonFunction.Sigmoid];

    private static readonly string[] s_names = ["i", "f", "g", "o"];

    public override IReadOnlyList<string> Formulas =>
    [
        .. s_names.Select((name, g) =>
            $"{name}_t = {Name(s_functions[g])}(U_{name} x_t{(Layer.HasBias ? $" + bU_{name}" : "")} + W_{name} h_(t-1)"
            + $"{(Layer.HasBias ? $" + bW_{name}" : "")})"),
        "c_t = f_t * c_(t-1) + i_t * g_t", "h_t = o_t * tanh(c_t)",
    ];

    public override string FactorFormula =>
        "ds_i/ds_(i-1) of the pair s = [h c]: rows h then c of step i, columns h then c of step i-1";

    public override IEnumerable<LessonEquation> Forward(int t)
    {
        var step = (LstmStep)Layer.Steps[t];
        double[][] gates = GatesOf(step);
        int before = Layer.Previous(t);
        for (int gate = 0; gate < 4; gate++)
        {
            yield return Gate(t, gate, s_names[gate], s_functions[gate], "h", step.PreviousState, gates[gate], "H");
        }

        bool isFirst = !Layer.IsStep(before);
        yield return Pointwise(
            t, "c", $"c_{t + 1} = {(isFirst ? "" : $"f_{t + 1} * c_{before + 1} + ")}i_{t + 1} * g_{t + 1}",
            i =>
            [
                .. isFirst ? [] : new[] { Product(step.ForgetGate[i], step.PreviousCell[i], "f", t, "c", before, i) },
                Product(step.InputGate[i], step.Candidate[i], "i", t, "g", t, i),
            ],
            i => step.Cell[i], node: "H");
        yield return Pointwise(
            t, "tanh(c)", $"tanh(c_{t + 1})", i => [LessonTerms.Number(LessonTerms.At("c", t, i), step.Cell[i])],
            i => Math.Tanh(step.Cell[i]), LessonFunction.Tanh, "H");
        yield return Pointwise(
            t, "h", $"h_{t + 1} = o_{t + 1} * tanh(c_{t + 1})",
            i => [Product(step.OutputGate[i], Math.Tanh(step.Cell[i]), "o", t, "tanh(c)", t, i)], i => step.Output[i], node: "H");
    }

    public override IEnumerable<LessonEquation> Backward(int t, Action<List<LessonTerm>, int> addAbove)
    {
        var step = (LstmStep)Layer.Steps[t];
        StepGradients back = Layer.Back[t];
        int next = Layer.Next(t), before = Layer.Previous(t);
        double[] da = Layer.Da(t);
        yield return Arrives(
            t, "dh", $"W_i^T da_i + W_f^T da_f + W_g^T da_g + W_o^T da_o of step {next + 1}", addAbove,
            (terms, i, from) =>
            {
                for (int gate = 0; gate < 4; gate++)
                {
                    Layer.AddBack(terms, gate, i, from, "da" + Layer.Gates[gate], Layer.Da(from));
                }
            },
            i => back.State[i]);
        yield return Pointwise(
            t, "q", $"q_{t + 1} = 1 - tanh(c_{t + 1})^2",
            i =>
            [
                LessonTerms.Number("1", 1),
                LessonTerms.Product(
                    $"{LessonTerms.At("tanh(c)", t, i)}^2", -1, Math.Abs(TanhC(step, i)), Math.Abs(TanhC(step, i))),
            ],
            node: "H");
        yield return Pointwise(
            t, "dc",
            $"dc_{t + 1} = dh_{t + 1} * o_{t + 1} * q_{t + 1}" + (Layer.IsStep(next) ? $" + dc_{next + 1} * f_{next + 1}" : ""),
            i =>
            [
                LessonTerms.Product(
                    $"{LessonTerms.At("dh", t, i)} {LessonTerms.At("o", t, i)} {LessonTerms.At("q", t, i)}", back.State[i],
                    step.OutputGate[i], 1 - TanhC(step, i) * TanhC(step, i)),
                .. Layer.IsStep(next)
                    ? new[]
                    {
                        Product(Layer.Back[next].Cell[i], ((LstmStep)Layer.Steps[next]).ForgetGate[i], "dc", next, "f", next, i),
                    }
                    : [],
            ],
            i => back.Cell[i], node: "H");
        yield return Slope(t, 0, "dc * g * i * (1 - i)", i => [back.Cell[i], step.Candidate[i], .. Open(step.InputGate[i])]);
        yield return Slope(
            t, 1, Layer.IsStep(before) ? $"dc * c_{before + 1} * f * (1 - f)" : "dc * 0 * f * (1 - f)",
            i => [back.Cell[i], step.PreviousCell[i], .. Open(step.ForgetGate[i])]);
        yield return Slope(
            t, 2, "dc * i * (1 - g^2)", i => [back.Cell[i], step.InputGate[i], 1 - step.Candidate[i] * step.Candidate[i]]);
        yield return Slope(
            t, 3, "dh * tanh(c) * o * (1 - o)", i => [back.State[i], TanhC(step, i), .. Open(step.OutputGate[i])]);

        LessonEquation Slope(int at, int gate, string product, Func<int, double[]> factors)
        {
            string name = "da" + Layer.Gates[gate];
            return Pointwise(
                at, name, $"{name}_{at + 1} = {product}", i => [new LessonTerm(product, factors(i))],
                i => da[gate * Hidden + i], node: "H");
        }
    }

    private static double TanhC(LstmStep step, int unit) => Math.Tanh(step.Cell[unit]);

    private static double[] Open(double gate) => [gate, 1 - gate];

    private static double[][] GatesOf(LstmStep step) => [step.InputGate, step.ForgetGate, step.Candidate, step.OutputGate];

    private static LessonTerm Product(
        double left, double right, string leftName, int leftTime, string rightName, int rightTime, int unit) =>
        new($"{LessonTerms.At(leftName, leftTime, unit)} {LessonTerms.At(rightName, rightTime, unit)}", [left, right]);
}
