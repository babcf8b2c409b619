namespace Recurant.Cli;

/// <summary><c>recurant explain</c>: why a model gave its answer.</summary>
internal sealed class ExplainCommand() : CliCommand("explain", "MODEL [TEXT...]",
    "Show why a model gave its answer to each TEXT, word by word; with --data, what it relies on over a whole data set.")
{
    public const string DataOption = "--data", LimitOption = "--limit";

    private const string LabelOption = "--class", StepsOption = "--steps", ReportOption = "--report", What = "What to explain";

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(DataOption, "FILE", "Explain a whole data set instead: words, hidden units and mistakes. Captioners: the images."),
        new(ReportOption, "FILE.html", "Also write a self-contained HTML page."),
        new(LimitOption, "N", "With --data: use at most N texts, spread over the file. Default: 1000."),
        .. SettingTable.Columns.Select(CommandOption.Of),
        new(LabelOption, "LABEL", "Classifiers: explain this label instead of the predicted one.") { Group = What },
        new("--word", "N", "Taggers: explain only word N of the text in detail, counted from 1.") { Group = What },
        new("--blanks", null, "Taggers: the texts are already split into words by spaces.") { Group = What },
        new("--image", "N", "Captioners: the image, counted from 1. Default: 1.") { Group = What },
        new("--number", "N", "Numbers and generated problems: the series or sequence, counted from 1. Default: 1.")
        {
            Group = What,
        },
        .. SettingTable.SeriesColumns.Select(CommandOption.Of),
        new("--beam", "N", "Translators and captioners: the beam width. Default: 5.") { Group = What },
        new(StepsOption, "N",
            "The maximum number of steps of integrated gradients, 16 to 65536. Default: 1024.") { Group = What },
        SharedOptions.Threads with { Group = "The run" },
    ];

    /// <summary>How tables of numbers are read.</summary>
    public static IReadOnlyList<Setting> TableSettings { get; } = [.. SettingTable.Columns, .. SettingTable.SeriesColumns];

    public override IReadOnlyList<string> FirstOptions =>
        [DataOption, ReportOption, LimitOption, "--text", "--label", LabelOption, "--word", "--image", "--number", "--beam"];

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
        if (data is not null && texts.Length > 0) throw new UsageException($"Give either TEXT or {DataOption}, not both.");

        CliTask task = CliTasks.Of(model);
        if (CliTasks.All.SelectMany(other => other.Options).Except(task.Options).FirstOrDefault(call.Has) is { } unfit)
        {
            throw new UsageException($"{unfit} does not apply to {path}, a {model.Noun} model.");
        }

        var options = new ExplainOptions
        {
            Label = call.Value(LabelOption), Threads = call.Threads, MostSteps = call.Whole(StepsOption, 16, 65536) ?? 1024,
        };
        var shown = new List<IExplanationView>();
        foreach (IExplanationView view in task.Explain(new ExplainRequest(call, model, texts, data, options)))
        {
            shown.Add(view);
            if (call.Json) call.Terminal.Out.WriteLine(JsonText.Object(view.WriteJson));
            else call.Terminal.WriteLines(view.Lines(call.Terminal));
            call.Terminal.Out.Flush();
        }

        if (call.Value(ReportOption) is { } report)
        {
            PageFile.Write(report, shown[0].Page(shown, $"{Path.GetFileName(path)}: {model.Summary}"));
            call.Tell($"Wrote {report}");
        }

        return ExitCode.Done;
    }
}
