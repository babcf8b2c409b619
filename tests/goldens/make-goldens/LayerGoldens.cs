using System.Globalization;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>Writes what PyTorch's recurrent modules compute on batches of unequal lengths, and their gradients.</summary>
internal static class LayerGoldens
{
    private const int InputSize = 3;
    private const int HiddenSize = 5;
    private const float WeightScale = 0.8f;
    private const double PackingTolerance = 1e-12;

    // Not sorted, the longest not first, one of a single step.
    private static readonly long[] s_lengths = [4, 6, 1, 3];

    public static void Write(string directory)
    {
        var cases = new List<string>();
        int seed = 1000;
        foreach (string cell in (string[])["rnn_tanh", "rnn_relu", "lstm", "gru"])
        {
            foreach ((int layers, bool bidirectional) in ((int, bool)[])[(1, false), (2, false), (2, true)])
            {
                string name = string.Create(
                    CultureInfo.InvariantCulture, $"{cell}-{layers}{(bidirectional ? "-bidirectional" : "")}");
                Inputs inputs = Inputs.Make(cell, layers, bidirectional, seed++);
                Results results = Run(inputs, ScalarType.Float64);
                CheckSinglePrecision(name, results, Run(inputs, ScalarType.Float32));
                CheckOneByOne(name, inputs, results);
                Save(Path.Combine(directory, name + ".safetensors"), inputs, results);
                cases.Add(Describe(name, inputs, results));
            }
        }

        File.WriteAllText(Path.Combine(directory, "layers.json"), "[\n" + string.Join(",\n", cases) + "\n]\n");
    }

    private static Results Run(Inputs inputs, ScalarType type)
    {
        var layer = inputs.MakeLayer(type);
        Tensor input = inputs.Tensor("input", type).requires_grad_();
        Tensor h0 = inputs.Tensor("h0", type).requires_grad_();
        Tensor? c0 = layer.HasCellState ? inputs.Tensor("c0", type).requires_grad_() : null;

        var packed = nn.utils.rnn.pack_padded_sequence(input, tensor(s_lengths), batch_first: true, enforce_sorted: false);
        var (packedOutput, hn, cn) = layer.Run(packed, h0, c0);
        Tensor output = nn.utils.rnn.pad_packed_sequence(packedOutput, batch_first: true).Item1;

        Tensor loss = (output * inputs.Tensor("d_output", type)).sum();
        Tensor lossWithFinal = loss + (hn * inputs.Tensor("d_hn", type)).sum();
        if (cn is not null) lossWithFinal += (cn * inputs.Tensor("d_cn", type)).sum();
        var results = new Results(loss.ToDouble(), lossWithFinal.ToDouble());
        results.Add("output", output);
        results.Add("hn", hn);
        if (cn is not null) results.Add("cn", cn);
        AddGradients("grad.", loss);
        AddGradients("grad_with_final.", lossWithFinal);
        return results;

        void AddGradients(string prefix, Tensor from)
        {
            (string Name, Tensor Tensor)[] variables =
            [
                ("input", input),
                ("h0", h0),
                .. c0 is null ? Array.Empty<(string, Tensor)>() : [("c0", c0)],
                .. layer.Parameters.Select(p => (p.name, (Tensor)p.parameter)),
            ];
            IList<Tensor> gradients = autograd.grad([from], [.. variables.Select(v => v.Tensor)], retain_graph: true);
            for (int i = 0; i < variables.Length; i++) results.Add(prefix + variables[i].Name, gradients[i]);
        }
    }

    private static void CheckSinglePrecision(string name, Results exact, Results single)
    {
        foreach ((string tensor, _, double[] values) in exact.Tensors)
        {
            Values.MustAgree($"{name}, {tensor}, single precision", values, single[tensor], Values.SinglePrecisionTolerance);
        }
    }

    /// <summary>The packed batch must give what every sequence gives alone.</summary>
    private static void CheckOneByOne(string name, Inputs inputs, Results results)
    {
        using var _ = no_grad();
        var layer = inputs.MakeLayer(ScalarType.Float64);
        Tensor input = inputs.Tensor("input", ScalarType.Float64);
        Tensor output = results.Tensor("output");
        for (int b = 0; b < s_lengths.Length; b++)
        {
            Tensor? c0 = layer.HasCellState ? One(inputs.Tensor("c0", ScalarType.Float64), b) : null;
            var (alone, h, c) = layer.Run(
                input[b].narrow(0, 0, s_lengths[b]).unsqueeze(1), One(inputs.Tensor("h0", ScalarType.Float64), b), c0);
            Agree("output", output[b].narrow(0, 0, s_lengths[b]), alone);
            Agree("hn", One(results.Tensor("hn"), b), h);
            if (c is not null) Agree("cn", One(results.Tensor("cn"), b), c);
            void Agree(string what, Tensor packed, Tensor single) => Values.MustAgree(
                $"{name}, {what} of sequence {b} alone", Values.ToDoubles(packed), Values.ToDoubles(single), PackingTolerance);
        }

        static Tensor One(Tensor state, int b) => state.narrow(1, b, 1).contiguous();
    }

