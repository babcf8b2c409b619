using StbImageSharp;

namespace Recurant.Formats;

/// <summary>Reads one image: PNG, JPEG or BMP, told by its first bytes.</summary>
public static class ImageFile
{
    /// <summary>The most pixels an image may have before it is made smaller.</summary>
    private const long MostPixels = 100_000_000;

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

        (byte[] pixels, int fullWidth, int fullHeight) = Decode(path, channels);
        return AreaAverage.Resize(pixels, fullWidth, fullHeight, channels, width, height);
    }

    /// <summary>The size of an image, and whether it has colours, from the head of its file.</summary>
    /// <exception cref="InvalidDataException">The file is no such image, or is too large.</exception>
    internal static (int Width, int Height, bool Colour) Measure(string path)
    {
        ImageHead head = Head(path, Bytes(path));
        return ((int)head.Width, (int)head.Height, head.Colour);
    }

    private static (byte[] Pixels, int Width, int Height) Decode(string path, int channels)
    {
        byte[] bytes = Bytes(path);
        Head(path, bytes);
        ImageResult image;
        try
        {
            image = ImageResult.FromMemory(bytes, ColorComponents.RedGreenBlueAlpha);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"{path}: the image is damaged ({exception.Message}). Fetch or save it again.", exception);
        }

        var pixels = new byte[image.Width * image.Height * channels];
        for (int i = 0, o = 0; i < image.Data.Length; i += 4)
        {
            int red = OverWhite(image.Data[i], image.Data[i + 3]);
            int green = OverWhite(image.Data[i + 1], image.Data[i + 3]);
            int blue = OverWhite(image.Data[i + 2], image.Data[i + 3]);
            if (channels == 1)
            {
                pixels[o++] = (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);
            }
            else
            {
                pixels[o++] = (byte)red;
                pixels[o++] = (byte)green;
                pixels[o++] = (byte)blue;
            }
        }

        return (pixels, image.Width, image.Height);
    }

    private static int OverWhite(int value, int opacity) => ((value * opacity) + (255 * (255 - opacity)) + 127) / 255;

    private static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file. Check the path.", path, exception);
        }
    }

    private static ImageHead Head(string path, byte[] bytes)
    {
        ImageHead head = ImageHead.Read(bytes, out string? fault);
        if (fault is not null)
        {
            throw new InvalidDataException($"{path}: {fault}");
        }

        return head.Width <= MostPixels / head.Height
            ? head
            : throw new InvalidDataException(
                $"{path}: {head.Width} x {head.Height} pixels; at most {MostPixels:N0} are accepted. Make the image smaller.");
    }
}
