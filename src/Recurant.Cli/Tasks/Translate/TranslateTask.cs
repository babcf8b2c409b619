using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>A text for a text.</summary>
internal sealed class TranslateTask : CliTask<TranslatorModel, PairDataset, TranslatorEvaluation>
{
    public override string Name => TaskNames.Translate;

    public override DataKind? Kind => DataKind.TextPairs;

    public override IReadOnlyList<string> Settings { get; } =
    [
        .. OfFiles, .. OfWords, "format", "delimiter", "source", "target", "max-tokens", "subwords", "attention", "tied-vectors",
        "label-smoothing",
    ];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>(DecoderTask.Lacks)
    {
        ["text"] = "the columns of pairs are named by --source and --target",
        ["label"] = "the columns of pairs are named by --source and --target",
    };

    public override IReadOnlyList<string> Options { get; } = [DecoderTask.BeamOption];

    public override IReadOnlyList<ScoreColumn<TranslatorEvaluation>> Columns { get; } =
    [
        new("rows", "pairs", score => score.Rows, Numbers.Count) { On = ScoredOn.Model },
        new("loss", "loss", score => score.Loss, Numbers.Four) { On = ScoredOn.Model },
        new("bleu", "BLEU", score => score.Bleu, DecoderTask.Two),
        new("chrf", "chrF", score => score.Chrf, DecoderTask.Two),
        new("exact", "exact", score => score.Exact, Numbers.Four) { On = ScoredOn.Model },
        new("placeholders", "placeholders kept", score => score.Placeholders, Numbers.Four) { On = ScoredOn.Model,
            Missing = "none" },
    ];

    public override bool HasSubwords(TrainSettings settings) => settings.Translation.Subwords != 0;

    public override bool CountsWords(TrainSettings settings) => !HasSubwords(settings);

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => DecoderTask.DropoutPlaces;

    public override bool IsToldBy(TrainSettings settings) =>
        settings.Source is not null || (settings.Target is not null && settings.Series == new SeriesSettings()
            && !CliTasks.IsTable(settings)) || PairData.AreFiles(settings.Data!);

    public override TaskTraining Train() => new TranslateTraining(this);

    public override PairDataset Read(string path, TrainSettings settings, Invocation call) => PairData.Read(path, settings, call);

    protected override PairDataset ReadFor(TranslatorModel model, string path, TrainSettings settings, Invocation call)
    {
        _ = DecoderTask.Beam(call); // refused before anything is read
        return Read(path, settings, call);
    }

    public override TranslatorEvaluation Score(
        TranslatorModel model, PairDataset data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) =>
        new Translator(model, threads) { Beam = DecoderTask.Beam(call) }.Evaluate(data, cancellation, phases);

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Translates each text",
        Example = "A dog runs.",
        Usings = ["Recurant.Tasks"],
        Load = "Translator translator = Translator.Load(ModelPath);",
        Answer = "Console.WriteLine(translator.Translate(text).Text);",
    };

    public override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) =>
        new TranslatorAnswers(new Translator(Own(model), threads) { Beam = DecoderTask.Beam(call) }, call.Terminal, call.Json);

    protected override IExplanationView ExplainText(ExplainRequest ask, string text) => new DecoderView(
        Explainer.Explain(Own(ask.Model), text, DecoderTask.Beam(ask.Call), ask.Options, ask.Cancellation), text);

    public override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(Own(model), Read(data, settings, call), options);

    public override LensResult LookBefore(Invocation call, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.LookBefore(Read(data, settings, call), settings.TranslationOptions, options);

    public override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model) => Examine(
        call, settings, model, DataDoctor.Examine, (own, data, _) => ModelDoctor.Examine(own, data, call.Threads));
}
