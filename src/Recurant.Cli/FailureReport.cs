using Recurant.Training;

namespace Recurant.Cli;

/// <summary>Says what went wrong in one or two lines, and chooses the exit code.</summary>
internal static class FailureReport
{
    private const int BrokenPipe = 32, DiskFull = 28; // EPIPE and ENOSPC on Linux and macOS

    public static int Write(Exception failure, UserTerminal terminal, bool verbose)
    {
        if (failure is AggregateException { InnerException: { } inner }) failure = inner;
        // Whoever read our answers has read enough, as head does.
        if (failure is IOException { HResult: BrokenPipe }) return ExitCode.Done;

        (int code, string message) = Explain(failure);
        terminal.WriteNote($"recurant: {message}");
        if (verbose) terminal.Error.WriteLine(failure);
        return code;
    }

    private static (int Code, string Message) Explain(Exception failure) => failure switch
    {
        UsageException => (ExitCode.WrongUsage, failure.Message),
        OperationCanceledException => (ExitCode.Interrupted, "interrupted; nothing was written."),
        FileNotFoundException { FileName: { } file } =>
            (ExitCode.Failed, $"{Relative(file)}: there is no such file.{Neighbour(file)}"),
        DirectoryNotFoundException or InvalidDataException or NonFiniteLossException => (ExitCode.Failed, failure.Message),
        UnauthorizedAccessException => (ExitCode.Failed, $"{failure.Message} Change the permissions, or use another file."),
        // Of a file the message names the path after a colon; of standard output it names nothing.
        IOException { HResult: DiskFull } when !failure.Message.Contains(':', StringComparison.Ordinal) =>
            (ExitCode.Failed, $"standard output: {failure.Message}."),
        IOException => (ExitCode.Failed, failure.Message),
        ArgumentException => (ExitCode.WrongUsage, failure.Message),
        OutOfMemoryException => (ExitCode.Failed, "the memory does not suffice. Try a smaller --hidden, --batch or --max-tokens."),
        _ => (ExitCode.Failed,
            $"unexpected failure: {failure.GetType().Name}: {failure.Message}\nThis is a fault of the program; "
            + "--verbose shows where it happened."),
    };

    private static string Relative(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>A file in the same directory whose name is nearly the same.</summary>
    private static string Neighbour(string path)
    {
        try
        {
            string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
            if (directory is null || !Directory.Exists(directory)) return "";
            return Nearest.Question(
                Path.GetFileName(path), Directory.EnumerateFiles(directory).Take(1000).Select(file => Path.GetFileName(file))
                    .Where(name => name != Path.GetFileName(path)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
