using System.Text.RegularExpressions;

namespace Recurant.Cli;

/// <summary>
/// Finds out why a file or directory could not be used: .NET tells no more than "access denied" of a directory.
/// </summary>
internal static partial class PathFault
{
    /// <summary>The true cause of a failure to open, read or write, and what to do.</summary>
    /// <param name="failure">What .NET or the library says.</param>
    /// <param name="words">The command line; the path is named as it was there.</param>
    public static string Explain(Exception failure, IReadOnlyList<string> words)
    {
        try
        {
            string? path = failure is FileNotFoundException { FileName: { } file } ? file : PathIn(failure.Message);
            return path is null ? failure.Message : Explain(failure, path, AsGiven(path, words));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return failure.Message; // the current directory may be gone, for one
        }
    }

    private static string Explain(Exception failure, string path, string shown)
    {
        string whole = Path.GetFullPath(path);
        if (shown.Contains("://", StringComparison.Ordinal))
        {
            return $"{shown}: this is an address. Download it first, as with 'curl -LO {shown}', and give the file.";
        }

        if (Link(whole) is { } target) return $"{shown}: this is a link to {target}, which does not exist.";
        bool isMissing = failure is FileNotFoundException or DirectoryNotFoundException;
        if (isMissing && Obstacle(whole) is { } obstacle) return $"{shown}: {obstacle}";
        if (isMissing) return $"{shown}: there is no such file.{Neighbour(whole)}";
        if (failure is UnauthorizedAccessException && Directory.Exists(whole))
        {
            return $"{shown}: this is a directory; a file was expected.";
        }

        return failure is UnauthorizedAccessException
            ? $"{shown}: permission denied. Change the permissions, or use another file."
            : failure.Message.Replace(path, shown, StringComparison.Ordinal);
    }

    /// <summary>Where a link leads to that leads nowhere; null for everything else.</summary>
    private static string? Link(string path) =>
        new FileInfo(path) is { LinkTarget: { } target } link
            && link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false }
            && !Directory.Exists(path) ? target : null;

    /// <summary>What stands in the way of a path whose directory is not there; null where it is.</summary>
    private static string? Obstacle(string path)
    {
        string? missing = null;
        for (string? at = Path.GetDirectoryName(path); at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at)) return $"{Relative(at)} is a file and not a directory.";
            if (Directory.Exists(at)) break;
            missing = at;
        }

        return missing is null ? null : $"there is no directory {Relative(missing)}.";
    }

    /// <summary>The path in the words of the command line, where it is one of them.</summary>
    private static string AsGiven(string path, IReadOnlyList<string> words)
    {
        string whole = Path.GetFullPath(path);
        foreach (string word in words)
        {
            bool isOption = word.StartsWith("--", StringComparison.Ordinal);
            string value = isOption ? word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..] : word;
            if (value.Length > 0 && Path.GetFullPath(value) == whole) return value;
        }

        return Relative(path);
    }

    private static string Relative(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>A file in the same directory whose name is nearly the same.</summary>
    private static string Neighbour(string path)
    {
        string? directory = Path.GetDirectoryName(path);
        if (directory is null || !Directory.Exists(directory)) return "";
        string name = Path.GetFileName(path);
        return Nearest.Question(name, Directory.EnumerateFiles(directory).Take(1000).Select(file => Path.GetFileName(file))
            .Where(other => other != name));
    }

    /// <summary>The path in one of .NET's messages: <c>Access to the path '/a/b' is denied.</c></summary>
    private static string? PathIn(string message) =>
        Quoted().Match(message) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("^(?:Access to the path|Could not find a part of the path|The process cannot access the file|The path"
        + "|[A-Z][^:']* :) '(.+)'")]
    private static partial Regex Quoted();
}
