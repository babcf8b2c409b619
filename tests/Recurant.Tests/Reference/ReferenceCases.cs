namespace Recurant.Tests.Reference;

/// <summary>Specs, weights and examples for the tests of the reference: sizes that all differ, values that all differ.</summary>
internal static class ReferenceCases
{
    public const int InputSize = 2;
    public const int HiddenSize = 3;
    public const int Length = 5;
    public const int Classes = 4;

    /// <summary>
    /// Right gradients differ from finite differences by rounding (about 1e-11 over the floor 1e-4) and by the third derivative
    /// times the square of the step (1e-10); a wrong sign or index gives about 1.
    /// </summary>
    public const double FiniteDifferenceTolerance = 2e-6;

    /// <summary>Two ways to the same double: only the order of additions differs.</summary>
    public const double SameTolerance = 1e-13;

    /// <summary>Elman with three activations in two forms, two GRUs, and every other cell.</summary>
    public static readonly string[] CellNames =
    [
        "tanh", "relu", "sigmoid", "tanh preactivation", "relu preactivation", "sigmoid preactivation",
        "lstm", "gru inside", "gru outside", "mingru", "minlstm",
        "sru", "indrnn", "indrnn relu", "lru", "lru sigmoid", "peepholelstm", "layernormlstm", "projectedlstm",
    ];

    public static ReferenceSpec Spec(string cell, int layers = 1, bool bidirectional = false,
        ReferencePooling pooling = ReferencePooling.Last, ReferenceInput input = ReferenceInput.Vectors) => new()
        {
            Cell = KindOf(cell),
            Activation = cell.Contains("relu", StringComparison.Ordinal) ? ReferenceActivation.Relu
                : cell.Contains("sigmoid", StringComparison.Ordinal) ? ReferenceActivation.Sigmoid : ReferenceActivation.Tanh,
            Form = cell.EndsWith("preactivation", StringComparison.Ordinal) ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
            Reset = cell == "gru outside" ? ReferenceReset.Outside : ReferenceReset.Inside,
            Input = input,
            InputSize = InputSize,
            HiddenSize = KindOf(cell) == ReferenceCell.Lru ? HiddenSize + 1 : HiddenSize,
            VocabularySize = input == ReferenceInput.Embedding ? 6 : 0,
            Layers = layers,
            Bidirectional = bidirectional,
            Pooling = pooling,
            AttentionSize = 2,
            Classes = Classes,
        };

    private static ReferenceCell KindOf(string cell) =>
        Enum.TryParse(cell.Split(' ')[0], ignoreCase: true, out ReferenceCell kind) ? kind : ReferenceCell.Elman;

    /// <summary>Whether the next step reads the output of the one before, and not only c.</summary>
    public static bool CarriesOutput(string cell) => KindOf(cell) is not (ReferenceCell.Sru or ReferenceCell.Lru);

    /// <summary>An example with initial states that are not zero, and masks if wanted.</summary>
    public static ReferenceExample Example(ReferenceSpec spec, bool masks)
    {
        Random random = new(11);
        int states = spec.StateRows * spec.HiddenSize;
        return new ReferenceExample
        {
            Vectors = Values(random, Length * spec.InputSize),
            Tokens = [1, 0, 1, 1, 0],
            Labels = spec.Pooling == ReferencePooling.EveryStep ? [2, 0, 3, 1, 2] : [2],
            InitialState = Array.ConvertAll(Values(random, states), value => value + 0.7),
            InitialCell = spec.HasCell ? Values(random, spec.StateRows * spec.CellWidth) : null,
            Masks = masks ? Masks(spec, random) : null,
        };
    }

    /// <summary>Values between -1 and 1.</summary>
    public static double[] Values(Random random, int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = 2 * random.NextDouble() - 1;
        return values;
    }

    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}] expected {expected[i]:R}, was {actual[i]:R}.");
        }
    }

    /// <summary>
    /// Every row of a check is below the tolerance, and every tensor has a gradient that is not zero, except an initial output
    /// that nothing reads.
    /// </summary>
    public static void AssertRight(
        IReadOnlyList<GradientCheckRow> rows, ReferenceTensors gradients, bool carriesOutput = true)
    {
        Assert.NotEmpty(rows);
        foreach (GradientCheckRow row in rows)
        {
            Assert.True(row.LargestRelativeError < FiniteDifferenceTolerance, row.ToString());
            Assert.Equal(0, row.AtKink);
            bool counts = carriesOutput || row.Name != "h0";
            Assert.Equal(counts, gradients[row.Name].Any(value => Math.Abs(value) > 1e-5));
        }
    }

    private static ReferenceMasks Masks(ReferenceSpec spec, Random random)
    {
        double[] Mask(int count) => Array.ConvertAll(Values(random, count), value => value > -0.5 ? 1.25 + 0.5 * value : 0);
        double[]?[] inputs = new double[]?[spec.Layers], recurrent = new double[]?[spec.StateRows];
        for (int layer = 0; layer < spec.Layers; layer++) inputs[layer] = Mask(Length * spec.LayerInputSize(layer));
        for (int row = 0; row < spec.StateRows; row++)
        {
            // One unit dropped, never all: with all, W_hh would have no gradient to check.
            recurrent[row] = [.. Enumerable.Range(0, spec.HiddenSize).Select(j => 1.2 + 0.3 * j)];
            recurrent[row]![row % spec.HiddenSize] = 0;
        }

        return new ReferenceMasks { Inputs = inputs, Recurrent = recurrent };
    }
}
