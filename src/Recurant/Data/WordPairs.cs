namespace Recurant.Data;

/// <summary>
/// Joins each word of a text to the one before it, with a blank between them; the edges of the text count as words.
/// </summary>
internal sealed class WordPairs
{
    /// <summary>What stands before the first and behind the last word of a text.</summary>
    public const string TextStart = "<s>", TextEnd = "</s>";

    // The word before, a blank, and the word; of a new text the word alone.
    private char[] _pair = new char[64];
    private int _word, _length;

    /// <summary>Begins with the words of another text.</summary>
    public void BeginText()
    {
        TextStart.CopyTo(_pair);
        (_word, _length) = (0, TextStart.Length);
    }

    /// <summary>
    /// The pair that ends with the next word of the text, or with <see cref="TextEnd"/>; valid until the next call.
    /// </summary>
    public ReadOnlySpan<char> Next(ReadOnlySpan<char> word)
    {
        int before = _length - _word;
        _pair.AsSpan(_word, before).CopyTo(_pair);
        _word = before + 1;
        _length = _word + word.Length;
        if (_pair.Length < _length) Array.Resize(ref _pair, 2 * _length);
        _pair[before] = ' ';
        word.CopyTo(_pair.AsSpan(_word));
        return _pair.AsSpan(0, _length);
    }
}
