using System.Globalization;

namespace Recurant.Formats;

/// <summary>Images in an IDX file, such as MNIST's, as sequences; their labels stand in another beside it.</summary>
internal static class IdxSeries
{
    internal static SeriesFile Read(DataFile file, SeriesFormatOptions options)
    {
        IdxFile images = IdxFile.Read(file);
        if (images.Sizes.Count < 2)
        {
            throw SeriesFault.Of(
                $"{file}: an IDX file of images is expected, count x rows x columns; found {string.Join(" x ", images.Sizes)}. "
                + "Labels are found beside their images.");
        }

        int count = images.Sizes[0];
        (int height, int width, int channels) = images.Sizes.Count switch
        {
            2 => (1, images.Sizes[1], 1),
            3 => (images.Sizes[1], images.Sizes[2], 1),
            _ => (images.Sizes[1], images.Sizes[2], images.Sizes[3]),
        };
        if (count == 0 || height * width * channels == 0) throw SeriesFault.Of($"{file}: there are no images.");
        var notes = new List<string>();
        byte[]? labels = Labels(file, count, notes);
        ReadOnlyMemory<byte> values = images.Values;
        int size = height * width * channels;
        SeriesTable table = ImageSequences.Table(
            file.Path, count, i => values.Span.Slice(i * size, size), height, width, channels, options.Pixels,
            labels is null ? null : i => labels[i].ToString(CultureInfo.InvariantCulture), null, notes);
        table = SeriesExpectation.Apply(table, options.Expected);
        return SeriesRoles.Describe(
            table, $"IDX, {count:N0} images of {height} x {width}", options, label: table.IndexOf("label") >= 0 ? "label" : null);
    }

    /// <summary>The labels of the file whose name has labels and 1 where that of the images has images and 3.</summary>
    private static byte[]? Labels(DataFile file, int count, List<string> notes)
    {
        string name = Path.GetFileName(file.Path), folder = Path.GetDirectoryName(file.Path) ?? "";
        string beside = name.Replace("images", "labels", StringComparison.OrdinalIgnoreCase)
            .Replace("idx3", "idx1", StringComparison.OrdinalIgnoreCase)
            .Replace("idx4", "idx1", StringComparison.OrdinalIgnoreCase);
        string? found = new[] { beside, $"{beside}.gz", beside.EndsWith(".gz", StringComparison.Ordinal) ? beside[..^3] : beside }
            .Where(each => each != name).Select(each => Path.Combine(folder, each)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            notes.Add($"{file}: there is no file {beside} beside it, so that the images have no labels.");
            return null;
        }

        IdxFile labels = IdxFile.Read(file.Beside(found));
        return labels.Sizes.Count == 1 && labels.Sizes[0] == count ? labels.Values.ToArray() : throw SeriesFault.Of(
            $"{found}: expected a label for each of the {count} images of {file}, found {string.Join(" x ", labels.Sizes)}.");
    }
}

/// <summary>Images as sequences: a row or a pixel a step, 0 black to 1 white.</summary>
internal static class ImageSequences
{
    /// <summary>The bytes of an image, [height, width, channels].</summary>
    internal delegate ReadOnlySpan<byte> Pixels(int image);

    internal static SeriesTable Table(
        string path, int count, Pixels pixels, int height, int width, int channels, PixelOrder order,
        Func<int, string>? label, Func<int, string>? id, List<string> notes)
    {
        int columns = order == PixelOrder.Row ? width * channels : channels;
        int steps = height * width * channels / columns;
        if ((long)steps * count > Array.MaxLength)
        {
            throw SeriesFault.Of($"{path}: {count:N0} images of {steps:N0} steps are more than one table can hold.");
        }

        var values = new float[columns][];
        for (int i = 0; i < columns; i++) values[i] = new float[steps * count];
        var labels = new CategoryPool();
        float[]? numbers = label is null ? null : new float[steps * count];
        var spans = new SeriesSpan[count];
        for (int image = 0; image < count; image++)
        {
            ReadOnlySpan<byte> bytes = pixels(image);
            int first = image * steps;
            for (int step = 0, at = 0; step < steps; step++)
            {
                for (int column = 0; column < columns; column++) values[column][first + step] = bytes[at++] / 255f;
            }

            if (numbers is not null) numbers.AsSpan(first, steps).Fill(labels.Add(label!(image)));
            spans[image] = new SeriesSpan(
                id is not null ? id(image) : count == 1 ? "" : (image + 1).ToString(CultureInfo.InvariantCulture), first, steps);
        }

        var all = values.Select((each, i) => new SeriesColumn(columns == 1 ? "pixel" : $"pixel{i + 1}", each)).ToList();
        if (numbers is not null)
        {
            (string[] names, int[] places) = labels.Sorted();
            for (int i = 0; i < numbers.Length; i++) numbers[i] = places[(int)numbers[i]];
            all.Add(new SeriesColumn("label", numbers, names));
        }

        return new SeriesTable(path, all, spans) { Warnings = notes };
    }
}
