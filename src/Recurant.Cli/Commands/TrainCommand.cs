namespace Recurant.Cli;

/// <summary><c>recurant train</c>: learns from data and writes a model file.</summary>
internal sealed class TrainCommand() : CliCommand("train", "[DATA]",
    "Train on labelled texts, tagged words, running text, pairs of texts, images with captions or a generated problem, "
    + "and write a model file. All options are optional; the defaults depend on the data.")
{
    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new("--config", "FILE",
            "Read settings from a JSON file, as written by 'recurant init'. Options on the command line override it."),
        new("--resume", "DIR",
            "Continue the interrupted run whose state is in this directory. No other option is needed; the result is the "
            + "same model file, byte for byte, as if it had never stopped."),
        .. SettingTable.All.Select(CommandOption.Of),
    ];

    public override IReadOnlyList<string> FirstOptions =>
    [
        "--task", "--text", "--label", "--test", "--cell", "--hidden", "--epochs", "--budget", "--out", "--report",
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "train reviews.tsv",
        "train reviews.csv --text review --label stars --cell gru",
        "train tickets.jsonl --test held-out.jsonl --budget 10m",
        "train --source train.en --target train.de --test test.en,test.de",
        "train reviews.tsv --vectors glove.6B.100d.txt --out reviews-glove.safetensors",
        "train reviews.tsv --report reviews.html",
        "train --resume reviews.checkpoint",
    ];

    public override int Run(Invocation call)
    {
        string? resumed = call.Value("--resume");
        TrainSettings settings = ReadSettings(call, resumed);
        return CliTasks.Of(settings).Train().Run(call, settings, resumed);
    }

    private static TrainSettings ReadSettings(Invocation call, string? resumed)
    {
        var settings = new TrainSettings();
        if (resumed is not null && Checkpoint.ReadNote(resumed) is { } note) settings = ResumeNote.Read(resumed, note);
        if (call.Value("--config") is { } config) settings = ConfigFile.Read(config, settings);
        settings = call.Apply(SettingTable.All, settings);
        if (call.Arguments.Count > 0) settings = settings with { Data = call.Arguments[0] };
        settings = PairData.WithFiles(settings);
        if (settings.Data is not { Length: > 0 } data)
        {
            throw new UsageException(
                $"DATA is missing: the training data, a file or directory. Usage: {ShellCommand.Name} train DATA [OPTIONS]");
        }

        settings = settings with { OutFile = settings.OutFile ?? DefaultOut(data) };
        string?[] inputs =
        [
            data, settings.TestFile, settings.ValidationFile, settings.VectorsFile, settings.PretrainingFile,
            call.Value("--config"),
        ];
        (string Option, string? Path)[] outputs =
            [("--out", settings.OutFile), ("--record", settings.RecordFile), ("--report", settings.ReportFile)];
        foreach ((string option, string? output) in outputs)
        {
            if (output is not null && inputs.Any(input => AreOne(input, output)))
            {
                throw new UsageException(
                    $"{option}: {output} is read by this run; it would be overwritten. Choose another name.");
            }

            if (outputs.FirstOrDefault(other => other.Option != option && AreOne(other.Path, output)).Option is { } other)
            {
                throw new UsageException(
                    $"{option} and {other} both name {output}; one would overwrite the other. Choose another name.");
            }
        }

        return settings;
    }

    private static bool AreOne(string? path, string? other) =>
        path is { Length: > 0 } && other is { Length: > 0 } && Path.GetFullPath(path) == Path.GetFullPath(other);

    /// <summary>The data's name with another ending: reviews.tsv.gz gives reviews.safetensors.</summary>
    private static string DefaultOut(string data)
    {
        if (PairData.AreFiles(data)) data = data.Split(',')[0];
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)));
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        string stem = Directory.Exists(data) ? name : Path.GetFileNameWithoutExtension(name);
        return (stem.Length > 0 ? stem : "model") + ".safetensors";
    }
}
