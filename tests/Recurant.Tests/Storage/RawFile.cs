using System.Buffers.Binary;
using System.Text;

namespace Recurant.Tests.Storage;

/// <summary>Safetensors files made by hand, right or wrong.</summary>
internal static class RawFile
{
    /// <summary>The header's true length, the header, and data of bytes 0, 1, 2, ...</summary>
    public static byte[] Build(string header, int dataLength) => Build(Encoding.UTF8.GetBytes(header), dataLength);

    public static byte[] Build(byte[] header, int dataLength)
    {
        byte[] file = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataLength; i++)
            file[8 + header.Length + i] = (byte)i;
        return file;
    }

    /// <summary>A file with metadata, three tensors and several types.</summary>
    public static byte[] Sample() => Build(
        """{"__metadata__":{"a":"1","b":"{\"x\":[1,2]}"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"""
        + """ "h":{"dtype":"F16","shape":[4],"data_offsets":[24,32]},"""
        + """ "n":{"dtype":"I64","shape":[],"data_offsets":[32,40]}}""", 40);

    /// <summary>Puts other bytes into a file, in place: to make thousands of files anew is slow.</summary>
    public static void Overwrite(string path, byte[] bytes)
    {
        using var stream = new FileStream(path, FileMode.OpenOrCreate);
        stream.SetLength(bytes.Length);
        stream.Write(bytes);
    }

    /// <summary>The message of the fault that opening these bytes must meet with.</summary>
    public static string FaultOf(byte[] bytes)
    {
        using var directory = new TemporaryDirectory();
        return FaultOf(directory["m.safetensors"], bytes);
    }

    /// <summary>The same with the file's place given, for many files in turn.</summary>
    public static string FaultOf(string path, byte[] bytes)
    {
        Overwrite(path, bytes);
        var fault = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith(path + ": ", fault.Message);
        Assert.EndsWith(".", fault.Message);
        return fault.Message[(path.Length + 2)..];
    }
}
