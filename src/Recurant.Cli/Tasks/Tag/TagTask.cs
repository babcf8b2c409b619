using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>A tag for each word of a sentence.</summary>
internal sealed class TagTask : CliTask<TaggerModel, TaggedDataset, TaggerEvaluation>
{
    private const string WordOption = "--word", BlanksOption = "--blanks";

    public override string Name => TaskNames.Tag;

    public override DataKind? Kind => DataKind.TaggedWords;

    public override string Item => "sentence";

    public override IReadOnlyList<string> Settings { get; } =
    [
        .. OfFiles, .. OfWords, .. OfCells, "tag-column", "format", "lowercase", "vectors", "freeze-vectors", "characters", "crf",
        "label-smoothing",
    ];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["bidirectional"] = "a tagger always reads a sentence from both ends",
        ["label"] = "the column of the tags is named by --tag-column",
    };

    public override IReadOnlyList<string> Options { get; } = [WordOption, BlanksOption];

    public override IReadOnlyList<ScoreColumn<TaggerEvaluation>> Columns { get; } =
    [
        new("sentences", "sentences", score => score.Sentences, Numbers.Count),
        new("words", "words", score => score.Words, Numbers.Count),
        new("loss", "loss", score => score.Loss > 0 ? score.Loss : double.NaN, Numbers.Loss),
        new("accuracy", "accuracy", score => score.Accuracy, Numbers.Four),
        new("unknown_words", "unknown words", score => score.UnknownWords, Numbers.Count),
        new("unknown_accuracy", "their accuracy", score => score.UnknownAccuracy, Numbers.Four),
        OfSpans("span_precision", "", spans => spans.Precision),
        OfSpans("span_recall", "", spans => spans.Recall),
        OfSpans("span_f1", "span F1", spans => spans.F1),
    ];

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) =>
        ["input", "layers", "recurrent", "word", "output"];

    public override int? StackedLayers(TrainSettings settings) => settings.Training.Layers ?? 2;

    public override bool IsToldBy(TrainSettings settings) => settings.TagColumn is not null;

    public override TaskTraining Train() => new TagTraining(this);

    /// <summary>What training is told.</summary>
    public static TaggerTrainingOptions OptionsOf(TrainSettings settings) => TaggerTrainingOptions.From(settings.Training) with
    {
        Lowercase = settings.Training.Lowercase, Characters = settings.Characters, RandomField = settings.RandomField,
    };

    public override TaggedDataset Read(string path, TrainSettings settings, Invocation call)
    {
        var options = new TaggedFormatOptions { TagColumn = settings.TagColumn, Format = settings.Format };
        TaggedDataset data = TaggedDatasetReader.Read(settings.File(path), options);
        call.Tell([$"{path}: {Numbers.Of(data.Count, "sentence")}, {Numbers.Count(data.WordCount)} words, "
            + $"{Numbers.Of(data.Tags.Count, "tag")}", .. data.Warnings]);
        return data;
    }

    public override TaggerEvaluation Score(
        TaggerModel model, TaggedDataset data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new TagPredictor(model, threads).Evaluate(data, cancellation, phases);

    /// <summary>A table of every kind of span, or of every tag, the most frequent first.</summary>
    public static IReadOnlyList<string[]> Details(TaggerEvaluation score)
    {
        IReadOnlyList<TagCount> counts = score.Spans is null ? score.Tags : [.. score.Kinds, score.Spans];
        List<string[]> rows = [[score.Spans is null ? "tag" : "span", "precision", "recall", "F1", "right", "found", "present"]];
        foreach (TagCount count in counts.OrderByDescending(count => ReferenceEquals(count, score.Spans) ? -1 : count.Present))
        {
            if (count.Found + count.Present == 0) continue;
            rows.Add(
            [
                TextLayout.OneLine(count.Name), Numbers.Four(count.Precision), Numbers.Four(count.Recall), Numbers.Four(count.F1),
                Numbers.Count(count.Right), Numbers.Count(count.Found), Numbers.Count(count.Present),
            ]);
        }

        return rows;
    }

    protected override void WriteDetails(UserTerminal terminal, TaggerModel model, TaggerEvaluation score)
    {
        terminal.Out.WriteLine();
        terminal.WriteTable(Details(score));
    }

    /// <summary>Writes precision, recall and F1 of every tag, or of every kind of span.</summary>
    protected override void WriteDetails(Utf8JsonWriter writer, TaggerEvaluation score) =>
        writer.WriteObject(score.Spans is null ? "tags" : "spans", members =>
        {
            foreach (TagCount count in score.Spans is null ? score.Tags : score.Kinds)
            {
                members.WriteObject(count.Name, values => values.Write(
                    ("precision", count.Precision), ("recall", count.Recall), ("f1", count.F1), ("present", count.Present)));
            }
        });

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Tags the words of each text: a word, its tag and the probability a line, and a blank line behind each text",
        Example = "The dog barks.",
        Usings = ["Recurant.Tasks"],
        Load = "TagPredictor tagger = TagPredictor.Load(ModelPath);",
        Answer = """
            foreach (TaggedWord word in tagger.Predict(text))
            {
                Console.WriteLine($"{word.Word}\t{word.Tag}\t{word.Probability:0.0000}");
            }

            Console.WriteLine();
            """,
    };

    public override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) =>
        new TaggerAnswers(new TagPredictor(Own(model), threads), call.Has(BlanksOption), call.Terminal.Out, call.Json);

    protected override IExplanationView ExplainText(ExplainRequest ask, string text)
    {
        IReadOnlyList<string> words = TagPredictor.Split(text, ask.Call.Has(BlanksOption));
        int? word = ask.Call.Whole(WordOption, 1, Math.Max(1, words.Count));
        return new TagView(Explainer.Explain(Own(ask.Model), words, ask.Options, ask.Cancellation), word - 1);
    }

    protected override DataExplanation ExplainData(ExplainRequest ask, string data, TrainSettings settings, int limit) =>
        Explainer.Explain(Own(ask.Model), Read(data, settings, ask.Call), limit, ask.Options, ask.Cancellation);

    public override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(Own(model), Read(data, settings, call), options);

    public override LensResult LookBefore(Invocation call, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.LookBefore(Read(data, settings, call), OptionsOf(settings), options);

    public override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model) => Examine(
        call, settings, model, DataDoctor.Examine, (own, data, train) => ModelDoctor.Examine(own, data, train, call.Threads));

    private static ScoreColumn<TaggerEvaluation> OfSpans(string name, string heading, Func<TagCount, double> value) =>
        new(name, heading, score => value(score.Spans!), Numbers.Four) { IsOf = score => score.Spans is not null };
}
