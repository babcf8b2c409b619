using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for speech, beside the most frequent transcript.</summary>
internal sealed class TranscribeTraining(TranscribeTask task)
    : TaskTraining<SpeechModel, SpeechDataset, TranscriptScore>(task)
{
    private const int TestEvery = 10;

    protected override string MeasureHeading => "WER";

    protected override string BaselineName => "most frequent transcript";

    protected override string Knows(TrainingResult<SpeechModel, TranscriptScore> result) =>
        Numbers.Of(result.Model.Symbols.Count, result.Model.Spec.Unit == TokenUnit.Word ? "word" : "character");

    protected override string Next(string path) => $"predict {path} speech.wav";

    protected override int ValidationRows(TranscriptScore validation) => validation.Utterances;

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        settings.SpeechOptions.Validate();
        TrainSettings given = settings;
        ReadParts(
            call, settings, null, path => task.Read(path, given, call), SetAside, part => Numbers.Of(part.Clips.Count, "clip"),
            "a list");
        return Train.Clips.Count;
    }

    /// <summary>Every tenth clip.</summary>
    private static (SpeechDataset Train, SpeechDataset Test) SetAside(SpeechDataset all)
    {
        if (all.Clips.Count < 2 * TestEvery) throw TestPart.TooFew(all.Name, Numbers.Of(all.Clips.Count, "clip"), "a list");
        return (Part(false), Part(true));

        SpeechDataset Part(bool test) =>
            new(all.Name, [.. all.Clips.Where((_, i) => i % TestEvery == TestEvery - 1 == test)]);
    }

    protected override TrainingResult<SpeechModel, TranscriptScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        TranscriberTrainer.Train(Train, settings.SpeechOptions, Validation, progress, cancellation);

    protected override TranscriptScore? Test(
        Invocation call, TrainingResult<SpeechModel, TranscriptScore> result, TrainSettings settings)
    {
        if (Tested is null) return null;
        var transcriber = new Transcriber(result.Model, settings.Training.Threads) { Resample = settings.SpeechOptions.Resample };
        return TranscribeTask.Score(transcriber, Tested, call, Interrupted);
    }

    protected override TranscriptScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<SpeechModel, TranscriptScore> result, TranscriptScore? test,
        CancellationToken cancellation)
    {
        if (test is null) return null;
        string usual = Train.Clips.GroupBy(clip => clip.Text, StringComparer.Ordinal).MaxBy(group => group.Count())!.Key;
        return TranscriptScore.Of(
            [.. Tested!.Clips.Select(clip => clip.Text)], [.. Tested.Clips.Select(_ => usual)]);
    }

    protected override void WriteData(Utf8JsonWriter writer) => writer.WriteString("description", string.Create(
        CultureInfo.InvariantCulture, $"{Numbers.Of(Train.Clips.Count, "clip")} of speech, {Train.Seconds:F0} seconds"));
}
