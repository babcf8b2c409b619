using System.Reflection;
using System.Text;

namespace Recurant.Cli;

/// <summary>
/// Says what went wrong in one or two lines, and chooses the exit code: every end of the command that is no success.
/// </summary>
internal static class FailureReport
{
    /// <summary>What is said of a run that a signal ended.</summary>
    /// <param name="outcome">What is true of it: "nothing was written"; null for nothing.</param>
    public static string Interrupted(string? outcome) =>
        outcome is null ? "recurant: interrupted." : $"recurant: interrupted; {outcome}.";

    /// <summary>Reports a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="terminal">Where to.</param>
    /// <param name="words">The command line: files are named as they were there, and --verbose tells more.</param>
    /// <returns>The exit code.</returns>
    public static int Write(Exception failure, UserTerminal terminal, IReadOnlyList<string> words)
    {
        failure = Cause(failure);
        if (failure is StandardStreamException { ReaderIsGone: true }) return ExitCode.Done;
        (int code, string message) = Explain(failure, terminal.Interruption, words);
        terminal.WriteNote(message);
        if (words.Contains(SharedOptions.Verbose.Name)) terminal.Error.WriteLine(failure.ToString());
        return code;
    }

    private static (int Code, string Message) Explain(Exception failure, Interruption interruption, IReadOnlyList<string> words)
    {
        if (failure is OperationCanceledException) return (interruption.Code, Interrupted(interruption.Outcome));
        (int code, string what) = failure switch
        {
            UsageException => (ExitCode.WrongUsage, failure.Message),
            StandardStreamException when interruption.Outcome is { } outcome =>
                (ExitCode.Failed, $"{failure.Message.TrimEnd('.')}; {outcome}."),
            StandardStreamException or InvalidDataException or NonFiniteLossException => (ExitCode.Failed, failure.Message),
            FileLoadException or BadImageFormatException or DllNotFoundException or EntryPointNotFoundException
                or MissingMemberException or TypeLoadException => (ExitCode.Failed, Incomplete(failure)),
            FileNotFoundException { FileName: null or [] } => (ExitCode.Failed, failure.Message),
            FileNotFoundException when failure.Message.StartsWith("Could not load", StringComparison.Ordinal) =>
                (ExitCode.Failed, Incomplete(failure)),
            IOException or UnauthorizedAccessException => (ExitCode.Failed, PathFault.Explain(failure, words)),
            ArgumentException when !IsOfTheRuntime(failure) =>
                (ExitCode.WrongUsage, WithoutParameter((ArgumentException)failure)),
            OutOfMemoryException => (ExitCode.Failed, "not enough memory. Try smaller data or, to train, a smaller --batch, "
                + "--max-tokens or --hidden."),
            _ => (ExitCode.Failed, $"unexpected failure: {failure.GetType().Name}: {failure.Message}\nThis is a fault of the "
                + "program; --verbose shows where it happened."),
        };
        return (code, "recurant: " + MessageText.Bounded(what));
    }

    /// <summary>What really failed, out of the exceptions that only carry another.</summary>
    private static Exception Cause(Exception failure)
    {
        while (failure is AggregateException or TargetInvocationException or TypeInitializationException
            && failure.InnerException is { } inner)
        {
            failure = inner;
        }

        return failure;
    }

    private static string Incomplete(Exception failure) =>
        $"a part of the program is missing or damaged: {failure.Message.TrimEnd('.')}. Install or build it anew.";

    /// <summary>
    /// Whether .NET itself complains, of a call that is wrong, and not the library, whose messages are for users. The checks
    /// that the library makes with .NET's help, such as ThrowIfNegative, are the library's.
    /// </summary>
    private static bool IsOfTheRuntime(Exception failure)
    {
        string place = failure.StackTrace?.TrimStart() ?? "";
        return place.StartsWith("at System.", StringComparison.Ordinal)
            && !place.StartsWith("at System.Argument", StringComparison.Ordinal);
    }

    private static string WithoutParameter(ArgumentException failure) =>
        failure.Message.Split(" (Parameter '", 2)[0].Split(Environment.NewLine + "Actual value was", 2)[0];
}
