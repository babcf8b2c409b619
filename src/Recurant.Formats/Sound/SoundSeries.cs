using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// Files of sound as sequences: a frame a step, a feature a column. Labels are the names of the folders, or stand in a list.
/// </summary>
internal static class SoundSeries
{
    private const int MostNotes = 6;

    private const string Label = "label";

    /// <summary>The files of a folder or of a list with their labels; null where it is neither.</summary>
    public static IReadOnlyList<(string Path, string? Label)>? Find(DataFile data)
    {
        if (Directory.Exists(data.Path))
        {
            var listing = new Listing(data);
            (string, string?)[] labelled =
            [
                .. listing.Directories().SelectMany(folder => listing.Files(folder).Where(SoundManifest.IsSound)
                    .Select(file => (file, (string?)Path.GetFileName(folder)))),
            ];
            if (labelled.Length > 0) return labelled;
            string[] alone = [.. listing.Files(data.Path).Where(SoundManifest.IsSound)];
            return alone.Length > 0 ? [.. alone.Select(file => (file, (string?)null))] : null;
        }

        if (SoundManifest.IsSound(data.Path)) return [(data.Path, null)];
        return SoundManifest.IsManifest(data)
            ? [.. SoundManifest.Read(data).Select(entry => (entry.Path, (string?)entry.Text))] : null;
    }

    /// <summary>Reads the sounds and computes their features.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, empty, or has another sample rate than the others.</exception>
    public static SeriesFile Read(
        DataFile data, IReadOnlyList<(string Path, string? Label)> files, SeriesFormatOptions options)
    {
        bool isLabelled = files.All(file => file.Label is not null);
        SoundFeatureSpec asked = options.Features ?? new SoundFeatureSpec { MelBands = SoundFeatureSpec.UsualBands };
        SoundFeatures? features = null;
        var (clips, spans, notes) = (new List<float[]>(), new List<SeriesSpan>(), new List<string>());
        var labels = new CategoryPool();
        var numbers = new List<float>();
        int rows = 0, shorter = 0, silent = 0;
        double seconds = 0;
        string? firstShort = null, firstSilent = null;
        string root = Directory.Exists(data.Path) ? data.Path : Path.GetDirectoryName(Path.GetFullPath(data.Path))!;
        foreach ((string path, string? label) in files)
        {
            int? wanted = options.Sound?.SampleRate ?? features?.Spec.SampleRate;
            SoundClip clip = SoundFile.Read(
                data.Beside(path), new SoundReadOptions { SampleRate = options.Resample ? wanted : null });
            if (wanted is { } rate && clip.SampleRate != rate)
            {
                string others = options.Sound is null ? "the files before it" : "the model";
                throw SeriesFault.Of(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: it has {clip.SampleRate} samples a second, {others} {rate}. Give --resample "
                    + $"(Resample) to bring all to {rate}."));
            }

            features ??= new SoundFeatures(options.Sound ?? asked with { SampleRate = clip.SampleRate });
            ReadOnlySpan<float> samples = clip.Samples().Span;
            if (features.IsShort(samples.Length)) (shorter, firstShort) = (shorter + 1, firstShort ?? path);
            if (!samples.ContainsAnyExcept(samples[0])) (silent, firstSilent) = (silent + 1, firstSilent ?? path);
            notes.AddRange(clip.Warnings.Select(
                warning => warning.StartsWith(path, StringComparison.Ordinal) ? warning : $"{path}: {warning}"));
            float[] values = features.Compute(samples);
            int frames = values.Length / features.Width;
            clips.Add(values);
            spans.Add(new SeriesSpan(Path.GetRelativePath(root, path).Replace('\\', '/'), rows, frames));
            if (isLabelled) numbers.Add(labels.Add(label!));
            rows += frames;
            seconds += clip.Duration.TotalSeconds;
        }

        if (shorter > 0) notes.Add($"{firstShort}: shorter than a frame, so that zeros follow it{More(shorter)}");
        if (silent > 0) notes.Add($"{firstSilent}: all of its samples are equal: silence{More(silent)}");
        if (notes.Count > MostNotes) notes = [.. notes.Take(MostNotes), $"{notes.Count - MostNotes} more notes of this kind"];
        SeriesTable table = Table(data.Path, features!, clips, spans, rows, isLabelled ? numbers : null, labels, notes);
        SoundFeatureSpec spec = features!.Spec;
        string kind = spec.Kind == SoundFeatureKind.Mfcc ? "MFCC" : "log mel energies";
        table = SeriesExpectation.Apply(table, options.Expected);
        string many = files.Count == 1 ? "a sound" : string.Create(CultureInfo.InvariantCulture, $"{files.Count:N0} sounds");
        double step = 1000.0 * spec.FrameStep!.Value / spec.SampleRate;
        string of = isLabelled ? $"; {labels.Count} labels" : "";
        bool hasLabel = isLabelled && table.IndexOf(Label) >= 0;
        return new SeriesFile(table)
        {
            Sound = spec, LabelColumn = hasLabel ? Label : null, LabelIsConstant = hasLabel, FutureRows = new int[spans.Count],
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{many}, {Duration(seconds)} at {spec.SampleRate} samples a second; {features.Width} {kind} every {step:0.##} "
                + $"ms, {rows:N0} frames{of}"),
        };
    }

    private static SeriesTable Table(
        string name, SoundFeatures features, List<float[]> clips, List<SeriesSpan> spans, int rows, List<float>? numbers,
        CategoryPool labels, IReadOnlyList<string> notes)
    {
        var columns = new float[features.Width][];
        for (int j = 0; j < columns.Length; j++) columns[j] = new float[rows];
        for (int i = 0; i < clips.Count; i++)
        {
            for (int k = 0; k < clips[i].Length; k++)
            {
                columns[k % columns.Length][spans[i].First + k / columns.Length] = clips[i][k];
            }
        }

        List<SeriesColumn> all = [.. columns.Select((values, j) => new SeriesColumn(features.Names[j], values))];
        if (numbers is not null)
        {
            (string[] names, int[] places) = labels.Sorted();
            float[] own = new float[rows];
            for (int i = 0; i < spans.Count; i++) own.AsSpan(spans[i].First, spans[i].Count).Fill(places[(int)numbers[i]]);
            all.Add(new SeriesColumn(Label, own, names));
        }

        return new SeriesTable(name, all, spans) { Warnings = notes };
    }

    private static string Duration(double seconds) => seconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s")
        : string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromSeconds(seconds):h\\:mm\\:ss}");

    private static string More(int count) => count == 1 ? "" : $" (and {count - 1:N0} more)";
}
