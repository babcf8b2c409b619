namespace Recurant.Formats;

/// <summary>
/// Directories of numbers: a sub-directory a label with a sequence or an image a file; a sequence a file, with labels in a
/// manifest or none; and MNIST's files.
/// </summary>
internal static class SeriesDirectory
{
    private static readonly string[] s_images = [".png", ".jpg", ".jpeg", ".bmp"];

    private static readonly string[] s_tables = [".csv", ".tsv", ".tab", ".txt", ".dat", ".psv", ".parquet", ".jsonl", ".ndjson"];

    internal static SeriesFile Read(DataFile directory, SeriesFormatOptions options)
    {
        var listing = new Listing(directory);
        string[] files = [.. listing.Files(directory.Path)];
        string? idx = Array.Find(
            files, file => Path.GetFileName(file).StartsWith("train-images-idx3", StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(files, file => Path.GetFileName(file).Contains("images-idx3", StringComparison.OrdinalIgnoreCase));
        if (idx is not null) return IdxSeries.Read(directory.Beside(idx), options);
        List<(string File, string Label)> labelled = [];
        foreach (string folder in listing.Directories())
        {
            labelled.AddRange(listing.Files(folder).Select(file => (file, Path.GetFileName(folder))));
        }

        directory.Tell(listing.Note);
        (string File, string Label)[] images = [.. labelled.Where(each => Is(each.File, s_images))];
        if (images.Length > 0) return ReadImages(directory, images, options);
        (string File, string? Label)[] tables =
            [.. labelled.Where(each => Is(each.File, s_tables)).Select(each => (each.File, (string?)each.Label))];
        if (tables.Length == 0)
        {
            tables = Manifest(directory, [.. files.Where(file => Is(file, s_tables) && !IsNote(file))], options);
        }

        if (tables.Length == 0)
        {
            throw SeriesFault.Of(
                $"{directory}: there are no tables of numbers in this directory. Expected are sub-directories named as the "
                + "labels with a file a sequence or an image in them, or a file a sequence.");
        }

        return ReadTables(directory, tables, options);
    }

    /// <summary>Reads files as one table; each is a series where they have no column that names series.</summary>
    internal static SeriesFile ReadTables(DataFile directory, (string File, string? Label)[] tables, SeriesFormatOptions options)
    {
        FileRows.Part[] parts = [.. tables.Select(each => new FileRows.Part(
            SeriesReader.Source(directory.Beside(each.File), options), Relative(directory, each.File), each.Label))];
        SeriesSource source = FileRows.Source(directory.Path, parts, options);
        bool labels = Array.TrueForAll(tables, each => each.Label is not null);
        if (labels && options.Label is null) options = options with { Label = source.Names![^1] };
        return SeriesTableReader.Read(source, options with { Id = options.Id ?? source.FileColumn, RowIsSeries = false });
    }

    private static string Relative(DataFile directory, string file)
    {
        string name = Path.GetRelativePath(Directory.Exists(directory.Path) ? directory.Path : ".", file);
        return DataFile.WithoutPacking(name).Replace('\\', '/');
    }

    /// <summary>The files with their labels, where one of them is a list of the others.</summary>
    private static (string File, string? Label)[] Manifest(DataFile directory, string[] files, SeriesFormatOptions options)
    {
        foreach (string file in files.OrderByDescending(IsManifest))
        {
            if (files.Length < 2 || !IsManifest(file)) break;
            SeriesSource source = SeriesReader.Source(directory.Beside(file), options);
            using FieldRows rows = source.Open();
            if (!rows.Read()) continue;
            string[] header = [.. Enumerable.Range(0, rows.Count).Select(i => rows[i].ToString())];
            int label = KnownNames.Find(header, KnownNames.Label);
            var found = new List<(string File, string? Label)>();
            while (rows.Read())
            {
                int name = Enumerable.Range(0, rows.Count).FirstOrDefault(i =>
                    Find(directory, files, rows[i].ToString()) is not null, -1);
                if (name < 0) throw rows.Error(0, $"no field of this row names a file of {directory}.");
                int own = label >= 0 && label != name && label < rows.Count ? label : name == 0 ? rows.Count - 1 : 0;
                found.Add((Find(directory, files, rows[name].ToString())!, own == name ? null : rows[own].ToString()));
            }

            if (found.Count > 0) return [.. found];
        }

        return [.. files.Select(file => (file, (string?)null))];
    }

    private static string? Find(DataFile directory, string[] files, string name) => name.Length == 0 ? null
        : Array.Find(files, file => Path.GetFileName(file) == name || DataFile.WithoutPacking(Path.GetFileName(file)) == name
            || Path.GetFileNameWithoutExtension(DataFile.WithoutPacking(Path.GetFileName(file))) == name
            || Path.GetRelativePath(directory.Path, file).Replace('\\', '/') == name);

    private static bool IsManifest(string file) =>
        Path.GetFileNameWithoutExtension(DataFile.WithoutPacking(file)).ToLowerInvariant()
        is "manifest" or "labels" or "label" or "index" or "metadata" or "targets" or "classes" or "files";

    private static bool IsNote(string file) => Path.GetFileName(file).StartsWith("README", StringComparison.OrdinalIgnoreCase)
        || Path.GetFileName(file).StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase);

    private static bool Is(string file, string[] extensions) =>
        extensions.Contains(Path.GetExtension(DataFile.WithoutPacking(file)).ToLowerInvariant());

    private static SeriesFile ReadImages(DataFile directory, (string File, string Label)[] images, SeriesFormatOptions options)
    {
        (int width, int height, bool colour) = ImageFile.Measure(images[0].File);
        int channels = colour ? 3 : 1, other = 0;
        var notes = new List<string>();
        foreach ((string file, _) in images)
        {
            (int ownWidth, int ownHeight, bool ownColour) = ImageFile.Measure(file);
            other += ownWidth != width || ownHeight != height ? 1 : 0;
            if (ownColour) channels = 3;
        }

        if (other > 0)
        {
            notes.Add($"{directory}: {other:N0} of {images.Length:N0} images are not {width} x {height} pixels as the first; "
                + "they are brought to its size.");
        }

        SeriesTable table = ImageSequences.Table(
            directory.Path, images.Length, i => ImageFile.Read(images[i].File, width, height, channels), height, width, channels,
            options.Pixels, i => images[i].Label, i => Relative(directory, images[i].File), notes);
        table = SeriesExpectation.Apply(table, options.Expected);
        return SeriesRoles.Describe(
            table, $"{images.Length:N0} images of {height} x {width}", options,
            label: table.IndexOf("label") >= 0 ? "label" : null);
    }
}
