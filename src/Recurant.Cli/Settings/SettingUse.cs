namespace Recurant.Cli;

/// <summary>
/// The place of a setting: the others and the task at hand. One that the user gave and that would change nothing is refused, by
/// name and with the reason: else the record of the run would say that it had acted.
/// </summary>
/// <param name="Settings">All settings.</param>
/// <param name="Task">The task; null where a network is described without one.</param>
internal sealed record SettingUse(TrainSettings Settings, CliTask? Task)
{
    /// <summary>The value that was given.</summary>
    public string Value { get; private init; } = "";

    /// <summary>The cell; null where there is none, or where a language model that is trained already brings its own.</summary>
    public CellEntry? Cell =>
        Settings.Training.Model != ModelKind.Recurrent || (Settings.Training.Cell is null && Settings.StartsFromModel)
            ? null
            : CellCatalogue.Of(Settings.Training.Cell ?? CellKind.Lstm);

    /// <summary>Whether the tokens are subwords.</summary>
    public bool HasSubwords => Task?.HasSubwords(Settings) == true;

    /// <summary>Whether the task has a setting that not every task has.</summary>
    public bool Has(string setting) => Task?.Settings.Contains(setting) == true;

    /// <summary>Checks all that the user gave.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="task">The task at hand; null to check what holds of a network without one.</param>
    /// <exception cref="UsageException">One of them has no effect.</exception>
    public static void Require(TrainSettings settings, CliTask? task)
    {
        var use = new SettingUse(settings, task);
        foreach ((Setting setting, string value) in settings.Given)
        {
            SettingUse own = use with { Value = value };
            Idle? idle = own.OfTask(setting.Name)
                ?? setting.Unless.Select(rule => rule(own)).FirstOrDefault(found => found is not null);
            if (idle is null) continue;
            throw new UsageException($"--{setting.Name} has no effect here: {idle.Reason}. {idle.Remedy}.");
        }
    }

    /// <summary>Why one of the rates of dropout would change nothing.</summary>
    public static Idle? OfDropout(SettingUse use)
    {
        if (use.Task is not { } task) return null;
        bool isList = use.Value.Contains('=');
        IReadOnlyList<string> places = task.DropoutPlaces(use.Settings);
        string[] given = isList ? [.. DropoutValue.PlacesOf(use.Value)] : ["input", "layers", "output"];
        if ((isList || !task.TakesOneRate) && given.Except(places).FirstOrDefault() is { } missing)
        {
            return $"the network has no dropout of \"{missing}\", only of {Listed(places)}";
        }

        return given.Intersect(places).ToArray() is ["layers"] && task.StackedLayers(use.Settings) == 1
            ? "dropout of \"layers\" acts between two layers, and there is one"
            : null;
    }

    /// <summary>"a, b and c".</summary>
    public static string Listed(IReadOnlyList<string> names, string last = "and") =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} {last} {names[^1]}";

    /// <summary>Why the task has no such setting; null if it has, or if all have.</summary>
    private Idle? OfTask(string setting)
    {
        if (Task is null || Has(setting)) return null;
        string[] others =
            [.. CliTasks.All.Where(other => other.Settings.Contains(setting)).Select(other => $"\"{other.Name}\"").Distinct()];
        if (others.Length == 0) return null;
        if (Task.Lacks.TryGetValue(setting, out string? why)) return why;
        bool isGuessed = Settings.Task is null;
        return new Idle(
            $"the task is \"{Task.Name}\"{(isGuessed ? ", as the data suggests" : "")}, and only {Listed(others)} "
            + (others.Length == 1 ? "has it" : "have it"), isGuessed
            ? "Leave it out, or name another task with --task" : "Leave it out");
    }
}
