namespace Recurant.Cli;

/// <summary>Writes help: the list of commands, or all about one of them.</summary>
internal static class HelpText
{
    private const int Widest = 80, Indent = 4;

    /// <summary>Help about the whole program.</summary>
    public static void Write(UserTerminal terminal)
    {
        TextWriter to = terminal.Out;
        to.WriteLine("recurant: trains recurrent neural networks, uses them, and shows what they do");
        to.WriteLine();
        to.WriteLine("Usage: recurant COMMAND [ARGUMENTS] [OPTIONS]");
        foreach ((string name, Func<CliCommand> make) in Application.Commands)
        {
            CliCommand command = make();
            to.WriteLine();
            to.WriteLine($"  {name} {command.Arguments}".TrimEnd());
            WriteIndented(terminal, command.Summary);
        }

        to.WriteLine();
        to.WriteLine("recurant COMMAND --help shows the options of a command; --version shows the version.");
    }

    /// <summary>Help about one command.</summary>
    public static void Write(UserTerminal terminal, CliCommand command)
    {
        TextWriter to = terminal.Out;
        foreach (string line in TextLayout.Wrap(command.Summary, Math.Min(Widest, terminal.Width))) to.WriteLine(line);
        to.WriteLine();
        to.WriteLine($"Usage: recurant {command.Name} {command.Arguments}".TrimEnd() + " [OPTIONS]");
        CommandOption[] shared = [SharedOptions.Json, SharedOptions.Quiet, SharedOptions.Verbose, SharedOptions.Help];
        string? group = null;
        foreach (CommandOption option in command.Options.Concat(shared.Select(option => option with { Group = "Output" })))
        {
            if (option.Group != group)
            {
                to.WriteLine();
                to.WriteLine(option.Group.Length > 0 ? $"{option.Group}:" : "Options:");
                group = option.Group;
            }

            string name = option.IsFlag ? $"--[no-]{option.Name[2..]}" : option.Name;
            to.WriteLine($"  {name} {(option.IsFlag ? "" : option.Value)}".TrimEnd());
            WriteIndented(terminal, option.Help);
        }

        to.WriteLine();
        to.WriteLine("Examples:");
        foreach (string example in command.Examples) to.WriteLine($"  recurant {example}");
    }

    private static void WriteIndented(UserTerminal terminal, string text)
    {
        foreach (string line in TextLayout.Wrap(text, Math.Min(Widest, terminal.Width) - Indent))
        {
            terminal.Out.WriteLine(new string(' ', Indent) + line);
        }
    }
}
