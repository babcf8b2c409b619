namespace Recurant.Cli;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        using var terminal = UserTerminal.Standard();
        return Application.Run(arguments, terminal);
    }
}
