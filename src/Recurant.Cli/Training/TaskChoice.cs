using Recurant.Data;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The tasks of <c>train</c>: what they are called, and who does them.</summary>
/// <param name="Name">The word after <c>--task</c>.</param>
/// <param name="Make">Makes what trains it.</param>
internal sealed record TaskChoice(string Name, Func<TaskTraining> Make)
{
    public const string Classification = "classify";

    public static IReadOnlyList<TaskChoice> All { get; } =
    [
        new(Classification, static () => new ClassifierTraining()),
        new("lm", static () => new LanguageModelTraining()),
        new("tag", static () => new TaggerTraining()),
        new("translate", static () => new TranslatorTraining()),
        new("caption", static () => new CaptionerTraining()),
        new("problem", static () => new ProblemTraining()),
    ];

    /// <summary>The task that was asked for, or the one that the data suggests.</summary>
    /// <exception cref="UsageException">There is no task of that name.</exception>
    public static TaskChoice Of(TrainSettings settings)
    {
        string name = settings.Task ?? Guess(settings);
        TaskChoice choice = All.FirstOrDefault(task => task.Name == name) ?? throw new UsageException(
            $"--task: there is no task \"{name}\"; choose one of {string.Join(", ", All.Select(task => task.Name))}.");
        if (name != "lm" && settings.Language.Unit == TokenUnit.Subword)
        {
            throw new UsageException(
                $"--unit: subwords are the tokens of language models; the task is \"{name}\". Choose word or char, or --task lm.");
        }

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
        if (IsProblem(settings.Data!)) return "problem";
        if (settings.TagColumn is not null) return "tag";
        if (settings.Source is not null || settings.Target is not null || PairData.AreFiles(settings.Data!)) return "translate";
        try
        {
            return DataDetector.Detect(settings.File(settings.Data!), settings.TextFormat).Kind switch
            {
                DataKind.TaggedWords => "tag",
                DataKind.PlainText => "lm",
                DataKind.TextPairs => "translate",
                DataKind.ImageSentences => "caption",
                _ => Classification,
            };
        }
        catch (Exception fault) when (
            !settings.Data!.StartsWith(SdkData.Prefix, StringComparison.Ordinal) && fault is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Classification;
        }
    }
}
