using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>A sentence for an image.</summary>
internal sealed class CaptionTask : CliTask<CaptionerModel, CaptionDataset, CaptionerEvaluation>
{
    private const string ImageOption = "--image";

    public override string Name => TaskNames.Caption;

    public override DataKind? Kind => DataKind.ImageSentences;

    public override string Item => "image";

    public override IReadOnlyList<string> Settings { get; } =
        [.. OfFiles, .. OfWords, "subwords", "attention", "label-smoothing"];

    public override IReadOnlyDictionary<string, string> Lacks => DecoderTask.Lacks;

    public override IReadOnlyList<string> Options { get; } = [ImageOption, DecoderTask.BeamOption];

    public override IReadOnlyList<ScoreColumn<CaptionerEvaluation>> Columns { get; } =
    [
        new("rows", "images", score => score.Rows, Numbers.Count) { On = ScoredOn.Model },
        new("loss", "loss", score => score.Loss, Numbers.Four) { On = ScoredOn.Model },
        new("exact", "exact", score => score.Exact, Numbers.Four),
        new("bleu", "BLEU", score => score.Bleu, DecoderTask.Two),
    ];

    public override bool HasParts(string data) => base.HasParts(data) || Directory.Exists(data);

    public override bool HasSubwords(TrainSettings settings) => settings.Translation.Subwords > 0;

    public override bool CountsWords(TrainSettings settings) => !HasSubwords(settings);

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => DecoderTask.DropoutPlaces;

    public override TaskTraining Train() => new CaptionTraining(this);

    public override CaptionDataset Read(string path, TrainSettings settings, Invocation call) =>
        CaptionData.Read(path, null, call, settings);

    /// <summary>Images are brought to the size of those that the model learnt from.</summary>
    protected override CaptionDataset ReadFor(CaptionerModel model, string path, TrainSettings settings, Invocation call)
    {
        _ = DecoderTask.Beam(call); // refused before anything is read
        return CaptionData.Read(path, (model.Spec.Width, model.Spec.Height, model.Spec.Channels), call);
    }

    public override CaptionerEvaluation Score(
        CaptionerModel model, CaptionDataset data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) =>
        new Captioner(model, threads) { Beam = DecoderTask.Beam(call) }.Evaluate(data, cancellation);

    public override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) => new CaptionerAnswers(
        new Captioner(Own(model), threads) { Beam = DecoderTask.Beam(call) }, Own(model).Spec, call.Terminal.Out, call.Json);

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Describes each image, a PNG, JPEG or BMP file",
        Item = "path",
        Example = "image.png",
        MorePackages = ["Recurant.Formats"],
        Usings = ["Recurant.Data", "Recurant.Formats", "Recurant.Models", "Recurant.Tasks"],
        Load = """
            Captioner captioner = Captioner.Load(ModelPath);
            CaptionerSpec size = captioner.Model.Spec;
            """,
        Answer = """
            byte[] pixels = ImageFile.Read(path, size.Width, size.Height, size.Channels);
            var image = new CaptionDataset(path, [new CaptionedImage(pixels, "")], size.Width, size.Height, size.Channels);
            Console.WriteLine(captioner.Describe(image)[0].Text);
            """,
    };

    /// <summary>One image of the data, which may also be given in the place of a text.</summary>
    public override IEnumerable<IExplanationView> Explain(ExplainRequest ask)
    {
        string path = ask.Data ?? (ask.Texts is [var only] ? only
            : throw ExplainRequest.Missing("The images (a manifest, or the folder of MNIST)"));
        CaptionerModel model = Own(ask.Model);
        CaptionDataset images = CaptionData.Read(path, (model.Spec.Width, model.Spec.Height, model.Spec.Channels), ask.Call);
        int image = ask.Call.Whole(ImageOption, 1, images.Count) ?? 1;
        return [new DecoderView(
            Explainer.Explain(model, images, image - 1, DecoderTask.Beam(ask.Call), ask.Options, ask.Cancellation), null)];
    }
}
