namespace Recurant.Cli;

/// <summary><c>recurant explain</c>: why a model gave its answer.</summary>
internal sealed class ExplainCommand : CliCommand
{
    private const string DataOption = "--data", LabelOption = "--class", WordOption = "--word", ImageOption = "--image";
    private const string NumberOption = "--number", BeamOption = "--beam", BlanksOption = "--blanks", StepsOption = "--steps";
    private const string LimitOption = "--limit", ReportOption = "--report";

    public override string Name => "explain";

    public override string Summary =>
        "Show why a model gave its answer to each TEXT, word by word; with --data, what it relies on over a whole data set.";

    public override string Arguments => "MODEL [TEXT...]";

    public override (int Least, int Most) ArgumentCount => (1, int.MaxValue);

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(DataOption, "FILE", "Explain a whole data set instead: words, hidden units and mistakes. Captioners: the images."),
        new(ReportOption, "FILE.html", "Also write a self-contained HTML page."),
        new(LimitOption, "N", "With --data: use at most N texts, spread over the file. Default: 1000."),
        .. SettingTable.Columns.Select(CommandOption.Of),
        new(LabelOption, "LABEL",
            "Classifiers: explain this label instead of the predicted one.") { Group = "What to explain" },
        new(WordOption, "N", "Taggers: explain only word N of the text in detail, counted from 1.") { Group = "What to explain" },
        new(BlanksOption, null, "Taggers: the texts are already split into words by spaces.") { Group = "What to explain" },
        new(ImageOption, "N", "Captioners: the image, counted from 1. Default: 1.") { Group = "What to explain" },
        new(NumberOption, "N",
            "Generated problems: the sequence, counted from 1. Default: 1.") { Group = "What to explain" },
        new(BeamOption, "N",
            "Translators and captioners: the beam width. Default: 5.") { Group = "What to explain" },
        new(StepsOption, "N",
            "The maximum number of steps of integrated gradients, 16 to 65536. Default: 1024.") { Group = "What to explain" },
        SharedOptions.Threads with { Group = "The run" },
    ];

    public override IReadOnlyList<string> FirstOptions =>
        [DataOption, ReportOption, LimitOption, "--text", "--label", LabelOption, WordOption, ImageOption, NumberOption, BeamOption];

    public override IReadOnlyList<string> Examples =>
    [
        "explain reviews.safetensors \"This movie is not good\"",
        "explain reviews.safetensors \"Not bad at all\" --json",
        "explain reviews.safetensors \"This movie is not good\" --report why.html",
        "explain reviews.safetensors --data held-out.tsv",
        "explain tagger.safetensors \"The dog barks.\" --word 3",
        "explain en-de.safetensors \"A dog runs.\"",
    ];

    public override int Run(Invocation call)
    {
        string path = call.Arguments[0];
        string? data = call.Value(DataOption);
        string[] texts = [.. call.Arguments.Skip(1)];
        PageFile.Check(ReportOption, call.Value(ReportOption), [path, data, .. texts]);
        TrainedModel model = ModelFile.Load(path);
        if (data is not null && texts.Length > 0)
        {
            throw new UsageException($"Give either TEXT or {DataOption}, not both.");
        }

        RejectUnfit(call, path, model);
        var options = new ExplainOptions
        {
            Label = call.Value(LabelOption), Threads = call.Threads, MostSteps = call.Whole(StepsOption, 16, 65536) ?? 1024,
        };
        if (options.Label is not null && model is ClassifierModel known && !known.Labels.Contains(options.Label))
        {
            throw new UsageException(
                $"{LabelOption}: the model has no label \"{options.Label}\"; its labels are "
                + $"{string.Join(", ", known.Labels.Select(label => $"\"{label}\""))}.");
        }

        var shown = new List<IExplanationView>();
        foreach (IExplanationView view in Views(call, model, texts, data, options, call.Interruption.Token))
        {
            shown.Add(view);
            if (call.Json)
            {
                call.Terminal.Out.WriteLine(JsonText.Object(view.WriteJson));
            }
            else
            {
                call.Terminal.WriteLines(view.Lines(call.Terminal));
            }

            call.Terminal.Out.Flush();
        }

        if (call.Value(ReportOption) is { } report)
        {
            PageFile.Write(report, shown[0].Page(shown, $"{Path.GetFileName(path)}: {model.Summary}"));
            if (!call.Quiet) call.Terminal.WriteNote($"Wrote {report}");
        }

        return ExitCode.Done;
    }

    private static IEnumerable<IExplanationView> Views(
        Invocation call, TrainedModel model, string[] texts, string? data, ExplainOptions options, CancellationToken cancellation)
    {
        switch (model)
        {
            case SequenceModel sequence:
                int number = call.Whole(NumberOption, 1, int.MaxValue) ?? 1;
                yield return new ProblemView(
                    Explainer.Explain(sequence, number - 1, options: options, cancellation: cancellation));
                yield break;
            case CaptionerModel captioner:
                string path =
                    data ?? (texts.Length == 1 ? texts[0] : throw Missing("The images (a manifest, or the folder of MNIST)"));
                CaptionerSpec spec = captioner.Spec;
                CaptionDataset images = CaptionData.Read(path, (spec.Width, spec.Height, spec.Channels), call);
                int image = call.Whole(ImageOption, 1, images.Count) ?? 1;
                yield return new DecoderView(
                    Explainer.Explain(captioner, images, image - 1, Beam(call), options, cancellation), null);
                yield break;
        }

        if (data is not null)
        {
            yield return new DataView(model, data, OfData(call, model, data, options, cancellation));
            yield break;
        }

        if (texts.Length == 0) throw Missing("TEXT");
        foreach (string text in texts)
        {
            yield return model switch
            {
                ClassifierModel classifier => new TextView(Explainer.Explain(classifier, text, options, cancellation)),
                TaggerModel tagger => TagsOf(call, tagger, text, options, cancellation),
                TranslatorModel translator =>
                    new DecoderView(Explainer.Explain(translator, text, Beam(call), options, cancellation), text),
                LanguageModel language => new LanguageView(Explainer.Explain(language, text, options, cancellation)),
                _ => throw FittingModel.Unfit(call.Arguments[0], model, "explain"),
            };
        }
    }

    private static DataExplanation OfData(
        Invocation call, TrainedModel model, string path, ExplainOptions options, CancellationToken cancellation)
    {
        TrainSettings settings = call.Apply(SettingTable.Columns, new TrainSettings());
        int limit = call.Whole(LimitOption, 1, int.MaxValue) ?? 1000;
        return model switch
        {
            ClassifierModel classifier =>
                Explainer.Explain(classifier, LabelledData.Read(path, settings, call), limit, options, cancellation),
            TaggerModel tagger => Explainer.Explain(tagger, TaggedData.Read(path, settings, call), limit, options, cancellation),
            LanguageModel language =>
                Explainer.Explain(language, LanguageModelReport.Read(path, settings, call), options, cancellation),
            _ => throw new UsageException(
                $"{DataOption} does not apply to {call.Arguments[0]}, a {model.Noun} model: give a TEXT."),
        };
    }

    private static TagView TagsOf(
        Invocation call, TaggerModel tagger, string text, ExplainOptions options, CancellationToken cancellation)
    {
        IReadOnlyList<string> words = TagPredictor.Split(text, call.Has(BlanksOption));
        int? word = call.Whole(WordOption, 1, Math.Max(1, words.Count));
        return new TagView(Explainer.Explain(tagger, words, options, cancellation), word - 1);
    }

    private static int Beam(Invocation call) => TranslatorReport.Beam(call.Value(BeamOption));

    private static UsageException Missing(string what) => new($"{what} is missing. Usage: {ShellCommand.Name} explain MODEL [TEXT...]");

    private static void RejectUnfit(Invocation call, string path, TrainedModel model)
    {
        foreach ((string option, bool fits) in new[]
        {
            (LabelOption, model is ClassifierModel), (StepsOption, model is ClassifierModel), (WordOption, model is TaggerModel),
            (BlanksOption, model is TaggerModel), (ImageOption, model is CaptionerModel), (NumberOption, model is SequenceModel),
            (BeamOption, model is TranslatorModel or CaptionerModel),
        })
        {
            if (call.Has(option) && !fits)
            {
                throw new UsageException($"{option} does not apply to {path}, a {model.Noun} model.");
            }
        }
    }
}
