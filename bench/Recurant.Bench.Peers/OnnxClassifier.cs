namespace Recurant.Bench.Peers;

/// <summary>
/// The classifier of the scoring program as an ONNX model: word vectors, a bidirectional LSTM that is told the lengths,
/// the largest value over the true steps, a dense layer, softmax.
/// </summary>
internal static class OnnxClassifier
{
    /// <summary>[T,B], int32; padding is the number after the last word.</summary>
    public const string Words = "words";

    /// <summary>[B], int32.</summary>
    public const string Lengths = "lengths";

    /// <summary>[B,C].</summary>
    public const string Probabilities = "probabilities";

    public static byte[] Build(ClassifierModel model)
    {
        ClassifierSpec spec = model.Spec;
        int hidden = spec.Recurrent.HiddenSize, rows = 4 * hidden, padding = spec.VocabularySize;
        float[] Values(string name) => model.Parameters.Single(parameter => parameter.Name == name).Value.ToArray();
        float[] Ordered(string name) => OnnxModel.Ordered("lstm", Values(name));
        float[] Both(string name) => [.. Ordered($"{name}_l0"), .. Ordered($"{name}_l0_reverse")];
        float[] Biases(string suffix) => [.. Ordered("bias_ih_l0" + suffix), .. Ordered("bias_hh_l0" + suffix)];

        var graph = new OnnxGraph();
        graph.Input(Words, OnnxGraph.Int32Type, "T", "B");
        graph.Input(Lengths, OnnxGraph.Int32Type, "B");
        graph.Output(Probabilities, OnnxGraph.FloatType, "B", spec.Classes);

        // One row more than there are words, for the padding.
        graph.Constant(
            "table", [padding + 1, spec.EmbeddingSize], [.. Values("embedding.weight"), .. new float[spec.EmbeddingSize]]);
        graph.Add("Gather", ["table", Words], "vectors");

        graph.Constant("W", [2, rows, spec.EmbeddingSize], Both("weight_ih"));
        graph.Constant("R", [2, rows, hidden], Both("weight_hh"));
        graph.Constant("bias", [2, 2 * rows], [.. Biases(""), .. Biases("_reverse")]);
        graph.Add(
            "LSTM", ["vectors", "W", "R", "bias", Lengths], ["states"],
            OnnxGraph.Attribute("hidden_size", hidden), OnnxGraph.Attribute("direction", "bidirectional"));

        // The states are [T,2,B,H]; those of padding must not win.
        graph.Constant("padding", [], new[] { padding });
        graph.Constant("lowest", [], [float.NegativeInfinity]);
        graph.Constant("mask_axes", [1L, 3L]);
        graph.Add("Equal", [Words, "padding"], "is_padding");
        graph.Add("Unsqueeze", ["is_padding", "mask_axes"], "mask");
        graph.Add("Where", ["mask", "lowest", "states"], "true_states");
        graph.Add(
            "ReduceMax", ["true_states"], ["largest"],
            OnnxGraph.Attribute("axes", [0L]), OnnxGraph.Attribute("keepdims", 0));

        graph.Add("Transpose", ["largest"], ["by_text"], OnnxGraph.Attribute("perm", [1L, 0L, 2L]));
        graph.Constant("pooled_shape", [0L, 2L * hidden]);
        graph.Add("Reshape", ["by_text", "pooled_shape"], "pooled");
        graph.Constant("V", [spec.Classes, 2 * hidden], Values("output.weight"));
        graph.Constant("b", [spec.Classes], Values("output.bias"));
        graph.Add("Gemm", ["pooled", "V", "b"], ["logits"], OnnxGraph.Attribute("transB", 1));
        graph.Add("Softmax", ["logits"], ["probabilities"], OnnxGraph.Attribute("axis", 1));
        return graph.ToModel();
    }
}
