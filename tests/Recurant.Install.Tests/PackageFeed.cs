using Recurant.Install.Tests;

[assembly: AssemblyFixture(typeof(PackageFeed))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]

namespace Recurant.Install.Tests;

/// <summary>
/// The packages, made from a copy of the repository as it is, in a folder whose name has blanks and letters of other scripts; and
/// beside it room for strangers. All of it is gone after the tests.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    /// <summary>
    /// A stable version that was never made before: packages of an earlier run, wherever NuGet may have kept them, cannot be
    /// taken for these.
    /// </summary>
    public static readonly string Version = $"0.{(int)(DateTime.UtcNow - DateTime.UnixEpoch).TotalDays}"
        + $".{(int)(DateTime.UtcNow.TimeOfDay.TotalSeconds / 2)}";

    private static readonly string s_root = Directory.CreateTempSubdirectory("recurant-install-").FullName;

    private readonly Lazy<Task<string>> _plain, _whole;
    private int _folders;

    public PackageFeed()
    {
        _plain = new(PackPlain);
        _whole = new(PackWhole);
    }

    /// <summary>The repository that the tests lie in.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Where NuGet keeps what it unpacks for the strangers.</summary>
    public static string Cache { get; } = Path.Combine(s_root, "cache");

    /// <summary>The address that the packages are to name. Nothing is asked of it.</summary>
    public const string Remote = "https://github.com/example/recurant";

    private static string Clone { get; } = Path.Combine(s_root, "mit Leerzeichen ü 日本", "clone");

    /// <summary>The folder of the packages that a bare 'dotnet pack' makes.</summary>
    public Task<string> Plain() => _plain.Value;

    /// <summary>The folder of the packages that ./pack.sh makes.</summary>
    public Task<string> Whole() => _whole.Value;

    /// <summary>
    /// A new folder whose programs find the packages in the feed and all others where the tests' own come from.
    /// </summary>
    /// <param name="feed">The folder of packages.</param>
    /// <param name="name">The folder's name.</param>
    public string Room(string feed, string name)
    {
        string folder = Path.Combine(s_root, $"{Interlocked.Increment(ref _folders)}", name);
        Directory.CreateDirectory(folder);
        string kept = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } path
            ? path : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string fallback = !Directory.Exists(kept) ? "" : $"""
              <fallbackPackageFolders><add key="kept" value="{kept}" /></fallbackPackageFolders>
            """;
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="feed" value="{feed}" /></packageSources>
            {fallback}
            </configuration>
            """);
        return folder;
    }

    /// <summary>Deletes everything.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(s_root, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that is about to end may still hold a file of the cache.
        }
    }

    private static async Task<string> PackPlain()
    {
        Said files = await Stranger.Start("git", Repository, ["ls-files", "-coz", "--exclude-standard"]);
        Stranger.Good(files);
        foreach (string file in files.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string from = Path.Combine(Repository, file), to = Path.Combine(Clone, file);
            if (!File.Exists(from)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }

        // As whoever publishes has it: a clean clone with a remote.
        foreach (string[] step in (string[][])
        [
            ["init", "-q"], ["add", "-A"], ["remote", "add", "origin", Remote],
            ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "-m", "x"],
        ])
        {
            Stranger.Good(await Stranger.Start("git", Clone, step));
        }

        string feed = Path.Combine(s_root, "plain");
        Said said = await Stranger.Run(
            Clone, "pack", "-c", "Release", "-o", feed, $"-p:Version={Version}", "-p:RunAnalyzers=false", "--nologo", "-tl:off");
        Assert.DoesNotContain("warning", said.All, StringComparison.OrdinalIgnoreCase);
        return feed;
    }

    private async Task<string> PackWhole()
    {
        await Plain();
        Stranger.Good(await Stranger.Start("sh", Clone, ["./pack.sh", $"-p:Version={Version}", "-p:RunAnalyzers=false"]));
        return Path.Combine(Clone, "artifacts", "packages");
    }

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Recurant.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException(
            $"No Recurant.slnx above {AppContext.BaseDirectory}; run the tests inside the repository.");
    }
}
