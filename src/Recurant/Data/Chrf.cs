using System.Text;

namespace Recurant.Data;

/// <summary>
/// chrF2 of a whole test set against one reference each: the F score of character n-grams, recall counting twice as much as
/// precision. It is sacreBLEU's default: <c>nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no</c>.
/// <code>
/// (1) P_n, R_n = matching character n-grams / those of the output, of the references, n = 1 .. 6; white space left out; an
///     output's n-grams do not count where its own reference is too short to have any of that n
/// (2) P, R = their means over the n that occur on both sides
/// (3) chrF = 100 (1 + b^2) P R / (b^2 P + R), b = 2
/// </code>
/// Source: Popovic, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.
/// </summary>
public static class Chrf
{
    private const int MaximumOrder = 6, BitsOfCharacter = 21;

    /// <summary>Scores translations against one reference each, line by line: 0 to 100.</summary>
    /// <exception cref="ArgumentException">There are not as many translations as references.</exception>
    public static double Corpus(IReadOnlyList<string> translations, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        return Corpus(translations, [references]);
    }

    /// <summary>The same with several sets of references: of each line the one that gives it the best score counts.</summary>
    internal static double Corpus(
        IReadOnlyList<string> translations, IReadOnlyList<IReadOnlyList<string>> references, double beta = 2)
    {
        ArgumentNullException.ThrowIfNull(translations);
        foreach (IReadOnlyList<string> set in references)
        {
            if (translations.Count == set.Count) continue;
            throw new ArgumentException(
                $"There are {translations.Count} translations but {set.Count} references; each needs one.", nameof(references));
        }

        var total = new Counts();
        for (int i = 0; i < translations.Count; i++)
        {
            int[] translation = Characters(translations[i]);
            var best = new Counts();
            double greatest = -1;
            foreach (IReadOnlyList<string> set in references)
            {
                var counts = Counts.Of(translation, Characters(set[i]));
                double score = counts.Score(beta);
                if (score > greatest) (best, greatest) = (counts, score);
            }

            total.Add(best);
        }

        return 100 * total.Score(beta);
    }

    private static int[] Characters(string text)
    {
        var characters = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            // U+001C to U+001F separate files, groups, records and units; sacreBLEU's language counts them as white space.
            if (!Rune.IsWhiteSpace(rune) && rune.Value is not (>= 0x1C and <= 0x1F)) characters.Add(rune.Value);
        }

        return [.. characters];
    }

    /// <summary>N-grams of each order: those of the output, of the reference, and those that match.</summary>
    private sealed class Counts
    {
        private readonly long[] _given = new long[MaximumOrder], _expected = new long[MaximumOrder],
            _matches = new long[MaximumOrder];

        public static Counts Of(int[] translation, int[] reference)
        {
            var counts = new Counts();
            for (int n = 0; n < MaximumOrder; n++)
            {
                counts._expected[n] = Math.Max(0, reference.Length - n);
                counts._given[n] = counts._expected[n] == 0 ? 0 : Math.Max(0, translation.Length - n);
                counts._matches[n] = NGrams.Matches(translation, [reference], n + 1, BitsOfCharacter);
            }

            return counts;
        }

        public void Add(Counts other)
        {
            for (int n = 0; n < MaximumOrder; n++)
            {
                _given[n] += other._given[n];
                _expected[n] += other._expected[n];
                _matches[n] += other._matches[n];
            }
        }

        public double Score(double beta)
        {
            double precision = 0, recall = 0;
            int orders = 0;
            for (int n = 0; n < MaximumOrder; n++)
            {
                if (_given[n] == 0 || _expected[n] == 0) continue;
                precision += (double)_matches[n] / _given[n];                                               // (1)
                recall += (double)_matches[n] / _expected[n];
                orders++;
            }

            if (precision == 0 || recall == 0) return 0;
            precision /= orders;                                                                            // (2)
            recall /= orders;
            return (1 + beta * beta) * precision * recall / (beta * beta * precision + recall);             // (3)
        }
    }
}
