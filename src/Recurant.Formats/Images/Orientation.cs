using System.Buffers.Binary;

namespace Recurant.Formats;

/// <summary>
/// How a camera was held, 1 to 8, and turning an image upright. Source: Exif 2.32 (CIPA DC-008), section 4.6.4 A, tag 0x0112.
/// </summary>
internal static class Orientation
{
    private const int Upright = 1, Tag = 0x0112, Short = 3, EntryLength = 12;

    /// <summary>The orientation in Exif data, which are laid out as in a TIFF file; 1 where there is none.</summary>
    internal static int Find(ReadOnlySpan<byte> exif)
    {
        if (exif.Length < 8) return Upright;
        bool little = exif.StartsWith("II*\0"u8);
        if (!little && !exif.StartsWith("MM\0*"u8)) return Upright;
        uint start = little ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (start > exif.Length - 2) return Upright;
        int count = Read16(exif[(int)start..], little);
        ReadOnlySpan<byte> entries = exif[((int)start + 2)..];
        for (int i = 0; i < count && entries.Length >= EntryLength; i++, entries = entries[EntryLength..])
        {
            if (Read16(entries, little) == Tag && Read16(entries[2..], little) == Short)
            {
                int value = Read16(entries[8..], little);
                return value is >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;
    }

    /// <summary>Whether rows become columns.</summary>
    internal static bool Swaps(int orientation) => orientation >= 5;

    /// <summary>Turns [height, width, channels], which are the sizes afterwards, upright.</summary>
    internal static byte[] Turn(byte[] pixels, int orientation, int width, int height, int channels)
    {
        if (orientation <= Upright) return pixels;
        int storedWidth = Swaps(orientation) ? height : width, storedHeight = Swaps(orientation) ? width : height;
        var turned = new byte[pixels.Length];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += channels)
            {
                (int fromX, int fromY) = orientation switch
                {
                    2 => (storedWidth - 1 - x, y),
                    3 => (storedWidth - 1 - x, storedHeight - 1 - y),
                    4 => (x, storedHeight - 1 - y),
                    5 => (y, x),
                    6 => (y, storedHeight - 1 - x),
                    7 => (storedWidth - 1 - y, storedHeight - 1 - x),
                    _ => (storedWidth - 1 - y, x),
                };
                pixels.AsSpan(((fromY * storedWidth) + fromX) * channels, channels).CopyTo(turned.AsSpan(to));
            }
        }

        return turned;
    }

    private static int Read16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
