using System.Reflection;

namespace Recurant.Cli;

/// <summary>Finds the command that is meant, runs it, and turns failures into messages and exit codes.</summary>
internal static class Application
{
    /// <summary>The commands in the order of help. Made when asked for: start-up pays for one of them only.</summary>
    public static IReadOnlyList<(string Name, Func<CliCommand> Make)> Commands { get; } =
    [
        ("demo", static () => new DemoCommand()),
        ("train", static () => new TrainCommand()),
        ("test", static () => new TestCommand()),
        ("predict", static () => new PredictCommand()),
        ("generate", static () => new GenerateCommand()),
        ("anomalies", static () => new AnomaliesCommand()),
        ("lesson", static () => new LessonCommand()),
        ("explain", static () => new ExplainCommand()),
        ("report", static () => new ReportCommand()),
        ("compare", static () => new CompareCommand()),
        ("inspect", static () => new InspectCommand()),
        ("lens", static () => new LensCommand()),
        ("gradcheck", static () => new GradcheckCommand()),
        ("doctor", static () => new DoctorCommand()),
        ("replay", static () => new ReplayCommand()),
        ("init", static () => new InitCommand()),
        ("new", static () => new NewCommand()),
        ("completion", static () => new CompletionCommand()),
        ("version", static () => new VersionCommand()),
    ];

    public static int Run(IReadOnlyList<string> words, UserTerminal terminal)
    {
        try
        {
            int code = Dispatch(words, terminal);
            terminal.Out.Flush();
            return code;
        }
        catch (Exception failure)
        {
            return FailureReport.Write(failure, terminal, words);
        }
        finally
        {
            terminal.Interruption.Finish();
        }
    }

    private static int Dispatch(IReadOnlyList<string> words, UserTerminal terminal)
    {
        if (words is [var first, ..] && Completion.IsAsked(first))
        {
            Completion.Write(words, terminal.Out);
            return ExitCode.Done;
        }

        // Options that stand before the command belong to it, too: recurant --json inspect FILE.
        int at = 0;
        while (at < words.Count && words[at].StartsWith('-')) at++;
        if (at == words.Count) return WithoutCommand(words, terminal);
        if (words[at] == "help")
        {
            if (at + 1 < words.Count) HelpText.Write(terminal, Find(words[at + 1]), words.Skip(at + 2).Contains(HelpText.All));
            else HelpText.Write(terminal);
            return ExitCode.Done;
        }

        CliCommand command = Find(words[at], afterOptions: at > 0);
        Invocation call;
        try
        {
            call = Invocation.Parse(command, [.. words.Take(at), .. words.Skip(at + 1)], terminal);
        }
        catch (UsageException fault)
        {
            throw new UsageException($"{fault.Message}\nTry '{ShellCommand.Name} {command.Name} --help'.");
        }

        if (!call.AsksForHelp) return command.Run(call);
        HelpText.Write(terminal, command, call.AsksForAllHelp);
        return ExitCode.Done;
    }

    private static int WithoutCommand(IReadOnlyList<string> words, UserTerminal terminal)
    {
        foreach (string word in words)
        {
            switch (word)
            {
                case "--version":
                    terminal.Out.WriteLine(Version);
                    return ExitCode.Done;
                case "--help" or "-h":
                    break;
                default:
                    string guess = Nearest.Question(word, ["--help", "--version"]);
                    throw new UsageException(
                        $"there is no option {word} without a command.{guess}\nTry '{ShellCommand.Name} --help'.");
            }
        }

        HelpText.Write(terminal);
        return ExitCode.Done;
    }

    /// <summary>The version of this build.</summary>
    public static string Version => typeof(Application).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static CliCommand Find(string name, bool afterOptions = false)
    {
        foreach ((string known, Func<CliCommand> make) in Commands)
        {
            if (known == name) return make();
        }

        IEnumerable<string> names = Commands.Select(command => command.Name);
        string shown = TextLayout.Shorten(TextLayout.OneLine(name), 40);
        string hint = Nearest.Question(name, names);
        if (hint.Length == 0 && afterOptions) hint = " Put the command first, before its options.";
        throw new UsageException(
            $"there is no command \"{shown}\".{hint}\n"
            + $"The commands are {string.Join(", ", names)}; try '{ShellCommand.Name} --help'.");
    }
}
