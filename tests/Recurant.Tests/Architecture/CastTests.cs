using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Recurant.Tests.Architecture;

/// <summary>
/// What class a model, a network or a training task has is asked in the folder of its task alone; whoever has one of unknown
/// class asks the catalogue of tasks, or the object itself. All tasks share a namespace, so the folder is that of the source
/// file, which the debugging symbols name; which classes are a task's is what its entry in the catalogue says.
/// </summary>
public class CastTests
{
    private static readonly Assembly s_core = typeof(FloatBuffer).Assembly;

    private static readonly Type[] s_classes = [.. s_core.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }
        && (type.IsSubclassOf(typeof(TrainedModel)) || type.IsSubclassOf(typeof(TrainingTask))
            || (CompiledReferences.RoomOf(type) is "Models" or "Heads"
                && type.Name.EndsWith("Network", StringComparison.Ordinal))))];

    [Fact]
    public void Classes_OfATask_AreAskedForInItsFolderAlone()
    {
        using var sources = new Sources(s_core);
        Dictionary<Type, HashSet<string>> folders = FoldersOf(sources);
        Assert.Contains(typeof(BagOfWordsNetwork), s_classes);
        Assert.Contains("Translate", folders[typeof(TranslatorNetwork)]);
        Assert.Contains("Caption", folders[typeof(TranslatorNetwork)]);
        string[] wrong = [.. CompiledReferences.Casts(s_core).Where(cast => s_classes.Contains(cast.Asked))
            .Select(cast => (cast.Method, cast.Asked, Folder: sources.FolderOf(cast.Method)))
            .Where(cast => !folders.GetValueOrDefault(cast.Asked, []).Contains(cast.Folder ?? ""))
            .Select(cast => $"{cast.Method.DeclaringType}.{cast.Method.Name} asks for {cast.Asked.Name}").Distinct()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Casts_OfThisAssembly_AreFound() => Assert.Contains(
        CompiledReferences.Casts(typeof(CastTests).Assembly),
        cast => cast.Method.Name == nameof(Careless) && cast.Asked == typeof(TaggerModel));

    internal static bool Careless(TrainedModel model) => model is TaggerModel;

    /// <summary>Of each class the folders of the tasks to whose models it belongs.</summary>
    private static Dictionary<Type, HashSet<string>> FoldersOf(Sources sources)
    {
        var folders = new Dictionary<Type, HashSet<string>>();
        foreach (TaskEntry entry in TaskCatalogue.All)
        {
            string folder = sources.FolderOf(entry.GetType().GetProperty(nameof(TaskEntry.Task))!.GetMethod!)!;
            Type model = entry.GetType().BaseType!.GetGenericArguments()[0];
            Type[] own = [model, .. model.GetFields(BindingFlags.NonPublic | BindingFlags.Instance)
                .SelectMany(field => CompiledReferences.Parts(field.FieldType))];
            foreach (Type type in s_classes.Where(type => own.Any(each => each.IsAssignableFrom(type) && each != typeof(object))))
            {
                folders.TryAdd(type, []);
                folders[type].Add(folder);
            }
        }

        foreach (Type task in s_classes.Where(type => type.IsSubclassOf(typeof(TrainingTask))))
        {
            folders[task] = [sources.FolderOf(task.GetConstructors()[0])!];
        }

        return folders;
    }

    /// <summary>In which folder of Tasks the source of a method stands.</summary>
    private sealed class Sources(Assembly assembly) : IDisposable
    {
        private readonly MetadataReaderProvider _symbols = MetadataReaderProvider.FromPortablePdbStream(
            File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb")));

        /// <summary>Its name; null outside the folders of tasks.</summary>
        public string? FolderOf(MethodBase method)
        {
            MetadataReader reader = _symbols.GetMetadataReader();
            var handle = (MethodDefinitionHandle)MetadataTokens.EntityHandle(method.MetadataToken);
            DocumentHandle document = reader.GetMethodDebugInformation(handle.ToDebugInformationHandle()).Document;
            if (document.IsNil) return null;
            string[] path = reader.GetString(reader.GetDocument(document).Name).Split('/', '\\');
            return path[^3] == "Tasks" ? path[^2] : null;
        }

        public void Dispose() => _symbols.Dispose();
    }
}
