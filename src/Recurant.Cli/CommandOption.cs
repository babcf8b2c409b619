namespace Recurant.Cli;

/// <summary>An option of a command.</summary>
/// <param name="Name">With its hyphens: <c>--json</c>.</param>
/// <param name="Value">The value's name in help; null for an option without one.</param>
/// <param name="Help">What it does.</param>
internal sealed record CommandOption(string Name, string? Value, string Help)
{
    /// <summary>The heading under which help lists it; empty for those that stand first.</summary>
    public string Group { get; init; } = "";

    /// <summary>Other names under which it is known, as it was called once.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether the value is true or false and may be left out, and <c>--no-NAME</c> exists.</summary>
    public bool IsFlag { get; init; }

    /// <summary>Its short form, <c>-o</c>; null for most.</summary>
    public string? Short => ShortForms.Of(Name) ?? Aliases.Select(ShortForms.Of).FirstOrDefault(found => found is not null);

    /// <summary>How help names it: <c>-o, --out</c>, or <c>--[no-]crf</c>.</summary>
    public string Shown => $"{(Short is { } letter ? $"{letter}, " : "")}{(IsFlag ? $"--[no-]{Name[2..]}" : Name)}";

    /// <summary>
    /// The values to choose from, those that the value's name lists in small letters: <c>elman|lstm|gru</c>, or <c>none</c> of
    /// <c>DIR|none</c>. Empty where any number, file or text is welcome.
    /// </summary>
    public IReadOnlyList<string> Choices =>
        Value?.Contains('|') == true && !IsFlag ? [.. Value.Split('|').Where(choice => !choice.Any(char.IsUpper))] : [];

    /// <summary>The option of a setting.</summary>
    public static CommandOption Of(Setting setting) =>
        new("--" + setting.Name, setting.Value, setting.Help)
        {
            Group = setting.Group,
            IsFlag = setting.Kind == SettingKind.Flag,
        };
}

/// <summary>
/// The short forms of options. One letter means the same in every command that has the option, and none means two.
/// </summary>
internal static class ShortForms
{
    /// <summary>The long forms with their letters.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--help"] = "-h", ["--quiet"] = "-q", ["--out"] = "-o", ["--task"] = "-t", ["--cell"] = "-c", ["--hidden"] = "-H",
        ["--epochs"] = "-e", ["--batch"] = "-b", ["--seed"] = "-s", ["--threads"] = "-j", ["--report"] = "-r",
    };

    /// <summary>The short form of an option; null if it has none.</summary>
    public static string? Of(string name) => All.GetValueOrDefault(name);
}

/// <summary>The options that every command takes.</summary>
internal static class SharedOptions
{
    public static readonly CommandOption Json =
        new("--json", null, "Write the result as JSON on standard output; everything else goes to standard error.");

    public static readonly CommandOption Quiet = new("--quiet", null, "No progress display and no notes.");

    public static readonly CommandOption Verbose = new("--verbose", null, "Show errors in full, with the stack trace.");

    public static readonly CommandOption Help = new("--help", null, "Show this help; --help all shows every option.");

    /// <summary>Those that need not be listed by each command.</summary>
    public static IReadOnlyList<CommandOption> All => [Json, Quiet, Verbose, Help];

    public static readonly CommandOption Threads =
        new("--threads", "N", "The number of threads; 0 for one per core. The result does not depend on it. Default: 0.");
}
