using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for pairs of texts, beside the source as it is.</summary>
internal sealed class TranslatorTraining : TaskTraining<TranslatorModel, TranslatorEvaluation>
{
    private PairDataset _train = null!;
    private PairDataset? _validation, _test;

    protected override string MeasureHeading => "BLEU";

    protected override string TaskName => TaskNames.Translate;

    protected override (string Text, string Json) BaselineName => ("source as it is", "source-as-it-is");

    protected override IReadOnlyList<string> Headings => TranslatorReport.Headings;

    protected override IReadOnlyList<string> Cells(TranslatorEvaluation score) => TranslatorReport.Cells(score);

    protected override string Knows(TrainingResult<TranslatorModel, TranslatorEvaluation> result) =>
        $"{Numbers.Count(result.Model.SourcePieces)} pieces of the source, {Numbers.Count(result.Model.TargetPieces)} of the target"
        + (result is TranslatorTrainingResult { PairsLeftOut: > 0 and int left } ? $"; {Numbers.Of(left, "pair")} too long to learn from" : "");

    protected override int ValidationRows(TranslatorEvaluation validation) => validation.Rows;

    protected override string Next(string path) => $"predict {path} \"...\"";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        settings.TranslationOptions.Validate();
        if (SdkParts.Translations(settings.Data!, call) is { } parts)
        {
            _train = parts.Train;
            _validation = settings.ValidationFile is { } own ? PairData.Read(own, settings, call) : parts.Valid;
            _test = settings.TestFile is { } given ? PairData.Read(given, settings, call) : parts.Test;
            return _train.Count;
        }

        _train = PairData.Read(settings.Data!, settings, call);
        _validation = settings.ValidationFile is { } valid ? PairData.Read(valid, settings, call) : null;
        if (settings.TestFile is { } test)
        {
            _test = PairData.Read(test, settings, call);
            return _train.Count;
        }

        (_train, _test) = PairData.SetTestAside(_train);
        if (!call.Quiet)
        {
            call.Terminal.WriteNote(
                $"{Numbers.Of(_test.Count, "pair")} set aside for the test (--test gives a file of its own)");
        }

        return _train.Count;
    }

    protected override TrainingResult<TranslatorModel, TranslatorEvaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        TranslatorTrainer.Train(_train, settings.TranslationOptions, _validation, progress, cancellation);

    protected override TrainSettings Prepare(Invocation call, TrainSettings settings)
    {
        var copies = new PairList();
        foreach (TextPair pair in _test!.Pairs) copies.Add(pair.Source, pair.Target, pair.Line);
        _test = new PairDataset(_test.Name, copies);
        return WithTime(settings, Time.ForTraining(100 * _test.Count, 0), releases: true);
    }

    protected override TranslatorEvaluation? Test(
        Invocation call, TrainingResult<TranslatorModel, TranslatorEvaluation> result, TrainSettings settings)
    {
        // The test follows more hypotheses than validation does.
        int rows = Time.TestRows(result.Validation.Rows / 4, _test!.Count, hasBaseline: false);
        TellLeftOut(call, "test", rows, _test.Count, "pairs scored, for want of time");
        if (rows < _test.Count) _test = _test.Subset(DatasetSample.Rows(_test.Count, _ => 0, rows));
        return new Translator(result.Model, settings.Training.Threads).Evaluate(_test, Interrupted, Phases);
    }

    protected override void WriteReview(
        Utf8JsonWriter writer, TranslatorModel model, TranslatorEvaluation? test, TrainSettings settings)
    {
        if (test is not null) TranslatorReport.WriteReview(writer, model, _test!, settings.Training.Threads);
    }

    /// <summary>What the test gives if nothing is translated: names and numbers are the same in both languages.</summary>
    protected override TranslatorEvaluation Baseline(
        Invocation call, TrainSettings settings, TrainingResult<TranslatorModel, TranslatorEvaluation> result,
        TranslatorEvaluation? test, CancellationToken cancellation) => TranslatorEvaluation.OfSources(_test!);

    protected override void WriteScore(Utf8JsonWriter writer, TranslatorEvaluation score) =>
        TranslatorReport.WriteScore(writer, score);

    protected override void WriteResult(Utf8JsonWriter writer, TranslatorEvaluation score, ScoredOn place)
    {
        if (place != ScoredOn.Baseline)
        {
            WriteScore(writer, score);
            return;
        }

        writer.WriteNumber("bleu", score.Bleu);
        writer.WriteNumber("chrf", score.Chrf);
    }
}
