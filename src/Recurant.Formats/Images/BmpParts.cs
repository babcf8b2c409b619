using System.Buffers.Binary;

namespace Recurant.Formats;

/// <summary>The head of a BMP file, and whether its rows, each of a multiple of four bytes, are there.</summary>
internal static class BmpParts
{
    private const int ShortHead = 12; // the oldest form, with sizes of 16 bits
    private const int LeastLength = 30, CompressionAt = 30, WithCompression = 34;

    internal static bool IsBmp(ReadOnlySpan<byte> file) => file.StartsWith("BM"u8);

    internal static ImageHead Check(ReadOnlySpan<byte> file, out string? fault)
    {
        if (file.Length < LeastLength)
        {
            fault = $"the BMP image is cut short at byte {file.Length}. Fetch or save it again.";
            return default;
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        int headLength = BinaryPrimitives.ReadInt32LittleEndian(file[14..]);
        bool isShort = headLength == ShortHead;
        (long width, long height) = isShort
            ? (BinaryPrimitives.ReadUInt16LittleEndian(file[18..]), BinaryPrimitives.ReadUInt16LittleEndian(file[20..]))
            : (BinaryPrimitives.ReadInt32LittleEndian(file[18..]), BinaryPrimitives.ReadInt32LittleEndian(file[22..]));
        height = Math.Abs(height); // below 0 the upper row comes first
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(file[(isShort ? 24 : 28)..]);
        long packing = isShort || file.Length < WithCompression ? 0
            : BinaryPrimitives.ReadUInt32LittleEndian(file[CompressionAt..]);
        var head = new ImageHead(width, height, Colour: true, Memory: 8.0 * width * height);
        fault = Unread(headLength, bits, packing);
        if (fault is not null || width < 1 || height < 1) return head;
        double needed = start + (Math.Ceiling(width * bits / 32.0) * 4 * height);
        fault = needed - 3 <= file.Length // the padding of the last row may be missing
            ? null
            : $"the BMP image is cut short at byte {file.Length} of {needed}. Fetch or save it again.";
        return head;
    }

    /// <summary>Names the rare kinds, which are whole and yet not read.</summary>
    private static string? Unread(int headLength, int bits, long packing)
    {
        string? kind = packing switch
        {
            0 or 3 => null,
            1 => "run-length encoded (RLE8)",
            2 => "run-length encoded (RLE4)",
            4 => "with a JPEG image in it",
            5 => "with a PNG image in it",
            _ => $"with compression {packing}",
        };
        kind ??= headLength is 12 or 40 or 56 or 108 or 124 ? null : $"with a head of {headLength} bytes";
        kind ??= bits is 1 or 4 or 8 or 16 or 24 or 32 ? null : $"of {bits} bits a pixel";
        return kind is null ? null : $"this is a BMP image {kind}, which is not read. Save it without compression, or as PNG.";
    }
}
