namespace Recurant.Cli;

/// <summary>The settings of language models alone.</summary>
internal static class LanguageSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "bptt", Group = "Language model", Value = "N", Kind = SettingKind.Number,
            Help = "Truncated back-propagation: the steps of a window; states are carried over. Default: 35 words or 100 characters.",
            Set = (s, v) => With(s, t => t with { Window = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "samples", Group = "Language model", Value = "N", Kind = SettingKind.Number,
            Help = "Words drawn for each step of training, instead of a softmax over all; 0 for all. Default: 8192 of 100,000 words "
                + "or more, else 0.",
            Set = (s, v) => With(s, t => t with { Samples = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "tied", Group = "Language model", Value = "true|false", Kind = SettingKind.Flag,
            Help = "Use the vectors of the tokens as the weights of the output, too. Default: true for words.",
            Set = (s, v) => With(s, t => t with { Tied = SettingValue.Flag(v) }),
        },
    ];

    public static TrainSettings With(TrainSettings settings, Func<LanguageModelOptions, LanguageModelOptions> change) =>
        settings with { Language = change(settings.Language) };
}
