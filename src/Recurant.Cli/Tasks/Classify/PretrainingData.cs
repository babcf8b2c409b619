using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads what a classifier learns from before its labelled texts.</summary>
internal static class PretrainingData
{
    /// <summary>The settings with the texts or the language model of <c>--pretrain</c>, if it was given.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="test">The test texts: what stands among them is left out.</param>
    /// <param name="call">The command line.</param>
    public static TrainSettings Read(TrainSettings settings, TextDataset test, Invocation call)
    {
        if (settings.PretrainingFile is not { } path) return settings;
        Pretraining pretraining = settings.StartsFromModel
            ? new Pretraining { Model = ReadModel(path, call) }
            : new Pretraining { Texts = ReadTexts(settings.File(path), test, call) };
        pretraining = pretraining with { Epochs = settings.PretrainingEpochs };
        settings = settings with { Training = settings.Training with { Pretraining = pretraining } };
        settings.Training.Validate();
        return settings;
    }

    private static LanguageModel ReadModel(string path, Invocation call)
    {
        TrainedModel model = ModelFile.Load(path);
        call.Tell($"{path}: {model.Summary}");
        return LanguageModelTask.ModelOf(model) ?? throw new InvalidDataException(
            $"{path} holds a {model.Noun}, and --pretrain starts from a language model. "
            + "Give one that 'recurant train --task lm' wrote, or a file of texts.");
    }

    private static PlainText ReadTexts(DataFile path, TextDataset test, Invocation call)
    {
        // The columns of the labelled data may have other names: nothing is taken over from there.
        DetectedData detected = DataDetector.Detect(path);
        if (detected.Kind is DataKind.ImageSentences or DataKind.TextPairs)
        {
            throw new InvalidDataException(
                $"{path}: {detected.Description}; --pretrain needs texts: a line each, or any file of labelled texts.");
        }

        PlainText all = PlainTextReader.Read(path);
        var held = new HashSet<string>(test.Examples.Select(example => example.Text), StringComparer.Ordinal);
        string[] kept = [.. all.Lines.Where(line => !held.Contains(line))];
        string left = kept.Length == all.Count ? "" : $", {Numbers.Count(all.Count - kept.Length)} of the test left out";
        call.Tell([$"{path}: {Numbers.Of(all.Count, "text")} to pre-train on{left}", .. all.Warnings]);
        return new PlainText(path.Path, kept);
    }
}
