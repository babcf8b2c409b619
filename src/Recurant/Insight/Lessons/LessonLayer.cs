namespace Recurant.Insight;

/// <summary>One recurrent layer and direction of a lesson: its steps forward, its steps back, and its letters.</summary>
internal sealed class LessonLayer
{
    private readonly CellEquations _cell;
    private readonly IReadOnlyList<ReferenceShape> _shapes;

    public LessonLayer(LessonNetwork network, ReferenceRun run, int layer, int direction, LessonOptions options)
    {
        Spec = network.Spec;
        Options = options;
        (Layer, Direction, HasBias, Tokens) = (layer, direction, network.HasBias, network.Tokens);
        Suffix = ReferenceSpec.Suffix(layer, direction);
        Steps = run.Stack.Steps[layer * Spec.Directions + direction];
        IsOneHot = layer == 0 && Spec.Input == ReferenceInput.OneHot;
        Weights = new CellTensors(network.Weights, Suffix);
        _cell = CellEquations.For(Spec);
        _shapes = _cell.Shapes(Spec.LayerInputSize(layer), Spec.HiddenSize, IsOneHot, Suffix);
        Gates = Spec.Cell switch
        {
            ReferenceCell.Lstm => ["_i", "_f", "_g", "_o"], ReferenceCell.Gru => ["_r", "_z", "_n"], _ => [""],
        };
        (Back, StepTensors, Above) = (new StepGradients[Length], new ReferenceTensors[Length], new double[Length][]);
        for (int t = 0; t < Length; t++) Above[t] = new double[Hidden];
    }

    public ReferenceSpec Spec { get; }

    public LessonOptions Options { get; }

    public int Layer { get; }

    public int Direction { get; }

    public string Suffix { get; }

    public bool HasBias { get; }

    public bool IsOneHot { get; }

    public int[] Tokens { get; }

    public CellTensors Weights { get; }

    public string[] Gates { get; }

    public IReadOnlyList<ReferenceStep> Steps { get; }

    public int Hidden => Spec.HiddenSize;

    public int Inputs => Spec.LayerInputSize(Layer);

    public int Length => Steps.Count;

    /// <summary>S, the width of what a step hands to the next: h, of an LSTM h and c.</summary>
    public int StateWidth => _cell.HasCell ? 2 * Hidden : Hidden;

    /// <summary>dJ/d output_t from everything above this layer.</summary>
    public double[][] Above { get; }

    /// <summary>What each step back gave.</summary>
    public StepGradients[] Back { get; }

    /// <summary>The part of the gradients of the weights that each step gave.</summary>
    public ReferenceTensors[] StepTensors { get; }

    /// <summary>Whether several layers or directions make a title that names this one necessary.</summary>
    public string Title => Spec.Layers == 1 && Spec.Directions == 1
        ? ""
        : $", layer {Layer + 1}{(Spec.Directions == 1 ? "" : Direction == 0 ? " forward" : " backward")}";

    /// <summary>The step read before t; t - 1, in the backward direction t + 1.</summary>
    public int Previous(int t) => Direction == 0 ? t - 1 : t + 1;

    /// <summary>The step read after t.</summary>
    public int Next(int t) => Direction == 0 ? t + 1 : t - 1;

    public bool IsStep(int t) => t >= 0 && t < Length;

    /// <summary>The number of steps from k to t in the order of reading.</summary>
    public int Lag(int t, int k) => Direction == 0 ? t - k : k - t;

    /// <summary>The steps in the order of reading.</summary>
    public IEnumerable<int> Order => Direction == 0 ? Enumerable.Range(0, Length) : Enumerable.Range(0, Length).Reverse();

    /// <summary>Gradients of the sums before the gates, as they reach W_ih x + b_ih; [G H].</summary>
    public double[] Da(int t) => StepTensors[t]["bias_ih" + Suffix];

    /// <summary>The same as they reach W_hh h + b_hh; they differ in the candidate of a GRU.</summary>
    public double[] Du(int t) => StepTensors[t]["bias_hh" + Suffix];

