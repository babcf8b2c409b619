using Recurant.Data;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads labelled texts for the commands, and sets test texts aside.</summary>
internal static class LabelledData
{
    private const double TestShare = 0.1;

    // One choice for all seeds: runs with different seeds are then scored on the same texts.
    private const ulong TestSplitSeed = 0;

    /// <summary>Reads a file or directory and passes its warnings on; of the SDK's messages those to test with.</summary>
    public static TextDataset Read(string path, TrainSettings settings, Invocation call)
    {
        if (SdkParts.Languages(path, call) is { } parts) return parts.Test;
        var options = new TextFormatOptions
        {
            TextColumn = settings.TextColumn,
            LabelColumn = settings.LabelColumn,
            Format = settings.Format,
        };
        TextDataset data = TextDatasetReader.Read(settings.File(path), options);
        if (!call.Quiet)
        {
            DetectedFormat format = TextDatasetReader.Detect(settings.File(path), options);
            call.Terminal.WriteNote(
                $"{path}: {format}; {Numbers.Of(data.Count, "row")}, {Numbers.Of(data.Labels.Count, "label")}");
            foreach (string warning in data.Warnings) call.Terminal.WriteNote(warning);
        }

        return data;
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
            train = new TextDataset(
                all.Name, [.. train.Examples, .. test.Examples.Where(example => rare.Contains(example.Label))]);
            test = new TextDataset(all.Name, [.. test.Examples.Where(example => !rare.Contains(example.Label))]);
        }

        if (test.Count == 0)
        {
            throw new InvalidDataException(
                $"{all.Name}: {all.Count} rows are too few to set some aside for the test. "
                + "Give more rows, or a file of their own with --test.");
        }

        return (train, test);
    }
}
