namespace Recurant.Formats;

/// <summary>What the two columns or keys of pairs are usually called.</summary>
internal static class PairNames
{
    private static readonly string[] s_sources = ["source", "src", "input", "question", "prompt", "from"];
    private static readonly string[] s_targets = ["target", "tgt", "trg", "output", "answer", "translation", "response", "to"];

    private static readonly string[] s_languages =
    [
        "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk",
        "tr", "ar", "he", "hi", "ja", "ko", "zh", "vi", "th", "la",
        "english", "german", "french", "spanish", "italian", "portuguese", "dutch", "swedish", "danish", "norwegian", "finnish",
        "polish", "czech", "hungarian", "romanian", "greek", "russian", "ukrainian", "turkish", "arabic", "hebrew", "hindi",
        "japanese", "korean", "chinese", "vietnamese", "latin",
    ];

    /// <summary>The places of source and target: by their names, or two languages in their order; null if neither.</summary>
    internal static (int Source, int Target)? Find(IReadOnlyList<string> names)
    {
        int source = KnownNames.Find(names, s_sources);
        int target = KnownNames.Find(names, s_targets);
        if (source >= 0 && target >= 0) return (source, target);
        int first = -1;
        int second = -1;
        for (int i = 0; i < names.Count; i++)
        {
            if (IsLanguage(names[i]))
            {
                (first, second) = first < 0 ? (i, -1) : second < 0 ? (first, i) : (first, names.Count);
            }
        }

        return second > first && second < names.Count ? (first, second) : null;
    }

    /// <summary>Whether names of columns or keys are those of pairs, and not of texts with labels.</summary>
    internal static bool ArePairs(IReadOnlyList<string> names) => Find(names) is not null
        && (KnownNames.Find(names, KnownNames.Text) < 0 || KnownNames.Find(names, KnownNames.Label) < 0);

    /// <summary>A language's name or code, with or without a country: en, pt-BR, zh_Hans.</summary>
    private static bool IsLanguage(string name)
    {
        int end = name.IndexOfAny(['-', '_']);
        string language = end < 0 ? name : name[..end];
        return Array.Exists(s_languages, known => known.Equals(language, StringComparison.OrdinalIgnoreCase));
    }
}
