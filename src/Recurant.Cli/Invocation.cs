using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Recurant.Cli;

/// <summary>A command line that was understood: the arguments and options of one command.</summary>
internal sealed class Invocation
{
    private readonly ParseResult _parsed;
    private readonly Dictionary<string, Option> _options;
    private bool _isSilent;

    private Invocation(CliCommand command, ParseResult parsed, Dictionary<string, Option> options, string[] arguments,
        UserTerminal terminal)
    {
        Command = command;
        _parsed = parsed;
        _options = options;
        Arguments = arguments;
        Terminal = terminal;
    }

    public CliCommand Command { get; }

    public IReadOnlyList<string> Arguments { get; }

    public UserTerminal Terminal { get; }

    /// <summary>What signals do, and the token that asks the command to stop.</summary>
    public Interruption Interruption => Terminal.Interruption;

    public bool Json => Has(SharedOptions.Json.Name);

    public bool Quiet => _isSilent || Has(SharedOptions.Quiet.Name);

    /// <summary>The same call without notes, for what was told already.</summary>
    public Invocation Silently()
    {
        var copy = (Invocation)MemberwiseClone();
        copy._isSilent = true;
        return copy;
    }

    /// <summary>Tells notes, unless none are wanted.</summary>
    public void Tell(params IEnumerable<string> notes)
    {
        if (Quiet) return;
        foreach (string note in notes) Terminal.WriteNote(note);
    }

    public bool AsksForHelp => Has(SharedOptions.Help.Name);

    /// <summary>Whether help is to show every option: <c>--help all</c>.</summary>
    public bool AsksForAllHelp => AsksForHelp && Arguments.Contains(HelpText.All);

    /// <summary>The number of threads asked for; 0 for one a core.</summary>
    public int Threads => Whole(SharedOptions.Threads.Name, 0, 1024) ?? 0;

    /// <summary>Reads the words after the command's name.</summary>
    /// <exception cref="UsageException">They do not fit the command.</exception>
    public static Invocation Parse(CliCommand command, IReadOnlyList<string> words, UserTerminal terminal)
    {
        (Command symbol, Argument<string[]> arguments, Dictionary<string, Option> options) = Grammar.Of(command);
        // Nothing may be read from files named @... nor one-letter options be taken apart: a text to predict can look like
        // either.
        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        ParseResult parsed = symbol.Parse(words, configuration);
        string[] names = [.. options.Values.SelectMany(option => (string[])[option.Name, .. option.Aliases])];
        RejectUnknownOptions(parsed, names, takesText: command.Arguments.Contains("TEXT", StringComparison.Ordinal));
        if (parsed.Errors.Count > 0) throw new UsageException(Reword(parsed.Errors[0]));
        var call = new Invocation(command, parsed, options, parsed.GetValue(arguments) ?? [], terminal);
        if (!call.AsksForHelp) CheckCount(command, call.Arguments);
        return call;
    }

    /// <summary>Whether an option was given.</summary>
    public bool Has(string option) =>
        _options.TryGetValue(option, out Option? symbol) && _parsed.GetResult(symbol) is OptionResult { Implicit: false };

    /// <summary>The value of an option as text, <c>true</c> or <c>false</c> for a flag; null if it was not given.</summary>
    public string? Value(string option)
    {
        if (!_options.TryGetValue(option, out Option? symbol)) return null;
        if (symbol is Option<string> text) return Has(option) ? _parsed.GetValue(text) : null;
        string negation = "--no-" + option[2..];
        if (Has(negation))
        {
            if (!Has(option)) return "false";
            throw new UsageException($"{option} and {negation} contradict each other: give only one of them.");
        }

        return !Has(option) ? null : _parsed.GetValue((Option<bool>)symbol) ? "true" : "false";
    }

