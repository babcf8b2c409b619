using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The tasks of <c>train</c>: what they are called, and who does them.</summary>
/// <param name="Name">The word after <c>--task</c>.</param>
/// <param name="Make">Makes what trains it.</param>
internal sealed record TaskChoice(string Name, Func<TaskTraining> Make)
{
    public static IReadOnlyList<TaskChoice> All { get; } =
    [
        new(TaskNames.Classify, static () => new ClassifierTraining()),
        new(TaskNames.LanguageModel, static () => new LanguageModelTraining()),
        new(TaskNames.Tag, static () => new TaggerTraining()),
        new(TaskNames.Translate, static () => new TranslatorTraining()),
        new(TaskNames.Caption, static () => new CaptionerTraining()),
        new(TaskNames.Problem, static () => new ProblemTraining()),
    ];

    /// <summary>The task that was asked for, or the one that the data suggests.</summary>
    /// <exception cref="UsageException">There is no task of that name.</exception>
    public static TaskChoice Of(TrainSettings settings)
    {
        string name = settings.Task ?? Guess(settings);
        TaskChoice choice = All.FirstOrDefault(task => task.Name == name) ?? throw new UsageException(
            $"--task: there is no task \"{name}\"; choose one of {string.Join(", ", All.Select(task => task.Name))}.");
        if (name != TaskNames.LanguageModel && settings.Language.Unit == TokenUnit.Subword)
        {
            throw new UsageException(
                $"--unit: subwords are the tokens of language models; the task is \"{name}\". Choose word or char, or --task lm.");
        }

        SettingUse.Require(settings, choice.Name);
        return choice;
    }

    private static bool IsProblem(string name)
    {
        try
        {
            return SequenceProblem.Parse(name) is not null;
        }
        catch (FormatException)
        {
            return true;
        }
    }

    /// <summary>What the data is; faults in it are for the task to tell.</summary>
    private static string Guess(TrainSettings settings)
    {
        if (IsProblem(settings.Data!)) return TaskNames.Problem;
        if (settings.TagColumn is not null) return TaskNames.Tag;
        if (settings.Source is not null || settings.Target is not null || PairData.AreFiles(settings.Data!))
        {
            return TaskNames.Translate;
        }

        try
        {
            return DataDetector.Detect(settings.File(settings.Data!), settings.TextFormat).Kind switch
            {
                DataKind.TaggedWords => TaskNames.Tag,
                DataKind.PlainText => TaskNames.LanguageModel,
                DataKind.TextPairs => TaskNames.Translate,
                DataKind.ImageSentences => TaskNames.Caption,
                _ => TaskNames.Classify,
            };
        }
        catch (Exception fault) when (
            !settings.Data!.StartsWith(SdkData.Prefix, StringComparison.Ordinal) && fault is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return TaskNames.Classify;
        }
    }
}
