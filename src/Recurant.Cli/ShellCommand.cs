namespace Recurant.Cli;

/// <summary>Command lines that a user can copy from our messages into the shell.</summary>
internal static class ShellCommand
{
    private const string CalledAs = "RECURANT_CALLED_AS", ToolName = "recurant";

    /// <summary>How this program was called: <c>recurant</c>, <c>./recurant</c>, <c>dotnet recurant</c>.</summary>
    public static string Name { get; } = FindName();

    /// <summary>A command line of this program; the words are quoted where the shell needs it.</summary>
    public static string Of(params IEnumerable<string> words) => $"{Name} {string.Join(' ', words.Select(Quote))}";

    /// <summary>The word as the shell of this system takes it.</summary>
    public static string Quote(string word) => Quote(word, OperatingSystem.IsWindows());

    /// <summary>
    /// The word in quotes where it holds anything that a POSIX shell, or Windows' cmd and PowerShell, would read otherwise.
    /// </summary>
    internal static string Quote(string word, bool windows)
    {
        string usual = windows ? "-_./\\:+" : "-_./:=@%+,";
        if (word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || usual.Contains(c, StringComparison.Ordinal))) return word;
        if (!windows) return $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        string escaped = word.Replace("\"", "\\\"", StringComparison.Ordinal);
        // A backslash before the closing quote would take it for a part of the word.
        return $"\"{escaped}{(escaped.EndsWith('\\') ? "\\" : "")}\"";
    }

    /// <summary>A path in quotes where needed; one that looks like an option is told from the current directory.</summary>
    public static string QuotePath(string path) => Quote(path.StartsWith('-') ? "./" + path : path);

    private static string FindName()
    {
        if (Environment.GetEnvironmentVariable(CalledAs) is { Length: > 0 } called) return Quote(InPath(called));
        string process = Environment.ProcessPath ?? ToolName;
        bool isHost = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        if (!isHost) return Quote(InPath(process));
        string library = Environment.GetCommandLineArgs()[0];
        // A tool of a manifest lies in the folder of packages: .../recurant.cli/1.0.0/tools/net10.0/any/Recurant.Cli.dll.
        return library.Contains($"{Path.DirectorySeparatorChar}tools{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? $"dotnet {ToolName}"
            : $"dotnet {QuotePath(Path.GetRelativePath(Environment.CurrentDirectory, library))}";
    }

    /// <summary>The name alone where the shell finds the same file by it.</summary>
    private static string InPath(string called)
    {
        if (!Path.IsPathRooted(called)) return called;
        string file = Path.GetFileName(called);
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(directory => directory.Length > 0).Select(directory => Path.Combine(directory, file))
            .FirstOrDefault(File.Exists);
        return found == called ? OperatingSystem.IsWindows() ? Path.GetFileNameWithoutExtension(file) : file : called;
    }
}
