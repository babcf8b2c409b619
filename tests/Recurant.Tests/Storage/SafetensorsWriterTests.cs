using System.Text;

namespace Recurant.Tests.Storage;

public class SafetensorsWriterTests
{
    [Fact]
    public void WriteTo_TinyFile_IsTheseBytes()
    {
        var writer = new SafetensorsWriter();
        writer.Add("w", [1, 2], new float[] { 1f, -2f });
        writer.AddMetadata("b", "\"ä\n");
        writer.AddMetadata("B", "");
        const string Header =
            """{"__metadata__":{"B":"","b":"\"ä\n"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""";
        byte[] header = Encoding.UTF8.GetBytes(Header);
        Assert.Equal(93, header.Length);
        byte[] expected =
        [
            96, 0, 0, 0, 0, 0, 0, 0, .. header, .. "   "u8,
            0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0xC0,
        ];
        Assert.Equal(expected, BytesOf(writer));
        Assert.Equal(expected, BytesOf(writer)); // A writer may be used again.
    }

    [Fact]
    public void WriteTo_Nothing_IsTheEmptyFile() =>
        Assert.Equal([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8], BytesOf(new SafetensorsWriter()));

    [Fact]
    public void Save_ManyShapes_RoundTrips()
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(5);
        int[][] shapes = [[], [0], [7], [3, 0, 2], [2, 3], [1, 70_001], [2, 3, 4, 5]];
        float[][] values = new float[shapes.Length][];
        var writer = new SafetensorsWriter();
        for (int i = 0; i < shapes.Length; i++)
        {
            values[i] = Values(shapes[i].Aggregate(1, (a, b) => a * b), random);
            writer.Add($"t{i}.π/\"{i}\"", shapes[i], values[i]);
        }
        writer.AddMetadata("recurant", """{"format":1,"text":"naïve — 日本 🐜 <&>"}""");
        writer.Save(directory["m.safetensors"]);

