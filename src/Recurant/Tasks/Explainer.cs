using System.Globalization;

namespace Recurant.Tasks;

/// <summary>
/// Says why a model gave its answer: what each word did, what pairs of words did together, where a decoder looked, how surprised
/// a language model was. A model must not be trained while it is explained, and is explained by one thread at a time: the way
/// back through its layers leaves gradients, which are cleared afterwards.
/// </summary>
public static class Explainer
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
        ClassifierModel model, string text, ExplainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return new TextExplainer(model, Checked(options)).Explain(text, cancellation);
    }

    /// <summary>
    /// Of longer texts a language model does not say what earlier tokens did: its cost grows with the square of the length.
    /// </summary>
    public const int MostInfluenceTokens = 400;

    /// <summary>
    /// The longest text that is explained to a classifier's or a translator's user, in tokens: each is left out once, so the
    /// cost grows with the square of the length.
    /// </summary>
    public const int MostTokens = 5000;

    /// <summary>The longest sentence whose tags are explained, in words.</summary>
    public const int MostTaggedWords = 500;

    /// <summary>Refuses a text that is longer than can be explained.</summary>
    internal static void RequireLength(int count, int most, string what)
    {
        if (count > most)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The text has {count:N0} {what}; at most {most:N0} can be explained at once. Give a part of it."));
        }
    }

    /// <summary>Explains the tags of the words of a sentence.</summary>
    /// <param name="model">The tagger.</param>
    /// <param name="words">The words, as <c>TagPredictor.Split</c> cuts them; at most <see cref="MostTaggedWords"/>.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">There are too many words, or the answers are not finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TagExplanation Explain(
        TaggerModel model, IReadOnlyList<string> words, ExplainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(words);
        return TagExplainer.Explain(model, words, Checked(options), cancellation);
    }

    /// <summary>Explains a translation: the probability of each piece, and where the decoder looked.</summary>
    /// <param name="model">The translator.</param>
    /// <param name="text">The text to translate.</param>
    /// <param name="beam">The hypotheses that are followed. 1 to 100. Default: 5.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">The text has more than <see cref="MostTokens"/> pieces.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DecoderExplanation Explain(
        TranslatorModel model, string text, int beam = 5, ExplainOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        RequireBeam(beam);
        return DecoderExplainer.Explain(model, text, beam, Checked(options), cancellation);
    }

    /// <summary>Explains the sentence of an image: the probability of each piece, and where in the image the decoder
    /// looked.</summary>
    /// <param name="model">The captioner.</param>
    /// <param name="images">Images of the size that the model was trained with.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="beam">The hypotheses that are followed. 1 to 100. Default: 5.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">The images are of another size.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DecoderExplanation Explain(
        CaptionerModel model, CaptionDataset images, int index, int beam = 5, ExplainOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        RequireBeam(beam);
        if (index < 0 || index >= images.Count)
        {
            throw new ArgumentException(
                $"There is no image {index}; there are {images.Count}, counted from 0.", nameof(index));
        }

        CaptionerSpec spec = model.Spec;
        if (images.Width != spec.Width || images.Height != spec.Height || images.Channels != spec.Channels)
        {
            throw new InvalidDataException(
                $"{images.Name}: the images are {images.Width} x {images.Height} with {images.Channels} channels; the model "
                + $"reads "
                + $"{spec.Width} x {spec.Height} with {spec.Channels}.");
        }

        return DecoderExplainer.Explain(model, images, index, beam, Checked(options), cancellation);
    }

    /// <summary>Tells how surprising each token of a text is, and which tokens before it made it so.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="text">The text; it is read from the beginning of a line.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">The model's answers are not finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LanguageExplanation Explain(
        LanguageModel model, string text, ExplainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return new LanguageExplainer(model, Checked(options)).Explain(text, MostInfluenceTokens, cancellation);
    }

    /// <summary>Tells what each step of one sequence of a generated problem did to the answer.</summary>
    /// <param name="model">The network.</param>
    /// <param name="number">Which sequence of those to test with; 0 is the first.</param>
    /// <param name="seed">The key of the sequences. Default: 1.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ProblemExplanation Explain(
        SequenceModel model, int number, ulong seed = 1, ExplainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return ProblemExplainer.Explain(model, number, seed, Checked(options), cancellation);
    }

    /// <summary>Tells what matters to a classifier over labelled texts: words, hidden units, and its surest mistakes.</summary>
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
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTexts, 1);
        DatasetChecks.TestLabelsKnown(model.Labels, data);
        return DataExplainer.Explain(model, data, mostTexts, Checked(options), cancellation);
    }

    /// <summary>Tells the mistakes of which a tagger is surest.</summary>
    /// <param name="model">The tagger.</param>
    /// <param name="data">The sentences with their right tags.</param>
    /// <param name="mostTexts">Of more sentences so many are looked at, spread over the data. Default: 1,000.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataExplanation Explain(
        TaggerModel model, TaggedDataset data, int mostTexts = 1000, ExplainOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTexts, 1);
        return DataExplainer.Explain(model, data, mostTexts, Checked(options), cancellation);
    }

    /// <summary>Tells which hidden units of a language model follow something that can be named.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="text">Running text; pieces spread over it are looked at, 20,000 tokens together.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataExplanation Explain(
        LanguageModel model, PlainText text, ExplainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return DataExplainer.Explain(model, text, Checked(options), cancellation);
    }

    private static ExplainOptions Checked(ExplainOptions? options)
    {
        options ??= new ExplainOptions();
        options.Validate();
        return options;
    }

    private static void RequireBeam(int beam)
    {
        if (beam is < 1 or > 100) throw new ArgumentException($"The beam is {beam}; it must be 1 to 100.", nameof(beam));
    }
}
