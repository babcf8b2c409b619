using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>
/// Where settings act. One that the user gave and that would change nothing is refused, by name and with the reason: else the
/// record of the run would say that it had acted.
/// </summary>
internal static class SettingUse
{
    private static readonly string[] s_decoders = [TaskNames.Translate, TaskNames.Caption];

    private static readonly string[] s_words = [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel, .. s_decoders];

    /// <summary>The tasks that each of these settings is for; settings that are not listed are for all.</summary>
    private static readonly (string[] Settings, string[] Tasks)[] s_tasks =
    [
        (["label", "bidirectional", "pooling", "model", "direct", "models", "recompute", "pretrain", "pretrain-epochs"],
            [TaskNames.Classify]),
        (["characters", "vectors", "freeze-vectors"], [TaskNames.Classify, TaskNames.Tag]),
        (["crf", "tag-column"], [TaskNames.Tag]),
        (["unit", "text"], [TaskNames.Classify, TaskNames.LanguageModel]),
        (["lowercase"], [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel]),
        (["max-tokens"], [TaskNames.Classify, TaskNames.Translate]),
        (["label-smoothing"], [TaskNames.Classify, TaskNames.Tag, .. s_decoders]),
        (["bptt", "samples", "tied"], [TaskNames.LanguageModel]),
        (["subwords"], [TaskNames.LanguageModel, .. s_decoders]),
        (["attention"], s_decoders),
        (["tied-vectors", "source", "target"], [TaskNames.Translate]),
        (["chrono"], [TaskNames.Problem]),
        (["activation", "form", "gru-reset", "forget-bias"],
            [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel, TaskNames.Problem]),
        (["delimiter"], [TaskNames.Classify, TaskNames.LanguageModel, TaskNames.Translate]),
        (["format"], [TaskNames.Classify, TaskNames.Tag, TaskNames.LanguageModel, TaskNames.Translate]),
        (["encoding", "valid", "test", "embedding", "min-count", "max-words"], s_words),
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
        [("valid", TaskNames.Problem)] = "the sequences of a generated problem are made anew; there is no file of them",
        [("test", TaskNames.Problem)] = "the sequences of a generated problem are made anew; there is no file of them",
        [("encoding", TaskNames.Problem)] = "a generated problem is read from no file",
        [("text", TaskNames.Translate)] = "the columns of pairs are named by --source and --target",
        [("label", TaskNames.Translate)] = "the columns of pairs are named by --source and --target",
        [("label", TaskNames.Tag)] = "the column of the tags is named by --tag-column",
    };

    /// <summary>The places of dropout that the networks of each task have.</summary>
    private static readonly Dictionary<string, string[]> s_places = new()
    {
        [TaskNames.Classify] = ["input", "layers", "recurrent", "word", "embedding", "output"],
        [TaskNames.Tag] = ["input", "layers", "recurrent", "word", "output"],
        [TaskNames.LanguageModel] = ["input", "layers", "recurrent", "embedding", "output"],
        [TaskNames.Translate] = ["input", "layers", "recurrent", "word", "output"],
        [TaskNames.Caption] = ["input", "layers", "recurrent", "word", "output"],
        [TaskNames.Problem] = ["layers", "recurrent"],
    };

    /// <summary>Settings of recurrent layers, which other kinds of classifier do not have.</summary>
    private static readonly string[] s_recurrent =
    [
        "cell", "form", "gru-reset", "forget-bias", "recurrent-start", "bidirectional", "pooling", "direct", "characters", "recompute",
        "pretrain", "pretrain-epochs", "lens-every",
    ];

    private static readonly string[] s_feedForwardPlaces = ["input", "layers", "word"];

    /// <summary>Settings of hidden layers, which a bag of words does not have either.</summary>
    private static readonly string[] s_hidden = ["hidden", "layers", "activation", "embedding", "vectors", "freeze-vectors", "dropout"];

    /// <summary>Checks all that the user gave.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="task">The task at hand.</param>
    /// <exception cref="UsageException">One of them has no effect.</exception>
    public static void Require(TrainSettings settings, string task)
    {
        foreach ((Setting setting, string value) in settings.Given)
        {
            string? reason = OfTask(setting.Name, settings, task) ?? OfCell(setting.Name, settings)
                ?? OfOthers(setting.Name, settings, task) ?? (setting.Name == "dropout" ? OfDropout(value, settings, task) : null);
            if (reason is not null) throw Refusal(setting, reason);
        }
    }

    /// <summary>Checks what the user gave of a recurrent network without a task.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="UsageException">One of them has no effect.</exception>
    public static void RequireOfCell(TrainSettings settings)
    {
        foreach ((Setting setting, string _) in settings.Given)
        {
            if (OfCell(setting.Name, settings) is { } reason) throw Refusal(setting, reason);
        }
    }

    private static UsageException Refusal(Setting setting, string reason) =>
        new($"--{setting.Name} has no effect here: {reason}. Leave it out.");

