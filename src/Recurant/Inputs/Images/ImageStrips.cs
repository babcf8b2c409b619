namespace Recurant.Inputs;

/// <summary>Sources that are sequences of vectors, such as the strips of an image.</summary>
internal interface IVectorSource
{
    /// <summary>The vectors of an item.</summary>
    int Steps(int item);

    /// <summary>Writes the vector of a step; the same numbers each time.</summary>
    void Write(int item, int step, Span<float> vector);
}

/// <summary>How images are cut: into bands, which are read one after the other from left to right, strip by strip.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for grey, 3 for colour.</param>
/// <param name="BandHeight">The rows of a band.</param>
/// <param name="StripWidth">The pixels of a strip.</param>
internal readonly record struct StripLayout(int Width, int Height, int Channels, int BandHeight, int StripWidth)
{
    /// <summary>The numbers of a strip.</summary>
    public int Size => BandHeight * StripWidth * Channels;

    /// <summary>The strips beside one another in a band.</summary>
    public int Across => (Width + StripWidth - 1) / StripWidth;

    /// <summary>The strips of an image.</summary>
    public int Strips => (Height + BandHeight - 1) / BandHeight * Across;
}

/// <summary>The strips of images: pixels from 0 to 1, row by row; what lies past an edge is 0.</summary>
internal sealed class ImageStrips(CaptionDataset images, StripLayout layout) : IVectorSource
{
    public int Steps(int item) => layout.Strips;

    public void Write(int item, int step, Span<float> vector)
    {
        ReadOnlySpan<byte> pixels = images.Images[item].Pixels.Span;
        int left = step % layout.Across * layout.StripWidth, top = step / layout.Across * layout.BandHeight;
        int width = Math.Min(layout.StripWidth, layout.Width - left), channels = layout.Channels;
        vector.Clear();
        for (int y = 0; y < layout.BandHeight && top + y < layout.Height; y++)
        {
            ReadOnlySpan<byte> from = pixels.Slice(((top + y) * layout.Width + left) * channels, width * channels);
            Span<float> to = vector.Slice(y * layout.StripWidth * channels, from.Length);
            for (int i = 0; i < from.Length; i++) to[i] = from[i] * (1f / 255f);
        }
    }
}
