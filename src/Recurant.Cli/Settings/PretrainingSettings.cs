namespace Recurant.Cli;

/// <summary>The settings of what comes before the training of a classifier.</summary>
internal static class PretrainingSettings
{
    private const string Group = "Pre-training";

    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "pretrain", Group = Group, Value = "FILE", Kind = SettingKind.Path,
            Help = "Classification: unlabelled texts (labels are ignored) on which word vectors and layers are first trained to "
                + "predict words; or a language model (.safetensors) to start from.",
            Set = (s, v) => s with { PretrainingFile = v },
        },
        new()
        {
            Name = "pretrain-epochs", Group = Group, Value = "N", Kind = SettingKind.Number,
            Help = "The maximum number of epochs over the unlabelled texts. Default: as many as make six million tokens, 2 to 20.",
            Set = (s, v) => s with { PretrainingEpochs = SettingValue.Whole(v) },
        },
    ];
}
