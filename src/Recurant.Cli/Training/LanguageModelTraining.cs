using System.Globalization;
using System.Text.Json;
using Recurant.Data;
using Recurant.Formats;
using Recurant.Models;
using Recurant.Training;

namespace Recurant.Cli;

/// <summary><c>train</c> for running text.</summary>
internal sealed class LanguageModelTraining : TaskTraining<LanguageModel, LanguageScore>
{
    private PlainText _train = null!;
    private PlainText? _validation, _test;

    protected override string MeasureHeading => "score";

    protected override string TaskName => "language model";

    protected override IReadOnlyList<string> Headings => ["tokens", "nats", "perplexity", "bits/character"];

    protected override IReadOnlyList<string> Cells(LanguageScore score) =>
        [Numbers.Count(score.Tokens), Numbers.Four(score.Loss), score.Perplexity.ToString("F2", CultureInfo.InvariantCulture),
            Numbers.Four(score.BitsPerCharacter)];

    protected override string Knows(TrainingResult<LanguageModel, LanguageScore> result) =>
        $"{Numbers.Count(result.Model.Vocabulary.Count)} different {result.Model.Spec.UnitName}";

    protected override string Next(string path) => $"generate {path} --prompt \"...\"";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        _train = Read(settings.Data!, settings, call);
        _validation = settings.ValidationFile is { } valid ? Read(valid, settings, call) : null;
        _test = settings.TestFile is { } test ? Read(test, settings, call) : null;
        return _train.Count;
    }

    protected override TrainingResult<LanguageModel, LanguageScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        LanguageModelTrainer.Train(_train, settings.LanguageOptions, _validation, progress, cancellation);

    protected override LanguageScore? Test(LanguageModel model, TrainSettings settings) =>
        _test is null ? null : LanguageModelTrainer.Evaluate(model, _test, settings.Training.Threads);

    protected override void WriteScore(Utf8JsonWriter writer, LanguageScore score)
    {
        writer.WriteNumber("tokens", score.Tokens);
        writer.WriteNumber("loss", score.Loss);
        writer.WriteNumber("bits", score.Bits);
        writer.WriteNumber("perplexity", score.Perplexity);
        writer.WriteNumber("bits_per_character", score.BitsPerCharacter);
    }

    private static PlainText Read(string path, TrainSettings settings, Invocation call)
    {
        PlainText text = PlainTextReader.Read(path, new TextFormatOptions { TextColumn = settings.TextColumn, Format = settings.Format });
        if (!call.Quiet) call.Terminal.WriteNote($"{path}: running text; {Numbers.Of(text.Count, "line")}");
        return text;
    }
}
