using System.Globalization;

namespace Recurant.Insight;

/// <summary>Writes the equations from the states to the loss, and from the loss back to the states.</summary>
internal sealed class LessonOutput
{
    private readonly LessonNetwork _network;
    private readonly ReferenceRun _run;
    private readonly LessonOptions _options;
    private readonly double[] _weights, _bias;
    private readonly string _read;

    public LessonOutput(LessonNetwork network, ReferenceRun run, LessonOptions options, string outputName)
    {
        (_network, _run, _options) = (network, run, options);
        (_weights, _bias) = (network.Weights["output.weight"], network.Weights["output.bias"]);
        _read = IsManyToMany ? outputName : "p";
        if (!IsManyToMany) Pooling = new LessonPooling(network, run, options, outputName);
    }

    public bool IsManyToMany => _network.Spec.Pooling == ReferencePooling.EveryStep;

    /// <summary>From the states to the vector p; null with an answer at every step.</summary>
    public LessonPooling? Pooling { get; }

    private int Classes => _network.Classes.Count;

    private int Width => _network.Spec.OutputSize;

    /// <summary>o, e, S, yhat and J of step t, or of the sentence.</summary>
    public IEnumerable<LessonEquation> Forward(int t)
    {
        double[] read = Read(t), o = Sums(read), yhat = _run.Probabilities[t];
        double largest = o.Max();
        double[] e = [.. o.Select(value => Math.Exp(value - largest))];
        string bias = _network.HasBias ? " + bV" : "", biasShape = _network.HasBias ? $" + [{Classes}]" : "";
        yield return LessonTerms.Equation(
            N("o", t), $"{N("o", t)} = V {N(_read, t)}{bias}", $"[{Classes}] = [{Classes},{Width}] [{Width}]{biasShape}", Classes,
            _options, j =>
            {
                List<LessonTerm> terms = [];
                LessonTerms.AddProducts(
                    terms, Width, _options.Shown(Width), i => $"V[{j + 1},{i + 1}] {N(_read, t)}[{i + 1}]",
                    i => _weights[j * Width + i], i => read[i], $"of V {N(_read, t)}");
                if (_network.HasBias) terms.Add(LessonTerms.Number($"bV[{j + 1}]", _bias[j]));
                return LessonTerms.Line(N("o", t, j), terms, o[j]);
            }, "Y");
        yield return LessonTerms.Equation(
            N("e", t), $"{N("e", t)} = exp({N("o", t)} - max {N("o", t)})", $"[{Classes}]", Classes, _options,
            j => LessonTerms.Line(
                N("e", t, j), [LessonTerms.Number(N("o", t, j), o[j]), new("max", [-1, largest])], e[j], LessonFunction.Exp), "Y",
            "Taking the largest away changes no probability and keeps exp small.");
        List<LessonTerm> sum = [];
        LessonTerms.AddProducts(sum, Classes, _options.Shown(Classes), j => N("e", t, j), j => e[j], _ => 1, "of e");
        sum = [.. sum.Select(term => term.LeftOut > 0 ? term : term with { Factors = [term.Factors[0]] })];
        yield return Scalar(N("S", t), $"{N("S", t)} = sum_j {N("e", t)}[j]", sum, e.Sum(), "Y");
        yield return LessonTerms.Equation(
            N("yhat", t), $"{N("yhat", t)} = {N("e", t)} / {N("S", t)} = softmax({N("o", t)})", $"[{Classes}]", Classes, _options,
            j => LessonTerms.Line(N("yhat", t, j), [LessonTerms.Number(N("e", t, j), e[j])], yhat[j]) with
            {
                Divisor = e.Sum(), DivisorName = N("S", t),
            }, "Y", ClassNote());
        int label = _network.Labels[t];
        yield return Scalar(
            N("J", t), $"{N("J", t)} = -sum_j {N("y", t)}[j] ln {N("yhat", t)}[j] = -ln {N("yhat", t, label)}",
            [LessonTerms.Number(N("yhat", t, label), yhat[label])], _run.Losses[t], "J", LessonFunction.MinusLog,
            $"{N("y", t)} is 1 at {label + 1} ({_network.Classes[label]}) and 0 elsewhere.");
    }

    /// <summary>J of all steps.</summary>
    public LessonEquation Loss() => Scalar(
        "J", $"J = (1/T) sum_t J_t, T = {_run.Losses.Count}",
        [.. _run.Losses.Select((loss, t) => LessonTerms.Number($"J_{t + 1}", loss))], _run.Loss, "J") switch
    {
        var equation => equation with
        {
            Lines = [equation.Lines[0] with { Divisor = _run.Losses.Count, DivisorName = "T" }],
        },
    };

