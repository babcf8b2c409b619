using System.Text;

namespace Recurant.Data;

/// <summary>
/// Writes tokens one behind the other as text. Of a character that comes as several bytes nothing is written before the last of
/// them; bytes that make no character are written as U+FFFD.
/// </summary>
/// <param name="text">The text whose tokens they are.</param>
/// <param name="before">The token before the first.</param>
internal sealed class TokenWriter(RunningText text, int before)
{
    private readonly Decoder _bytes = Encoding.UTF8.GetDecoder();
    private readonly char[] _characters = new char[4];

    /// <summary>What is left when no token follows: U+FFFD for a character whose last bytes are missing, else nothing.</summary>
    public string Finish() => new(_characters, 0, _bytes.GetChars([], _characters, flush: true));

    /// <summary>What a token adds to the text; it may be empty.</summary>
    public string Write(int token)
    {
        int value = text.ByteOf(token);
        int count = value < 0
            ? _bytes.GetChars([], _characters, flush: true)
            : _bytes.GetChars([(byte)value], _characters, flush: false);
        string written = new string(_characters, 0, count) + text.Written(token, before);
        before = token;
        return written;
    }
}
