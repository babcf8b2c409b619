namespace Recurant.Cli;

/// <summary>One command: what help says of it, what it takes, and what it does.</summary>
/// <param name="name">The first word of the command line.</param>
/// <param name="arguments">What follows the name, such as <c>MODEL [DATA]</c>; what may be left out stands in brackets.</param>
/// <param name="summary">What it does, in one or two sentences.</param>
internal abstract class CliCommand(string name, string arguments, string summary)
{
    public string Name => name;

    public string Summary => summary;

    public string Arguments => arguments;

    /// <summary>The least and the most arguments.</summary>
    public virtual (int Least, int Most) ArgumentCount
    {
        get
        {
            string[] words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            bool isOpen = arguments.Contains("...", StringComparison.Ordinal);
            return (words.Count(word => word[0] != '['), isOpen ? int.MaxValue : words.Length);
        }
    }

    /// <summary>The words to choose from for an argument; empty where any is welcome, such as a file.</summary>
    public virtual IReadOnlyList<string> ArgumentChoices => [];

    /// <summary>The options beside those that every command takes.</summary>
    public virtual IReadOnlyList<CommandOption> Options => [];

    /// <summary>
    /// The options that matter most, by name: the others are explained by <c>--help all</c> only. Empty: help explains all.
    /// </summary>
    public virtual IReadOnlyList<string> FirstOptions => [];

    /// <summary>Command lines that are worth trying, without the program's name.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Does it and returns the exit code; failures are exceptions.</summary>
    public abstract int Run(Invocation call);
}
