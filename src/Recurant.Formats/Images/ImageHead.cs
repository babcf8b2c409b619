namespace Recurant.Formats;

/// <summary>What the head of an image file says.</summary>
/// <param name="Width">Pixels in a row as stored, before the image is turned upright.</param>
/// <param name="Height">Rows as stored.</param>
/// <param name="Colour">Whether it has colours.</param>
/// <param name="Memory">The most bytes that decoding takes at a time, the decoder's own copies included.</param>
internal readonly record struct ImageHead(long Width, long Height, bool Colour, double Memory)
{
    /// <summary>The most pixels an image may have before it is made smaller.</summary>
    private const long MostPixels = 50_000_000;

    /// <summary>The most memory that decoding may take.</summary>
    private const double MostMemory = 384 << 20;

    /// <summary>How the camera was held, 1 to 8: see <see cref="Formats.Orientation"/>.</summary>
    internal int Orientation { get; init; } = 1;

    /// <summary>
    /// Reads the head and walks through the parts of the file, to find what decoders pass over or would wait for without end,
    /// and what would make them take more memory than the head says.
    /// </summary>
    /// <param name="file">A PNG, JPEG or BMP file.</param>
    /// <param name="fault">What is wrong, as a sentence; null if nothing is.</param>
    internal static ImageHead Read(byte[] file, out string? fault)
    {
        ImageHead head = PngParts.IsPng(file) ? PngParts.Check(file, out fault)
            : JpegParts.IsJpeg(file) ? JpegParts.Check(file, out fault)
            : BmpParts.IsBmp(file) ? BmpParts.Check(file, out fault)
            : Unknown(file, out fault);
        if (fault is null && (head.Width < 1 || head.Height < 1))
        {
            fault = $"the image has {head.Width} x {head.Height} pixels: its head is damaged. Fetch or save it again.";
        }

        fault ??= TooLarge(head);
        return head;
    }

    /// <summary>What is wrong with a size; null if nothing is.</summary>
    internal static string? TooLarge(in ImageHead head) =>
        head.Height > 0 && head.Width > MostPixels / head.Height
            ? $"{head.Width} x {head.Height} pixels; at most {MostPixels:N0} are accepted. Make the image smaller."
        : head.Memory > MostMemory
            ? $"{head.Width} x {head.Height} pixels of this kind take {head.Memory / (1 << 20):N0} MiB to decode; at most "
                + $"{MostMemory / (1 << 20):N0} are accepted. Make the image smaller."
        : null;

    private static ImageHead Unknown(ReadOnlySpan<byte> file, out string fault)
    {
        FileKind? kind = FileKind.Of(file[..Math.Min(file.Length, FileKind.SampleLength)]);
        string what = file.IsEmpty ? "the file is empty"
            : kind is null ? "the file begins like none of these"
            : $"this is {kind.Name}";
        fault = $"{what}; a PNG, JPEG or BMP image is expected.";
        return default;
    }
}
