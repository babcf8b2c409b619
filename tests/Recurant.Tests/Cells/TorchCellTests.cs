namespace Recurant.Tests.Cells;

/// <summary>
/// Cells that PyTorch has no module for, against their equations written with PyTorch's tensors and differentiated by it
/// (tests/goldens): outputs, final states and every gradient, of sequences of unequal lengths, from initial states.
/// </summary>
public class TorchCellTests
{
    // The golden numbers are right to half a unit in the last place; ours go through six steps in single precision. A wrong
    // term gives more than 1e-2.
    private const double Tolerance = 2e-6;

    // Dividing by the deviation of four numbers enlarges the rounding.
    private const double NormTolerance = 1e-5;

    private const int Hidden = 4;
    private static readonly int[] s_lengths = [4, 6, 1, 3];

    [Theory]
    [InlineData("mingru", 3)]
    [InlineData("minlstm", 3)]
    [InlineData("sru", 3)]
    [InlineData("sru-wide", Hidden)]
    [InlineData("indrnn-tanh", 3)]
    [InlineData("indrnn-relu", 3)]
    [InlineData("lru", 3)]
    [InlineData("lru-wide", Hidden)]
    [InlineData("peepholelstm", 3)]
    [InlineData("layernormlstm", 3)]
    [InlineData("projectedlstm", 3)]
    public void ForwardAndBackward_GoldenCell_EqualPyTorch(string name, int inputSize)
    {
        Dictionary<string, float[]> tensors = Goldens.ReadTensors($"cell-{name}.safetensors");
        RecurrentStack stack = new(new StackSpec
        {
            Cell = CellVariant.KindOf(name.Split('-')[0]),
            Activation = name.EndsWith("relu", StringComparison.Ordinal) ? Activation.Relu : Activation.Tanh,
            InputSize = inputSize,
            HiddenSize = Hidden,
            CellSize = 6,
        });
        foreach (Parameter parameter in stack.Parameters)
        {
            tensors[parameter.Name].CopyTo(parameter.Value);
            parameter.MarkChanged();
        }

        bool hasCell = stack.Cells.Single().HasCellState;
        StackCase run = new()
        {
            Stack = stack,
            Lengths = s_lengths,
            Inputs = Unpad(tensors["input"], inputSize),
            DOutputs = Unpad(tensors["d_output"], Hidden),
            InitialHidden = tensors["h0"],
            InitialCell = hasCell ? tensors["c0"] : null,
            DFinalHidden = tensors["d_hn"],
            DFinalCell = hasCell ? tensors["d_cn"] : null,
        };
        double tolerance = name == "layernormlstm" ? NormTolerance : Tolerance;
        StackResult result = run.Run(threads: 1);
        float[][] outputs = Unpad(tensors["output"], Hidden), dInputs = Unpad(tensors["grad.input"], inputSize);
        for (int i = 0; i < s_lengths.Length; i++)
        {
            Near.AssertEqual(outputs[i], result.Outputs[i], tolerance, $"output of sequence {i}");
            Near.AssertEqual(dInputs[i], result.DInputs[i], tolerance, $"gradient of input {i}");
        }

        Near.AssertEqual(tensors["hn"], result.FinalHidden, tolerance, "hn");
        Near.AssertEqual(tensors["grad.h0"], result.DInitialHidden, tolerance, "gradient of h0");
        if (hasCell)
        {
            Near.AssertEqual(tensors["cn"], result.FinalCell, tolerance, "cn");
            Near.AssertEqual(tensors["grad.c0"], result.DInitialCell, tolerance, "gradient of c0");
        }

        foreach ((string parameter, float[] gradient) in result.Gradients)
        {
            Assert.Contains(gradient, value => Math.Abs(value) > 1e-2);
            Near.AssertEqual(tensors["grad." + parameter], gradient, tolerance, "gradient of " + parameter);
        }
    }

    /// <summary>The true steps of each sequence of [B, T, columns].</summary>
    private static float[][] Unpad(float[] padded, int columns)
    {
        int stride = padded.Length / s_lengths.Length;
        return [.. s_lengths.Select((length, i) => padded.AsSpan(i * stride, length * columns).ToArray())];
    }
}
