namespace Recurant.Bench.Peers;

/// <summary>The grid's layers as ONNX models: whole sequences, or one step with the state as an input.</summary>
/// <remarks>
/// Gate orders are turned from PyTorch's into ONNX's: LSTM i, f, g, o to i, o, f, c; GRU r, z, n to z, r, h with
/// linear_before_reset = 1.
/// </remarks>
internal static class OnnxModel
{
    public const string InputName = "x";
    public const string OutputName = "y";
    public const string InitialHidden = "initial_h";
    public const string InitialCell = "initial_c";
    public const string FinalHidden = "final_h";
    public const string FinalCell = "final_c";

    /// <summary>A stack over a batch of sequences from zero states; the output is [T,1,B,H].</summary>
    public static byte[] Build(Case shape, CaseData data)
    {
        var graph = new OnnxGraph();
        string input = InputName;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            bool last = layer == shape.Layers - 1;
            string output = last ? OutputName : $"y{layer}";
            AddWeights(graph, shape, data, layer);
            AddCell(graph, shape.Cell, shape.Hidden, [input, .. WeightNames(layer)], [output]);
            if (!last)
            {
                // Y is [T,1,B,H]; the next layer wants [T,B,H].
                input = $"x{layer + 1}";
                graph.Add("Squeeze", [output, "direction_axis"], input);
            }
        }

        if (shape.Layers > 1) graph.Constant("direction_axis", [1L]);
        graph.Input(InputName, OnnxGraph.FloatType, shape.Time, shape.Batch, shape.Input);
        graph.Output(OutputName, OnnxGraph.FloatType, shape.Time, 1, shape.Batch, shape.Hidden);
        return graph.ToModel();
    }

    /// <summary>One layer and one step: the states come in and go out; the final hidden state is the output.</summary>
    public static byte[] BuildStep(Case shape, CaseData data)
    {
        var graph = new OnnxGraph();
        bool hasCell = shape.Cell == "lstm";
        AddWeights(graph, shape, data, 0);
        AddCell(
            graph, shape.Cell, shape.Hidden,
            [InputName, .. WeightNames(0), "", InitialHidden, .. hasCell ? [InitialCell] : Array.Empty<string>()],
            ["", FinalHidden, .. hasCell ? [FinalCell] : Array.Empty<string>()]);

        graph.Input(InputName, OnnxGraph.FloatType, 1, shape.Batch, shape.Input);
        graph.Input(InitialHidden, OnnxGraph.FloatType, 1, shape.Batch, shape.Hidden);
        graph.Output(FinalHidden, OnnxGraph.FloatType, 1, shape.Batch, shape.Hidden);
        if (hasCell)
        {
            graph.Input(InitialCell, OnnxGraph.FloatType, 1, shape.Batch, shape.Hidden);
            graph.Output(FinalCell, OnnxGraph.FloatType, 1, shape.Batch, shape.Hidden);
        }

        return graph.ToModel();
    }

    /// <summary>Rows of gates in PyTorch's order, whatever their width, in ONNX's order.</summary>
    public static float[] Ordered(string cell, ReadOnlySpan<float> values)
    {
        int[] order = cell switch { "rnn" => [0], "gru" => [1, 0, 2], _ => [0, 3, 1, 2] };
        int gate = values.Length / order.Length;
        var ordered = new float[values.Length];
        for (int i = 0; i < order.Length; i++) values.Slice(order[i] * gate, gate).CopyTo(ordered.AsSpan(i * gate));
        return ordered;
    }

    private static string[] WeightNames(int layer) => [$"W{layer}", $"R{layer}", $"B{layer}"];

    private static void AddWeights(OnnxGraph graph, Case shape, CaseData data, int layer)
    {
        float[] Values(string name) => Ordered(shape.Cell, data.Values($"{name}_l{layer}"));
        int rows = shape.Gates * shape.Hidden;
        graph.Constant($"W{layer}", [1, rows, shape.InputOf(layer)], Values("weight_ih"));
        graph.Constant($"R{layer}", [1, rows, shape.Hidden], Values("weight_hh"));
        graph.Constant($"B{layer}", [1, 2 * rows], [.. Values("bias_ih"), .. Values("bias_hh")]);
    }

    private static void AddCell(OnnxGraph graph, string cell, int hidden, string[] inputs, string[] outputs)
    {
        OnnxGraph.Message size = OnnxGraph.Attribute("hidden_size", hidden);
        graph.Add(
            cell.ToUpperInvariant(), inputs, outputs,
            cell == "gru" ? [size, OnnxGraph.Attribute("linear_before_reset", 1)] : [size]);
    }
}
