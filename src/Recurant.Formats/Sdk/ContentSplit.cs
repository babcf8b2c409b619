using System.Security.Cryptography;
using System.Text;

namespace Recurant.Formats;

/// <summary>
/// Says by a text alone whether it is to learn from or to test with, so that a text that comes again, in other data or in the
/// next version of the SDK, is always in the same part.
/// </summary>
internal static class ContentSplit
{
    internal const int Train = 0;
    internal const int Valid = 1;
    internal const int Test = 2;

    /// <summary>
    /// The part of a text: the last byte of the SHA-256 of its letters, made small, in UTF-8. Of the 256 values 13 are Test
    /// and 13 are Valid, 5% each. Texts that differ in marks, digits, blanks or capitals only are in the same part.
    /// </summary>
    internal static int PartOf(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (char.IsLetter(c) || char.IsSurrogate(c)) letters.Append(LetterCase.ToLower(c));
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(letters.ToString()), hash);
        return hash[^1] switch { < 13 => Test, < 26 => Valid, _ => Train };
    }
}