    /// <summary>Back-propagation through time, every step's part kept.</summary>
    public void GoBack()
    {
        double[] dState = new double[Hidden], dCell = _cell.HasCell ? new double[Hidden] : [];
        foreach (int t in Order.Reverse())
        {
            (Back[t], StepTensors[t]) = StepBack(t, Above[t], dState, dCell);
            (dState, dCell) = (Back[t].PreviousState, Back[t].PreviousCell);
        }
    }

    /// <summary>One step back of a gradient of any kind; the weights' part comes with it.</summary>
    public (StepGradients Gradients, ReferenceTensors Tensors) StepBack(int t, double[] dOutput, double[] dState, double[] dCell)
    {
        ReferenceTensors tensors = ReferenceTensors.Zeros(_shapes);
        return (_cell.Backward(Weights, new CellTensors(tensors, Suffix), Steps[t], dOutput, dState, dCell), tensors);
    }

    /// <summary>One step back of the gradient of the whole state, h and of an LSTM c behind it.</summary>
    public (double[] Previous, ReferenceTensors Tensors) StateBack(int t, double[] dWhole)
    {
        double[] dCell = _cell.HasCell ? dWhole[Hidden..] : [];
        (StepGradients back, ReferenceTensors tensors) = StepBack(t, new double[Hidden], dWhole[..Hidden], dCell);
        return ([.. back.PreviousState, .. back.PreviousCell], tensors);
    }

    public string U(int gate) => "U" + Gates[gate];

    public string W(int gate) => "W" + Gates[gate];

    /// <summary>Terms U x_t, and the bias.</summary>
    public void AddInput(List<LessonTerm> terms, int gate, int unit, int t)
    {
        int row = gate * Hidden + unit;
        double[] x = Steps[t].Input, u = Weights.InputWeights;
        if (IsOneHot)
        {
            int column = Tokens[t];
            terms.Add(new($"{U(gate)}[{unit + 1},{column + 1}] x_{t + 1}[{column + 1}]", [u[row * Inputs + column], 1]));
        }
        else
        {
            LessonTerms.AddProducts(
                terms, Inputs, Options.Shown(Inputs), j => $"{U(gate)}[{unit + 1},{j + 1}] x_{t + 1}[{j + 1}]",
                j => u[row * Inputs + j], j => x[j], $"of {U(gate)} x_{t + 1}");
        }

        if (HasBias) terms.Add(new($"bU{Gates[gate]}[{unit + 1}]", [Weights.InputBias[row]]));
    }

    /// <summary>Terms W h, and the bias; none for the state before the first step, which is zero.</summary>
    public void AddHidden(List<LessonTerm> terms, int gate, int unit, int t, string name, double[] read)
    {
        int row = gate * Hidden + unit, before = Previous(t);
        if (IsStep(before))
        {
            LessonTerms.AddProducts(
                terms, Hidden, Options.Shown(Hidden), j => $"{W(gate)}[{unit + 1},{j + 1}] {LessonTerms.At(name, before, j)}",
                j => Weights.HiddenWeights[row * Hidden + j], j => read[j], $"of {W(gate)} {name}_{before + 1}");
        }

        if (HasBias) terms.Add(new($"bW{Gates[gate]}[{unit + 1}]", [Weights.HiddenBias[row]]));
    }

    /// <summary>Terms of W^T du of a gate, from the step read next.</summary>
    public void AddBack(
        List<LessonTerm> terms, int gate, int unit, int next, string name, double[] du, double factor = double.NaN,
        string factorName = "")
    {
        int first = gate * Hidden;
        bool hasFactor = !double.IsNaN(factor);
        LessonTerms.AddProducts(
            terms, Hidden, Options.Shown(Hidden),
            j => $"{W(gate)}[{j + 1},{unit + 1}] {LessonTerms.At(name, next, j)}{factorName}",
            j => Weights.HiddenWeights[(first + j) * Hidden + unit], j => du[first + j], $"of {W(gate)}^T {name}_{next + 1}",
            hasFactor ? factor : null);
    }
}
