using System.Globalization;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The next token of a running text.</summary>
internal sealed class LanguageModelTask : CliTask<LanguageModel, PlainText, LanguageScore>
{
    public override string Name => TaskNames.LanguageModel;

    public override string Command => "generate";

    public override DataKind? Kind => DataKind.PlainText;

    public override string Item => "piece";

    public override IReadOnlyList<string> Settings { get; } =
    [
        .. OfFiles, .. OfWords, .. OfCells, "text", "format", "delimiter", "unit", "lowercase", "bptt", "samples", "tied",
        "subwords",
    ];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["bidirectional"] = "a language model reads in one direction; from the other it would see what it is to predict",
    };

    public override IReadOnlyList<ScoreColumn<LanguageScore>> Columns { get; } =
    [
        new("tokens", "tokens", score => score.Tokens, Numbers.Count),
        new("loss", "nats", score => score.Loss, Numbers.Four),
        new("bits", "", score => score.Bits, Numbers.Four),
        new("perplexity", "perplexity", score => score.Perplexity, value => value.ToString("F2", CultureInfo.InvariantCulture)),
        new("bits_per_character", "bits/character", score => score.BitsPerCharacter, Numbers.Four),
    ];

    public override bool HasSubwords(TrainSettings settings) => settings.Language.Unit == TokenUnit.Subword;

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) =>
        ["input", "layers", "recurrent", "embedding", "output"];

    public override int? StackedLayers(TrainSettings settings) => settings.Training.Layers ?? 2;

    /// <summary>The language model that a model is; null if it is another's.</summary>
    public static LanguageModel? ModelOf(TrainedModel model) => model as LanguageModel;

    public override TaskTraining Train() => new LanguageModelTraining(this);

    /// <summary>Reads running text; of the SDK's documentation that to test with.</summary>
    public override PlainText Read(string path, TrainSettings settings, Invocation call)
    {
        if (SdkParts.Documentation(path, call) is { } parts) return parts.Test;
        PlainText text = PlainTextReader.Read(settings.File(path), settings.TextFormat with { LabelColumn = null });
        if (call.Quiet) return text;
        call.Tell([$"{path}: {Describe(path, settings)}running text; {Numbers.Of(text.Count, "line")}", .. text.Warnings]);
        return text;
    }

    /// <summary>What a file that is no plain text was taken for, and how to learn something else from it.</summary>
    private static string Describe(string path, TrainSettings settings)
    {
        try
        {
            DetectedData found = DataDetector.Detect(settings.File(path), settings.TextFormat);
            string other = settings.Task is null && path == settings.Data
                ? $" No labels were found (--label names their column, --task {TaskNames.Classify} insists on them);" : "";
            return found.Kind != DataKind.PlainText || found.Description == "plain lines" ? "" : $"{found.Description}.{other} ";
        }
        catch (InvalidDataException)
        {
            return ""; // no columns to tell of: the texts were asked for
        }
    }

    public override LanguageScore Score(
        LanguageModel model, PlainText data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => LanguageModelTrainer.Evaluate(model, data, threads, cancellation, phases);

    public override TextGenerator Generator(Invocation call, TrainedModel model) =>
        new(Own(model), call.Threads == 0 ? 1 : call.Threads);

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Continues each text by 200 tokens, which are written as they are chosen",
        Example = "Once upon",
        Usings = ["Recurant.Tasks"],
        Load = """
            TextGenerator generator = TextGenerator.Load(ModelPath, threads: 1);
            var options = new SamplingOptions { Temperature = 0.8f, Seed = 1 };
            """,
        Answer = """
            Console.Write(text);
            foreach (string token in generator.Continue(text, 200, options)) Console.Write(token);
            Console.WriteLine();
            """,
    };

    protected override IExplanationView ExplainText(ExplainRequest ask, string text) =>
        new LanguageView(Explainer.Explain(Own(ask.Model), text, ask.Options, ask.Cancellation));

    protected override DataExplanation ExplainData(ExplainRequest ask, string data, TrainSettings settings, int limit) =>
        Explainer.Explain(Own(ask.Model), Read(data, settings, ask.Call), ask.Options, ask.Cancellation);

    public override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(Own(model), Read(data, settings, call), options);

    public override LensResult LookBefore(Invocation call, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.LookBefore(Read(data, settings, call), settings.LanguageOptions, options);

    public override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model) =>
        Examine(call, settings, model, DataDoctor.Examine, (own, data, _) => ModelDoctor.Examine(own, data));
}
