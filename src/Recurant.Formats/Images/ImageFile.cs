using StbImageSharp;

namespace Recurant.Formats;

/// <summary>Reads one image: PNG, JPEG or BMP, told by its first bytes.</summary>
/// <remarks>
/// <para>PNG of every depth and colour type, interlaced or not; JPEG of 8 bits, baseline or progressive, grey, colour or CMYK;
/// BMP of 1, 4, 8, 16, 24 or 32 bits, not run-length encoded. All are read with 8 bits a channel.</para>
/// <para>An image is turned upright as its Exif data say. One whose decoding would take more than 384 MiB, or that has more
/// than 50,000,000 pixels, is refused by its head, before any of it is unpacked.</para>
/// </remarks>
public static class ImageFile
{
    /// <summary>The longest file.</summary>
    private const int MostBytes = 256 << 20;

    /// <summary>
    /// Reads an image and brings it to a size by averaging over the area of each new pixel. What is transparent becomes white;
    /// grey is 0.299 red + 0.587 green + 0.114 blue.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="width">Pixels in a row; at least 1.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <returns>[height, width, channels], row-major, from 0 (black) to 255 (white).</returns>
    /// <exception cref="InvalidDataException">The file is no such image, is damaged, or is too large.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static byte[] Read(string path, int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "The channels must be 1 (grey) or 3 (colour).");
        }

        byte[] bytes = InputFile.ReadAll(path, MostBytes);
        ImageHead head = Head(path, bytes);
        ImageResult image = Decode(path, bytes);
        if (image.Width != head.Width || image.Height != head.Height)
        {
            throw new InvalidDataException(
                $"{path}: the image is damaged: its head says {head.Width} x {head.Height} pixels, and it has {image.Width} x "
                + $"{image.Height}. Fetch or save it again.");
        }

        // Averages of whole areas do not depend on the side one looks from: the small image is turned instead of the large one.
        bool swaps = Orientation.Swaps(head.Orientation);
        byte[] stored = AreaAverage.Resize(
            (y, row) => Convert(image, y, row, channels), image.Width, image.Height, channels, swaps ? height : width,
            swaps ? width : height);
        return Orientation.Turn(stored, head.Orientation, width, height, channels);
    }

    /// <summary>The size of an image turned upright, and whether it has colours, from the head of its file.</summary>
    /// <exception cref="InvalidDataException">The file is no such image, or is too large.</exception>
    internal static (int Width, int Height, bool Colour) Measure(string path)
    {
        ImageHead head = Head(path, InputFile.ReadAll(path, MostBytes));
        return Orientation.Swaps(head.Orientation)
            ? ((int)head.Height, (int)head.Width, head.Colour)
            : ((int)head.Width, (int)head.Height, head.Colour);
    }

    private static ImageResult Decode(string path, byte[] bytes)
    {
        try
        {
            return ImageResult.FromMemory(bytes, ColorComponents.Default);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"{path}: the image is damaged ({exception.Message}). Fetch or save it again.", exception);
        }
    }

    /// <summary>One row in the channels wanted; a decoded pixel has a grey or three colours, and perhaps its opacity.</summary>
    private static void Convert(ImageResult image, int y, Span<byte> row, int channels)
    {
        int parts = (int)image.Comp;
        ReadOnlySpan<byte> from = image.Data.AsSpan(y * image.Width * parts, image.Width * parts);
        for (int o = 0; from.Length > 0; from = from[parts..])
        {
            int opacity = parts is 2 or 4 ? from[parts - 1] : 255;
            int red = OverWhite(from[0], opacity);
            int green = parts >= 3 ? OverWhite(from[1], opacity) : red;
            int blue = parts >= 3 ? OverWhite(from[2], opacity) : red;
            if (channels == 1)
            {
                row[o++] = (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);
            }
            else
            {
                row[o++] = (byte)red;
                row[o++] = (byte)green;
                row[o++] = (byte)blue;
            }
        }
    }

    private static int OverWhite(int value, int opacity) => ((value * opacity) + (255 * (255 - opacity)) + 127) / 255;

    private static ImageHead Head(string path, byte[] bytes)
    {
        ImageHead head = ImageHead.Read(bytes, out string? fault);
        return fault is null ? head : throw new InvalidDataException($"{path}: {fault}");
    }
}
