using System.Buffers.Binary;

namespace Recurant.Tests.Storage;

public class SafetensorsFileTests
{
    [Fact]
    public void Open_Sample_ListsTensorsAndMetadata()
    {
        using var directory = new TemporaryDirectory();
        byte[] bytes = RawFile.Sample();
        using SafetensorsFile file = Open(directory, bytes);
        int dataStart = bytes.Length - 40;
        Assert.Equal(["w", "h", "n"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(["F32", "F16", "I64"], file.Tensors.Select(tensor => tensor.DType));
        Assert.Equal([2L, 3L], file.Tensors[0].Shape);
        Assert.Empty(file.Tensors[2].Shape);
        Assert.Equal([dataStart, dataStart + 24L, dataStart + 32L], file.Tensors.Select(tensor => tensor.Offset));
        Assert.Equal([24L, 8L, 8L], file.Tensors.Select(tensor => tensor.ByteCount));
        Assert.Equal([6L, 4L, 1L], file.Tensors.Select(tensor => tensor.ElementCount));
        Assert.Equal(["a", "b"], file.Metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("{\"x\":[1,2]}", file.Metadata["b"]);
        Assert.Equal(directory["m.safetensors"], file.FilePath);
    }

    [Fact]
    public void Open_HeaderInAnotherOrderThanTheData_ListsInFileOrder()
    {
        using var directory = new TemporaryDirectory();
        string header = """
            {"z":{"data_offsets":[3,4],"shape":[1],"dtype":"U8"},"e":{"dtype":"F32","shape":[0,5],"data_offsets":[1,1]},
            "y":{"dtype":"I16","shape":[1],"data_offsets":[1,3]},"x":{"dtype":"BOOL","shape":[1,1],"data_offsets":[0,1]}}
            """;
        using SafetensorsFile file = Open(directory, RawFile.Build(header + "\n   ", 4));
        Assert.Equal(["x", "e", "y", "z"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Empty(file.ReadFloats("e"));
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void Open_NoTensors_IsValid()
    {
        using var directory = new TemporaryDirectory();
        using SafetensorsFile file = Open(directory, RawFile.Build("{}", 0));
        Assert.Empty(file.Tensors);
    }

    [Theory]
    [InlineData("BOOL", 1)]
    [InlineData("U8", 1)]
    [InlineData("I8", 1)]
    [InlineData("F8_E4M3", 1)]
    [InlineData("F8_E5M2", 1)]
    [InlineData("I16", 2)]
    [InlineData("U16", 2)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("I32", 4)]
    [InlineData("U32", 4)]
    [InlineData("F32", 4)]
    [InlineData("I64", 8)]
    [InlineData("U64", 8)]
    [InlineData("F64", 8)]
    public void Open_EveryType_HasItsSize(string dtype, int size)
    {
        using var directory = new TemporaryDirectory();
        string header = $$$"""{"t":{"dtype":"{{{dtype}}}","shape":[3],"data_offsets":[0,{{{3 * size}}}]}}""";
        using SafetensorsFile file = Open(directory, RawFile.Build(header, 3 * size));
        Assert.Equal(3, file.Tensors[0].ElementCount);
        Assert.Equal(dtype, file.Tensors[0].DType);
        if (dtype is "F64" or "F32" or "F16" or "BF16")
            Assert.Equal(3, file.ReadFloats("t").Length);
        else
            Assert.Contains($"tensor 't': holds {dtype}; F32", FaultOf(() => file.ReadFloats("t")));
    }

    [Fact]
    public void ReadFloats_OtherPrecisions_AreConverted()
    {
        using var directory = new TemporaryDirectory();
        byte[] bytes = RawFile.Build("""
            {"d":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"h":{"dtype":"F16","shape":[2],"data_offsets":[16,20]},
            "b":{"dtype":"BF16","shape":[2],"data_offsets":[20,24]}}
            """, 24);
        Span<byte> data = bytes.AsSpan(^24);
        BinaryPrimitives.WriteDoubleLittleEndian(data, 0.1);
        BinaryPrimitives.WriteDoubleLittleEndian(data[8..], -1e300);
        BinaryPrimitives.WriteUInt16LittleEndian(data[16..], 0x3555); // 1365 / 4096
        BinaryPrimitives.WriteUInt16LittleEndian(data[18..], 0xFC00); // minus infinity
        BinaryPrimitives.WriteUInt16LittleEndian(data[20..], 0x4049); // 3.140625
        BinaryPrimitives.WriteUInt16LittleEndian(data[22..], 0xC000); // -2
        using SafetensorsFile file = Open(directory, bytes);
        Assert.Equal([0.1f, float.NegativeInfinity], file.ReadFloats("d"));
        Assert.Equal([1365f / 4096f, float.NegativeInfinity], file.ReadFloats("h"));
        Assert.Equal([3.140625f, -2f], file.ReadFloats("b"));
    }

    [Fact]
    public void ReadFloats_LongHalfPrecisionTensor_IsConvertedAcrossChunks()
    {
        using var directory = new TemporaryDirectory();
        const int Count = 300_001; // More than two chunks of 131,072 halves.
        string header = $$$"""{"h":{"dtype":"F16","shape":[{{{Count}}}],"data_offsets":[0,{{{2 * Count}}}]}}""";
        byte[] bytes = RawFile.Build(header, 2 * Count);
        for (int i = 0; i < Count; i++)
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(bytes.Length - 2 * (Count - i)), (Half)(i % 2039));
        using SafetensorsFile file = Open(directory, bytes);
        float[] values = file.ReadFloats("h");
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (float)(i % 2039)), values);
    }

    [Fact]
    public void ReadFloats_WrongNameOrLength_SaysWhich()
    {
        using var directory = new TemporaryDirectory();
        using SafetensorsFile file = Open(directory, RawFile.Sample());
        Assert.Contains("tensor 'v': is not among the 3 tensors", FaultOf(() => file.ReadFloats("v")));
        var error = Assert.Throws<ArgumentException>(() => file.ReadFloats("w", new float[5]));
        Assert.Contains("shape [2, 3] has 6 values, but the destination has 5", error.Message);
        Assert.Throws<ArgumentException>(() => file.ReadFloatsTransposed("w", new float[5]));
        Assert.Contains("a matrix is expected", FaultOf(() => file.ReadFloatsTransposed("h", new float[4])));
        Assert.False(file.TryGetTensor("v", out _));
    }

    [Fact]
    public void ReadFloats_FileBecameShorter_Throws()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows lets nobody write to a file that is open here.");
        using var directory = new TemporaryDirectory();
        byte[] bytes = RawFile.Sample();
        using SafetensorsFile file = Open(directory, bytes);
        using (var other = new FileStream(file.FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            other.SetLength(bytes.Length - 30);
        Assert.Contains("became shorter", FaultOf(() => file.ReadFloats("w")));
    }

    [Fact]
    public void ReadFloats_AfterDispose_Throws()
    {
        using var directory = new TemporaryDirectory();
        SafetensorsFile file = Open(directory, RawFile.Sample());
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.ReadFloats("w"));
    }

    [Fact]
    public void Open_LargeSparseFile_ReadsOnlyTheHeader()
    {
        using var directory = new TemporaryDirectory();
        const long Length = 1L << 33; // 8 GiB, of which the disk holds no more than the header.
        string header = $$$"""{"big":{"dtype":"F32","shape":[{{{Length / 4}}}],"data_offsets":[0,{{{Length}}}]}}""";
        byte[] start = RawFile.Build(header, 0);
        string path = directory["m.safetensors"];
        File.WriteAllBytes(path, start);
        try
        {
            using var stream = new FileStream(path, FileMode.Open);
            stream.SetLength(start.Length + Length);
        }
        catch (IOException)
        {
            Assert.Skip("This file system holds no sparse file of 8 GiB.");
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(Length, file.Tensors[0].ByteCount);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        Assert.Contains("an array holds at most", FaultOf(() => file.ReadFloats("big")));
    }

    private static string FaultOf(Action read) => Assert.Throws<InvalidDataException>(read).Message;

    private static SafetensorsFile Open(TemporaryDirectory directory, byte[] bytes)
    {
        string path = directory["m.safetensors"];
        File.WriteAllBytes(path, bytes);
        return SafetensorsFile.Open(path);
    }
}
