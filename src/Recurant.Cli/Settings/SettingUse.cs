using Recurant.Cells;
using Recurant.Layers;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary>
/// Where settings act. One that the user gave and that would change nothing is refused, by name and with the reason: else the
/// record of the run would say that it had acted.
/// </summary>
internal static class SettingUse
{
    private static readonly string[] s_decoders = [TaskNames.Translate, TaskNames.Caption];

    /// <summary>The tasks that each of these settings is for; settings that are not listed are for all.</summary>
    private static readonly (string[] Settings, string[] Tasks)[] s_tasks =
    [
        (["bidirectional", "pooling", "model", "direct", "models", "recompute", "pretrain", "pretrain-epochs"], [TaskNames.Classify]),
        (["characters", "vectors", "freeze-vectors"], [TaskNames.Classify, TaskNames.Tag]),
        (["crf", "tag-column"], [TaskNames.Tag]),
        (["unit"], [TaskNames.Classify, TaskNames.LanguageModel]),
        (["lowercase"], [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel]),
        (["max-tokens"], [TaskNames.Classify, .. s_decoders]),
        (["label-smoothing"], [TaskNames.Classify, TaskNames.Tag, .. s_decoders]),
        (["bptt", "samples", "tied"], [TaskNames.LanguageModel]),
        (["subwords"], [TaskNames.LanguageModel, .. s_decoders]),
        (["attention", "tied-vectors", "source", "target"], s_decoders),
        (["chrono"], [TaskNames.Problem]),
        (["activation", "form", "gru-reset", "forget-bias"],
            [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel, TaskNames.Problem]),
        (["embedding", "min-count", "max-words"],
            [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel, .. s_decoders]),
    ];

    /// <summary>Why a task leaves no choice, where more can be said than that the setting is another task's.</summary>
    private static readonly Dictionary<(string Setting, string Task), string> s_reasons = new()
    {
        [("bidirectional", TaskNames.Tag)] = "a tagger always reads a sentence from both ends",
        [("bidirectional", TaskNames.LanguageModel)] = "a language model reads in one direction; from the other it would see what "
            + "it is to predict",
        [("bidirectional", TaskNames.Translate)] = "the encoder always reads from both ends, and the decoder never does",
        [("bidirectional", TaskNames.Caption)] = "the encoder always reads from both ends, and the decoder never does",
        [("bidirectional", TaskNames.Problem)] = "networks for generated problems read in one direction",
        [("embedding", TaskNames.Problem)] = "a generated problem consists of numbers, not of words",
    };

    /// <summary>Settings of recurrent layers, which other kinds of classifier do not have.</summary>
    private static readonly string[] s_recurrent =
        ["cell", "form", "gru-reset", "forget-bias", "recurrent-start", "bidirectional", "pooling", "direct", "characters", "recompute"];

    /// <summary>Settings of hidden layers, which a bag of words does not have either.</summary>
    private static readonly string[] s_hidden = ["hidden", "layers", "activation", "embedding", "vectors", "freeze-vectors", "dropout"];

    /// <summary>Checks all that the user gave.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="task">The task at hand.</param>
    /// <exception cref="UsageException">One of them has no effect.</exception>
    public static void Require(TrainSettings settings, string task)
    {
        foreach ((Setting setting, string _) in settings.Given)
        {
            if (ReasonAgainst(setting.Name, settings, task) is not { } reason) continue;
            throw new UsageException($"--{setting.Name} has no effect here: {reason}. Leave it out.");
        }
    }

    /// <summary>Why a setting would change nothing; null if it acts.</summary>
    private static string? ReasonAgainst(string setting, TrainSettings settings, string task)
    {
        foreach ((string[] names, string[] tasks) in s_tasks)
        {
            if (!names.Contains(setting) || tasks.Contains(task)) continue;
            return s_reasons.GetValueOrDefault((setting, task))
                ?? $"the task is \"{task}\", and only {string.Join(" and ", tasks.Select(name => $"\"{name}\""))} "
                    + (tasks.Length == 1 ? "has it" : "have it");
        }

        ModelKind model = task == TaskNames.Classify ? settings.Training.Model : ModelKind.Recurrent;
        if (model != ModelKind.Recurrent && s_recurrent.Contains(setting))
        {
            return $"--model {Choices.NameOf(model)} has no recurrent layers";
        }

        if (model == ModelKind.BagOfWords && s_hidden.Contains(setting)) return "a bag of words has no hidden layers and no word vectors";
        CellKind kind = settings.Training.Cell ?? CellKind.Lstm;
        CellEntry cell = CellCatalogue.Of(kind);
        return setting switch
        {
            "activation" when model == ModelKind.Recurrent && !cell.HasActivation =>
                $"the activations of the cell {cell.Name} are fixed; those of {Those(entry => entry.HasActivation)} can be chosen",
            "form" when kind != CellKind.Elman => $"only the cell elman has two forms, and the cell is {cell.Name}",
            "gru-reset" when kind != CellKind.Gru => $"only the cell gru has it, and the cell is {cell.Name}",
            "forget-bias" when !cell.HasForgetBias =>
                $"the cell {cell.Name} has no such bias; {Those(entry => entry.HasForgetBias)} have one",
            "freeze-vectors" when settings.VectorsFile is null => "there are no --vectors to keep as they are",
            "pretrain-epochs" when settings.PretrainingFile is null => "there is no --pretrain whose epochs it would limit",
            _ => null,
        };
    }

    private static string Those(Func<CellEntry, bool> which) =>
        string.Join(", ", CellCatalogue.All.Where(which).Select(entry => entry.Name));
}
