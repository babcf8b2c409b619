using static Recurant.Insight.FindingText;

namespace Recurant.Tasks;

/// <content>Translators.</content>
public static partial class ModelDoctor
{
    /// <summary>Beam search takes long; two points of BLEU show with so many.</summary>
    private const int MostPairs = 500;

    /// <summary>Examines a translator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Pairs that it did not learn from, if there are such; of more than 500 these are scored evenly.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="InvalidDataException">There are no pairs.</exception>
    public static DoctorReport Examine(TranslatorModel model, PairDataset data, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model);
        RequireSome(data.Count, data.Name);
        TextPair[] sample = EvenSample.Of(data.Pairs, BatchChecks.MostTexts);
        string[] texts = [.. sample.Select(pair => pair.Source)];
        string longer = string.Join(' ', Enumerable.Repeat(texts.MaxBy(text => text.Length)!, 2));
        return Report(
            model, BatchChecks.Run(texts, _ => longer, Answers), StepOf(model, sample, forSlopes: true),
            StepOf(model, sample, forSlopes: false),
            [Baseline(model, new PairDataset(data.Name, EvenSample.Of(data.Pairs, MostPairs)), threads)]);

        // Of a translation its score, the number of its pieces, and every share of its attention.
        float[][] Answers(IReadOnlyList<string> asked, int count) => [.. new Translator(model, count).Translate(asked).Select(
            answer => (float[])[(float)answer.Score, answer.Pieces.Count, .. answer.Attention.SelectMany(row => row)])];
    }

    /// <summary>A step of the first pairs of which both sides have pieces; null if there are none.</summary>
    private static StepCapture? StepOf(TranslatorModel model, TextPair[] pairs, bool forSlopes)
    {
        (int[] Source, int[] Target)[] chosen = [.. pairs
            .Select(pair => (
                Source: Cut(model.Read(pair.Source), forSlopes), Target: Cut(model.Target.Encode(pair.Target), forSlopes)))
            .Where(pair => pair.Source.Length > 0 && pair.Target.Length > 0).Take(forSlopes ? SlopeTexts : WideTexts)];
        return chosen.Length == 0 ? null : new StepCapture
        {
            Model = model, Step = 0, Dropout = default,
            Read = [.. chosen.Select(pair => pair.Source)], Answers = [.. chosen.Select(pair => pair.Target)],
        };
    }

    /// <summary>Against leaving the source as it is, which keeps names and numbers.</summary>
    private static Finding Baseline(TranslatorModel model, PairDataset data, int threads)
    {
        double score = new Translator(model, threads).Evaluate(data).Chrf, simple = TranslatorEvaluation.OfSources(data).Chrf;
        return ComparedFinding.Against(
            "against the source as it is", score > simple,
            $"chrF {Four(score)} on {Of(data.Count, "pair")} of {data.Name}; the unchanged source has {Four(simple)}.",
            "Copying the source is no worse.", "Train longer, or on more pairs of this kind.",
            Value("score", score), Value("baseline", simple), Value("pairs", data.Count));
    }
}
