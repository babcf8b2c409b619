namespace Recurant.Tests.Storage;

/// <summary>A directory of its own for one test, deleted at its end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("recurant-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>The names of everything in it, sorted.</summary>
    public string[] Names()
    {
        string[] names = [.. Directory.EnumerateFileSystemEntries(Root).Select(entry => Path.GetFileName(entry))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Copies the last checkpoint of the run in "run" into another directory, whose path is returned.</summary>
    public string CopyOfRun(string name)
    {
        string last = CheckpointStore.Last(this["run"])!, copy = Path.Combine(this[name], Path.GetFileName(last));
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(last)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return this[name];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
