using Recurant.Reference;
using Xunit;

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

    /// <summary>The nine cells: three activations in two forms, LSTM, two GRUs.</summary>
    public static readonly string[] CellNames =
    [
        "tanh", "relu", "sigmoid", "tanh preactivation", "relu preactivation", "sigmoid preactivation",
        "lstm", "gru inside", "gru outside",
    ];

    public static ReferenceSpec Spec(string cell, int layers = 1, bool bidirectional = false,
        ReferencePooling pooling = ReferencePooling.Last, ReferenceInput input = ReferenceInput.Vectors) => new()
        {
            Cell = cell == "lstm" ? ReferenceCell.Lstm : cell.StartsWith("gru", StringComparison.Ordinal)
                ? ReferenceCell.Gru : ReferenceCell.Elman,
            Activation = cell.StartsWith("relu", StringComparison.Ordinal) ? ReferenceActivation.Relu
                : cell.StartsWith("sigmoid", StringComparison.Ordinal) ? ReferenceActivation.Sigmoid : ReferenceActivation.Tanh,
            Form = cell.EndsWith("preactivation", StringComparison.Ordinal) ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
            Reset = cell == "gru outside" ? ReferenceReset.Outside : ReferenceReset.Inside,
            Input = input,
            InputSize = InputSize,
            HiddenSize = HiddenSize,
            VocabularySize = input == ReferenceInput.Embedding ? 6 : 0,
            Layers = layers,
            Bidirectional = bidirectional,
            Pooling = pooling,
            AttentionSize = 2,
            Classes = Classes,
        };

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
            InitialCell = spec.Cell == ReferenceCell.Lstm ? Values(random, states) : null,
            Masks = masks ? Masks(spec, random) : null,
        };
    }

    /// <summary>Values between -1 and 1.</summary>
    public static double[] Values(Random random, int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = 2 * random.NextDouble() - 1;
        }

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

    /// <summary>Every row of a check is below the tolerance, and every tensor has a gradient that is not zero.</summary>
    public static void AssertRight(IReadOnlyList<GradientCheckRow> rows, ReferenceTensors gradients)
    {
        Assert.NotEmpty(rows);
        foreach (GradientCheckRow row in rows)
        {
            Assert.True(row.LargestRelativeError < FiniteDifferenceTolerance, row.ToString());
            Assert.Equal(0, row.AtKink);
            Assert.Contains(gradients[row.Name], value => Math.Abs(value) > 1e-5);
        }
    }

    private static ReferenceMasks Masks(ReferenceSpec spec, Random random)
    {
        double[] Mask(int count) => Array.ConvertAll(Values(random, count), value => value > -0.5 ? 1.25 + 0.5 * value : 0);
        double[]?[] inputs = new double[]?[spec.Layers], recurrent = new double[]?[spec.StateRows];
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            inputs[layer] = Mask(Length * spec.LayerInputSize(layer));
        }

        for (int row = 0; row < spec.StateRows; row++)
        {
            // One unit dropped, never all: with all, W_hh would have no gradient to check.
            recurrent[row] = [1.2, 1.5, 1.8];
            recurrent[row]![row % spec.HiddenSize] = 0;
        }

        return new ReferenceMasks { Inputs = inputs, Recurrent = recurrent };
    }
}
