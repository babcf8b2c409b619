namespace Recurant.Cli;

/// <summary>One command: what help says of it, what it takes, and what it does.</summary>
internal abstract class CliCommand
{
    /// <summary>The first word of the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in one or two sentences.</summary>
    public abstract string Summary { get; }

    /// <summary>What follows the name, such as <c>MODEL DATA</c>.</summary>
    public abstract string Arguments { get; }

    /// <summary>The least and the most arguments.</summary>
    public abstract (int Least, int Most) ArgumentCount { get; }

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
