namespace Recurant.Tasks;

/// <content>Classifiers.</content>
public static partial class Explainer
{
    /// <summary>Explains the label of a text.</summary>
    /// <param name="model">The classifier, of any kind.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How thoroughly; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the model does not know the label.</exception>
    /// <exception cref="InvalidDataException">
    /// The text has more than <see cref="MostTokens"/> tokens, or the model's answers are not finite numbers.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TextExplanation Explain(
        ClassifierModel model, string text, ExplainOptions? options = null, CancellationToken cancellation = default) =>
        Run(model, text, options, given => new TextExplainer(model, given).Explain(text, cancellation));

    /// <summary>
    /// Tells what matters to a classifier over labelled texts: words, hidden units, and its most confident mistakes.
    /// </summary>
    /// <param name="model">The classifier, of any kind; of several averaged models the units of the first are looked at.</param>
    /// <param name="data">The texts with their right labels.</param>
    /// <param name="mostTexts">Of more texts so many are looked at, spread over the data. Default: 1,000.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between texts.</param>
    /// <exception cref="InvalidDataException">
    /// A label is not one of the model's, or the model's answers are not finite numbers.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataExplanation Explain(
        ClassifierModel model, TextDataset data, int mostTexts = 1000, ExplainOptions? options = null,
        CancellationToken cancellation = default) =>
        Run(model, data, options, given =>
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(mostTexts, 1);
            DatasetChecks.TestLabelsKnown(model.Labels, data);
            return new ClassifierDataExplainer(model, given, MostUnitTokens, MostMistakes).Explain(data, mostTexts, cancellation);
        });
}

/// <summary>Explains the answers of one classifier.</summary>
internal sealed class TextExplainer
{
    private readonly ClassifierModel _model;
    private readonly ExplainOptions _options;
    private readonly Workers _workers;
    private readonly ClassifierScorer _scorer;

    public TextExplainer(ClassifierModel model, ExplainOptions options)
    {
        // The backward pass writes gradients.
        _model = model = ModelFile.Copy(model);
        _options = options;
        _workers = Workers.Asked(options.Threads);
        _scorer = new ClassifierScorer(model.Networks, model.Labels.Count, _workers);
    }

    public TextExplanation Explain(string text, CancellationToken cancellation)
    {
        List<string> words = _model.Encoder.Cut(text);
        int count = words.Count;
        Explainer.RequireLength(count, Explainer.MostTokens, "tokens");

        // All in one call: the text, no text, its prefixes, then without and with <unk> in the place of each word.
        var variants = new List<List<string>>(3 * count + 2) { words, new() };
        for (int t = 0; t < count; t++) variants.Add(words[..(t + 1)]);
        for (int t = 0; t < count; t++) variants.Add(Without(words, t));
        for (int t = 0; t < count; t++) variants.Add([.. words[..t], Hidden, .. words[(t + 1)..]]);
        float[][][] answers = Ask(variants, cancellation);

        double[] odds = [.. _model.Labels.Select((_, j) => LogOdds.Of(answers[0], j))];
        int predicted = Array.IndexOf(odds, odds.Max());
        int label = _options.Label is null ? predicted : NumberOf(_options.Label);
        double[] logOdds = [.. answers.Select(answer => LogOdds.Of(answer, label))];
        (double[] attributions, AttributionSum sum) = count == 0
            ? ([], new AttributionSum(logOdds[0], logOdds[0], 0, 0))
            : IntegratedGradients.Of(_model, words, label, _options.MostSteps, _options.Tolerance, _workers);
        var effects = new WordEffect[count];
        for (int t = 0; t < count; t++)
        {
            effects[t] = new WordEffect(
                words[t], IsKnown(words[t]), attributions[t], Probability(2 + t), Probability(2 + count + t),
                Probability(2 + 2 * count + t), logOdds[0] - logOdds[2 + count + t]);
        }

        double[] without = logOdds[(2 + count)..(2 + 2 * count)];
        double Probability(int variant) => LogOdds.Probability(logOdds[variant]);
        return new TextExplanation
        {
            Text = text, Label = _model.Labels[label], Predicted = _model.Labels[predicted], Probability = Probability(0),
            Probabilities =
                [.. _model.Labels.Select((name, j) => KeyValuePair.Create(name, LogOdds.Probability(odds[j])))],
            Words = effects, Attribution = sum,
            Pairs = FindPairs(words, effects, logOdds[0], without, label, cancellation),
            EmptyProbability = Probability(1),
        };
    }

    /// <summary>Read as an unknown word, and where characters are read, as one of an unknown character.</summary>
    private string Hidden => _model.Spec.CharacterSize > 0 ? "" : "<unk>";

    private List<WordPair> FindPairs(
        List<string> words, WordEffect[] effects, double all, double[] without, int label, CancellationToken cancellation)
    {
        int[] chosen = [.. Enumerable.Range(0, words.Count)
            .OrderByDescending(t => Math.Max(Math.Abs(effects[t].Effect), Math.Abs(effects[t].Attribution))).ThenBy(t => t)
            .Take(_options.PairWords).Order()];
        var places = new List<(int First, int Second)>();
        for (int i = 0; i < chosen.Length; i++)
        {
            for (int j = i + 1; j < chosen.Length; j++) places.Add((chosen[i], chosen[j]));
        }

        float[][][] answers = Ask([.. places.Select(pair => Without(Without(words, pair.Second), pair.First))], cancellation);
        var pairs = new List<WordPair>();
        for (int i = 0; i < places.Count; i++)
        {
            (int a, int b) = places[i];
            double neither = LogOdds.Of(answers[i], label);
            pairs.Add(new WordPair(
                a, b, all - without[a] - without[b] + neither, all - without[a], without[b] - neither, all - without[b],
                without[a] - neither));
        }

        return [.. pairs.OrderByDescending(pair => Math.Abs(pair.Interaction)).ThenBy(pair => pair.First)
            .ThenBy(pair => pair.Second)];
    }

    /// <summary>The logits of each list of words by every network; see <see cref="LogOdds"/>.</summary>
    private float[][][] Ask(IReadOnlyList<List<string>> variants, CancellationToken cancellation)
    {
        WordForms? forms = _model.NewForms();
        int[][] encoded = [.. variants.Select(words => _model.Encoder.Encode(words, forms))];
        float[][][] logits = _scorer.Logits(encoded, forms, cancellation);
        return [.. encoded.Select((_, i) => logits.Select(ofNetwork => Checked(ofNetwork[i])).ToArray())];
    }

    private static float[] Checked(float[] logits) => Array.TrueForAll(logits, float.IsFinite)
        ? logits
        : throw Answers.NotFinite();

    private bool IsKnown(string word) =>
        _model.Vocabulary.IndexOf(WordForms.Normalise(word, _model.Spec.Lowercase)) != Data.Vocabulary.Unknown;

    private int NumberOf(string label)
    {
        for (int j = 0; j < _model.Labels.Count; j++)
        {
            if (_model.Labels[j] == label) return j;
        }

        throw new ArgumentException(
            $"The model has no label \"{label}\"; its labels are "
            + $"{string.Join(", ", _model.Labels.Select(known => $"\"{known}\""))}.", nameof(ExplainOptions.Label));
    }

    private static List<string> Without(List<string> words, int place) => [.. words[..place], .. words[(place + 1)..]];
}
