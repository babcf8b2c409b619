using System.Buffers.Binary;
using System.Text;

namespace Recurant.Formats.Tests.Sound;

/// <summary>Builds WAV files, right ones and wrong ones, byte by byte.</summary>
internal static class WavBytes
{
    /// <summary>100, 200, ... 1000 in 16 bits.</summary>
    public static readonly byte[] Ramp = Words(100, 200, 300, 400, 500, 600, 700, 800, 900, 1000);

    public static byte[] Words(params int[] values) => [.. values.SelectMany(value => new[] { (byte)value, (byte)(value >> 8) })];

    public static byte[] Triples(params int[] values) =>
        [.. values.SelectMany(value => new[] { (byte)value, (byte)(value >> 8), (byte)(value >> 16) })];

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Doubles(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Ints(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>A file of chunks; its own size is right unless another is given.</summary>
    public static byte[] Riff(byte[][] chunks, string form = "RIFF", uint? size = null)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes("WAVE"), .. chunks.SelectMany(chunk => chunk)];
        return [.. Encoding.ASCII.GetBytes(form), .. Size(size ?? (uint)content.Length), .. content];
    }

    public static byte[] Chunk(string name, byte[] content, uint? size = null, bool pad = true, byte padByte = 0)
    {
        byte[] padding = pad && content.Length % 2 == 1 ? [padByte] : [];
        return [.. Encoding.ASCII.GetBytes(name), .. Size(size ?? (uint)content.Length), .. content, .. padding];
    }

    public static byte[] Format(
        int tag = 1, int channels = 1, int rate = 16_000, int bits = 16, int? align = null, int? subFormat = null, int more = 0)
    {
        int block = align ?? channels * bits / 8;
        var content = new List<byte>([.. Words(tag, channels), .. Ints(rate, rate * block), .. Words(block, bits)]);
        if (subFormat is { } sub)
        {
            content.AddRange([.. Words(22 + more, bits), .. Ints(3), .. Words(sub)]);
            content.AddRange([0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]);
        }
        else if (more > 0)
        {
            content.AddRange(Words(more));
        }

        content.AddRange(new byte[more]);
        return Chunk("fmt ", [.. content]);
    }

    private static byte[] Size(uint size)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, size);
        return bytes;
    }
}
