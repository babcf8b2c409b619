using System.Text.Json;

namespace Recurant.Tests.Layers;

/// <summary>RNN, LSTM and GRU against what PyTorch computes: outputs, final states and every gradient.</summary>
public class PyTorchLayerTests
{
    // The golden numbers are right to half a unit in the last place; ours go through up to six steps, two layers and sums
    // over 14 rows in single precision, with a rounding of 6e-8 each. A wrong term gives more than 1e-2.
    private const double Tolerance = 2e-6;

    public static TheoryData<string> Names
    {
        get
        {
            TheoryData<string> names = [];
            foreach (JsonElement layer in Goldens.ReadJson("layers.json").EnumerateArray())
            {
                names.Add(layer.GetProperty("name").GetString()!);
            }

            return names;
        }
    }

    [Fact]
    public void Names_AreTheTwelveCases() => Assert.Equal(12, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndBackward_GoldenLayer_EqualPyTorch(string name) => Check(name, "grad.", withFinal: false);

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndBackward_GoldenLayerWithFinalGradients_EqualPyTorch(string name) =>
        Check(name, "grad_with_final.", withFinal: true);

    private static void Check(string name, string prefix, bool withFinal)
    {
        JsonElement golden = Goldens.ReadJson("layers.json").EnumerateArray().Single(
            layer => layer.GetProperty("name").GetString() == name);
        Dictionary<string, float[]> tensors = Goldens.ReadTensors(golden.GetProperty("file").GetString()!);
        int[] lengths = [.. golden.GetProperty("lengths").EnumerateArray().Select(length => length.GetInt32())];
        string cell = golden.GetProperty("cell").GetString()!;
        StackSpec spec = new()
        {
            Cell = cell switch { "lstm" => CellKind.Lstm, "gru" => CellKind.Gru, _ => CellKind.Elman },
            Activation = cell == "rnn_relu" ? Activation.Relu : Activation.Tanh,
            InputSize = golden.GetProperty("input_size").GetInt32(),
            HiddenSize = golden.GetProperty("hidden_size").GetInt32(),
            Layers = golden.GetProperty("layers").GetInt32(),
            Bidirectional = golden.GetProperty("bidirectional").GetBoolean(),
        };
        RecurrentStack stack = new(spec);
        foreach (Parameter parameter in stack.Parameters)
        {
            tensors[parameter.Name].CopyTo(parameter.Value);
            parameter.MarkChanged();
        }

        StackCase run = new()
        {
            Stack = stack,
            Lengths = lengths,
            Inputs = Unpad(tensors["input"], lengths, spec.InputSize),
            DOutputs = Unpad(tensors["d_output"], lengths, spec.OutputSize),
            InitialHidden = tensors["h0"],
            InitialCell = tensors.GetValueOrDefault("c0"),
            DFinalHidden = withFinal ? tensors["d_hn"] : null,
            DFinalCell = withFinal ? tensors.GetValueOrDefault("d_cn") : null,
        };

        foreach (int threads in new[] { 1, 2, 3 })
        {
            StackResult result = run.Run(threads);
            CheckSequences(Unpad(tensors["output"], lengths, spec.OutputSize), result.Outputs, "output");
            Near.AssertEqual(tensors["hn"], result.FinalHidden, Tolerance, "hn");
            CheckSequences(Unpad(tensors[prefix + "input"], lengths, spec.InputSize), result.DInputs, prefix + "input");
            Near.AssertEqual(tensors[prefix + "h0"], result.DInitialHidden, Tolerance, prefix + "h0");
            if (cell == "lstm")
            {
                Near.AssertEqual(tensors["cn"], result.FinalCell, Tolerance, "cn");
                Near.AssertEqual(tensors[prefix + "c0"], result.DInitialCell, Tolerance, prefix + "c0");
            }

            foreach ((string parameter, float[] gradient) in result.Gradients)
            {
                Near.AssertEqual(tensors[prefix + parameter], gradient, Tolerance, prefix + parameter);
            }
        }
    }

    private static void CheckSequences(float[][] expected, float[][] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++) Near.AssertEqual(expected[i], actual[i], Tolerance, $"{what} of sequence {i}");
    }

    /// <summary>The true steps of each sequence of [B, T, columns].</summary>
    private static float[][] Unpad(float[] padded, int[] lengths, int columns)
    {
        int stride = padded.Length / lengths.Length;
        return [.. lengths.Select((length, i) => padded.AsSpan(i * stride, length * columns).ToArray())];
    }
}
