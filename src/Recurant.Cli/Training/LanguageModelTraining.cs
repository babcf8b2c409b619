using System.Text.Json;
using Recurant.Data;
using Recurant.Models;
using Recurant.Training;

namespace Recurant.Cli;

/// <summary><c>train</c> for running text.</summary>
internal sealed class LanguageModelTraining : TaskTraining<LanguageModel, LanguageScore>
{
    private PlainText _train = null!;
    private PlainText? _validation, _test;

    protected override string MeasureHeading => "score";

    protected override string TaskName => TaskNames.LanguageModel;

    protected override IReadOnlyList<string> Headings => LanguageModelReport.Headings;

    protected override IReadOnlyList<string> Cells(LanguageScore score) => LanguageModelReport.Cells(score);

    protected override string Knows(TrainingResult<LanguageModel, LanguageScore> result) =>
        $"{Numbers.Count(result.Model.Vocabulary.Count)} different "
        + result.Model.Spec.Unit switch
        {
            TokenUnit.Word => "words", TokenUnit.Character => "characters", _ => "subwords",
        };

    protected override int ValidationRows(LanguageScore validation) => 0;

    protected override string Next(string path) => $"generate {path} --prompt \"...\"";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        if (SdkParts.Documentation(settings.Data!, call) is { } parts)
        {
            (_train, _validation, _test) = (parts.Train, parts.Valid, parts.Test);
        }
        else
        {
            _train = LanguageModelReport.Read(settings.Data!, settings, call);
        }

        if (settings.ValidationFile is { } valid) _validation = LanguageModelReport.Read(valid, settings, call);
        if (settings.TestFile is { } test) _test = LanguageModelReport.Read(test, settings, call);
        return _train.Count;
    }

    protected override TrainingResult<LanguageModel, LanguageScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        LanguageModelTrainer.Train(_train, settings.LanguageOptions, _validation, progress, cancellation);

    /// <summary>Only a review of the validation data needs them after training.</summary>
    protected override TrainSettings Prepare(Invocation call, TrainSettings settings) => WithTime(
        settings, Time.ForTraining(_test?.Count ?? 0, 0),
        releases: _test is not null || (settings.RecordFile is null && settings.ReportFile is null));

    protected override LanguageScore? Test(
        Invocation call, TrainingResult<LanguageModel, LanguageScore> result, TrainSettings settings) =>
        _test is null ? null
            : LanguageModelTrainer.Evaluate(result.Model, _test, settings.Training.Threads, Interrupted, Phases);

    protected override void WriteScore(Utf8JsonWriter writer, LanguageScore score) =>
        LanguageModelReport.WriteScore(writer, score);

    protected override void WriteReview(
        Utf8JsonWriter writer, LanguageModel model, LanguageScore? test, TrainSettings settings)
    {
        if (test is null) writer.WriteString("reviewed", "validation");
        PlainText text = _test ?? _validation
            ?? LanguageModelTrainer.SetEndAside(_train, settings.LanguageOptions.ValidationFraction).Validation;
        LanguageModelReport.WriteReview(writer, model, text, settings.Training.Threads);
    }
}
