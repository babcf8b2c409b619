namespace Recurant.Cli;

/// <summary>The setting of the lens while training; it does not change the model.</summary>
internal static class LensSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "lens-every", Group = "The run", Value = "N", Kind = SettingKind.Number, IsUnrecorded = true,
            Help = "Every N steps, measure how far back the gradient reaches and how the gates behave, as 'recurant lens' does. 100 is "
                + "a good start. Default: never.",
            Set = (s, v) => s with { LensEvery = Steps(v) },
        },
    ];

    private static int Steps(string value) => SettingValue.Whole(value) is >= 2 and var steps
        ? steps
        : throw new FormatException($"\"{value}\" is too often; the least is 2.");
}
