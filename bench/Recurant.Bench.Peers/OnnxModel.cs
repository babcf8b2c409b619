using System.Runtime.InteropServices;
using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>Writes a stack of recurrent layers as an ONNX model, straight in the protocol buffers wire format.</summary>
/// <remarks>
/// Only the handful of fields used here, with their numbers from onnx.proto3. Gate orders are turned from PyTorch's into
/// ONNX's: LSTM i, f, g, o to i, o, f, c; GRU r, z, n to z, r, h with linear_before_reset = 1.
/// </remarks>
internal static class OnnxModel
{
    public const string InputName = "x";
    public const string OutputName = "y";

    private const long IrVersion = 8;
    private const long OpsetVersion = 17;
    private const long FloatType = 1;
    private const long Int64Type = 7;
    private const long IntAttribute = 2;

    public static byte[] Build(Case shape, CaseData data)
    {
        var graph = new Message();
        string input = InputName;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            bool last = layer == shape.Layers - 1;
            string output = last ? OutputName : $"y{layer}";
            AddLayer(graph, shape, data, layer, input, output);
            if (!last)
            {
                // Y is [T,1,B,H]; the next layer wants [T,B,H].
                input = $"x{layer + 1}";
                graph.Add(1, Node("Squeeze", [output, "direction_axis"], [input]));
            }
        }

        graph.Add(2, "layers");
        if (shape.Layers > 1)
        {
            graph.Add(5, Tensor("direction_axis", Int64Type, [1], MemoryMarshal.AsBytes((ReadOnlySpan<long>)[1L])));
        }

        graph.Add(11, ValueInfo(InputName, shape.Time, shape.Batch, shape.Input));
        graph.Add(12, ValueInfo(OutputName, shape.Time, 1, shape.Batch, shape.Hidden));
        return new Message()
            .Add(1, IrVersion)
            .Add(7, graph)
            .Add(8, new Message().Add(1, "").Add(2, OpsetVersion))
            .ToArray();
    }

    private static void AddLayer(Message graph, Case shape, CaseData data, int layer, string input, string output)
    {
        int[] order = shape.Cell switch { "rnn" => [0], "gru" => [1, 0, 2], _ => [0, 3, 1, 2] };
        float[] Ordered(string name)
        {
            float[] values = data.Values($"{name}_l{layer}");
            int gate = values.Length / order.Length;
            return [.. order.SelectMany(g => values.AsSpan(g * gate, gate).ToArray())];
        }

        int rows = shape.Gates * shape.Hidden;
        AddFloats(graph, $"W{layer}", [1, rows, shape.InputOf(layer)], Ordered("weight_ih"));
        AddFloats(graph, $"R{layer}", [1, rows, shape.Hidden], Ordered("weight_hh"));
        AddFloats(graph, $"B{layer}", [1, 2 * rows], [.. Ordered("bias_ih"), .. Ordered("bias_hh")]);

        Message node = Node(shape.Cell.ToUpperInvariant(), [input, $"W{layer}", $"R{layer}", $"B{layer}"], [output]);
        node.Add(5, Attribute("hidden_size", shape.Hidden));
        if (shape.Cell == "gru")
        {
            node.Add(5, Attribute("linear_before_reset", 1));
        }

        graph.Add(1, node);
    }

    private static Message Node(string type, string[] inputs, string[] outputs)
    {
        var node = new Message();
        Array.ForEach(inputs, name => node.Add(1, name));
        Array.ForEach(outputs, name => node.Add(2, name));
        return node.Add(3, outputs[0]).Add(4, type);
    }

    private static Message Attribute(string name, long value) =>
        new Message().Add(1, name).Add(3, value).Add(20, IntAttribute);

    private static void AddFloats(Message graph, string name, long[] shape, float[] values) =>
        graph.Add(5, Tensor(name, FloatType, shape, MemoryMarshal.AsBytes(values.AsSpan())));

    private static Message Tensor(string name, long type, long[] shape, ReadOnlySpan<byte> data)
    {
        var tensor = new Message();
        Array.ForEach(shape, size => tensor.Add(1, size));
        return tensor.Add(2, type).Add(8, name).Add(9, data);
    }

    private static Message ValueInfo(string name, params long[] shape)
    {
        var sizes = new Message();
        Array.ForEach(shape, size => sizes.Add(1, new Message().Add(1, size)));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, FloatType).Add(2, sizes)));
    }

    /// <summary>A protocol buffers message being written: variable-length integers and length-prefixed fields.</summary>
    private sealed class Message
    {
        private readonly MemoryStream _bytes = new();

        public Message Add(int field, long value)
        {
            WriteVarint((ulong)(field << 3));
            WriteVarint((ulong)value);
            return this;
        }

        public Message Add(int field, ReadOnlySpan<byte> value)
        {
            WriteVarint((ulong)((field << 3) | 2));
            WriteVarint((ulong)value.Length);
            _bytes.Write(value);
            return this;
        }

        public Message Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

        public Message Add(int field, Message value) => Add(field, value.ToArray());

        public byte[] ToArray() => _bytes.ToArray();

        private void WriteVarint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                _bytes.WriteByte((byte)(value | 0x80));
            }

            _bytes.WriteByte((byte)value);
        }
    }
}