    /// <summary>dJ/do, and dJ/dp where there is one p.</summary>
    public IEnumerable<LessonEquation> Backward(int t)
    {
        double[] d = OutputGradient(t);
        int label = _network.Labels[t], length = _network.Labels.Length;
        yield return LessonTerms.Equation(
            N("do", t), $"{N("do", t)} = dJ/d{N("o", t)} = {(IsManyToMany ? "(1/T) " : "")}({N("yhat", t)} - {N("y", t)})",
            $"[{Classes}]", Classes, _options, j =>
            {
                List<LessonTerm> terms = [LessonTerms.Number(N("yhat", t, j), _run.Probabilities[t][j])];
                if (j == label) terms.Add(new(N("y", t, j), [-1, 1]));
                return LessonTerms.Line(N("do", t, j), terms, d[j]) with
                {
                    Divisor = length, DivisorName = IsManyToMany ? "T" : "",
                };
            }, "Y");
        if (IsManyToMany) yield break;
        double[] dp = Algebra.MultiplyTransposed(_weights, d);
        yield return LessonTerms.Equation(
            "dp", "dp = V^T do", $"[{Width}] = [{Width},{Classes}] [{Classes}]", Width, _options, i =>
            {
                List<LessonTerm> terms = [];
                AddAbove(terms, 0, i);
                return LessonTerms.Line($"dp[{i + 1}]", terms, dp[i]);
            }, "Y");
    }

    /// <summary>dV = do h^T of one step.</summary>
    public LessonMatrix WeightGradient(int t)
    {
        double[] values = new double[_weights.Length];
        Algebra.AddOuter(values, OutputGradient(t), Read(t));
        return LessonTerms.Matrix(
            N("dV", t), $"{N("dV", t)} = {N("do", t)} {N(_read, t)}^T", Classes, Width, values, _options, [.. _network.Classes]);
    }

    /// <summary>Element [j,i] of dV of one step.</summary>
    public double WeightGradient(int t, int j, int i) => OutputGradient(t)[j] * Read(t)[i];

    /// <summary>Element [j] of dbV of one step.</summary>
    public double BiasGradient(int t, int j) => OutputGradient(t)[j];

    /// <summary>Terms V^T do, for unit i of what V reads.</summary>
    public void AddAbove(List<LessonTerm> terms, int t, int unit)
    {
        double[] d = OutputGradient(t);
        LessonTerms.AddProducts(
            terms, Classes, _options.Shown(Classes), j => $"V[{j + 1},{unit + 1}] {N("do", t, j)}",
            j => _weights[j * Width + unit], j => d[j], $"of V^T {N("do", t)}");
    }

    /// <summary>The two factors of dJ_t/dh_t: dJ_t/dyhat_t [1,C] and dyhat_t/dh_t [C,P].</summary>
    public (LessonMatrix Loss, LessonMatrix Softmax) Factors(int t)
    {
        double[] yhat = _run.Probabilities[t], dLoss = new double[Classes], softmax = new double[Classes * Width];
        int label = _network.Labels[t];
        dLoss[label] = -1 / (yhat[label] * _network.Labels.Length);
        for (int i = 0; i < Width; i++)
        {
            double mean = 0;
            for (int k = 0; k < Classes; k++) mean += yhat[k] * _weights[k * Width + i];
            for (int j = 0; j < Classes; j++) softmax[j * Width + i] = yhat[j] * (_weights[j * Width + i] - mean);
        }

        string scale = IsManyToMany ? "-1 / (T " : "-1 / (";
        return (
            LessonTerms.Matrix(
                $"d{N("J", t)}/d{N("yhat", t)}", $"{scale}{N("yhat", t)}[j]) at the right class, else 0", 1, Classes, dLoss,
                _options, columnNames: [.. _network.Classes]),
            LessonTerms.Matrix(
                $"d{N("yhat", t)}/d{N(_read, t)}", "(diag(yhat) - yhat yhat^T) V", Classes, Width, softmax, _options,
                [.. _network.Classes]));
    }

    private double[] OutputGradient(int t)
    {
        double[] d = [.. _run.Probabilities[t]];
        d[_network.Labels[t]] -= 1;
        for (int j = 0; j < d.Length; j++) d[j] /= _network.Labels.Length;
        return d;
    }

    private double[] Read(int t) =>
        IsManyToMany ? Algebra.Row(_run.Stack.Outputs, t, Width).ToArray() : _run.Pooled;

    private double[] Sums(double[] read)
    {
        double[] o = Algebra.Multiply(_weights, read);
        Algebra.AddTo(o, _bias);
        return o;
    }

    private string ClassNote() => "Classes: " + string.Join(", ", _network.Classes.Take(_options.Shown(Classes))
        .Select((name, j) => string.Create(CultureInfo.InvariantCulture, $"{j + 1} {name}")))
        + (_options.Shown(Classes) < Classes ? " ..." : ".");

    private LessonEquation Scalar(
        string name, string formula, IReadOnlyList<LessonTerm> terms, double value, string node,
        LessonFunction function = LessonFunction.None, string note = "") => new()
        {
            Name = name, Formula = formula, Shapes = "a number",
            Lines = [LessonTerms.Line(name, terms, value, function)],
            Node = node, Note = note,
        };

    private string N(string name, int t) => IsManyToMany ? $"{name}_{t + 1}" : name;

    private string N(string name, int t, int j) => $"{N(name, t)}[{j + 1}]";
}
