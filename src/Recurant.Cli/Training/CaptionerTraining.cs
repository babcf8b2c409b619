using System.Globalization;
using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>train</c> for images with sentences, beside the most frequent sentence.</summary>
internal sealed class CaptionerTraining : TaskTraining<CaptionerModel, CaptionerEvaluation>
{
    private CaptionDataset _train = null!, _test = null!;
    private CaptionDataset? _validation;

    protected override string MeasureHeading => "exact";

    protected override string TaskName => TaskNames.Caption;

    protected override (string Text, string Json) BaselineName => ("most frequent sentence", "most-frequent-sentence");

    protected override IReadOnlyList<string> Headings => CaptionerReport.Headings;

    protected override IReadOnlyList<string> Cells(CaptionerEvaluation score) => CaptionerReport.Cells(score);

    protected override string Knows(TrainingResult<CaptionerModel, CaptionerEvaluation> result) =>
        $"{Numbers.Count(result.Model.TargetPieces)} words";

    protected override int ValidationRows(CaptionerEvaluation validation) => validation.Rows;

    protected override string Next(string path) => $"predict {path} image.png";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        OptionsOf(settings).Validate();
        DataParts<CaptionDataset>? parts = CaptionData.Scenes(settings.Data!, call);
        _train = parts?.Train ?? CaptionData.Read(settings.Data!, null, call, settings);
        (int, int, int) size = (_train.Width, _train.Height, _train.Channels);
        _validation = settings.ValidationFile is { } valid ? CaptionData.Read(valid, size, call, settings) : parts?.Valid;
        if (settings.TestFile is { } test)
        {
            _test = CaptionData.Read(test, size, call, settings);
        }
        else if (parts is not null)
        {
            _test = parts.Test;
        }
        else
        {
            (_train, _test) = CaptionData.SetTestAside(_train);
            if (!call.Quiet)
            {
                call.Terminal.WriteNote(
                    $"{Numbers.Of(_test.Count, "image")} set aside for the test (--test gives a manifest of its own)");
            }
        }

        return _train.Count;
    }

    protected override TrainingResult<CaptionerModel, CaptionerEvaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        CaptionerTrainer.Train(_train, OptionsOf(settings), _validation, progress, cancellation);

    protected override CaptionerEvaluation? Test(
        Invocation call, TrainingResult<CaptionerModel, CaptionerEvaluation> result, TrainSettings settings) =>
        new Captioner(result.Model, settings.Training.Threads).Evaluate(_test);

    protected override CaptionerEvaluation Baseline(
        Invocation call, TrainSettings settings, TrainingResult<CaptionerModel, CaptionerEvaluation> result,
        CaptionerEvaluation? test, CancellationToken cancellation) => CaptionerEvaluation.OfMostFrequent(_train, _test);

    protected override void WriteScore(Utf8JsonWriter writer, CaptionerEvaluation score) =>
        CaptionerReport.WriteScore(writer, score);

    protected override void WriteResult(Utf8JsonWriter writer, CaptionerEvaluation score, ScoredOn place)
    {
        if (place != ScoredOn.Baseline)
        {
            WriteScore(writer, score);
            return;
        }

        writer.WriteNumber("exact", score.Exact);
        writer.WriteNumber("bleu", score.Bleu);
    }

    protected override void WriteReview(
        Utf8JsonWriter writer, CaptionerModel model, CaptionerEvaluation? test, TrainSettings settings)
    {
        if (test is null) return;
        CaptionerReview review = CaptionerReview.Of(model, _test, threads: settings.Training.Threads);
        writer.WriteString("probability_of", "sentence");
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        writer.WriteNumber("mistake_count", review.MistakeCount);
        writer.WriteObjects("mistakes", review.Mistakes, mistake =>
        {
            writer.WriteString("text", "image " + Numbers.Count(mistake.Number));
            writer.WriteString("right", ReviewRecord.Shorten(mistake.Right));
            writer.WriteString("answered", ReviewRecord.Shorten(mistake.Answered));
            writer.WriteNumber("probability", mistake.Probability);
        });
    }

    private static CaptionerTrainingOptions OptionsOf(TrainSettings settings) =>
        CaptionerTrainingOptions.From(settings.Training) with
        {
            Attention = settings.Translation.Attention, Subwords = settings.Translation.Subwords ?? 0,
        };
}

/// <summary>How the scores of captioners are shown.</summary>
internal static class CaptionerReport
{
    public static IReadOnlyList<string> Headings { get; } = ["images", "loss", "exact", "BLEU"];

    public static IReadOnlyList<string> Cells(CaptionerEvaluation score) =>
    [
        Numbers.Count(score.Rows), TranslatorReport.Loss(score.Loss), Numbers.Four(score.Exact),
        score.Bleu.ToString("F2", CultureInfo.InvariantCulture),
    ];

    public static void WriteScore(Utf8JsonWriter writer, CaptionerEvaluation score)
    {
        writer.WriteNumber("rows", score.Rows);
        writer.WriteNumber("loss", score.Loss);
        writer.WriteNumber("exact", score.Exact);
        writer.WriteNumber("bleu", score.Bleu);
    }

    /// <summary>What <c>test</c> does with a captioner.</summary>
    public static int Test(Invocation call, CaptionerModel model, int threads)
    {
        int beam = TranslatorReport.Beam(call.Value("--beam"));
        CaptionerSpec spec = model.Spec;
        CaptionDataset images = CaptionData.Read(call.Arguments[1], (spec.Width, spec.Height, spec.Channels), call);
        CaptionerEvaluation score = new Captioner(model, threads) { Beam = beam }.Evaluate(images);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", TaskNames.Caption);
                WriteScore(writer, score);
            }));
            return ExitCode.Done;
        }

        IReadOnlyList<string> cells = Cells(score);
        call.Terminal.WriteTable([.. Headings.Select((heading, i) => new[] { heading, cells[i] })]);
        return ExitCode.Done;
    }
}

/// <summary>The answers of a captioner: a text is the path of an image, and its sentence is a line.</summary>
internal sealed class CaptionerAnswers(Captioner captioner, CaptionerSpec spec, TextWriter to, bool json) : AnswerWriter
{
    public override void Write(IReadOnlyList<string> texts)
    {
        var images = new CaptionDataset(
            "images",
            [.. texts.Select(path => new CaptionedImage(ImageFile.Read(path, spec.Width, spec.Height, spec.Channels), ""))],
            spec.Width, spec.Height, spec.Channels);
        foreach (Caption answer in captioner.Describe(images)) to.WriteLine(json ? Json(answer) : TextLayout.OneLine(answer.Text));
        to.Flush();
    }

    private static string Json(Caption answer) => JsonText.Object(writer =>
    {
        writer.WriteString("text", answer.Text);
        writer.WriteNumber("score", answer.Score);
        writer.WriteStartArray("pieces");
        foreach (string piece in answer.Pieces) writer.WriteStringValue(piece);
        writer.WriteEndArray();
        AttentionJson.Write(writer, answer.Attention);
    });
}
