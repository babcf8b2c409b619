namespace Recurant.Cli;

/// <summary><c>recurant test</c>: scores a model on labelled texts.</summary>
internal sealed class TestCommand() : CliCommand("test", "MODEL DATA",
    "Score a model on labelled texts, tagged words, pairs, images or running text, or on its generated problem, and show "
    + "its confusion matrix.")
{
    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        .. SettingTable.Columns.Select(CommandOption.Of),
        .. SettingTable.PairColumns.Select(CommandOption.Of),
        .. SettingTable.SeriesColumns.Select(CommandOption.Of),
        .. SettingTable.SeriesParts.Select(CommandOption.Of),
        new("--beam", "N",
            "Translators, captioners and transcribers: the hypotheses that are followed. Default: 5, of transcribers 1."),
        SharedOptions.Threads with { Group = "The run" },
    ];

    public override IReadOnlyList<string> Examples =>
        ["test reviews.safetensors held-out.tsv", "test reviews.safetensors held-out.tsv --json"];

    public override int Run(Invocation call)
    {
        _ = call.Threads; // refused before anything is read
        call.RequireModelAt(0);
        TrainSettings settings = call.Apply(
            [.. SettingTable.Columns, .. SettingTable.PairColumns, .. SettingTable.SeriesColumns, .. SettingTable.SeriesParts],
            new TrainSettings());
        TrainedModel model = ModelFile.Load(call.Arguments[0]);
        CliTasks.Of(model).Test(call, model, settings);
        return ExitCode.Done;
    }
}
