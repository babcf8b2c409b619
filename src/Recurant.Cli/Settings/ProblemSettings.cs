namespace Recurant.Cli;

/// <summary>The settings of generated problems alone.</summary>
internal static class ProblemSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "chrono", Group = "Generated problems", Value = "N", Kind = SettingKind.Number,
            Help = "LSTM and GRU: initialise the gates to keep the state for 1 to N steps; 0 for the usual initialisation. Default: the length of "
                + "the problem.",
            Set = (s, v) => s with { Problem = s.Problem with { MemorySteps = SettingValue.Whole(v) } },
        },
    ];
}
