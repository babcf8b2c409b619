namespace Recurant.Cli;

/// <summary><c>recurant test</c>: scores a model on labelled texts.</summary>
internal sealed class TestCommand : CliCommand
{
    public override string Name => "test";

    public override string Summary => "Score a model on labelled texts, tagged words, pairs, images or running text, or on its generated problem, and show its "
        + "confusion matrix.";

    public override string Arguments => "MODEL DATA";

    public override (int Least, int Most) ArgumentCount => (2, 2);

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        .. SettingTable.Columns.Select(CommandOption.Of),
        .. TranslatorSettings.Columns.Select(CommandOption.Of),
        new("--beam", "N", "Translators and captioners: the hypotheses that are followed. Default: 5."),
        SharedOptions.Threads with { Group = "The run" },
    ];

    public override IReadOnlyList<string> Examples =>
        ["test reviews.safetensors held-out.tsv", "test reviews.safetensors held-out.tsv --json"];

    public override int Run(Invocation call)
    {
        int threads = call.Threads;
        call.RequireModelAt(0);
        TrainSettings settings = call.Apply(TranslatorSettings.Columns, call.Apply(SettingTable.Columns, new TrainSettings()));
        return ModelFile.Load(call.Arguments[0]) switch
        {
            ClassifierModel classifier => Test(call, classifier, settings, threads),
            LanguageModel language => LanguageModelReport.Test(call, language, settings, threads),
            TaggerModel tagger => Test(call, tagger, settings, threads),
            CaptionerModel captioner => CaptionerReport.Test(call, captioner, threads),
            SequenceModel sequence => ProblemTraining.Test(call, sequence, threads),
            TranslatorModel translator => TranslatorReport.Test(call, translator, settings, threads),
            var other => throw FittingModel.Unfit(call.Arguments[0], other, Name),
        };
    }

    private static int Test(Invocation call, TaggerModel model, TrainSettings settings, int threads)
    {
        TaggedDataset data = TaggedData.Read(call.Arguments[1], settings, call);
        TaggerEvaluation scores = new TagPredictor(model, threads).Evaluate(data);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", TaskNames.Tag);
                TaggerReport.WriteScore(writer, scores);
                TaggerReport.WriteDetails(writer, scores);
            }));
            return ExitCode.Done;
        }

        IReadOnlyList<string> headings = TaggerReport.Headings(scores.Spans is not null), cells = TaggerReport.Cells(scores);
        string[][] rows = [.. headings.Select((heading, i) => new[] { heading, cells[i] })];
        call.Terminal.WriteTable(rows);
        call.Terminal.Out.WriteLine();
        call.Terminal.WriteTable(TaggerReport.Details(scores));
        return ExitCode.Done;
    }

    private static int Test(Invocation call, ClassifierModel model, TrainSettings settings, int threads)
    {
        string path = call.Arguments[1];
        if (TrainedColumns.Of(model) is { } columns && LabelledData.Like(columns, settings, path) is var same
            && !ReferenceEquals(same, settings))
        {
            settings = same;
            if (!call.Quiet)
            {
                call.Terminal.WriteNote(
                    $"{path}: read by the columns that the model learnt from, text "
                    + $"\"{TextLayout.OneLine(columns.Text)}\" and label "
                    + $"\"{TextLayout.OneLine(columns.Label)}\"; --text and --label name others.");
            }
        }

        TextDataset data = LabelledData.Read(path, settings, call);
        Evaluation scores = new TextClassifier(model, threads).Evaluate(data);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", TaskNames.Classify);
                writer.WriteNumber("rows", scores.Rows);
                writer.WriteNumber("loss", scores.Loss);
                writer.WriteNumber("accuracy", scores.Accuracy);
                writer.WriteNumber("macro_f1", scores.MacroF1);
            }));
            return ExitCode.Done;
        }

        string[][] rows =
        [
            ["rows", Numbers.Count(scores.Rows)],
            ["loss", Numbers.Four(scores.Loss)],
            ["accuracy", Numbers.Four(scores.Accuracy)],
            ["macro F1", Numbers.Four(scores.MacroF1)],
        ];
        call.Terminal.WriteTable(rows);
        call.Terminal.Out.WriteLine();
        IEnumerable<string> confusions = ConfusionTable.Lines(model.Labels, scores.Confusion, call.Terminal.Width);
        foreach (string line in confusions) call.Terminal.Out.WriteLine(line);
        return ExitCode.Done;
    }
}
