using System.Runtime.InteropServices;

namespace Recurant.Formats;

/// <summary>Finds the .NET SDK of the machine.</summary>
internal static class SdkLocation
{
    /// <summary>The folder of .NET, in which sdk and packs stand.</summary>
    /// <param name="asked">The folder to take; null to look for one.</param>
    /// <exception cref="DirectoryNotFoundException">There is none; the message lists where it was looked for.</exception>
    internal static string Root(string? asked)
    {
        var looked = new List<string>();
        foreach (string? candidate in asked is null ? Candidates() : [asked])
        {
            if (string.IsNullOrEmpty(candidate)) continue;
            string root = Path.GetFullPath(candidate);
            if (Directory.Exists(Path.Combine(root, "sdk"))) return root;
            if (!looked.Contains(root)) looked.Add(root);
        }

        throw new DirectoryNotFoundException(
            $"There is no .NET SDK: looked for a folder \"sdk\" in {string.Join(", ", looked)}. "
            + "Install the .NET SDK, or set DOTNET_ROOT to its folder.");
    }

    /// <summary>The newest of the folders named by versions inside a folder; null if there is none.</summary>
    internal static string? Newest(string folder)
    {
        string? newest = null;
        (Version Number, bool Final, string Name) best = default;
        foreach (string path in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            string name = Path.GetFileName(path);
            int dash = name.IndexOf('-', StringComparison.Ordinal);
            if (Version.TryParse(dash < 0 ? name : name[..dash], out Version? number)
                && (newest is null || (number, dash < 0, name).CompareTo(best) > 0))
            {
                (newest, best) = (path, (number, dash < 0, name));
            }
        }

        return newest;
    }

    private static IEnumerable<string?> Candidates()
    {
        yield return Environment.GetEnvironmentVariable("DOTNET_ROOT");
        // shared/Microsoft.NETCore.App/VERSION below the folder wanted, unless this is a native program.
        yield return Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..");
        string program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            var file = new FileInfo(Path.Combine(folder, program));
            if (folder.Length > 0 && file.Exists)
            {
                yield return Path.GetDirectoryName(file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName);
            }
        }

        yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet");
        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet");
        }
        else
        {
            yield return "/usr/share/dotnet";
            yield return "/usr/lib/dotnet";
            yield return "/usr/lib64/dotnet";
            yield return "/usr/local/share/dotnet";
        }
    }
}
