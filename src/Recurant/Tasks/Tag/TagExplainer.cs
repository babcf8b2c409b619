namespace Recurant.Tasks;

/// <content>Taggers.</content>
public static partial class Explainer
{
    /// <summary>The longest sentence whose tags are explained, in words.</summary>
    public const int MostTaggedWords = 500;

    /// <summary>Explains the tags of the words of a sentence.</summary>
    /// <param name="model">The tagger.</param>
    /// <param name="words">The words, as <c>TagPredictor.Split</c> cuts them; at most <see cref="MostTaggedWords"/>.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">There are too many words, or the answers are not finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TagExplanation Explain(
        TaggerModel model, IReadOnlyList<string> words, ExplainOptions? options = null,
        CancellationToken cancellation = default) =>
        Run(model, words, options, given =>
        {
            RequireLength(words.Count, MostTaggedWords, "words");
            return TagExplainer.Explain(model, words, given, cancellation);
        });

    /// <summary>Tells the mistakes of which a tagger is surest.</summary>
    /// <param name="model">The tagger.</param>
    /// <param name="data">The sentences with their right tags.</param>
    /// <param name="mostTexts">Of more sentences so many are looked at, spread over the data. Default: 1,000.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataExplanation Explain(
        TaggerModel model, TaggedDataset data, int mostTexts = 1000, ExplainOptions? options = null,
        CancellationToken cancellation = default) =>
        Run(model, data, options, given =>
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(mostTexts, 1);
            return MistakesOf(model, EvenSample.Of(data.Sentences, mostTexts), given, cancellation);
        });

    private static DataExplanation MistakesOf(
        TaggerModel model, TaggedSentence[] sentences, ExplainOptions options, CancellationToken cancellation)
    {
        IReadOnlyList<IReadOnlyList<TaggedWord>> answers =
            new TagPredictor(model, options.Threads).Predict([.. sentences.Select(sentence => sentence.Words)], cancellation);
        var judged = new JudgedAnswers<DataMistake>();
        foreach ((TaggedSentence sentence, IReadOnlyList<TaggedWord> row) in sentences.Zip(answers))
        {
            for (int t = 0; t < row.Count; t++)
            {
                judged.Add(row[t].Probability, row[t].Tag == sentence.Tags[t] ? null : new DataMistake(
                    string.Join(' ', sentence.Words), t, sentence.Tags[t], row[t].Tag, row[t].Probability, sentence.Line));
            }
        }

        return new DataExplanation
        {
            Texts = sentences.Length,
            Accuracy = judged.Count == 0 ? null : 1 - (double)judged.MistakeCount / judged.Count,
            Words = [], LargestError = 0, Units = [], Traits = [], Mistakes = judged.Surest(MostMistakes),
        };
    }
}

/// <summary>Explains the tags of one sentence: the marginals as it stands, and without or with a hidden word at each
/// place.</summary>
internal static class TagExplainer
{
    /// <summary>No probability counts as smaller: single precision has none.</summary>
    private const double Least = 1e-30;

    public static TagExplanation Explain(
        TaggerModel model, IReadOnlyList<string> words, ExplainOptions options, CancellationToken cancellation)
    {
        Workers workers = Workers.Asked(options.Threads);
        var scorer = new TaggerScorer(model, workers);
        WordForms forms = model.NewForms();
        int count = words.Count, tags = model.Spec.Tags;
        int[] sentence = forms.Encode(words);
        int hidden = forms.Encode([""])[0];
        var variants = new List<int[]>(2 * count + 1) { sentence };
        for (int j = 0; j < count; j++) variants.Add([.. sentence[..j], .. sentence[(j + 1)..]]);
        for (int j = 0; j < count; j++) variants.Add([.. sentence[..j], hidden, .. sentence[(j + 1)..]]);
        int[] found = scorer.Tag(forms, [sentence], cancellation: cancellation)[0];
        float[][] marginals = scorer.Marginals(forms, variants, cancellation);
        if (!Array.TrueForAll(marginals[0], float.IsFinite)) throw Answers.NotFinite();

        var effects = new TagEffect[count];
        for (int t = 0; t < count; t++)
        {
            double[] here = Of(0, t);
            double odds = LogOddsOf(here, found[t]);
            var influence = new double[count];
            for (int j = 0; j < count; j++)
            {
                double[] there = j == t ? Of(1 + count + t, t) : Of(1 + j, j < t ? t - 1 : t);
                influence[j] = odds - LogOddsOf(there, found[t]);
            }

            effects[t] = new TagEffect(
                words[t], forms.WordOf(sentence[t]) != Vocabulary.Unknown, model.Tags[found[t]], here[found[t]],
                [.. model.Tags.Select((tag, k) => KeyValuePair.Create(tag, here[k]))], Of(1 + count + t, t)[found[t]], influence);
        }

        return new TagExplanation { Words = effects, HasRandomField = model.Network.Field is not null };

        // Sums of probabilities may end a rounding away from one.
        double[] Of(int variant, int word)
        {
            double[] row = [.. marginals[variant].AsSpan(word * tags, tags).ToArray().Select(p => (double)p)];
            double sum = row.Sum();
            return [.. row.Select(p => p / sum)];
        }
    }

    private static double LogOddsOf(double[] probabilities, int tag)
    {
        double others = 0;
        for (int k = 0; k < probabilities.Length; k++) others += k == tag ? 0 : probabilities[k];
        return Math.Log(Math.Max(probabilities[tag], Least)) - Math.Log(Math.Max(others, Least));
    }
}
