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

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
