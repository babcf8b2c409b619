namespace Recurant.Tasks;

/// <summary>
/// The tokens of a model: how it cuts a text, which number each token has and where it stands, and the text of numbers. May be
/// used from many threads at once.
/// </summary>
/// <remarks>
/// These are the numbers that the model itself reads, but for what it adds or leaves out: of a text with more tokens than a
/// classifier or a translator reads none is left out here; a text without tokens has none, where a classifier reads one unknown
/// word; pairs of words and end marks are no tokens.
/// </remarks>
public abstract class TextTokens
{
    private protected TextTokens()
    {
    }

    /// <summary>The number of tokens in the vocabulary; numbers are 0 to Count - 1.</summary>
    public abstract int Count { get; }

    /// <summary>What a token is called: a word, a character, or a piece with U+2581 for a blank.</summary>
    /// <param name="number">From 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string this[int number] => (uint)number < (uint)Count ? NameOf(number) : throw new ArgumentOutOfRangeException(
        nameof(number), number, $"The vocabulary has no such token; expected a number from 0 to {Count - 1}.");

    /// <summary>The tokens of the texts that a model reads.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">
    /// The model reads no texts: a captioner, or a network for a generated problem.
    /// </exception>
    public static TextTokens Of(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return TaskCatalogue.Of(model).Tokens(model) ?? throw new ArgumentException(
            $"A {model.Noun} reads no texts, so there are no tokens of them; expected a classifier, a tagger, a language model "
            + "or a translator. For the sentences that a captioner writes take OfAnswers.", nameof(model));
    }

    /// <summary>The tokens of the texts that a model writes.</summary>
    /// <param name="model">A translator, a captioner or a language model.</param>
    /// <exception cref="ArgumentException">The model writes no texts.</exception>
    public static TextTokens OfAnswers(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return TaskCatalogue.Of(model).AnswerTokens(model) ?? throw new ArgumentException(
            $"A {model.Noun} writes no texts, so there are no tokens of them; expected a translator, a captioner or a language "
            + "model. For the texts that it reads take Of.", nameof(model));
    }

    /// <summary>
    /// The text as it is before it is cut: of words with straight quotes, without tags, in small letters, ... as the model has
    /// it. The places of tokens are places in this text.
    /// </summary>
    /// <param name="text">Any string.</param>
    /// <returns>The text; the same string where nothing changes.</returns>
    public virtual string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text;
    }

    /// <summary>Cuts a text into the tokens that the model reads.</summary>
    /// <param name="text">Any string; a lone surrogate is read as U+FFFD.</param>
    /// <param name="isNormalised">
    /// Whether the text has been through <see cref="Normalise"/>, or is to be cut as it stands. Default: no, and the places are
    /// those in the normalised text.
    /// </param>
    /// <returns>The tokens in the order of the text; none for an empty text.</returns>
    public IReadOnlyList<TextToken> Cut(string text, bool isNormalised = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return CutNormalised(isNormalised ? text : Normalise(text));
    }

    /// <summary>
    /// Joins tokens to a text: what <see cref="Cut"/> gave becomes the text again as far as the tokens have it.
    /// </summary>
    /// <param name="numbers">Numbers of tokens.</param>
    /// <returns>
    /// Words with a blank between them, characters and pieces as they are; bytes that make no character are U+FFFD.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(IEnumerable<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        int[] all = [.. numbers];
        foreach (int number in all) _ = this[number];
        return Join(all);
    }

    private protected abstract string NameOf(int number);

    private protected abstract List<TextToken> CutNormalised(string text);

    private protected abstract string Join(int[] numbers);
}

/// <summary>Pieces of one side of a translation, or of captions.</summary>
internal sealed class PieceTokens(TextPieces pieces) : TextTokens
{
    public override int Count => pieces.Count;

    private protected override string NameOf(int number) => pieces[number];

    private protected override List<TextToken> CutNormalised(string text) => pieces.CutPlaces(text);

    private protected override string Join(int[] numbers) => pieces.Decode(numbers);
}
