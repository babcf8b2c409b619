using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>train</c> for images with sentences, beside the most frequent sentence.</summary>
internal sealed class CaptionTraining(CaptionTask task) : TaskTraining<CaptionerModel, CaptionDataset, CaptionerEvaluation>(task)
{
    protected override string MeasureHeading => "exact";

    protected override string BaselineName => "most frequent sentence";

    protected override string Knows(TrainingResult<CaptionerModel, CaptionerEvaluation> result) =>
        $"{Numbers.Count(result.Model.TargetPieces)} words";

    protected override int ValidationRows(CaptionerEvaluation validation) => validation.Rows;

    protected override string Next(string path) => $"predict {path} image.png";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        OptionsOf(settings).Validate();
        TrainSettings given = settings;
        DataParts<CaptionDataset>? parts = CaptionData.Scenes(settings.Data!, call);
        (int, int, int)? size = parts is null ? null : (parts.Train.Width, parts.Train.Height, parts.Train.Channels);
        ReadParts(call, settings, parts, Read, CaptionData.SetTestAside, part => Numbers.Of(part.Count, "image"), "a manifest");
        return Train.Count;

        CaptionDataset Read(string file)
        {
            CaptionDataset images = CaptionData.Read(file, size, call, given);
            size ??= (images.Width, images.Height, images.Channels); // the others are brought to the size of those to learn from
            return images;
        }
    }

    protected override TrainingResult<CaptionerModel, CaptionerEvaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        CaptionerTrainer.Train(Train, OptionsOf(settings), Validation, progress, cancellation);

    protected override CaptionerEvaluation? Test(
        Invocation call, TrainingResult<CaptionerModel, CaptionerEvaluation> result, TrainSettings settings) =>
        task.Score(result.Model, Tested!, call, settings.Training.Threads, Interrupted, Phases);

    protected override CaptionerEvaluation Baseline(
        Invocation call, TrainSettings settings, TrainingResult<CaptionerModel, CaptionerEvaluation> result,
        CaptionerEvaluation? test, CancellationToken cancellation) => CaptionerEvaluation.OfMostFrequent(Train, Tested!);

    protected override void WriteReview(
        Utf8JsonWriter writer, CaptionerModel model, CaptionerEvaluation? test, TrainSettings settings)
    {
        if (test is null) return;
        CaptionerReview review = CaptionerReview.Of(model, Tested!, threads: settings.Training.Threads);
        writer.WriteString("probability_of", "sentence");
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        ReviewRecord.WriteMistakes(writer, review.MistakeCount, review.Mistakes, mistake => (
            "image " + Numbers.Count(mistake.Number), null, ReviewRecord.Shorten(mistake.Right),
            ReviewRecord.Shorten(mistake.Answered), mistake.Probability));
    }

    private static CaptionerTrainingOptions OptionsOf(TrainSettings settings) =>
        CaptionerTrainingOptions.From(settings.Training) with
        {
            Attention = settings.Translation.Attention, Subwords = settings.Translation.Subwords ?? 0,
        };
}
