using System.CommandLine;

namespace Recurant.Cli;

/// <summary>
/// Completes a command line for a shell, as System.CommandLine's directive asks for it: <c>recurant [suggest:POSITION] LINE</c>,
/// with the line after the program's name and the place of the cursor in it. Answers stand one a line; none means that a file, a
/// number or a text is wanted, and the shell offers files.
/// </summary>
internal static class Completion
{
    private const string Directive = "[suggest";

    /// <summary>Whether the first word of the command line asks for completions.</summary>
    public static bool IsAsked(string word) => word.StartsWith(Directive, StringComparison.Ordinal) && word.EndsWith(']');

    /// <summary>Writes the completions.</summary>
    /// <param name="words">The directive and the line.</param>
    /// <param name="to">Takes them.</param>
    public static void Write(IReadOnlyList<string> words, TextWriter to)
    {
        string line = words.Count > 1 ? words[^1] : "";
        // The line ends at the cursor as our scripts send it; others give the place.
        bool hasPlace = int.TryParse(words[0].AsSpan(Directive.Length).Trim(":]"), out int place);
        foreach (string answer in Of(hasPlace && place < line.Length ? line[..Math.Max(0, place)] : line)) to.WriteLine(answer);
    }

    /// <summary>What the last word of a line may become, in the order in which help lists options.</summary>
    /// <param name="line">The command line after the program's name, up to the cursor.</param>
    public static IReadOnlyList<string> Of(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool isNew = line.Length == 0 || char.IsWhiteSpace(line[^1]);
        string word = isNew ? "" : words[^1];
        // After -- come texts, and nothing is known of them.
        if (words.SkipLast(isNew ? 0 : 1).Contains("--")) return [];
        int equals = word.StartsWith('-') ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        if (equals >= 0)
        {
            // --cell=ls is completed as --cell ls.
            line = $"{line[..^(word.Length - equals)]} {word[(equals + 1)..]}";
            word = word[(equals + 1)..];
        }

        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        IEnumerable<string> found = Root(words).Parse(line, configuration).GetCompletions(line.Length).Select(item => item.Label);
        // A word that does not begin with a hyphen is none of the options, even where nothing is typed of it yet.
        return [.. found.Where(name => name.StartsWith(word, StringComparison.Ordinal)
            && (word.Length > 0 || !name.StartsWith('-'))).Distinct()];
    }

    /// <summary>All commands; with its options only the one that the line names.</summary>
    private static RootCommand Root(string[] words)
    {
        var root = new RootCommand("recurant");
        root.Options.Clear();
        root.Options.Add(new Option<bool>("--version"));
        root.Options.Add(new Option<bool>(SharedOptions.Help.Name));
        foreach ((string name, Func<CliCommand> make) in Application.Commands)
        {
            root.Subcommands.Add(words.Contains(name) ? Grammar.Of(make()).Symbol : new Command(name));
        }

        var help = new Command("help");
        var topic = new Argument<string>("command");
        topic.CompletionSources.Add([.. Application.Commands.Select(command => command.Name)]);
        help.Arguments.Add(topic);
        root.Subcommands.Add(help);
        return root;
    }
}
