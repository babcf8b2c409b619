using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Recurant.Tests.Frozen;

/// <summary>SHA-256 over tensors and answers, the same on machines of either byte order.</summary>
internal sealed class Digest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose() => _hash.Dispose();

    /// <summary>The name, the shape and the bits of every tensor, in the order of the model file.</summary>
    public static string Of(IEnumerable<Parameter> parameters)
    {
        using var digest = new Digest();
        foreach (Parameter parameter in parameters)
        {
            digest.Add(parameter.Name);
            foreach (int extent in parameter.Shape) digest.Add(extent);
            digest.Add(parameter.Values);
        }

        return digest.Result();
    }

    public Digest Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public Digest Add(int value) => Add(BitConverter.Int32BitsToSingle(value));

    public Digest Add(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _hash.AppendData(bytes);
        return this;
    }

    public Digest Add(float value) => Add([value]);

    public Digest Add(ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            _hash.AppendData(MemoryMarshal.AsBytes(values));
            return this;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            _hash.AppendData(bytes);
        }

        return this;
    }

    /// <summary>The first 16 bytes of the hash, in hexadecimal digits.</summary>
    public string Result() => Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, 16));
}