    /// <summary>The value of an option as a whole number; null if it was not given.</summary>
    /// <exception cref="UsageException">It is no whole number, or outside the range.</exception>
    public int? Whole(string option, int least, int most = int.MaxValue)
    {
        if (Value(option) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        string range = most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
        throw new UsageException($"{option}: \"{text}\" is not a whole number {range}.");
    }

    /// <summary>Tells those who gave MODEL and DATA the other way round.</summary>
    /// <param name="model">The place of MODEL among the arguments.</param>
    /// <exception cref="UsageException">The other one is a model's file, and this one is none.</exception>
    public void RequireModelAt(int model)
    {
        if (Arguments.Count != 2 || IsModel(Arguments[model]) || !IsModel(Arguments[1 - model])) return;
        string order = model == 0 ? "first the model, then the data" : "first the data, then the model";
        throw new UsageException($"{Arguments[1 - model]} is a model: the order is {order}.");

        static bool IsModel(string path) => path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The settings given as options, in the order of the list.</summary>
    public TrainSettings Apply(IReadOnlyList<Setting> settings, TrainSettings start)
    {
        foreach (Setting setting in settings)
        {
            string name = "--" + setting.Name;
            if (Value(name) is { } value) start = setting.Apply(start, value, name);
        }

        return start;
    }

    /// <summary>
    /// Words that look like options are none of the arguments unless they stand after <c>--</c>: System.CommandLine takes
    /// them for arguments where any are welcome, so that a typing error would be predicted as a text.
    /// </summary>
    private static void RejectUnknownOptions(ParseResult parsed, string[] known, bool takesText)
    {
        var values = new HashSet<Token>(ReferenceEqualityComparer.Instance);
        foreach (SymbolResult child in parsed.CommandResult.Children)
        {
            if (child is not OptionResult { Option: { } option }) continue;
            values.UnionWith(child.Tokens);
            // System.CommandLine takes the next word for the value, whatever it is.
            if (child.Tokens.FirstOrDefault(token => known.Contains(token.Value)) is { } next)
            {
                throw new UsageException($"{option.Name} needs a value, but is followed by the option {next.Value}.");
            }
        }

        foreach (Token token in parsed.Tokens)
        {
            if (token.Type == TokenType.DoubleDash) return;
            if (token.Type != TokenType.Argument || values.Contains(token) || !LooksLikeOption(token.Value)) continue;
            string name = token.Value.Split('=', 2)[0];
            string hint = OtherNames.Hint(name) ?? Nearest.Question(name, known);
            string asText = takesText ? " (If it is a text, put -- before it.)" : "";
            throw new UsageException($"there is no option {name}.{hint}{asText}");
        }
    }

    private static bool LooksLikeOption(string word)
    {
        string name = word.Split('=', 2)[0];
        return name.Length > 1 && name[0] == '-' && name.Any(char.IsAsciiLetter)
            && !name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'));
    }

    private static string Reword(ParseError error)
    {
        if (error.SymbolResult is OptionResult { Option: { } option } result)
        {
            return result.Tokens.Count == 0 ? $"{option.Name} needs a value."
                : result.IdentifierTokenCount > 1 ? $"{option.Name} is given more than once."
                : $"{option.Name}: \"{result.Tokens[0].Value}\" is not true or false.";
        }

        return error.Message;
    }

    private static void CheckCount(CliCommand command, IReadOnlyList<string> arguments)
    {
        (int least, int most) = command.ArgumentCount;
        if (arguments.Count < least)
        {
            string missing = command.Arguments.Split(' ')[arguments.Count].Trim('[', ']', '.');
            throw new UsageException($"{missing} is missing. Usage: {ShellCommand.Name} {command.Name} {command.Arguments}");
        }

        if (arguments.Count > most)
        {
            string extra = TextLayout.Shorten(arguments[most], 60);
            throw new UsageException(
                $"\"{extra}\" is one argument too many. Usage: {ShellCommand.Name} {command.Name} {command.Arguments}");
        }
    }
}
