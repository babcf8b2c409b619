namespace Recurant.Formats;

/// <summary>
/// Reads images with a sentence each from a manifest: a tab-separated or CSV file whose first column is the path of a PNG, JPEG
/// or BMP file, seen from the manifest's folder, and whose second is the sentence; plain or gzip, in UTF-8.
/// </summary>
/// <remarks>
/// A first row without the name of an image is a header. All images are brought to one size by averaging over areas. Every
/// fault is an <see cref="InvalidDataException"/> that names the manifest, the line and the image.
/// </remarks>
public static class CaptionDatasetReader
{
    private const int LongestSide = 64;

    /// <summary>Reads a manifest and its images.</summary>
    /// <param name="path">The manifest.</param>
    /// <param name="options">The size of the images.</param>
    /// <exception cref="InvalidDataException">The manifest or an image is faulty, or an image is not there.</exception>
    /// <exception cref="IOException">The manifest cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public static CaptionDataset Read(DataFile path, CaptionFormatOptions? options = null)
    {
        options ??= new CaptionFormatOptions();
        (string format, char delimiter) = FormatGuess.Guess(path, null);
        format = format == FormatName.Csv ? FormatName.Csv : FormatName.Tsv;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path.Path))!;
        var images = new List<CaptionedImage>();
        var sentences = new StringPool();
        (int Width, int Height, int Channels)? size = null;
        using TableReader table = TableReader.Open(path, format, delimiter);
        for (bool first = true; table.Read(); first = false)
        {
            if (first && table.FieldCount == 2 && !IsImage(table.Field(0)))
            {
                continue; // a header
            }

            table.CheckFieldCount(2);
            string image = Path.Combine(folder, table.Field(0).Trim().ToString());
            if (table.Field(1).IsWhiteSpace())
            {
                throw table.Error(1, "the sentence is empty. Every image needs one: add it or remove the row.");
            }

            try
            {
                size ??= Size(ImageFile.Measure(image), options);
                byte[] pixels = ImageFile.Read(image, size.Value.Width, size.Value.Height, size.Value.Channels);
                images.Add(new CaptionedImage(pixels, sentences.Get(table.Field(1).Trim()), table.Line));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException)
            {
                throw TextFile.Error(path.Path, table.Line, 0, exception.Message);
            }
        }

        return size is { } found
            ? new CaptionDataset(path.Path, images, found.Width, found.Height, found.Channels) { Warnings = path.Notes }
            : throw new InvalidDataException($"{path}: there are no images; rows with a path and a sentence are expected.");
    }

    /// <summary>Whether a field is the name of an image file.</summary>
    internal static bool IsImage(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        foreach (string extension in (ReadOnlySpan<string>)[".png", ".jpg", ".jpeg", ".bmp"])
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static (int Width, int Height, int Channels) Size(
        (int Width, int Height, bool Colour) first, CaptionFormatOptions options)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(first.Width, first.Height));
        return (
            options.Width ?? Math.Max(1, (int)Math.Round(first.Width * scale)),
            options.Height ?? Math.Max(1, (int)Math.Round(first.Height * scale)),
            options.Channels ?? (first.Colour ? 3 : 1));
    }
}
