using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads labelled texts for the commands, and sets test texts aside.</summary>
internal static class LabelledData
{
    private const double TestShare = 0.1;

    // One choice for all seeds: runs with different seeds are then scored on the same texts.
    private const ulong TestSplitSeed = 0;

    /// <summary>Reads a file or directory; of the SDK's messages those to test with.</summary>
    public static TextDataset Read(string path, TrainSettings settings, Invocation call) =>
        SdkParts.Languages(path, call) is { } parts ? parts.Test : Read(path, settings, call, out _);

    /// <summary>Reads a file or directory, tells what it was taken for, and passes its warnings on.</summary>
    public static TextDataset Read(string path, TrainSettings settings, Invocation call, out DetectedFormat format)
    {
        TextDataset data = TextDatasetReader.Read(settings.File(path), settings.TextFormat, out format);
        call.Tell(
            [$"{path}: {format}; {Numbers.Of(data.Count, "row")}, {Numbers.Of(data.Labels.Count, "label")}", .. data.Warnings]);
        if (call.Quiet || path != settings.Data) return data;
        if (Alternatives(format, settings) is { } others) call.Tell(others);
        DataPreview.Tell(call.Terminal, data.Examples.Select(example => (example.Label, example.Text)));
        return data;
    }

    /// <summary>
    /// What else could be the label or the text, and how to say so; null if nothing was guessed or nothing else could.
    /// </summary>
    public static string? Alternatives(DetectedFormat format, TrainSettings settings)
    {
        string[] parts =
        [
            .. settings.LabelColumn is null ? Other("label", format.OtherLabels) : [],
            .. settings.TextColumn is null ? Other("text", format.OtherTexts) : [],
        ];
        return parts.Length == 0 ? null : string.Join(" ", parts);

        static string[] Other(string role, IReadOnlyList<string> names)
        {
            const int Shown = 4;
            return names.Count == 0 ? [] :
            [
                $"The {role} could also be in "
                + $"{string.Join(" or ", names.Take(Shown).Select(name => $"\"{TextLayout.OneLine(name)}\""))}: "
                + $"--{role} {ShellCommand.Quote(names[0])}.",
            ];
        }
    }

    /// <summary>
    /// The settings to read test and validation texts by: the columns of the training data, where the file has these.
    /// </summary>
    public static TrainSettings Like(DetectedFormat train, TrainSettings settings, string path) =>
        train is { Text: { } text, Label: { } label } ? Like(new TrainedColumns(text, label), settings, path) : settings;

    /// <summary>The same of a model whose file says which columns it learnt from.</summary>
    public static TrainSettings Like(TrainedColumns train, TrainSettings settings, string path)
    {
        if (settings.TextColumn is not null || settings.LabelColumn is not null) return settings;
        TrainSettings same = settings with { TextColumn = train.Text, LabelColumn = train.Label };
        try
        {
            TextDatasetReader.Detect(settings.File(path), same.TextFormat);
            return same;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return settings; // other columns, or a fault that the reader will tell
        }
    }

    /// <summary>Divides the data into texts to learn from and test texts; every label keeps two texts to learn from.</summary>
    public static (TextDataset Train, TextDataset Test) SetTestAside(TextDataset all)
    {
        DatasetChecks.ForTraining(all);
        (TextDataset train, TextDataset test) = DatasetSplit.Stratified(all, TestShare, TestSplitSeed);
        var counts = train.Examples.CountBy(example => example.Label, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        // A label of two or three texts may have lost one that training and validation need.
        var rare = counts.Where(count => count.Value < 2).Select(count => count.Key).ToHashSet(StringComparer.Ordinal);
        if (rare.Count > 0)
        {
            (List<int> learnt, List<int> tested) = RowsOf(all, train);
            ILookup<bool, int> isRare = tested.ToLookup(row => rare.Contains(all.Examples[row].Label));
            (train, test) = (all.Subset([.. learnt, .. isRare[true]]), all.Subset([.. isRare[false]]));
        }

        if (test.Count == 0) throw TestPart.TooFew(all.Name, $"{all.Count} rows", more: "more rows");

        return (train, test);
    }

    /// <summary>
    /// The rows of a part of the data and the others: the part has the order of the data, and equal examples are all in it or all
    /// outside.
    /// </summary>
    private static (List<int> Inside, List<int> Outside) RowsOf(TextDataset all, TextDataset part)
    {
        var inside = new List<int>(part.Count);
        var outside = new List<int>(all.Count - part.Count);
        for (int row = 0; row < all.Count; row++)
        {
            bool isInside = inside.Count < part.Count && all.Examples[row] == part.Examples[inside.Count];
            (isInside ? inside : outside).Add(row);
        }

        return (inside, outside);
    }
}
