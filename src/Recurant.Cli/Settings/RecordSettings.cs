namespace Recurant.Cli;

/// <summary>The settings of what a training run writes down of itself; none of them changes the model.</summary>
internal static class RecordSettings
{
    private const string Group = "Record";

    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "record", Group = Group, Value = "FILE", Kind = SettingKind.Path, IsUnrecorded = true,
            Help = "Write the run down while it runs, as JSON lines: for 'recurant report' and 'recurant compare'. "
                + "Default: with --report, the model file's name with .run.jsonl; otherwise none.",
            Set = (s, v) => s with { RecordFile = v },
        },
        new()
        {
            Name = "report", Group = Group, Value = "FILE.html", Kind = SettingKind.Path, IsUnrecorded = true,
            Help = "Write an HTML page about the run: curves, scores, mistakes, equations.",
            Set = (s, v) => s with { ReportFile = v },
        },
        new()
        {
            Name = "tensorboard", Group = Group, Value = "DIR", Kind = SettingKind.Path, IsUnrecorded = true,
            Help = "Write the curves as events for TensorBoard into this directory.",
            Set = (s, v) => s with { TensorBoardDirectory = v },
        },
    ];

    /// <summary>Whether an option says what is learnt how, and not only where something is written.</summary>
    public static bool IsForCommand(Setting setting) =>
        !All.Contains(setting) && setting.Name is not ("out" or "checkpoint" or "checkpoint-every");
}
