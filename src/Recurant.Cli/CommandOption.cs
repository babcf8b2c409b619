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

    /// <summary>The option of a setting.</summary>
    public static CommandOption Of(Setting setting) =>
        new("--" + setting.Name, setting.Value, setting.Help)
        {
            Group = setting.Group,
            IsFlag = setting.Kind == SettingKind.Flag,
        };
}

/// <summary>The options that every command takes.</summary>
internal static class SharedOptions
{
    public static readonly CommandOption Json =
        new("--json", null, "Write the result as JSON on standard output; everything else goes to standard error.");

    public static readonly CommandOption Quiet = new("--quiet", null, "No progress display and no notes.");

    public static readonly CommandOption Verbose = new("--verbose", null, "Show errors in full, with the stack trace.");

    public static readonly CommandOption Help = new("--help", null, "Show this help; --help all shows every option.");

    public static readonly CommandOption Threads =
        new("--threads", "N", "The number of threads; 0 for one per core. The result does not depend on it. Default: 0.");
}
