using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for running text.</summary>
internal sealed class LanguageModelTraining : TaskTraining<LanguageModel, LanguageScore>
{
    private const int MostReviewed = 100_000, LeastReviewed = 1000, LeastTested = 10_000;

    private PlainText _train = null!;
    private PlainText? _validation, _test;
    private int _reviewed = MostReviewed;

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
        Invocation call, TrainingResult<LanguageModel, LanguageScore> result, TrainSettings settings)
    {
        // A review takes about as long as a validation of as many tokens.
        if (Time.IsLimited) _reviewed = (int)Math.Clamp(result.Validation.Tokens, LeastReviewed, MostReviewed);
        if (_test is null) return null;
        long all = Characters(_test), most = Math.Min(Time.TestCharacters ?? long.MaxValue,
            Time.Tested(result.Validation.Characters, all, share: 0.9, LeastTested));
        if (most < all) _test = Beginning(_test, most);
        TellLeftOut(call, "test", Characters(_test), all, "characters scored, for want of time");
        return LanguageModelTrainer.Evaluate(result.Model, _test, settings.Training.Threads, Interrupted, Phases);
    }

    private static long Characters(PlainText text) => text.Lines.Sum(line => line.Length + 1L);

    /// <summary>The first lines, of about so many characters, as validation takes them.</summary>
    internal static PlainText Beginning(PlainText text, long characters)
    {
        var lines = new TextList();
        for (int i = 0; i < text.Count && characters > 0; i++)
        {
            string line = text.Lines[i];
            lines.Add(line);
            characters -= line.Length + 1;
        }

        return new PlainText(text.Name, lines);
    }

    protected override void WriteScore(Utf8JsonWriter writer, LanguageScore score) =>
        LanguageModelReport.WriteScore(writer, score);

    protected override void WriteReview(
        Utf8JsonWriter writer, LanguageModel model, LanguageScore? test, TrainSettings settings)
    {
        if (test is null) writer.WriteString("reviewed", "validation");
        PlainText text = _test ?? _validation
            ?? LanguageModelTrainer.SetEndAside(_train, settings.LanguageOptions.ValidationFraction).Validation;
        LanguageModelReport.WriteReview(writer, model, text, settings.Training.Threads, _reviewed);
    }
}