    private static void Save(string path, Inputs inputs, Results results)
    {
        var file = new SafetensorsWriter();
        foreach ((string name, long[] shape, float[] values) in inputs.Tensors) file.Add(name, shape, values);
        foreach ((string name, long[] shape, double[] values) in results.Tensors)
        {
            file.Add(name, shape, Values.ToFloats(values));
        }

        file.Save(path);
    }

    private static string Describe(string name, Inputs inputs, Results results) => "  " + new JsonObject
    {
        ["name"] = name,
        ["file"] = name + ".safetensors",
        ["cell"] = inputs.Cell,
        ["input_size"] = InputSize,
        ["hidden_size"] = HiddenSize,
        ["layers"] = inputs.Layers,
        ["bidirectional"] = inputs.Bidirectional,
        ["lengths"] = new JsonArray([.. s_lengths.Select(length => (JsonNode)length)]),
        ["loss"] = results.Loss,
        ["loss_with_final"] = results.LossWithFinal,
    }.ToJsonString();

    /// <summary>Everything that goes into one case, as float32 in named tensors.</summary>
    private sealed record Inputs(
        string Cell, int Layers, bool Bidirectional, List<(string Name, long[] Shape, float[] Values)> Tensors)
    {
        public static Inputs Make(string cell, int layers, bool bidirectional, int seed)
        {
            var random = new Random(seed);
            var inputs = new Inputs(cell, layers, bidirectional, []);
            int directions = bidirectional ? 2 : 1;
            long batch = s_lengths.Length;
            long[] state = [layers * directions, batch, HiddenSize];
            var layer = new TorchLayer(cell, InputSize, HiddenSize, layers, bidirectional, ScalarType.Float64);
            foreach ((string name, var parameter) in layer.Parameters)
            {
                inputs.Add(name, parameter.shape, random, WeightScale);
            }

            inputs.AddPadded("input", InputSize, random);
            inputs.Add("h0", state, random, 0.9f);
            if (layer.HasCellState) inputs.Add("c0", state, random, 0.9f);
            inputs.AddPadded("d_output", directions * HiddenSize, random);
            inputs.Add("d_hn", state, random, 1);
            if (layer.HasCellState) inputs.Add("d_cn", state, random, 1);
            return inputs;
        }

        public Tensor Tensor(string name, ScalarType type)
        {
            (_, long[] shape, float[] values) = Tensors.Find(tensor => tensor.Name == name);
            return Goldens.Values.ToTensor(values, shape, type);
        }

        public TorchLayer MakeLayer(ScalarType type)
        {
            var layer = new TorchLayer(Cell, InputSize, HiddenSize, Layers, Bidirectional, type);
            using var _ = no_grad();
            foreach ((string name, var parameter) in layer.Parameters) parameter.copy_(Tensor(name, type));
            return layer;
        }

        private void Add(string name, long[] shape, Random random, float scale) =>
            Tensors.Add((name, shape, Goldens.Values.Uniform(random, shape.Aggregate((a, b) => a * b), scale)));

        /// <summary>[B,T,width], zero behind the end of each sequence.</summary>
        private void AddPadded(string name, int width, Random random)
        {
            long steps = s_lengths.Max();
            var values = new float[s_lengths.Length * steps * width];
            for (int b = 0; b < s_lengths.Length; b++)
            {
                Goldens.Values.Uniform(random, s_lengths[b] * width, 1).CopyTo(values, b * steps * width);
            }

            Tensors.Add((name, [s_lengths.Length, steps, width], values));
        }
    }

    /// <summary>What PyTorch computed, in double, in named tensors.</summary>
    private sealed class Results(double loss, double lossWithFinal)
    {
        public double Loss => loss;

        public double LossWithFinal => lossWithFinal;

        public List<(string Name, long[] Shape, double[] Values)> Tensors { get; } = [];

        public double[] this[string name] => Tensors.Find(tensor => tensor.Name == name).Values;

        public void Add(string name, Tensor tensor) => Tensors.Add((name, tensor.shape, Goldens.Values.ToDoubles(tensor)));

        public Tensor Tensor(string name) => tensor(this[name]).reshape(Tensors.Find(tensor => tensor.Name == name).Shape);
    }
}
