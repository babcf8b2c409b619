using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>A label for a text.</summary>
internal sealed class ClassifyTask : CliTask<ClassifierModel, TextDataset, Evaluation>
{
    private const string LabelOption = "--class", StepsOption = "--steps";

    public override string Name => TaskNames.Classify;

    public override DataKind? Kind => DataKind.LabelledTexts;

    public override IReadOnlyList<string> Settings { get; } =
    [
        .. OfFiles, .. OfWords, .. OfCells, "label", "text", "format", "delimiter", "unit", "lowercase", "max-tokens", "vectors",
        "freeze-vectors", "model", "bidirectional", "pooling", "characters", "direct", "models", "pretrain", "pretrain-epochs",
        "label-smoothing", "recompute",
    ];

    public override IReadOnlyList<string> Options { get; } = [LabelOption, StepsOption];

    public override IReadOnlyList<ScoreColumn<Evaluation>> Columns { get; } =
    [
        new("rows", "rows", score => score.Rows, Numbers.Count) { On = ScoredOn.Model },
        new("loss", "loss", score => score.Loss, Numbers.Four) { On = ScoredOn.Model },
        new("accuracy", "accuracy", score => score.Accuracy, Numbers.Four),
        new("macro_f1", "macro F1", score => score.MacroF1, Numbers.Four) { On = ScoredOn.Test },
    ];

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) =>
        settings.Training.Model == ModelKind.FeedForward
            ? ["input", "layers", "word"]
            : ["input", "layers", "recurrent", "word", "embedding", "output"];

    public override int? StackedLayers(TrainSettings settings) =>
        settings.Training.Model == ModelKind.FeedForward || settings.StartsFromModel ? null : settings.Training.Layers ?? 1;

    public override TaskTraining Train() => new ClassifyTraining(this);

    public override TextDataset Read(string path, TrainSettings settings, Invocation call) =>
        LabelledData.Read(path, settings, call);

    /// <summary>Test texts are read by the columns that the model learnt from, where the file has these.</summary>
    protected override TextDataset ReadFor(ClassifierModel model, string path, TrainSettings settings, Invocation call)
    {
        if (TrainedColumns.Of(model) is { } columns && LabelledData.Like(columns, settings, path) is var same
            && !ReferenceEquals(same, settings))
        {
            settings = same;
            call.Tell($"{path}: read by the columns that the model learnt from, text \"{TextLayout.OneLine(columns.Text)}\" and "
                + $"label "
                + $"\"{TextLayout.OneLine(columns.Label)}\"; --text and --label name others.");
        }

        return Read(path, settings, call);
    }

    public override Evaluation Score(
        ClassifierModel model, TextDataset data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new TextClassifier(model, threads).Evaluate(data, cancellation, phases);

    protected override void WriteDetails(UserTerminal terminal, ClassifierModel model, Evaluation score)
    {
        terminal.Out.WriteLine();
        foreach (string line in ConfusionTable.Lines(model.Labels, score.Confusion, terminal.Width)) terminal.Out.WriteLine(line);
    }

    public override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) =>
        new ClassifierAnswers(new Predictor(Own(model), threads), call.Terminal.Out, call.Json);

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Tells the label of each text and its probability",
        Example = "This movie is not good",
        Usings = ["Recurant", "Recurant.Tasks"],
        Load = "TextClassifier model = TextClassifier.Load(ModelPath);",
        Answer = """
            Prediction answer = model.Predict(text);
            Console.WriteLine($"{answer.Label}\t{answer.Probability:0.0000}");
            """,
    };

    public override Lesson Teach(string path, TrainedModel model, string sentence, LessonOptions options) =>
        Lesson.Of(Own(model), sentence, options);

    public override IEnumerable<IExplanationView> Explain(ExplainRequest ask)
    {
        IReadOnlyList<string> labels = Own(ask.Model).Labels;
        if (ask.Options.Label is { } label && !labels.Contains(label))
        {
            throw new UsageException($"{LabelOption}: the model has no label \"{label}\"; its labels are "
                + $"{string.Join(", ", labels.Select(known => $"\"{known}\""))}.");
        }

        return base.Explain(ask);
    }

    protected override IExplanationView ExplainText(ExplainRequest ask, string text) =>
        new TextView(Explainer.Explain(Own(ask.Model), text, ask.Options, ask.Cancellation));

    protected override DataExplanation ExplainData(ExplainRequest ask, string data, TrainSettings settings, int limit) =>
        Explainer.Explain(Own(ask.Model), Read(data, settings, ask.Call), limit, ask.Options, ask.Cancellation);

    public override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(Own(model), Read(data, settings, call), options);

    public override LensResult LookBefore(Invocation call, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.LookBefore(Read(data, settings, call), settings.Training, options);

    public override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model)
    {
        (TextDataset texts, TextDataset? test, DetectedFormat? format) = ReadBoth(call, settings);
        DoctorReport report = DataDoctor.Examine(texts, test);
        if (format is not null) report = new DoctorReport([ColumnsOf(format, settings)]).With(report);
        return model is null || (report.Worst == FindingLevel.Fault && texts.Count == 0)
            ? report
            : report.With(ModelDoctor.Examine(Own(model), test ?? texts, test is null ? null : texts, call.Threads));
    }

    private (TextDataset Train, TextDataset? Test, DetectedFormat? Format) ReadBoth(Invocation call, TrainSettings settings)
    {
        string? file = settings.TestFile;
        if (SdkParts.Languages(settings.Data!, call) is { } parts)
        {
            return (parts.Train, file is null ? parts.Test : Read(file, settings, call), null);
        }

        TextDataset train = LabelledData.Read(settings.Data!, settings, call, out DetectedFormat format);
        return (train, file is null ? null : Read(file, LabelledData.Like(format, settings, file), call), format);
    }

    /// <summary>Which columns were taken, and whether others could have been.</summary>
    private static Finding ColumnsOf(DetectedFormat format, TrainSettings settings)
    {
        string? others = LabelledData.Alternatives(format, settings);
        return new Finding("columns", others is null ? FindingLevel.Ok : FindingLevel.Note, $"{format}.")
        {
            Values = [new("other_labels", format.OtherLabels.Count), new("other_texts", format.OtherTexts.Count)],
            Means = others is null ? "" : "This was guessed from the names and the values.",
            Advice = others ?? "",
        };
    }
}
