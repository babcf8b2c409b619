using System.Runtime.InteropServices;
using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>Writes an ONNX graph straight in the protocol buffers wire format.</summary>
/// <remarks>Only the handful of fields used here, with their numbers from onnx.proto3.</remarks>
internal sealed class OnnxGraph
{
    public const long FloatType = 1;
    public const long Int32Type = 6;

    private const long Int64Type = 7;
    private const long IrVersion = 8;
    private const long OpsetVersion = 17;
    private const long IntAttribute = 2, StringAttribute = 3, IntsAttribute = 7;

    private readonly Message _graph = new();

    /// <summary>A node without attributes.</summary>
    public void Add(string type, string[] inputs, params string[] outputs) => Add(type, inputs, outputs, []);

    /// <summary>A node; an input or output that is left out has an empty name.</summary>
    public void Add(string type, string[] inputs, string[] outputs, params Message[] attributes)
    {
        var node = new Message();
        Array.ForEach(inputs, name => node.Add(1, name));
        Array.ForEach(outputs, name => node.Add(2, name));
        node.Add(3, type + "/" + Array.Find(outputs, name => name.Length > 0)).Add(4, type);
        Array.ForEach(attributes, attribute => node.Add(5, attribute));
        _graph.Add(1, node);
    }

    public static Message Attribute(string name, long value) =>
        new Message().Add(1, name).Add(3, value).Add(20, IntAttribute);

    public static Message Attribute(string name, string value) =>
        new Message().Add(1, name).Add(4, value).Add(20, StringAttribute);

    public static Message Attribute(string name, long[] values)
    {
        Message attribute = new Message().Add(1, name);
        Array.ForEach(values, value => attribute.Add(8, value));
        return attribute.Add(20, IntsAttribute);
    }

    public void Constant(string name, long[] shape, float[] values) =>
        Tensor(name, FloatType, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    public void Constant(string name, long[] shape, int[] values) =>
        Tensor(name, Int32Type, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    public void Constant(string name, long[] values) =>
        Tensor(name, Int64Type, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>Declares an input of the graph; a size that is not a number is a name, and free.</summary>
    public void Input(string name, long type, params object[] shape) => _graph.Add(11, ValueInfo(name, type, shape));

    public void Output(string name, long type, params object[] shape) => _graph.Add(12, ValueInfo(name, type, shape));

    /// <summary>The model file.</summary>
    public byte[] ToModel()
    {
        _graph.Add(2, "layers");
        return new Message()
            .Add(1, IrVersion)
            .Add(7, _graph)
            .Add(8, new Message().Add(1, "").Add(2, OpsetVersion))
            .ToArray();
    }

    private void Tensor(string name, long type, long[] shape, ReadOnlySpan<byte> data)
    {
        var tensor = new Message();
        Array.ForEach(shape, size => tensor.Add(1, size));
        _graph.Add(5, tensor.Add(2, type).Add(8, name).Add(9, data));
    }

    private static Message ValueInfo(string name, long type, object[] shape)
    {
        var sizes = new Message();
        Array.ForEach(shape, size => sizes.Add(1, size is string free ? new Message().Add(2, free) : Fixed(size)));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, type).Add(2, sizes)));

        static Message Fixed(object size) => new Message().Add(1, Convert.ToInt64(size));
    }

    /// <summary>A protocol buffers message being written: variable-length integers and length-prefixed fields.</summary>
    internal sealed class Message
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
            for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
            _bytes.WriteByte((byte)value);
        }
    }
}
