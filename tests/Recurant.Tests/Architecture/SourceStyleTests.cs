namespace Recurant.Tests.Architecture;

/// <summary>What the compiler's analyzers do not look at in the sources; the rest of the style stands in .editorconfig.</summary>
public class SourceStyleTests
{
    /// <summary>max_line_length in .editorconfig.</summary>
    private const int Columns = 130;

    private static readonly string[] s_folders = ["src", "tests", "bench", "samples"];

    [Fact]
    public void Lines_OfAllSources_AreAtMostAsLongAsTheEditorConfigSays()
    {
        Assert.Contains($"max_line_length = {Columns}", File.ReadLines(Path.Combine(Repository.Root, ".editorconfig")));
        string[] sources = [.. s_folders.SelectMany(Sources)];
        Assert.True(sources.Length > 400, $"Only {sources.Length} sources were found.");
        Assert.Empty(sources.SelectMany(LongLines));
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<string> LongLines(string path) => File.ReadLines(Path.Combine(Repository.Root, path))
        .Select((line, i) => (Length: line.Length, Number: i + 1))
        .Where(line => line.Length > Columns)
        .Select(line => $"{path}:{line.Number}: {line.Length} columns");
}
