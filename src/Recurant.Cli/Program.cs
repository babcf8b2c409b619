namespace Recurant.Cli;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        using var terminal = UserTerminal.Standard();
        // What fails on another thread ends the process as everything else does, and not with a dump.
        AppDomain.CurrentDomain.UnhandledException += (_, failed) => Environment.Exit(
            FailureReport.Write((Exception)failed.ExceptionObject, terminal, arguments));
        terminal.Interruption.Listen();
        return Application.Run(arguments, terminal);
    }
}
