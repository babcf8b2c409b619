namespace Recurant.Formats;

/// <summary>What the head of an image file says.</summary>
internal readonly record struct ImageHead(long Width, long Height, bool Colour)
{
    /// <summary>
    /// Reads the head and walks through the parts of the file, to find what decoders pass over or would wait for without end.
    /// </summary>
    /// <param name="file">A PNG, JPEG or BMP file.</param>
    /// <param name="fault">What is wrong, as a sentence; null if nothing is.</param>
    internal static ImageHead Read(ReadOnlySpan<byte> file, out string? fault)
    {
        ImageHead head = PngParts.IsPng(file) ? PngParts.Check(file, out fault)
            : JpegParts.IsJpeg(file) ? JpegParts.Check(file, out fault)
            : BmpParts.IsBmp(file) ? BmpParts.Check(file, out fault)
            : Unknown(file, out fault);
        if (fault is null && (head.Width < 1 || head.Height < 1))
        {
            fault = $"the image has {head.Width} x {head.Height} pixels: its head is damaged. Fetch or save it again.";
        }

        return head;
    }

    private static ImageHead Unknown(ReadOnlySpan<byte> file, out string fault)
    {
        fault = $"{(file.IsEmpty ? "the file is empty" : "the file begins like none of these")}; a PNG, JPEG or BMP image is "
            + "expected.";
        return default;
    }
}
