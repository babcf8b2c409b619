using System.Text;

namespace Recurant.Cli;

/// <summary>Writes help: the list of commands, or all about one of them.</summary>
internal static class HelpText
{
    /// <summary>The word after --help that asks for every option.</summary>
    public const string All = "all";

    private const int Widest = 80, Indent = 4;

    /// <summary>Help about the whole program.</summary>
    public static void Write(UserTerminal terminal)
    {
        WriteWrapped(terminal, "recurant: trains recurrent neural networks, uses them, and shows what they do");
        terminal.Out.WriteLine();
        WriteWrapped(terminal, $"Usage: {ShellCommand.Name} COMMAND [ARGUMENTS] [OPTIONS]");
        foreach ((string name, Func<CliCommand> make) in Application.Commands)
        {
            CliCommand command = make();
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"  {name} {command.Arguments}".TrimEnd());
            WriteWrapped(terminal, command.Summary, Indent);
        }

        terminal.Out.WriteLine();
        WriteWrapped(
            terminal, $"{ShellCommand.Name} COMMAND --help shows the options of a command; --version shows the version.");
    }

    /// <summary>Help about one command.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="command">The command.</param>
    /// <param name="isWhole">Whether to show every option, and not only those that matter most.</param>
    public static void Write(UserTerminal terminal, CliCommand command, bool isWhole)
    {
        WriteWrapped(terminal, command.Summary);
        terminal.Out.WriteLine();
        WriteWrapped(terminal, $"Usage: {ShellCommand.Name} {command.Name} {command.Arguments}".TrimEnd() + " [OPTIONS]");
        IReadOnlyList<CommandOption> shared = SharedOptions.All;
        CommandOption[] first = isWhole
            ? []
            : [.. command.FirstOptions.Select(name => command.Options.First(option => option.Name == name))];
        if (first.Length > 0)
        {
            WriteOptions(terminal, first.Select(option => option with { Group = "" }));
            terminal.Out.WriteLine();
            terminal.Out.WriteLine("More options:");
            string names = string.Join(", ", command.Options.Except(first).Concat(shared).Select(option => option.Name));
            WriteWrapped(terminal, names, Indent);
            WriteWrapped(terminal, $"explained by: {ShellCommand.Name} {command.Name} --help {All}", Indent);
        }
        else
        {
            WriteOptions(terminal, command.Options.Concat(shared.Select(option => option with { Group = "Output" })));
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine("Examples:");
        foreach (string example in command.Examples) WriteExample(terminal, example);
    }

    private static void WriteOptions(UserTerminal terminal, IEnumerable<CommandOption> options)
    {
        string? group = null;
        foreach (CommandOption option in options)
        {
            if (option.Group != group)
            {
                terminal.Out.WriteLine();
                terminal.Out.WriteLine(option.Group.Length > 0 ? $"{option.Group}:" : "Options:");
                group = option.Group;
            }

            WriteName(terminal, $"  {option.Shown} {(option.IsFlag ? "" : option.Value)}".TrimEnd());
            WriteWrapped(terminal, option.Help, Indent);
        }
    }

    /// <summary>An option and its value; a list of choices is broken behind a stroke.</summary>
    private static void WriteName(UserTerminal terminal, string text)
    {
        int width = Width(terminal), start = 0;
        string indent = "";
        while (indent.Length + text.Length - start > width
            && text.LastIndexOf('|', start + width - indent.Length - 1, width - indent.Length) is var end && end > start)
        {
            terminal.Out.WriteLine(string.Concat(indent, text.AsSpan(start, end + 1 - start)));
            start = end + 1;
            indent = new string(' ', 2 * Indent);
        }

        terminal.Out.WriteLine(string.Concat(indent, text.AsSpan(start)));
    }

    /// <summary>A command line that can be copied: broken as the shell allows, and never within quotes.</summary>
    private static void WriteExample(UserTerminal terminal, string example)
    {
        string continued = OperatingSystem.IsWindows() ? " ^" : " \\";
        int width = Width(terminal) - continued.Length;
        var line = new StringBuilder("  ").Append(ShellCommand.Name);
        foreach (string word in Words(example))
        {
            if (line.Length + 1 + word.Length > width)
            {
                terminal.Out.WriteLine(line.Append(continued));
                line.Clear().Append(' ', Indent + 1);
            }

            line.Append(' ').Append(word);
        }

        terminal.Out.WriteLine(line);
    }

    private static IEnumerable<string> Words(string line)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        foreach (char c in line)
        {
            isQuoted ^= c == '"';
            if (c != ' ' || isQuoted)
            {
                word.Append(c);
                continue;
            }

            yield return word.ToString();
            word.Clear();
        }

        yield return word.ToString();
    }

    private static int Width(UserTerminal terminal) => Math.Min(Widest, terminal.Width);

    private static void WriteWrapped(UserTerminal terminal, string text, int indent = 0)
    {
        foreach (string line in TextLayout.Wrap(text, Width(terminal) - indent))
        {
            terminal.Out.WriteLine(new string(' ', indent) + line);
        }
    }
}
