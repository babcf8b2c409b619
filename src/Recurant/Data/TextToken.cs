namespace Recurant.Data;

/// <summary>A token of a text as a model reads it, and where it stands.</summary>
/// <param name="Number">Its number in the model's vocabulary, from 0.</param>
/// <param name="Text">What the vocabulary calls that number: of a word that it does not know, <c>&lt;unk&gt;</c>.</param>
/// <param name="Start">Its first UTF-16 code unit.</param>
/// <param name="End">
/// The code unit behind its last. All bytes of a character that is read as bytes have the place of the character; the blank that
/// subwords imagine before a text takes no room.
/// </param>
public readonly record struct TextToken(int Number, string Text, int Start, int End);

/// <summary>Lists the tokens that a scanner finds.</summary>
/// <param name="vocabulary">Gives the numbers.</param>
/// <param name="lowercase">Whether words are looked up in small letters.</param>
/// <param name="offset">Where the text that is scanned begins.</param>
/// <param name="tokens">Gets the tokens added at its end.</param>
internal readonly struct PlaceSink(Vocabulary vocabulary, bool lowercase, int offset, List<TextToken> tokens) : ITokenSink
{
    public void Add(ReadOnlySpan<char> token, int start, int end)
    {
        int number = lowercase ? vocabulary.IndexOf(LetterCase.ToLower(token.ToString())) : vocabulary.IndexOf(token);
        tokens.Add(new TextToken(number, vocabulary[number], offset + start, offset + end));
    }
}
