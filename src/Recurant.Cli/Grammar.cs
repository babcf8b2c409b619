using System.CommandLine;

namespace Recurant.Cli;

/// <summary>Commands as System.CommandLine knows them: for reading a command line, and for completing one.</summary>
internal static class Grammar
{
    /// <summary>A command with its arguments and options, these by the long forms of their names.</summary>
    public static (Command Symbol, Argument<string[]> Arguments, Dictionary<string, Option> Options) Of(CliCommand command)
    {
        var symbol = new Command(command.Name, command.Summary);
        var arguments = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        IReadOnlyList<string> choices = command.ArgumentChoices;
        if (choices.Count > 0) arguments.CompletionSources.Add([.. choices]);
        symbol.Arguments.Add(arguments);
        var options = new Dictionary<string, Option>(StringComparer.Ordinal);
        foreach (CommandOption option in command.Options.Concat(SharedOptions.All)) Add(option);
        return (symbol, arguments, options);

        void Add(CommandOption option)
        {
            Option made = option.IsFlag || option.Value is null
                ? new Option<bool>(option.Name) { Arity = option.IsFlag ? ArgumentArity.ZeroOrOne : ArgumentArity.Zero }
                : new Option<string>(option.Name) { Arity = ArgumentArity.ExactlyOne };
            foreach (string alias in option.Aliases) made.Aliases.Add(alias);
            if (option.Short is { } letter) made.Aliases.Add(letter);
            // Of itself a flag would offer False and True where the data's name is expected.
            made.CompletionSources.Clear();
            if (option.Choices.Count > 0) made.CompletionSources.Add([.. option.Choices]);
            options.Add(option.Name, made);
            symbol.Options.Add(made);
            if (option.IsFlag) Add(new CommandOption("--no-" + option.Name[2..], null, ""));
        }
    }
}
