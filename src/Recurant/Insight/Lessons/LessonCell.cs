namespace Recurant.Insight;

/// <summary>Writes the equations of one step of a cell with the numbers of a run put in.</summary>
internal abstract class LessonCell(LessonLayer layer)
{
    protected LessonLayer Layer { get; } = layer;

    protected int Hidden => Layer.Hidden;

    public static LessonCell Of(LessonLayer layer) => layer.Spec.Cell switch
    {
        ReferenceCell.Lstm => new LessonLstm(layer), ReferenceCell.Gru => new LessonGru(layer), _ => new LessonElman(layer),
    };

    /// <summary>The equations of the cell with letters.</summary>
    public abstract IReadOnlyList<string> Formulas { get; }

    /// <summary>The name of what the step hands upwards: h.</summary>
    public virtual string OutputName => "h";

    /// <summary>What the one-step factor of the expanded sum is, with letters.</summary>
    public abstract string FactorFormula { get; }

    public abstract IEnumerable<LessonEquation> Forward(int t);

    /// <summary>The step back, given the terms that come from above.</summary>
    public abstract IEnumerable<LessonEquation> Backward(int t, Action<List<LessonTerm>, int> addAbove);

    /// <summary>dJ/dx_t = U^T da, for what lies below.</summary>
    public LessonEquation InputBack(int t) => LessonTerms.Equation(
        $"dJ/dx_{t + 1}",
        $"dJ/dx_{t + 1} = {string.Join(" + ", Layer.Gates.Select((gate, g) => $"{Layer.U(g)}^T d{Sum(gate)}_{t + 1}"))}",
        $"[{Layer.Inputs}]", Layer.Inputs, Layer.Options, i =>
        {
            List<LessonTerm> terms = [];
            for (int gate = 0; gate < Layer.Gates.Length; gate++)
            {
                int first = gate * Hidden;
                string name = "d" + Sum(Layer.Gates[gate]), u = Layer.U(gate);
                LessonTerms.AddProducts(
                    terms, Hidden, Layer.Options.Shown(Hidden), j => $"{u}[{j + 1},{i + 1}] {LessonTerms.At(name, t, j)}",
                    j => Layer.Weights.InputWeights[(first + j) * Layer.Inputs + i], j => Layer.Da(t)[first + j],
                    $"of {u}^T {name}_{t + 1}");
            }

            return LessonTerms.Line(LessonTerms.At("dJ/dx", t, i), terms, Layer.Back[t].Input[i]);
        });

    /// <summary>The gradient that a tensor of this letter multiplies: dz of an Elman cell, da_i of an LSTM's gate.</summary>
    public string GateSum(string symbol) =>
        "d" + Sum(symbol.IndexOf('_', StringComparison.Ordinal) is var at and >= 0 ? symbol[at..] : "");

    /// <summary>The name of the sum before a gate: z of an Elman cell, a_i of an LSTM.</summary>
    protected virtual string Sum(string gate) => "a" + gate;

    /// <summary>A gate or candidate: function (U x + W h).</summary>
    protected LessonEquation Gate(
        int t, int gate, string name, LessonFunction function, string readName, double[] read, double[] value, string node =
            "") =>
        LessonTerms.Equation(
            $"{name}_{t + 1}", $"{name}_{t + 1} = {Name(function)}({Affine(t, gate, readName)})", AffineShapes(t), Hidden,
            Layer.Options, i =>
            {
                List<LessonTerm> terms = [];
                Layer.AddInput(terms, gate, i, t);
                Layer.AddHidden(terms, gate, i, t, readName, read);
                return LessonTerms.Line(LessonTerms.At(name, t, i), terms, value[i], function);
            }, node, FirstNote(t, readName));

    protected string Affine(int t, int gate, string readName)
    {
        string bias = Layer.HasBias ? $" + bU{Layer.Gates[gate]}" : "", sum = $"{Layer.U(gate)} x_{t + 1}{bias}";
        int before = Layer.Previous(t);
        string other = Layer.HasBias ? $" + bW{Layer.Gates[gate]}" : "";
        return Layer.IsStep(before) ? $"{sum} + {Layer.W(gate)} {readName}_{before + 1}{other}" : sum + other;
    }

    protected string AffineShapes(int t)
    {
        string bias = Layer.HasBias ? $" + [{Hidden}]" : "", hidden = $" + [{Hidden},{Hidden}] [{Hidden}]";
        return $"[{Hidden}] = [{Hidden},{Layer.Inputs}] [{Layer.Inputs}]{bias}"
            + (Layer.IsStep(Layer.Previous(t)) ? hidden : "") + bias;
    }

    protected string FirstNote(int t, string name) => Layer.IsStep(Layer.Previous(t))
        ? ""
        : $"The first step: the previous {name} is 0, so W {name} adds nothing.";

    /// <summary>dh: what comes from above and what comes from the step read next.</summary>
    protected LessonEquation Arrives(
        int t, string name, string backFormula, Action<List<LessonTerm>, int> addAbove, Action<List<LessonTerm>, int,
            int> addBack,
        Func<int, double>? value)
    {
        int next = Layer.Next(t);
        string later = Layer.IsStep(next) ? $" + {backFormula}" : "";
        return LessonTerms.Equation(
            $"{name}_{t + 1}", $"{name}_{t + 1} = (from above){later}", $"[{Hidden}]", Hidden, Layer.Options, i =>
            {
                List<LessonTerm> terms = [];
                addAbove(terms, i);
                if (Layer.IsStep(next)) addBack(terms, i, next);
                if (terms.Count == 0) terms.Add(LessonTerms.Number("(nothing)", 0));
                LessonLine line = LessonTerms.Line(LessonTerms.At(name, t, i), terms, 0);
                return line with { Value = value is null ? line.Sum : value(i) };
            }, node: "H",
            note: Layer.IsStep(next) ? "" : "The last step: there is no gradient from a later step.");
    }

    /// <summary>An equation whose lines have one term each.</summary>
    protected LessonEquation Pointwise(
        int t, string name, string formula, Func<int, LessonTerm[]> terms, Func<int, double>? value = null,
        LessonFunction function = LessonFunction.None, string node = "") =>
        LessonTerms.Equation($"{name}_{t + 1}", formula, $"[{Hidden}]", Hidden, Layer.Options, i =>
        {
            LessonLine line = LessonTerms.Line(LessonTerms.At(name, t, i), terms(i), 0, function);
            return line with { Value = value is null ? line.Sum : value(i) };
        }, node);

    protected static string Name(LessonFunction function) => LessonJson.FunctionName(function);
}
