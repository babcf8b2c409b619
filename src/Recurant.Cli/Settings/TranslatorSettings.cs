namespace Recurant.Cli;

/// <summary>The settings of translators alone.</summary>
internal static class TranslatorSettings
{
    private const string Translator = "Translator";

    /// <summary>Where the pairs are; <c>test</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> Columns { get; } =
    [
        new()
        {
            Name = "source", Group = Translator, Value = "COLUMN|FILE", Kind = SettingKind.Path,
            Help = "The column of the texts to translate, by name or number; or, without DATA, their file with one text per line.",
            Set = (s, v) => s with { Source = v },
        },
        new()
        {
            Name = "target", Group = Translator, Value = "COLUMN|FILE", Kind = SettingKind.Path,
            Help = "The column or the file of their translations.",
            Set = (s, v) => s with { Target = v },
        },
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        .. Columns,
        new()
        {
            Name = "subwords", Group = Translator, Value = "N", Kind = SettingKind.Number,
            Help = "The number of byte-pair merges for the subwords of each side; 0 for whole words, where unknown ones are copied. "
                + "Default: a fifth of the pairs, 500 to 6000. Also for --unit subword; there the default is one for 500 characters.",
            Set = (s, v) => LanguageSettings.With(
                With(s, t => t with { Subwords = SettingValue.Whole(v) }), t => t with { Subwords = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "attention", Group = Translator, Value = SettingValue.Names<AttentionKind>(),
            Help = "The attention of the decoder; bahdanau attends before each step and is several times slower. Default: general.",
            Set = (s, v) => With(s, t => t with { Attention = SettingValue.Choice<AttentionKind>(v) }),
        },
        new()
        {
            Name = "tied-vectors", Group = Translator, Value = SettingValue.Names<TiedVectors>(),
            Help = "Which tables of word vectors are one: none; the decoder's and the output; all, with the same pieces on both "
                + "sides. Default: output.",
            Set = (s, v) => With(s, t => t with { Tied = SettingValue.Choice<TiedVectors>(v) }),
        },
    ];

    private static TrainSettings With(TrainSettings settings, Func<TranslatorTrainingOptions, TranslatorTrainingOptions> change) =>
        settings with { Translation = change(settings.Translation) };
}
