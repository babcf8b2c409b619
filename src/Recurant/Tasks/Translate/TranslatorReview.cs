namespace Recurant.Tasks;

/// <summary>A text that was translated, beside the right one.</summary>
/// <param name="Source">The text.</param>
/// <param name="Right">What was expected.</param>
/// <param name="Translated">What the model said.</param>
/// <param name="Chrf">chrF2 of this text alone, 0 to 100: see <see cref="Data.Chrf"/>.</param>
public sealed record JudgedTranslation(string Source, string Right, string Translated, double Chrf) : InsightRecord;

/// <summary>How well texts of some lengths are translated.</summary>
/// <param name="From">The fewest words of the source.</param>
/// <param name="To">The most; of the last band those of the longest source.</param>
/// <param name="Pairs">How many there are.</param>
/// <param name="Bleu">BLEU over them, 0 to 100.</param>
/// <param name="Chrf">chrF2 over them, 0 to 100.</param>
/// <param name="LengthRatio">Words of the translations for each word of the expected texts.</param>
public sealed record LengthBand(int From, int To, int Pairs, double Bleu, double Chrf, double LengthRatio) : InsightRecord;

/// <summary>
/// What a translator does on pairs of texts, beyond its score: its worst translations, and how the score depends on the length of
/// the source, where models without attention, and those that stop too early, show it first.
/// </summary>
public sealed record TranslatorReview
{
    private static readonly int[] s_ends = [5, 10, 15, 20, 30, 50];

    /// <summary>How many pairs were translated.</summary>
    public required int Pairs { get; init; }

    /// <summary>The translations that differ most from what was expected, by chrF2 of each alone, the worst first.</summary>
    public required IReadOnlyList<JudgedTranslation> Worst { get; init; }

    /// <summary>
    /// By words of the source: 1 to 5, 6 to 10, 11 to 15, 16 to 20, 21 to 30, 31 to 50, and more; none without pairs.
    /// </summary>
    public required IReadOnlyList<LengthBand> ByLength { get; init; }

    /// <summary>Translates the pairs, or the first of them.</summary>
    /// <param name="model">The translator; its beam is that of <see cref="Translator.Beam"/>'s default.</param>
    /// <param name="data">The pairs.</param>
    /// <param name="worst">The most translations that are listed. Default: 20.</param>
    /// <param name="mostPairs">The most pairs that are translated, at least 1. Default: 1,000.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TranslatorReview Of(
        TranslatorModel model, PairDataset data, int worst = 20, int mostPairs = 1_000, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(worst);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostPairs, 1);
        TextPair[] pairs = [.. data.Pairs.Take(mostPairs)];
        IReadOnlyList<Translation> said =
            new Translator(model, threads).Translate([.. pairs.Select(pair => pair.Source)], cancellation);
        return Of([.. pairs.Zip(said, (pair, answer) => new JudgedTranslation(
            pair.Source, pair.Target, answer.Text, Data.Chrf.Corpus([answer.Text], [pair.Target])))], worst);
    }

    internal static TranslatorReview Of(IReadOnlyList<JudgedTranslation> judged, int worst)
    {
        var bands = new List<LengthBand>();
        int[] words = [.. judged.Select(pair => Words(pair.Source))];
        int longest = words.Append(0).Max();
        for (int band = 0; band <= s_ends.Length; band++)
        {
            int from = band == 0 ? 0 : s_ends[band - 1] + 1, to = band < s_ends.Length ? s_ends[band] : int.MaxValue;
            JudgedTranslation[] here = [.. judged.Where((_, i) => words[i] >= from && words[i] <= to)];
            if (here.Length == 0) continue;
            string[] said = [.. here.Select(pair => pair.Translated)], right = [.. here.Select(pair => pair.Right)];
            BleuScore bleu = Data.Bleu.Corpus(said, right);
            bands.Add(new LengthBand(
                Math.Max(1, from), Math.Min(to, Math.Max(1, longest)), here.Length, bleu.Score, Data.Chrf.Corpus(said, right),
                (double)bleu.Length / Math.Max(1, bleu.ReferenceLength)));
        }

        return new TranslatorReview
        {
            Pairs = judged.Count,
            Worst = [.. judged.Where(pair => pair.Translated != pair.Right).OrderBy(pair => pair.Chrf).Take(worst)],
            ByLength = bands,
        };
    }

    private static int Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
