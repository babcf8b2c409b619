namespace Recurant.Data;

/// <summary>An image and the sentence it is to give.</summary>
/// <param name="Pixels">[height, width, channels], row-major: 0 is black, 255 is white; three channels are red, green, blue.
/// </param>
/// <param name="Sentence">The sentence, as it stands in the file, not yet cut into tokens.</param>
/// <param name="Line">The line of the manifest, counted from 1; 0 if it came from none.</param>
public sealed record CaptionedImage(ReadOnlyMemory<byte> Pixels, string Sentence, int Line = 0);

/// <summary>Images of one size with a sentence each. Any number of threads may read it.</summary>
public sealed class CaptionDataset
{
    /// <summary>Makes a data set of the images given.</summary>
    /// <param name="name">What messages call the data: the path of its file.</param>
    /// <param name="images">The images; the list is kept, not copied.</param>
    /// <param name="width">Pixels in a row; at least 1.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <exception cref="ArgumentException">An image has another number of bytes than the sizes say.</exception>
    public CaptionDataset(string name, IReadOnlyList<CaptionedImage> images, int width, int height, int channels)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "The channels must be 1 (grey) or 3 (colour).");
        }

        (Name, Images, Width, Height, Channels) = (name, images, width, height, channels);
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i].Pixels.Length != PixelCount)
            {
                throw new ArgumentException(
                    $"Image {i} has {images[i].Pixels.Length} bytes; [{height}, {width}, {channels}] needs {PixelCount}.",
                    nameof(images));
            }
        }
    }

    /// <summary>What messages call the data: the path of its file.</summary>
    public string Name { get; }

    /// <summary>The images with their sentences.</summary>
    public IReadOnlyList<CaptionedImage> Images { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 for grey, 3 for colour.</summary>
    public int Channels { get; }

    /// <summary>The values of one image: height x width x channels.</summary>
    public int PixelCount => Height * Width * Channels;

    /// <summary>The number of images.</summary>
    public int Count => Images.Count;

    /// <summary>Things worth telling the user that did not stop the reading.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Writes the values of an image as numbers from 0 (black) to 1 (white).</summary>
    /// <param name="index">Which image.</param>
    /// <param name="values">[height, width, channels]; gets the numbers.</param>
    /// <exception cref="ArgumentException"><paramref name="values"/> has another length.</exception>
    public void CopyPixels(int index, Span<float> values)
    {
        ReadOnlySpan<byte> pixels = Images[index].Pixels.Span;
        if (values.Length != pixels.Length)
        {
            throw new ArgumentException($"An image has {pixels.Length} values; found room for {values.Length}.", nameof(values));
        }

        for (int i = 0; i < pixels.Length; i++) values[i] = pixels[i] / 255f;
    }

    /// <summary>The images with the given numbers, in their order.</summary>
    internal CaptionDataset Subset(IReadOnlyList<int> rows) =>
        new(Name, [.. rows.Select(row => Images[row])], Width, Height, Channels);

    /// <summary>Refuses images of another size than these.</summary>
    /// <exception cref="InvalidDataException">They are; the message says what is needed.</exception>
    internal void RequireSize(CaptionDataset images) => RequireSize(Width, Height, Channels, images);

    /// <summary>Refuses images of another size than those a model was, or is to be, trained with.</summary>
    /// <exception cref="InvalidDataException">They are; the message says what is needed.</exception>
    internal static void RequireSize(int width, int height, int channels, CaptionDataset images)
    {
        if (images.Width == width && images.Height == height && images.Channels == channels) return;
        throw new InvalidDataException(
            $"{images.Name}: the images are {images.Width} x {images.Height} with {images.Channels} channels; "
            + $"{width} x {height} with {channels} are needed, the size that the model is trained with.");
    }
}