        using SafetensorsFile file = SafetensorsFile.Open(directory["m.safetensors"]);
        Assert.Equal("""{"format":1,"text":"naïve — 日本 🐜 <&>"}""", file.Metadata["recurant"]);
        Assert.Equal(0, file.Tensors[0].Offset % 8);
        for (int i = 0; i < shapes.Length; i++)
        {
            Assert.Equal($"t{i}.π/\"{i}\"", file.Tensors[i].Name);
            Assert.Equal(shapes[i].Select(axis => (long)axis), file.Tensors[i].Shape);
            Assert.Equal(values[i], file.ReadFloats(file.Tensors[i].Name));
            float[] destination = new float[values[i].Length];
            file.ReadFloats(file.Tensors[i].Name, destination);
            Assert.Equal(values[i], destination);
        }
        Assert.Equal(["m.safetensors"], directory.Names());
    }

    [Fact]
    public void Save_SpecialValues_KeepsEveryBit()
    {
        using var directory = new TemporaryDirectory();
        uint[] bits = [0x80000000, 0x7F800000, 0xFF800000, 0x7FC01234, 1, 0x807FFFFF];
        var writer = new SafetensorsWriter();
        writer.Add("t", [bits.Length], bits.Select(BitConverter.UInt32BitsToSingle).ToArray());
        writer.Save(directory["m"]);
        using SafetensorsFile file = SafetensorsFile.Open(directory["m"]);
        Assert.Equal(bits, file.ReadFloats("t").Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(0, 4)]
    [InlineData(4, 0)]
    [InlineData(800, 301)] // Several blocks of columns, the last one narrower.
    [InlineData(70_000, 3)] // A column longer than a block.
    [InlineData(2, 70_000)]
    public void AddTransposed_AnyShape_IsTurnedOverInTheFileAndBack(int rows, int columns)
    {
        using var directory = new TemporaryDirectory();
        float[] values = Values(rows * columns, new Random(rows + columns));
        var turned = new float[rows * columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                turned[c * rows + r] = values[r * columns + c];
        }
        var writer = new SafetensorsWriter();
        writer.AddTransposed("t", rows, columns, values);
        writer.Add("after", [1], new float[] { 42f });
        writer.Save(directory["m"]);

        using SafetensorsFile file = SafetensorsFile.Open(directory["m"]);
        Assert.Equal([columns, rows], file.Tensors[0].Shape);
        Assert.Equal(turned, file.ReadFloats("t"));
        var back = new float[rows * columns];
        file.ReadFloatsTransposed("t", back);
        Assert.Equal(values, back);
        Assert.Equal([42f], file.ReadFloats("after"));
    }

    [Fact]
    public void Add_Source_GivesTheSameBytesAsMemory()
    {
        float[] values = Values(150_000, new Random(3));
        var memory = new SafetensorsWriter();
        memory.Add("a", [150_000], values);
        memory.AddTransposed("b", 1000, 150, values);
        var source = new SafetensorsWriter();
        source.Add("a", [150_000], (first, destination) => values.AsSpan((int)first, destination.Length).CopyTo(destination));
        source.AddTransposed("b", 1000, 150, (first, destination) =>
        {
            Assert.True(first % 150 + destination.Length <= 150, "A piece must lie within one row.");
            values.AsSpan((int)first, destination.Length).CopyTo(destination);
        });
        Assert.Equal(BytesOf(memory), BytesOf(source));
    }

    [Fact]
    public void Add_WrongArguments_SaysWhich()
    {
        var writer = new SafetensorsWriter();
        writer.Add("t", [2], new float[2]);
        writer.AddMetadata("k", "v");
        Assert.Contains("'t' was added before",
            Assert.Throws<ArgumentException>(() => writer.Add("t", [2], new float[2])).Message);
        Assert.Contains("of 6 values was given 5",
            Assert.Throws<ArgumentException>(() => writer.Add("u", [2, 3], new float[5])).Message);
        Assert.Contains("of 6 values was given 7",
            Assert.Throws<ArgumentException>(() => writer.AddTransposed("u", 2, 3, new float[7])).Message);
        Assert.Throws<ArgumentException>(() => writer.Add("", [2], new float[2]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [2], new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add("u", [-1], new float[2]));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("k", "w"));
        Assert.Contains("surrogate pair at index 1",
            Assert.Throws<ArgumentException>(() => writer.AddMetadata("l", "a\ud800b")).Message);
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => writer.Add("\udc00", [2], new float[2])).Message);
        Assert.Throws<ArgumentNullException>(() => writer.Add("u", [2], (TensorSource)null!));
    }

    [Fact]
    public void Save_SourceThrows_LeavesTheOldFile()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["m"], "old");
        var writer = new SafetensorsWriter();
        writer.Add("a", [100_000], new float[100_000]);
        writer.Add("b", [1], (_, _) => throw new InvalidOperationException("no values"));
        Assert.Equal("no values", Assert.Throws<InvalidOperationException>(() => writer.Save(directory["m"])).Message);
        Assert.Equal("old", File.ReadAllText(directory["m"]));
        Assert.Equal(["m"], directory.Names());
    }

    [Fact]
    public void Save_CancelledMidway_LeavesTheOldFile()
    {
        using var directory = new TemporaryDirectory();
        using var cancellation = new CancellationTokenSource();
        File.WriteAllText(directory["m"], "old");
        var writer = new SafetensorsWriter();
        int pieces = 0;
        writer.Add("a", [1_000_000], (_, _) =>
        {
            pieces++;
            cancellation.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => writer.Save(directory["m"], cancellation.Token));
        Assert.Equal(1, pieces);
        Assert.Equal("old", File.ReadAllText(directory["m"]));
        Assert.Equal(["m"], directory.Names());
    }

    private static byte[] BytesOf(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    private static float[] Values(int count, Random random)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
