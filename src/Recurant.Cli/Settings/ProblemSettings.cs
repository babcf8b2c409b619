using Recurant.Training;

namespace Recurant.Cli;

/// <summary>The settings of generated problems alone.</summary>
internal static class ProblemSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "chrono", Group = "Generated problems", Value = "N", Kind = SettingKind.Number,
            Help = "LSTM and GRU: start with gates that keep the state for 1 to N steps; 0 for the usual start. Default: the length of "
                + "the problem.",
            Set = (s, v) => s with { Problem = s.Problem with { MemorySteps = SettingValue.Whole(v) } },
        },
    ];
}
