using System.Buffers.Binary;
using System.Text.Json;

namespace Recurant.Goldens;

/// <summary>Collects float32 tensors and writes them as one safetensors file, in the order they were added.</summary>
internal sealed class SafetensorsWriter
{
    private readonly List<(string Name, long[] Shape, float[] Values)> _tensors = [];

    public void Add(string name, long[] shape, float[] values) => _tensors.Add((name, shape, values));

    public void Save(string path)
    {
        byte[] header = Header();
        using FileStream file = File.Create(path);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        file.Write(length);
        file.Write(header);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in _tensors.SelectMany(tensor => tensor.Values))
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            file.Write(bytes);
        }
    }

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            long offset = 0;
            foreach ((string name, long[] shape, float[] values) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                Array.ForEach(shape, json.WriteNumberValue);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += values.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The data begins at a multiple of eight, as the format advises; spaces may follow the JSON.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
