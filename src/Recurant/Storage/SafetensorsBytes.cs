using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Recurant.Storage;

/// <summary>The bytes of an open safetensors file: finds the header, says what a file of another kind is, reads values.</summary>
/// <param name="path">The path, or what else the bytes are called, for messages.</param>
/// <param name="source">Where they come from; closed with this.</param>
internal sealed class SafetensorsBytes(string path, ByteSource source) : IDisposable
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>The path, for messages.</summary>
    public string Path => path;

    /// <summary>The file's length in bytes when it was opened.</summary>
    public long Length => source.Length;

    /// <summary>Reads the header, padding included, and nothing after it.</summary>
    /// <exception cref="InvalidDataException">The file is too short for it, or of another kind.</exception>
    public byte[] ReadHeader()
    {
        var start = new byte[(int)Math.Min(Length, FileKind.SampleLength)];
        ReadExactly(0, start);
        ulong size = Length < SafetensorsHeader.Start ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(start);
        bool looksRight = size is >= 2 and <= SafetensorsHeader.MaximumLength && (Length == 8 || start[8] == (byte)'{');
        if (!looksRight)
            throw NotSafetensors(start, size);
        if ((long)size > Length - SafetensorsHeader.Start)
        {
            throw StorageFault.At(Path, 0, $"the header takes {size} bytes by the number the file begins with, but only "
                + $"{Length - SafetensorsHeader.Start} bytes follow", StorageFault.CutShort);
        }
        // The file is at least this long, so the memory asked for is never more than the file itself.
        var json = new byte[size];
        ReadExactly(SafetensorsHeader.Start, json);
        return json;
    }

    /// <summary>Reads the values <paramref name="first"/> onwards of a tensor of type F32, F64, F16 or BF16.</summary>
    public void ReadFloats(TensorInfo tensor, long first, Span<float> destination)
    {
        int size = TensorTypes.BitsOf(tensor.DType) / 8;
        bool direct = tensor.DType == "F32" && BitConverter.IsLittleEndian;
        byte[] buffer = direct ? [] : Workspace.Rent<byte>(ChunkBytes);
        try
        {
            for (int done = 0; done < destination.Length;)
            {
                Span<float> part = destination.Slice(done, Math.Min(ChunkBytes / size, destination.Length - done));
                Span<byte> bytes = direct ? MemoryMarshal.AsBytes(part) : buffer.AsSpan(0, part.Length * size);
                ReadExactly(tensor.Offset + (first + done) * size, bytes);
                if (!direct)
                    Convert(tensor.DType, bytes, part);
                done += part.Length;
            }
        }
        finally
        {
            if (!direct)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => source.Dispose();

    private static void Convert(string dtype, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = dtype switch
            {
                "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]),
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]),
                // A BF16 is the upper half of an F32.
                _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16),
            };
        }
    }

    private void ReadExactly(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = source.Read(bytes, offset);
            if (read == 0)
                throw StorageFault.At(Path, offset, "the file became shorter while it was being read", StorageFault.CutShort);
            bytes = bytes[read..];
            offset += read;
        }
    }

    private InvalidDataException NotSafetensors(ReadOnlySpan<byte> start, ulong size)
    {
        const string DamagedOrOther = "It is damaged or not a safetensors file: copy it again or retrain the model.";
        if (start.IsEmpty)
            return StorageFault.At(Path, 0, "the file is empty", StorageFault.CutShort);
        if (FileKind.Of(start) is { } kind && !kind.Name.Contains("safetensors", StringComparison.Ordinal))
            return StorageFault.At(Path, 0, $"this is not a safetensors file; it seems to be {kind.Name}", Advice(kind));
        if (start.Length < SafetensorsHeader.Start)
        {
            return StorageFault.At(Path, 0, $"the file has only {start.Length} bytes; at least 10 are expected",
                StorageFault.CutShort);
        }
        if (size is < 2 or > SafetensorsHeader.MaximumLength)
        {
            return StorageFault.At(Path, 0, $"the file begins with {size} as the length of its header; 2 to "
                + $"{SafetensorsHeader.MaximumLength} is expected", DamagedOrOther);
        }
        return StorageFault.At(Path, SafetensorsHeader.Start,
            $"the header begins with the byte 0x{start[8]:X2}; '{{' (0x7B) is expected", DamagedOrOther);
    }

    private static string Advice(FileKind kind) => kind.Family switch
    {
        FileFamily.Compressed or FileFamily.Archive => "Unpack it first.",
        FileFamily.Tensors when kind.Name.Contains("GGUF", StringComparison.Ordinal)
            || kind.Name.Contains("ONNX", StringComparison.Ordinal) => "Give a .safetensors file instead.",
        FileFamily.Tensors =>
            "Save its tensors from Python with safetensors.torch.save_file and use that file.",
        FileFamily.Pointer => "Fetch the file itself (git lfs pull).",
        FileFamily.Text when kind.Name.Contains("web page", StringComparison.Ordinal) =>
            "If it was downloaded, the server sent a page in its place: fetch it again.",
        _ => "Give a .safetensors file; data goes to the training command.",
    };
}