    /// <summary>Why a setting would change nothing for the task and the kind of model; null if it acts.</summary>
    private static string? OfTask(string setting, TrainSettings settings, string task)
    {
        foreach ((string[] names, string[] tasks) in s_tasks)
        {
            if (!names.Contains(setting) || tasks.Contains(task)) continue;
            string guessed = settings.Task is null ? ", as the data suggests (--task names another)" : "";
            return s_reasons.GetValueOrDefault((setting, task))
                ?? $"the task is \"{task}\"{guessed}, and only {Listed([.. tasks.Select(name => $"\"{name}\"")])} "
                    + (tasks.Length == 1 ? "has it" : "have it");
        }

        if (task != TaskNames.Classify || settings.Training.Model == ModelKind.Recurrent) return null;
        if (s_recurrent.Contains(setting)) return $"--model {Choices.NameOf(settings.Training.Model)} has no recurrent layers";
        if (settings.Training.Model != ModelKind.BagOfWords) return null;
        if (setting == "max-words") return "a bag of words knows every word and pair that --min-count leaves";
        return s_hidden.Contains(setting) ? "a bag of words has no hidden layers and no word vectors" : null;
    }

    /// <summary>Why a setting would change nothing for the cell.</summary>
    private static string? OfCell(string setting, TrainSettings settings)
    {
        // A language model that is trained already brings its cell.
        if (settings.Training.Model != ModelKind.Recurrent || (settings.Training.Cell is null && PretrainingData.IsModel(settings))) return null;
        CellKind kind = settings.Training.Cell ?? CellKind.Lstm;
        CellEntry cell = CellCatalogue.Of(kind);
        return setting switch
        {
            "activation" when !cell.HasActivation =>
                $"the activations of the cell {cell.Name} are fixed; those of {Those(entry => entry.HasActivation)} can be chosen",
            "form" when kind != CellKind.Elman => $"only the cell elman has two forms, and the cell is {cell.Name}",
            "gru-reset" when kind != CellKind.Gru => $"only the cell gru has it, and the cell is {cell.Name}",
            "forget-bias" when !cell.HasForgetBias =>
                $"the cell {cell.Name} has no such bias; {Those(entry => entry.HasForgetBias)} have one",
            _ => null,
        };
    }

    /// <summary>Why a setting would change nothing beside the others.</summary>
    private static string? OfOthers(string setting, TrainSettings settings, string task)
    {
        int? merges = settings.Translation.Subwords;
        bool hasSubwords = task switch
        {
            TaskNames.LanguageModel => settings.Language.Unit == TokenUnit.Subword,
            TaskNames.Translate => merges != 0,
            _ => task == TaskNames.Caption && merges > 0,
        };
        return setting switch
        {
            "freeze-vectors" when settings.VectorsFile is null => "there are no --vectors to keep as they are",
            "pretrain-epochs" when settings.PretrainingFile is null => "there is no --pretrain whose epochs it would limit",
            "pretrain-epochs" when PretrainingData.IsModel(settings) => "a language model that is trained already is not trained again",
            "checkpoint-every" when settings.CheckpointDirectory == "none" => "with --checkpoint none no state is kept",
            "subwords" when task == TaskNames.LanguageModel && !hasSubwords => "the tokens are subwords with --unit subword only",
            "max-words" when hasSubwords => "the pieces are subwords, whose number --subwords limits",
            "min-count" when hasSubwords && s_decoders.Contains(task) => "the pieces are subwords; --subwords 0 reads whole words",
            "forget-bias" when task == TaskNames.Problem && settings.Problem.MemorySteps != 0
                && settings.Training.Cell is null or CellKind.Lstm or CellKind.PeepholeLstm =>
                "the forget gates start as --chrono says, by default for the length of the problem, unless --chrono 0 is given",
            "valid" when settings.ValidationFile is null && HasParts(settings.Data!, task) =>
                "the data has validation texts of its own; a file of others can be given",
            _ => null,
        };
    }

    /// <summary>Why one of the rates of dropout would change nothing.</summary>
    private static string? OfDropout(string value, TrainSettings settings, string task)
    {
        bool isList = value.Contains('=');
        bool isFeedForward = task == TaskNames.Classify && settings.Training.Model == ModelKind.FeedForward;
        string[] places = isFeedForward ? s_feedForwardPlaces : s_places[task];
        string[] given = isList ? [.. DropoutValue.PlacesOf(value)] : ["input", "layers", "output"];
        string[] acting = [.. given.Where(places.Contains)];
        bool isOneLayer = !isFeedForward && !PretrainingData.IsModel(settings) && !s_decoders.Contains(task)
            && (settings.Training.Layers ?? (task is TaskNames.Classify or TaskNames.Problem ? 1 : 2)) == 1;
        if (acting.Length < given.Length && (isList || task == TaskNames.Problem))
        {
            return $"the network has no dropout of \"{given.Except(acting).First()}\", only of {Listed(places)}";
        }

        return isOneLayer && acting is ["layers"] ? "dropout of \"layers\" acts between two layers, and there is one" : null;
    }

    /// <summary>Whether data comes divided into parts.</summary>
    private static bool HasParts(string data, string task) =>
        data.StartsWith(SdkData.Prefix, StringComparison.Ordinal) || (task == TaskNames.Caption && Directory.Exists(data));

    /// <summary>"a, b and c".</summary>
    private static string Listed(string[] names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    private static string Those(Func<CellEntry, bool> which) =>
        Listed([.. CellCatalogue.All.Where(which).Select(entry => entry.Name)]);
}
