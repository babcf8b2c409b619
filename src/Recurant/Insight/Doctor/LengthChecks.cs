using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>How long the texts are, and how many of the test's words training never saw.</summary>
internal static class LengthChecks
{
    private const int VeryLong = 2000;

    private const double ManyUnknown = 0.10;

    public static IEnumerable<Finding> Run(DoctorTexts data)
    {
        DoctorRows rows = data.Rows;
        int[] lengths = [.. rows.Words];
        Array.Sort(lengths);
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
        int[] empty = [.. All().Where(row => rows.Words[row] == 0)];
        if (empty.Length > 0 && data.Unit != "line")
        {
            yield return new Finding(
                "empty texts", FindingLevel.Warning, $"{data.Name}: {Of(empty.Length, data.Unit)} without a single word.")
            {
                Where = data.Places(empty),
                Means = "They are read as one unknown word and carry no information except their label.",
                Advice = "Remove them, or find out why they are empty.",
            };
        }

        int[] noLetters = [.. All().Where(row => rows.Words[row] > 0 && rows.Folded[row] == DoctorRows.Nothing)];
        if (noLetters.Length > 0 && data.Unit != "line")
        {
            yield return new Finding(
                "no letters", FindingLevel.Note,
                    $"{data.Name}: {Of(noLetters.Length, data.Unit)} of punctuation only, without a letter or digit.")
            {
                Where = data.Places(noLetters), Means = "Usually something was lost on the way.",
            };
        }

        int[] large = [.. All().Where(row => rows.Words[row] > VeryLong).OrderByDescending(row => rows.Words[row])];
        if (large.Length == 0 || data.Unit == "line") yield break;
        yield return new Finding(
            "very long texts", FindingLevel.Note,
                $"{data.Name}: {Of(large.Length, data.Unit)} of more than {Count(VeryLong)} words.")
        {
            Where = data.Places(large),
            Means = "A classifier reads 400 words, half from each end, unless --max-tokens says otherwise; longer texts take "
                + "time and memory.",
            Advice = "Check whether texts run together, for instance at a missing quotation mark.",
        };

        IEnumerable<int> All() => Enumerable.Range(0, data.Count);
    }

    public static Finding UnknownWords(DoctorTexts train, DoctorTexts test)
    {
        var known = train.Texts.SelectMany(text => text.Words).ToHashSet(StringComparer.Ordinal);
        return UnknownWords(known, test, train.Name);
    }

    public static Finding UnknownWords(IReadOnlySet<string> known, DoctorTexts test, string whose)
    {
        long words = 0, unknown = 0;
        var texts = new List<int>();
        foreach (DoctorText text in test.Texts)
        {
            int count = text.Words.Count(word => !known.Contains(word));
            words += text.Words.Count;
            unknown += count;
            if (count > 0 && 2 * count >= text.Words.Count) texts.Add(text.Index);
        }

        bool isMuch = unknown > ManyUnknown * words;
        return new Finding(
            "unknown words", isMuch ? FindingLevel.Warning : FindingLevel.Ok,
            $"{Share(unknown, words)} of the words of {test.Name} ({Count(unknown)} of {Count(words)}) do not occur in {whose}; "
            + $"in {Of(texts.Count, test.Unit)} at least half of the words are unknown.")
        {
            Where = test.Places(texts),
            Values = [Value("unknown", unknown), Value("words", words), Value("texts_half_unknown", texts.Count)],
            Means = isMuch ? "The model knows nothing about an unknown word: it reads all of them as one." : "",
            Advice = isMuch ? "Use pretrained word vectors (--vectors), read characters (--characters), or train on texts "
                + "closer to the test." : "",
        };
    }
}
