using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The tasks of the commands, by name and by model.</summary>
internal static class CliTasks
{
    /// <summary>All of them. The first is what data are taken for where nothing speaks for another.</summary>
    public static IReadOnlyList<CliTask> All { get; } =
        [
            new ClassifyTask(), new TagTask(), new LanguageModelTask(), new TranslateTask(), new CaptionTask(), new ProblemTask(),
            new ForecastTask(), new SequenceClassifyTask(), new SequenceTagTask(), new RegressTask(),
            new MusicTask(), new TranscribeTask(),
        ];

    /// <summary>The task that was asked for, or the one that the data suggests; its settings are checked.</summary>
    /// <exception cref="UsageException">There is no task of that name, or a setting has no effect in it.</exception>
    public static CliTask Of(TrainSettings settings)
    {
        CliTask task = settings.Task is { } name ? Named(name, settings) : Guess(settings);
        SettingUse.Require(settings, task);
        return task;
    }

    /// <summary>The task that a model was trained for.</summary>
    public static CliTask Of(TrainedModel model) => All.First(task => task.IsOf(model));

    /// <summary>The names of the tasks.</summary>
    public static IEnumerable<string> Names => All.Select(task => task.Name).Distinct();

    /// <summary>The task of a name; where texts and numbers have one of that name, the data decide.</summary>
    private static CliTask Named(string name, TrainSettings settings)
    {
        CliTask[] named = [.. All.Where(task => task.Name == name)];
        return named switch
        {
            [] => throw new UsageException($"--task: there is no task \"{name}\"; choose one of {string.Join(", ", Names)}."),
            [var only] => only,
            _ => IsTable(settings) is var numbers ? named.First(task => task.Kind == DataKind.Series == numbers) : named[0],
        };
    }

    /// <summary>Whether the data are a table of numbers.</summary>
    public static bool IsTable(TrainSettings settings) => Detect(settings)?.Kind == DataKind.Series;

    /// <summary>What to say of a model that the command has no use for.</summary>
    public static InvalidDataException Unfit(Invocation call, TrainedModel model) =>
        Unfit(call.Arguments[0], model, call.Command.Name);

    /// <summary>The same of a model that stands elsewhere on the command line.</summary>
    public static InvalidDataException Unfit(string path, TrainedModel model, string command)
    {
        string article = "aeiou".Contains(model.Noun[0], StringComparison.Ordinal) ? "an" : "a";
        return new InvalidDataException($"{path} holds {article} {model.Noun}, which '{command}' cannot use. "
            + $"What fits it: {ShellCommand.Of(Of(model).Command, path)} ...");
    }

    /// <summary>What the data is; faults in it are for the task to tell.</summary>
    private static CliTask Guess(TrainSettings settings)
    {
        string data = settings.Data!;
        CliTask? told = All.FirstOrDefault(task => task.Owns(data)) ?? All.FirstOrDefault(task => task.IsToldBy(settings));
        if (told is not null) return told;
        DetectedData? found = Detect(settings);
        DataKind? kind = found?.Kind;
        return kind == DataKind.Series && (settings.LabelColumn is not null || found!.HasLabels)
            ? All.First(task => task is SequenceClassifyTask)
            : All.FirstOrDefault(task => task.Kind == kind && kind is not null) ?? All[0];
    }

    /// <summary>What the data are taken for; null where they are faulty.</summary>
    private static DetectedData? Detect(TrainSettings settings)
    {
        string data = settings.Data!;
        try
        {
            return DataDetector.Detect(settings.File(data), settings.TextFormat);
        }
        catch (Exception fault) when (
            !data.StartsWith(SdkData.Prefix, StringComparison.Ordinal)
            && fault is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
