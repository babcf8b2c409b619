using System.Reflection;
using System.Text.RegularExpressions;
using Recurant.Tests.Architecture;

namespace Recurant.Cli.Tests;

/// <summary>The commands know tasks by <see cref="CliTask"/> alone: what a model is, only its task's own folder asks.</summary>
public partial class TaskSeamTests
{
    private static readonly Dictionary<string, Type> s_models = new()
    {
        ["Classify"] = typeof(ClassifierModel), ["Tag"] = typeof(TaggerModel), ["LanguageModel"] = typeof(LanguageModel),
        ["Translate"] = typeof(TranslatorModel), ["Caption"] = typeof(CaptionerModel), ["Problem"] = typeof(SequenceModel),
        ["Forecast"] = typeof(ForecasterModel), ["Sequences"] = typeof(SeriesModel),
        ["Music"] = typeof(NotesModel), ["Transcribe"] = typeof(SpeechModel),
    };

    private static readonly string s_sources = Path.Combine(Workspace.Repository(), "src", "Recurant.Cli");

    /// <summary>The folder below Tasks in which each type is declared; empty for types that stand elsewhere.</summary>
    private static readonly Dictionary<string, string> s_folders = Folders();

    [Fact]
    public void Models_OfTheCore_HaveAFolderEach()
    {
        Type[] models = [.. typeof(TrainedModel).Assembly.GetTypes().Where(
            type => type.IsSubclassOf(typeof(TrainedModel)) && !type.IsAbstract)];
        Assert.Equal(models.ToHashSet(), s_models.Values.ToHashSet());
        // Models of sequences answer with a label, with one for each step, or with numbers: three tasks.
        Assert.Equal(models.Length + 2, CliTasks.All.Count);
        Assert.All(s_models.Keys, folder => Assert.True(Directory.Exists(Path.Combine(s_sources, "Tasks", folder)), folder));
    }

    [Fact]
    public void Casts_ToAModel_StandInItsTasksFolder()
    {
        (MethodBase Method, Type Asked)[] casts = [.. CompiledReferences.Casts(typeof(CliTask).Assembly)];
        // Without these the reading of the assembly would be broken, and the test could not fail.
        Assert.Contains(casts, cast => cast.Asked == typeof(LanguageModel));
        string[] wrong =
            [.. casts.Where(cast => FolderOf(cast.Asked) is { } own && FolderOfUser(cast.Method.DeclaringType!) != own)
            .Select(cast => $"{cast.Method.DeclaringType!.Name}.{cast.Method.Name} asks whether a model is a {cast.Asked.Name}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Names_OfTasks_StandInTheirFoldersAlone()
    {
        string[] wrong = [.. Files().Where(file => FolderOfFile(file).Length == 0)
            .Where(file => File.ReadAllText(file).Contains($"{nameof(TaskNames)}.", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(s_sources, file))];
        Assert.Equal([], wrong);
    }

    /// <summary>The folder of the task whose model or specification a type is; null for other types.</summary>
    private static string? FolderOf(Type type) => s_models
        .FirstOrDefault(each => each.Value == type || each.Value.GetProperty("Spec")?.PropertyType == type).Key;

    private static Dictionary<string, string> Folders()
    {
        var folders = new Dictionary<string, string>();
        foreach (string file in Files())
        {
            foreach (Match declared in Declaration().Matches(File.ReadAllText(file)))
            {
                folders[declared.Groups["name"].Value] = FolderOfFile(file);
            }
        }

        return folders;
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(s_sources, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(s_sources, file).StartsWith("obj", StringComparison.Ordinal));

    private static string FolderOfFile(string file) =>
        Path.GetRelativePath(s_sources, file).Split(Path.DirectorySeparatorChar) is ["Tasks", var folder, _] ? folder : "";

    /// <summary>The folder of a type of the command; empty for what stands elsewhere and for what the compiler adds.</summary>
    private static string FolderOfUser(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return s_folders.GetValueOrDefault(type.Name.Split('`')[0], "");
    }

    [GeneratedRegex(@"\b(class|record struct|record|struct|interface|enum) (?<name>\w+)")]
    private static partial Regex Declaration();
}
