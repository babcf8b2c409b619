using System.Globalization;

namespace Recurant.Data;

/// <summary>What BLEU found, in the numbers that make up the score.</summary>
/// <param name="Score">BLEU, 0 to 100.</param>
/// <param name="Precisions">The modified precision of 1-grams to 4-grams, 0 to 100.</param>
/// <param name="BrevityPenalty">The factor for output that is too short, 0 to 1.</param>
/// <param name="Length">The tokens of the output.</param>
/// <param name="ReferenceLength">The tokens of the references.</param>
public sealed record BleuScore(
    double Score, IReadOnlyList<double> Precisions, double BrevityPenalty, int Length, int ReferenceLength)
{
    /// <summary>For example "BLEU = 31.05, precisions 63.1 / 38.9 / 25.4 / 16.9, brevity penalty 0.981".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"BLEU = {Score:0.00}, precisions "
        + $"{string.Join(" / ", Precisions.Select(p => p.ToString("0.0", CultureInfo.InvariantCulture)))}, "
        + $"brevity penalty {BrevityPenalty:0.000}");
}

/// <summary>
/// BLEU of a whole test set against one reference each, case-sensitive, on the tokens of mteval-v13a, with the smoothing that
/// sacreBLEU calls "exp": its signature is <c>nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp</c>.
/// <code>
/// (1) p_n = clipped n-gram matches / n-grams of the output, n = 1 .. 4; the k-th p_n without a match is 1 / (2^k n-grams)
/// (2) BP = 1, or e^(1 - r / c) where the output's c tokens are fewer than the references' r
/// (3) BLEU = 100 BP (p_1 p_2 p_3 p_4)^(1/4)
/// </code>
/// Sources: Papineni, Roukos, Ward and Zhu, "BLEU: a method for automatic evaluation of machine translation", ACL 2002; Post, "A
/// call for clarity in reporting BLEU scores", WMT 2018; the smoothing is method 3 of Chen and Cherry, WMT 2014.
/// </summary>
public static class Bleu
{
    private const int MaximumOrder = 4;

    /// <summary>Scores translations against one reference each, line by line.</summary>
    /// <exception cref="ArgumentException">There are not as many translations as references.</exception>
    public static BleuScore Corpus(IReadOnlyList<string> translations, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        return Corpus(translations, [references]);
    }

    /// <summary>
    /// The same with several sets of references: an n-gram may match in any of them, and the reference whose length is nearest
    /// (of two equally near ones the shorter) counts for the brevity penalty.
    /// </summary>
    internal static BleuScore Corpus(IReadOnlyList<string> translations, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(translations);
        foreach (IReadOnlyList<string> set in references)
        {
            if (translations.Count == set.Count) continue;
            throw new ArgumentException(
                $"There are {translations.Count} translations but {set.Count} references; each needs one.", nameof(references));
        }

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        long[] matches = new long[MaximumOrder], totals = new long[MaximumOrder];
        int length = 0, referenceLength = 0;
        for (int i = 0; i < translations.Count; i++)
        {
            int[] translation = Number(Tokenizer13A.Tokenize(translations[i]), numbers);
            int[][] others = [.. references.Select(set => Number(Tokenizer13A.Tokenize(set[i]), numbers))];
            length += translation.Length;
            referenceLength += others.Select(other => other.Length).OrderBy(size => Math.Abs(size - translation.Length))
                .ThenBy(size => size).First();
            for (int order = 1; order <= MaximumOrder; order++)
            {
                totals[order - 1] += Math.Max(0, translation.Length - order + 1);
                matches[order - 1] += NGrams.Matches(translation, others, order, bits: 32);
            }
        }

        return Combine(matches, totals, length, referenceLength);
    }

    private static BleuScore Combine(long[] matches, long[] totals, int length, int referenceLength)
    {
        // (2) BP
        double penalty = length >= referenceLength ? 1 : length > 0 ? Math.Exp(1 - (double)referenceLength / length) : 0;
        double[] precisions = new double[MaximumOrder];
        if (matches.Sum() == 0) return new BleuScore(0, precisions, penalty, length, referenceLength);
        double smoothing = 1, logs = 0;
        for (int n = 0; n < MaximumOrder; n++)
        {
            if (totals[n] == 0) return new BleuScore(0, precisions, penalty, length, referenceLength);
            if (matches[n] == 0) smoothing *= 2;
            precisions[n] = 100 * (matches[n] == 0 ? 1 / smoothing : matches[n]) / totals[n];               // (1)
            logs += Math.Log(precisions[n]);
        }

        return new BleuScore(penalty * Math.Exp(logs / MaximumOrder), precisions, penalty, length, referenceLength); // (3)
    }

    private static int[] Number(List<string> tokens, Dictionary<string, int> numbers)
    {
        var result = new int[tokens.Count];
        for (int i = 0; i < result.Length; i++)
        {
            if (!numbers.TryGetValue(tokens[i], out result[i])) numbers[tokens[i]] = result[i] = numbers.Count;
        }

        return result;
    }
}
