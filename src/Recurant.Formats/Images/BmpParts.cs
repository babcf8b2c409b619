using System.Buffers.Binary;

namespace Recurant.Formats;

/// <summary>The head of a BMP file, and whether its rows, each of a multiple of four bytes, are there.</summary>
internal static class BmpParts
{
    private const int ShortHead = 12; // the oldest form, with sizes of 16 bits
    private const int LeastLength = 30;

    internal static bool IsBmp(ReadOnlySpan<byte> file) => file.StartsWith("BM"u8);

    internal static ImageHead Check(ReadOnlySpan<byte> file, out string? fault)
    {
        if (file.Length < LeastLength)
        {
            fault = $"the BMP image is cut short at byte {file.Length}. Fetch or save it again.";
            return default;
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        bool isShort = BinaryPrimitives.ReadInt32LittleEndian(file[14..]) == ShortHead;
        (long width, long height) = isShort
            ? (BinaryPrimitives.ReadUInt16LittleEndian(file[18..]), BinaryPrimitives.ReadUInt16LittleEndian(file[20..]))
            : (BinaryPrimitives.ReadInt32LittleEndian(file[18..]), BinaryPrimitives.ReadInt32LittleEndian(file[22..]));
        height = Math.Abs(height); // below 0 the upper row comes first
        long bits = BinaryPrimitives.ReadUInt16LittleEndian(file[(isShort ? 24 : 28)..]);
        double needed = start + (Math.Ceiling(width * bits / 32.0) * 4 * height);
        fault = needed - 3 <= file.Length // the padding of the last row may be missing
            ? null
            : $"the BMP image is cut short at byte {file.Length} of {needed}. Fetch or save it again.";
        return new ImageHead(width, height, Colour: true);
    }
}
