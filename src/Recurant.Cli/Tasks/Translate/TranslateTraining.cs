using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for pairs of texts, beside the source as it is.</summary>
internal sealed class TranslateTraining(TranslateTask task) : TaskTraining<TranslatorModel, PairDataset, TranslatorEvaluation>(
    task)
{
    protected override string MeasureHeading => "BLEU";

    protected override string BaselineName => "source as it is";

    protected override string Knows(TrainingResult<TranslatorModel, TranslatorEvaluation> result) =>
        $"{Numbers.Count(result.Model.SourcePieces)} pieces of the source, {Numbers.Count(result.Model.TargetPieces)} of the "
            + $"target"
        + (result.TrainingLeftOut > 0 ? $"; {Numbers.Of((int)result.TrainingLeftOut, "pair")} too long to learn from" : "");

    protected override int ValidationRows(TranslatorEvaluation validation) => validation.Rows;

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        settings.TranslationOptions.Validate();
        TrainSettings given = settings;
        ReadParts(
            call, settings, SdkParts.Translations(settings.Data!, call), file => PairData.Read(file, given, call),
            PairData.SetTestAside, part => Numbers.Of(part.Count, "pair"));
        return Train.Count;
    }

    protected override TrainingResult<TranslatorModel, TranslatorEvaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        TranslatorTrainer.Train(Train, settings.TranslationOptions, Validation, progress, cancellation);

    protected override TrainSettings Prepare(Invocation call, TrainSettings settings)
    {
        var copies = new PairList();
        foreach (TextPair pair in Tested!.Pairs) copies.Add(pair.Source, pair.Target, pair.Line);
        Tested = new PairDataset(Tested.Name, copies);
        return WithTime(settings, 100 * Tested.Count, 0, releases: true);
    }

    protected override TranslatorEvaluation? Test(
        Invocation call, TrainingResult<TranslatorModel, TranslatorEvaluation> result, TrainSettings settings)
    {
        // The test follows more hypotheses than validation does.
        if (RowsToTest(call, result.Validation.Rows / 4, Tested!.Count, "pairs") is { } rows) Tested = Tested.Subset(rows);
        return task.Score(result.Model, Tested, call, settings.Training.Threads, Interrupted, Phases);
    }

    /// <summary>What the test gives if nothing is translated: names and numbers are the same in both languages.</summary>
    protected override TranslatorEvaluation Baseline(
        Invocation call, TrainSettings settings, TrainingResult<TranslatorModel, TranslatorEvaluation> result,
        TranslatorEvaluation? test, CancellationToken cancellation) => TranslatorEvaluation.OfSources(Tested!);

    /// <summary>Writes what a report shows of the model on the test pairs.</summary>
    protected override void WriteReview(
        Utf8JsonWriter writer, TranslatorModel model, TranslatorEvaluation? test, TrainSettings settings)
    {
        if (test is null) return;
        TranslatorReview review = TranslatorReview.Of(model, Tested!, threads: settings.Training.Threads);
        writer.WriteObject("translations", members =>
        {
            members.WriteNumber("pairs", review.Pairs);
            members.WriteObjects("by_length", review.ByLength, band => members.Write(
                ("from", band.From), ("to", band.To), ("pairs", band.Pairs), ("bleu", band.Bleu), ("chrf", band.Chrf),
                ("length_ratio", band.LengthRatio)));
            members.WriteObjects("worst", review.Worst, pair => members.Write(
                ("source", ReviewRecord.Shorten(pair.Source)), ("right", ReviewRecord.Shorten(pair.Right)),
                ("translated", ReviewRecord.Shorten(pair.Translated)), ("chrf", pair.Chrf)));
        });
    }
}
