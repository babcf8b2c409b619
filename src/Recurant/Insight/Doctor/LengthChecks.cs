using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>How long the texts are, and how many of the test's words training never saw.</summary>
internal static class LengthChecks
{
    private const int VeryLong = 2000;

    private const double ManyUnknown = 0.10;

    public static IEnumerable<Finding> Run(DoctorTexts data)
    {
        int[] lengths = [.. data.Texts.Select(text => text.Words.Count).Order()];
        int At(double share) => lengths[(int)Math.Round(share * (lengths.Length - 1))];
        yield return new Finding(
            "lengths", FindingLevel.Ok,
            $"{data.Name}: {Of(lengths.Length, data.Unit)}; words: median {At(0.5)}, 5% have at most {At(0.05)}, 95% at most "
                + $"{At(0.95)}, 99% at "
            + $"most {At(0.99)}, maximum {Count(At(1))}.")
        {
            Values = [Value("texts", lengths.Length), Value("tokens", lengths.Sum(length => (double)length)),
                Value("least", At(0)), Value("q05", At(0.05)), Value("q25", At(0.25)),
                Value("median", At(0.5)), Value("q75", At(0.75)), Value("q95", At(0.95)), Value("q99", At(0.99)),
                    Value("most", At(1))],
        };
        DoctorText[] empty = [.. data.Texts.Where(text => text.Words.Count == 0)];
        if (empty.Length > 0 && data.Unit != "line")
        {
            yield return new Finding(
                "empty texts", FindingLevel.Warning, $"{data.Name}: {Of(empty.Length, data.Unit)} without a single word.")
            {
                Where = Places(empty),
                Means = "They are read as one unknown word and carry no information except their label.",
                Advice = "Remove them, or find out why they are empty.",
            };
        }

        DoctorText[] noLetters = [.. data.Texts.Where(text => text.Words.Count > 0 && text.Folded.Length == 0)];
        if (noLetters.Length > 0 && data.Unit != "line")
        {
            yield return new Finding(
                "no letters", FindingLevel.Note,
                    $"{data.Name}: {Of(noLetters.Length, data.Unit)} of punctuation only, without a letter or digit.")
            {
                Where = Places(noLetters), Means = "Usually something was lost on the way.",
            };
        }

        DoctorText[] large = [.. data.Texts.Where(text => text.Words.Count > VeryLong).OrderByDescending(text =>
            text.Words.Count)];
        if (large.Length == 0 || data.Unit == "line") yield break;
        yield return new Finding(
            "very long texts", FindingLevel.Note,
                $"{data.Name}: {Of(large.Length, data.Unit)} of more than {Count(VeryLong)} words.")
        {
            Where = Places(large),
            Means = "A classifier reads 400 words, half from each end, unless --max-tokens says otherwise; longer texts take "
                + "time and memory.",
            Advice = "Check whether texts run together, for instance at a missing quotation mark.",
        };
    }

    public static Finding UnknownWords(DoctorTexts train, DoctorTexts test)
    {
        var known = train.Texts.SelectMany(text => text.Words).ToHashSet(StringComparer.Ordinal);
        return UnknownWords(known, test, train.Name);
    }

    public static Finding UnknownWords(IReadOnlySet<string> known, DoctorTexts test, string whose)
    {
        long words = test.Texts.Sum(text => (long)text.Words.Count), unknown = 0;
        var texts = new List<DoctorText>();
        foreach (DoctorText text in test.Texts)
        {
            int count = text.Words.Count(word => !known.Contains(word));
            unknown += count;
            if (count > 0 && 2 * count >= text.Words.Count) texts.Add(text);
        }

        bool isMuch = unknown > ManyUnknown * words;
        return new Finding(
            "unknown words", isMuch ? FindingLevel.Warning : FindingLevel.Ok,
            $"{Share(unknown, words)} of the words of {test.Name} ({Count(unknown)} of {Count(words)}) do not occur in {whose}; "
            + $"in {Of(texts.Count, test.Unit)} at least half of the words are unknown.")
        {
            Where = Places(texts),
            Values = [Value("unknown", unknown), Value("words", words), Value("texts_half_unknown", texts.Count)],
            Means = isMuch ? "The model knows nothing about an unknown word: it reads all of them as one." : "",
            Advice = isMuch ? "Use pretrained word vectors (--vectors), read characters (--characters), or train on texts "
                + "closer to the test." : "",
        };
    }
}
