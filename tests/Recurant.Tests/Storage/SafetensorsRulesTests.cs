using System.Buffers.Binary;
using System.Text;

namespace Recurant.Tests.Storage;

/// <summary>Every rule of the format, broken in turn.</summary>
public class SafetensorsRulesTests
{
    [Theory]
    // The JSON itself.
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, "byte 61: the header is not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", 4, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}""", 4, "not valid JSON")]
    [InlineData("""{/* */}""", 0, "not valid JSON")]
    [InlineData("""{"a\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "half of a surrogate pair")]
    // Keys that occur twice, at every level, spelled differently too.
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{}}""",
        2, "the tensor 'a' occurs twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "'__metadata__' occurs twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"1"}}""", 0, "'k' occurs twice in __metadata__")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1,
        "tensor 'a': has the key 'dtype' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}""", 1,
        "tensor 'a': has the key 'shape' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]}}""", 1,
        "has the key 'data_offsets' twice")]
    // Metadata.
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__ must be an object of strings")]
    [InlineData("""{"__metadata__":null}""", 0, "__metadata__ must be an object of strings")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "the value of 'k' in __metadata__ must be a string")]
    [InlineData("""{"__metadata__":{"k":{"l":"m"}}}""", 0, "the value of 'k' in __metadata__ must be a string")]
    // A tensor's three keys.
    [InlineData("""{"a":[0,1]}""", 1, "tensor 'a': must be an object")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,1]}}""", 1, "tensor 'a': has no dtype")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,1]}}""", 1, "tensor 'a': has no shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 1, "tensor 'a': has no data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"extra":{}}}""", 1,
        "tensor 'a': has the unknown key 'extra'")]
    [InlineData("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4,
        "tensor 'a': has the unknown dtype 'F31'; one of BOOL")]
    [InlineData("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", 2,
        "tensor 'a': has 3 values of 4 bits by its dtype F4 and its shape [3], which do not fill whole bytes")]
    [InlineData("""{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,4]}}""", 4, "has 4 bytes by its data_offsets, but 3 by")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': has the unknown dtype")]
    [InlineData("""{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}""", 1, "needs a list of whole numbers as shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "in shape that is not a whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1, "in shape that is not a whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1, "in shape that is not a whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}""", 1, "in shape that is not a whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}}""", 1,
        "in shape that is not a whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1, "needs two data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "more than 2 numbers in data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1,
        "needs two data_offsets, the second not below the first")]
    // Sizes.
    [InlineData("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}""", 20,
        "tensor 'a': has 20 bytes by its data_offsets, but 24 by its dtype F32 and its shape [2, 3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4]}}""", 4,
        "but 4611686018427387904 by its dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0, "larger than any file")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "larger than any file")]
    // Places.
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""",
        7, "tensor 'b': begins at byte 3 of the data, inside the tensor 'a', which ends at byte 4")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        4, "tensor 'b': begins at byte 0 of the data, inside the tensor 'a'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""",
        9, "tensor 'b': begins at byte 5 of the data, but bytes 4 to 4 are no tensor's")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "tensor 'a': begins at byte 2 of the data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3,
        "tensor 'a': ends at byte 4 of the data, but the file holds only 3 bytes of data. The file is truncated: copy it again")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 6, "byte 65: 2 bytes follow the last tensor")]
    [InlineData("{}", 1, "byte 10: 1 bytes follow the last tensor")]
    public void Open_BrokenHeader_NamesPlaceAndFault(string header, int dataLength, string expected) =>
        Assert.Contains(expected, RawFile.FaultOf(RawFile.Build(header, dataLength)));

    [Fact]
    public void Open_HeaderNotUtf8_NamesTheByte()
    {
        byte[] header = Encoding.UTF8.GetBytes("""{"__metadata__":{"key":"??"}}""");
        header[24] = 0xC3; // The first of two bytes, followed by one that does not belong to it.
        Assert.StartsWith("byte 32: the header is not valid UTF-8", RawFile.FaultOf(RawFile.Build(header, 0)));
    }

    [Fact]
    public void Open_MoreAxesThanAllowed_IsRefused()
    {
        string ones = string.Join(",", Enumerable.Repeat("1", 65));
        string header = $$$"""{"a":{"dtype":"U8","shape":[{{{ones}}}],"data_offsets":[0,1]}}""";
        Assert.Contains("more than 64 numbers in shape", RawFile.FaultOf(RawFile.Build(header, 1)));
    }

    [Theory]
    [InlineData(0UL, "begins with 0 as the length of its header")]
    [InlineData(1UL, "begins with 1 as the length of its header")]
    [InlineData(100_000_001UL, "begins with 100000001 as the length of its header; 2 to 100000000 is expected")]
    [InlineData(1UL << 63, "begins with 9223372036854775808 as the length")]
    [InlineData(ulong.MaxValue, "begins with 18446744073709551615 as the length")]
    [InlineData(100_000_000UL, "the header takes 100000000 bytes by the number the file begins with, but only 12 bytes follow")]
    public void Open_HeaderLengthImpossible_IsRefused(ulong length, string expected)
    {
        byte[] file = RawFile.Build("{}          ", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        Assert.Contains(expected, RawFile.FaultOf(file));
    }

    [Fact]
    public void Open_HugeNumbersInHeader_AllocatesLittle()
    {
        const long Allowed = 200_000; // The header, its text and the message; a shape of 2^58 floats would be 2^60 bytes.
        string shape = """{"a":{"dtype":"F32","shape":[288230376151711744],"data_offsets":[0,1152921504606846976]}}""";
        byte[] header = RawFile.Build("{}", 0);
        BinaryPrimitives.WriteUInt64LittleEndian(header, 100_000_000);
        RawFile.FaultOf(header); // Once before, so that what is allocated only once is not counted.
        foreach (byte[] file in new[] { header, RawFile.Build(shape, 4) })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RawFile.FaultOf(file);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allowed);
        }
    }

    [Theory]
    [InlineData(" {}")]
    [InlineData("[] ")]
    public void Open_HeaderNotBeginningWithBrace_NamesTheByte(string header) =>
        Assert.StartsWith($"byte 8: the header begins with the byte 0x{(int)header[0]:X2}; '{{' (0x7B)",
            RawFile.FaultOf(RawFile.Build(header, 0)));

    [Theory]
    [InlineData("", "byte 0: the file is empty. The file is truncated")]
    [InlineData("504B0304", "seems to be a zip archive")]
    [InlineData("504B03040A0000000000000000000000000000000000000000001000000061726368", "seems to be a zip archive")]
    [InlineData("504B03040A0000000000000000000000000000000000000000001000000061726368" + "6976652F646174612E706B6C",
        "a PyTorch .pt file")]
    [InlineData("504B03040A000000000000000000000000000000000000000000" + "0D000000" + "6D657461646174612E6A736F6E",
        "a Keras .keras file")]
    [InlineData("894844460D0A1A0A0000000000", "seems to be an HDF5 file")]
    [InlineData("1F8B0800000000000003", "seems to be a gzip-compressed file")]
    [InlineData("80028A0A6CFC9C46F9206AA850192E", "seems to be a Python pickle")]
    [InlineData("934E554D50590100760000007B", "seems to be a NumPy .npy file")]
    [InlineData("08071207707974", "seems to be an ONNX file")]
    [InlineData("4747554603000000000000", "seems to be a GGUF file")]
    [InlineData("76657273696F6E2068747470733A2F2F6769742D6C66732E", "seems to be a Git LFS pointer")]
    [InlineData("7B226122203A20317D0A", "seems to be JSON text")]
    [InlineData("3C21444F43545950452068746D6C3E", "seems to be a web page")]
    [InlineData("746578740A6C6162656C20C3A4C3", "seems to be a text file")]
    [InlineData("0001FF", "the file has only 3 bytes")]
    public void Open_OtherKindOfFile_SaysWhatItSeemsToBe(string hex, string expected) =>
        Assert.Contains(expected, RawFile.FaultOf(Convert.FromHexString(hex)));

    [Fact]
    public void Open_OnlyTheLength_IsCutShort() =>
        Assert.Contains("The file is truncated", RawFile.FaultOf([40, 0, 0, 0, 0, 0, 0, 0]));

    [Fact]
    public void Open_EveryCut_IsRefused()
    {
        byte[] whole = RawFile.Sample();
        using var directory = new TemporaryDirectory();
        for (int length = 0; length < whole.Length; length++)
            Assert.Contains("copy it again", RawFile.FaultOf(directory["m"], whole[..length]));
    }

    [Fact]
    public void Open_MissingFileOrDirectory_Throws()
    {
        using var directory = new TemporaryDirectory();
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(directory["none"]));
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(directory.Root));
        Assert.Contains("this is a directory", error.Message);
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Open(""));
    }

    [Fact]
    public void Open_NameWithControlCharacters_MessageHasNone()
    {
        string message = RawFile.FaultOf(RawFile.Build("""{"a\u001b[31m\nb":1}""", 0));
        Assert.Contains("tensor 'a?[31m?b'", message);
    }

    /// <summary>
    /// Every type of the format, with 24 elements each; those that are no floats of 16 to 64 bits can be listed.
    /// </summary>
    [Theory]
    [InlineData("BOOL", 24)]
    [InlineData("F4", 12)]
    [InlineData("F6_E2M3", 18)]
    [InlineData("F6_E3M2", 18)]
    [InlineData("U8", 24)]
    [InlineData("I8", 24)]
    [InlineData("F8_E4M3", 24)]
    [InlineData("F8_E5M2", 24)]
    [InlineData("F8_E8M0", 24)]
    [InlineData("F8_E4M3FNUZ", 24)]
    [InlineData("F8_E5M2FNUZ", 24)]
    [InlineData("I16", 48)]
    [InlineData("U16", 48)]
    [InlineData("F16", 48)]
    [InlineData("BF16", 48)]
    [InlineData("I32", 96)]
    [InlineData("U32", 96)]
    [InlineData("F32", 96)]
    [InlineData("C64", 192)]
    [InlineData("I64", 192)]
    [InlineData("U64", 192)]
    [InlineData("F64", 192)]
    public void Open_EveryTypeOfTheFormat_IsListed(string dtype, int bytes)
    {
        using var directory = new TemporaryDirectory();
        string header = $$$"""{"a":{"dtype":"{{{dtype}}}","shape":[2,12],"data_offsets":[0,{{{bytes}}}]}}""";
        File.WriteAllBytes(directory["m.safetensors"], RawFile.Build(header, bytes));
        using SafetensorsFile file = SafetensorsFile.Open(directory["m.safetensors"]);
        TensorInfo tensor = Assert.Single(file.Tensors);
        Assert.Equal((dtype, 24, bytes), (tensor.DType, tensor.ElementCount, tensor.ByteCount));
        if (dtype is "F16" or "BF16" or "F32" or "F64")
        {
            Assert.Equal(24, file.ReadFloats("a").Length);
        }
        else
        {
            Assert.Contains($"holds {dtype}; F32, F64, F16 or BF16 is expected",
                Assert.Throws<InvalidDataException>(() => file.ReadFloats("a")).Message);
        }
    }
}
