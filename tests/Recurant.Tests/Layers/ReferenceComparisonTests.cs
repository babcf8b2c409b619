namespace Recurant.Tests.Layers;

/// <summary>
/// Every cell, form, number of layers, direction, kind of input and dropout against the reference in double precision:
/// outputs, final states and every gradient. Weights are distinct, biases not zero, lengths unequal.
/// </summary>
public class ReferenceComparisonTests
{
    // Single precision over up to six steps and two layers; measured below 2e-6. A wrong term gives more than 1e-2.
    private const double Tolerance = 4e-6;
    private static readonly int[] s_lengths = [4, 6, 1, 3, 6];

    private static readonly string[] s_cells =
    [
        "tanh", "relu", "sigmoid", "tanh preactivation", "relu preactivation", "sigmoid preactivation",
        "lstm", "gru inside", "gru outside", "mingru", "minlstm", "sru",
        "indrnn", "indrnn relu", "lru", "lru relu", "peepholelstm", "layernormlstm", "projectedlstm",
    ];

    public static TheoryData<string, int, bool> Stacks
    {
        get
        {
            TheoryData<string, int, bool> stacks = [];
            foreach (string cell in s_cells)
            {
                for (int i = 0; i < 4; i++) stacks.Add(cell, 1 + i / 2, i % 2 == 1);
            }

            return stacks;
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_FromNothing_EqualTheReference(string cell, int layers, bool bidirectional) =>
        Check(cell, layers, bidirectional, oneHot: false, dropout: false, states: false);

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_FromInitialStates_EqualTheReference(string cell, int layers, bool bidirectional) =>
        Check(cell, layers, bidirectional, oneHot: false, dropout: false, states: true);

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_OneHotInput_EqualTheReference(string cell, int layers, bool bidirectional) =>
        Check(cell, layers, bidirectional, oneHot: true, dropout: false, states: false);

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_Dropout_EqualTheReferenceWithTheSameMasks(string cell, int layers, bool bidirectional) =>
        Check(cell, layers, bidirectional, oneHot: false, dropout: true, states: true);

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_OneHotInputDropoutAndStates_EqualTheReference(string cell, int layers, bool bidirectional) =>
        Check(cell, layers, bidirectional, oneHot: true, dropout: true, states: true);

    /// <summary>Some cells let an input of the output's width pass by as it is, but never a one-hot one.</summary>
    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_InputAsWideAsTheOutput_EqualTheReference(string cell, int layers, bool bidirectional)
    {
        Check(cell, layers, bidirectional, oneHot: false, dropout: true, states: true, inputSize: 18);
        Check(cell, layers, bidirectional, oneHot: true, dropout: false, states: true, inputSize: 18);
    }

    private static void Check(
        string cell, int layers, bool bidirectional, bool oneHot, bool dropout, bool states, int inputSize = 0)
    {
        // One hidden size below and one above the widest vector.
        StackSpec spec = Spec(cell, layers, bidirectional, oneHot, hidden: layers == 1 ? 19 : 5);
        if (inputSize > 0) spec = spec with { InputSize = inputSize, HiddenSize = inputSize };
        RecurrentStack stack = new(spec);
        StackCase.FillWeights(stack, scale: 0.45f, seed: 100);
        int stateCount = layers * spec.Directions * s_lengths.Length * spec.HiddenSize;
        int cellCount = stateCount / spec.HiddenSize * stack.CellSize;
        bool isPreActivation = spec.Cell == CellKind.Elman && spec.Form == ElmanForm.PreActivation;
        StackCase run = new()
        {
            Stack = stack,
            Lengths = s_lengths,
            Inputs = Sequences(spec.InputSize, 1),
            Tokens = [.. s_lengths.Select((length, i) => Enumerable.Range(0, length).Select(t => (3 * t + 2 * i) % 6).ToArray())],
            DOutputs = Sequences(spec.OutputSize, 50),
            InitialHidden = states ? Bits.Random(stateCount, 201) : null,
            InitialCell = states ? Bits.Random(cellCount, 202) : null,
            // The state of the pre-activation form is s, and the layer takes the gradient of its output instead.
            DFinalHidden = states && !isPreActivation ? Bits.Random(stateCount, 203) : null,
            DFinalCell = states && stack.Cells.First().HasCellState ? Bits.Random(cellCount, 204) : null,
            Dropout = dropout ? new DropoutPlan { Layers = 0.4f, Recurrent = 0.3f, Seed = 7, Step = 3 } : null,
        };
        CompareWithReference(run, run.Run(threads: 1));
    }

    private static void CompareWithReference(StackCase run, StackResult result)
    {
        StackSpec spec = run.Stack.Spec;
        ReferenceSpec referenceSpec = ReferenceSpecOf(spec);
        ReferenceTensors weights = new();
        foreach (Parameter parameter in run.Stack.Parameters) weights[parameter.Name] = ValueAsInFiles(parameter);
        ReferenceStack reference = new(referenceSpec, weights);

        Dictionary<string, double[]> sums = [];
        for (int b = 0; b < run.Lengths.Length; b++)
        {
            int sequence = result.Batch.Order[b];
            double[] input = spec.OneHotInput ? OneHot(run.Tokens[sequence], spec.InputSize) : Doubles(run.Inputs[sequence]);
            ReferenceStackRun forward = reference.Forward(
                input, StatesOf(run.InitialHidden, run, sequence, spec.HiddenSize),
                referenceSpec.HasCell ? StatesOf(run.InitialCell, run, sequence, run.Stack.CellSize) : null,
                run.Dropout is null ? null : MasksOf(run, result, b));
            ReferenceStackGradients backward = reference.Backward(
                forward, Doubles(run.DOutputs[sequence]), StatesOf(run.DFinalHidden, run, sequence, spec.HiddenSize),
                StatesOf(run.DFinalCell, run, sequence, run.Stack.CellSize));

            Near.AssertEqual(forward.Outputs, result.Outputs[sequence], Tolerance, $"output of sequence {sequence}");
            CompareStates(forward.FinalState, result.FinalHidden, run, sequence, "final state");
            CompareStates(backward.Tensors["h0"], result.DInitialHidden, run, sequence, "gradient of the initial state");
            if (referenceSpec.HasCell)
            {
                CompareStates(forward.FinalCell, result.FinalCell, run, sequence, "final cell");
                CompareStates(backward.Tensors["c0"], result.DInitialCell, run, sequence, "gradient of the initial cell");
            }

            if (!spec.OneHotInput)
            {
                Near.AssertEqual(backward.Tensors["input"], result.DInputs[sequence], Tolerance, $"gradient of input {sequence}");
            }

            foreach (string name in result.Gradients.Keys)
            {
                double[] gradient = backward.Tensors[name];
                if (sums.TryGetValue(name, out double[]? sum)) sums[name] = [.. sum.Zip(gradient, (x, y) => x + y)];
                else sums[name] = gradient;
            }
        }

        foreach ((string name, float[] gradient) in result.Gradients)
        {
            Near.AssertEqual(sums[name], gradient, Tolerance, "gradient of " + name);
            Assert.Contains(sums[name], value => Math.Abs(value) > 1e-3);
        }
    }

    private static void CompareStates(double[] expected, float[] actual, StackCase run, int sequence, string what) =>
        Near.AssertEqual(
            expected,
            Array.ConvertAll(
                StatesOf(actual, run, sequence, expected.Length / run.Stack.Cells.Count())!, value => (float)value),
            Tolerance,
            $"{what} of sequence {sequence}");

    /// <summary>The masks that the layer drew, as the reference takes them.</summary>
    private static ReferenceMasks MasksOf(StackCase run, StackResult result, int b)
    {
        StackSpec spec = run.Stack.Spec;
        double[]?[] inputs = new double[]?[spec.Layers];
        for (int layer = 1; layer < spec.Layers; layer++)
        {
            double[] mask = Doubles(result.Memory.Masks[layer - 1].Row(b).ToArray());
            inputs[layer] = [.. Enumerable.Repeat(mask, result.Batch.Lengths[b]).SelectMany(row => row)];
        }

        return new ReferenceMasks
        {
            Inputs = inputs,
            Recurrent = [.. result.Memory.Cells.Select(cell => Doubles(cell.RecurrentMask.Row(b).ToArray()))],
        };
    }

    private static StackSpec Spec(string cell, int layers, bool bidirectional, bool oneHot, int hidden) => new()
    {
        Cell = CellVariant.KindOf(cell),
        Activation = cell.Contains("relu", StringComparison.Ordinal) ? Activation.Relu
            : cell.StartsWith("sigmoid", StringComparison.Ordinal) ? Activation.Sigmoid : Activation.Tanh,
        Form = cell.EndsWith("preactivation", StringComparison.Ordinal) ? ElmanForm.PreActivation : ElmanForm.Hidden,
        GruReset = cell == "gru outside" ? GruReset.Outside : GruReset.Inside,
        InputSize = oneHot ? 6 : 4,
        HiddenSize = CellVariant.Width(CellVariant.KindOf(cell), hidden),
        Layers = layers,
        Bidirectional = bidirectional,
        OneHotInput = oneHot,
    };

    private static ReferenceSpec ReferenceSpecOf(StackSpec spec) => new()
    {
        Cell = Enum.Parse<ReferenceCell>(spec.Cell.ToString()),
        Activation = Enum.Parse<ReferenceActivation>(spec.Activation.ToString()),
        Form = spec.Form == ElmanForm.PreActivation ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
        Reset = Enum.Parse<ReferenceReset>(spec.GruReset.ToString()),
        Input = spec.OneHotInput ? ReferenceInput.OneHot : ReferenceInput.Vectors,
        InputSize = spec.InputSize,
        HiddenSize = spec.HiddenSize,
        Layers = spec.Layers,
        Bidirectional = spec.Bidirectional,
    };

    private static double[] ValueAsInFiles(Parameter parameter)
    {
        double[] values = Doubles(parameter.Value.ToArray());
        if (!parameter.IsStoredTransposed) return values;
        int rows = parameter.Shape[0], columns = parameter.Shape[1];
        return [.. Enumerable.Range(0, values.Length).Select(i => values[i % rows * columns + i / rows])];
    }

    private static double[] OneHot(int[] tokens, int size)
    {
        double[] vectors = new double[tokens.Length * size];
        for (int t = 0; t < tokens.Length; t++) vectors[t * size + tokens[t]] = 1;
        return vectors;
    }

    private static double[]? StatesOf(float[]? states, StackCase run, int sequence, int hidden)
    {
        int sequences = run.Lengths.Length;
        return states is null ? null :
            [.. Enumerable.Range(0, states.Length / sequences)
                .Select(i => (double)states[(i / hidden * sequences + sequence) * hidden + i % hidden])];
    }

    private static float[][] Sequences(int columns, ulong seed) =>
        [.. s_lengths.Select((length, i) => Bits.Random(length * columns, seed + (ulong)i))];

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
