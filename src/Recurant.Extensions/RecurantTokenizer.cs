using System.Buffers;
using Microsoft.ML.Tokenizers;
using Tokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace Recurant.Extensions;

/// <summary>
/// The tokens of a model as a <see cref="Tokenizer"/> of Microsoft.ML: the same numbers that the model reads. May be used from
/// many threads at once.
/// </summary>
/// <remarks>
/// Offsets are places in the normalised text if the method returns one, else in the text itself. Limits on the number of tokens
/// never cut through a character that is read as several bytes. There is no separate step before tokenization, so
/// <c>considerPreTokenization</c> makes no difference.
/// </remarks>
public sealed class RecurantTokenizer : Tokenizer
{
    private readonly TextTokens _tokens;
    private readonly TextNormalizer _normalizer;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="tokens">The tokens, as <see cref="TextTokens.Of"/> and <see cref="TextTokens.OfAnswers"/> give them.</param>
    public RecurantTokenizer(TextTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _tokens = tokens;
        _normalizer = new TextNormalizer(tokens);
    }

    /// <summary>The tokenizer of the texts that a model reads.</summary>
    /// <param name="model">A classifier, a tagger, a language model or a translator.</param>
    /// <exception cref="ArgumentException">The model reads no texts.</exception>
    public static RecurantTokenizer Of(TrainedModel model) => new(TextTokens.Of(model));

    /// <summary>The tokens.</summary>
    public TextTokens Tokens => _tokens;

    /// <summary>Brings a text into the form that is cut.</summary>
    public override Normalizer Normalizer => _normalizer;

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        Found found = Find(text, textSpan, settings);
        var tokens = new EncodedToken[found.Count];
        for (int i = 0; i < tokens.Length; i++)
        {
            TextToken token = found.Tokens[i];
            tokens[i] = new EncodedToken(token.Number, token.Text, token.Start..token.End);
        }

        return new EncodeResults<EncodedToken>
        {
            Tokens = tokens, NormalizedText = found.Normalised, CharsConsumed = found.Index,
        };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        Found found = Find(text, textSpan, settings);
        var numbers = new int[found.Count];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = found.Tokens[i].Number;
        return new EncodeResults<int> { Tokens = numbers, NormalizedText = found.Normalised, CharsConsumed = found.Index };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Find(text, textSpan, settings).Count;

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText,
        out int tokenCount)
    {
        Found found = Find(text, textSpan, settings, fromEnd);
        (normalizedText, tokenCount) = (found.Normalised, found.Count);
        return found.Index;
    }

    /// <summary>Joins tokens to a text; see <see cref="TextTokens.Decode"/>.</summary>
    /// <param name="ids">Numbers of tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public override string Decode(IEnumerable<int> ids) => _tokens.Decode(ids);

    /// <summary>Joins as many tokens as there is room for.</summary>
    /// <param name="ids">Numbers of tokens.</param>
    /// <param name="destination">Takes the text.</param>
    /// <param name="idsConsumed">How many tokens its text is of.</param>
    /// <param name="charsWritten">Its length.</param>
    /// <returns>
    /// Done; too small a destination, which then has the text of the first tokens; or invalid data, if the token behind those
    /// consumed does not exist.
    /// </returns>
    public override OperationStatus Decode(
        IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int[] all = [.. ids];
        int valid = Array.FindIndex(all, id => (uint)id >= (uint)_tokens.Count);
        if (valid < 0) valid = all.Length;
        string text = _tokens.Decode(all.AsSpan(0, valid).ToArray());
        int fit = valid, low = 0;
        string part = text;
        if (text.Length > destination.Length)
        {
            // A longer beginning has at least about as long a text: the last that fits, then back over characters cut in two.
            for (int high = valid; low < high;)
            {
                int middle = (low + high + 1) / 2;
                if (_tokens.Decode(all[..middle]).Length <= destination.Length) low = middle; else high = middle - 1;
            }

            fit = low + 1;
            do part = _tokens.Decode(all[..--fit]);
            while (part.Length > destination.Length || !text.StartsWith(part, StringComparison.Ordinal));
        }

        part.CopyTo(destination);
        (idsConsumed, charsWritten) = (fit, part.Length);
        if (fit < valid) return OperationStatus.DestinationTooSmall;
        return valid < all.Length ? OperationStatus.InvalidData : OperationStatus.Done;
    }

    /// <summary>The tokens of a text: the first Count of them, or with fromEnd the last, which end or begin at Index.</summary>
    private Found Find(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd = false)
    {
        text ??= textSpan.ToString();
        string? normalised = settings.ConsiderNormalization ? _tokens.Normalise(text) : null;
        string cut = normalised ?? text;
        IReadOnlyList<TextToken> tokens = _tokens.Cut(cut, isNormalised: true);
        int count = tokens.Count, most = settings.MaxTokenCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, "maxTokenCount");
        if (count <= most) return new Found(tokens, count, fromEnd ? 0 : cut.Length, normalised);
        count = most;
        if (fromEnd)
        {
            while (count > 0 && SharesCharacter(tokens, tokens.Count - count)) count--;
            return new Found(tokens, count, count == 0 ? cut.Length : tokens[^count].Start, normalised);
        }

        while (count > 0 && SharesCharacter(tokens, count)) count--;
        return new Found(tokens, count, count == 0 ? 0 : tokens[count - 1].End, normalised);
    }

    /// <summary>Whether a token is a later byte of the character that the token before it is a byte of.</summary>
    private static bool SharesCharacter(IReadOnlyList<TextToken> tokens, int token) =>
        tokens[token].Start < tokens[token - 1].End;

    private readonly record struct Found(IReadOnlyList<TextToken> Tokens, int Count, int Index, string? Normalised);

    private sealed class TextNormalizer(TextTokens tokens) : Normalizer
    {
        public override string Normalize(string original) => tokens.Normalise(original);

        public override string Normalize(ReadOnlySpan<char> original) => tokens.Normalise(original.ToString());
    }
}
