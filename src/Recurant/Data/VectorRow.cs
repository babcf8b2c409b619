using System.Buffers.Text;
using System.Text;

namespace Recurant.Data;

/// <summary>A line of a file of word vectors: a word, and numbers with any blanks and tabs between them.</summary>
internal static class VectorRow
{
    private const int LongestShown = 40;

    private static ReadOnlySpan<byte> Separators => " \t"u8;

    /// <summary>How many numbers stand at the end of the line, its word left out.</summary>
    internal static int CountNumbers(ReadOnlySpan<byte> row)
    {
        row = row.TrimEnd(" \t\r"u8);
        int count = 0, separator;
        while ((separator = row.LastIndexOfAny(Separators)) >= 0 && TryNumber(row[(separator + 1)..], out _))
        {
            count++;
            row = row[..separator].TrimEnd(Separators);
        }

        return count;
    }

    /// <summary>
    /// The length of the word, which stands left of the numbers and may be empty; -1 if the numbers are fewer or more.
    /// </summary>
    internal static int WordEnd(ReadOnlySpan<byte> row, int dimension)
    {
        ReadOnlySpan<byte> rest = row;
        for (int n = 0; n < dimension; n++)
        {
            int separator = rest.LastIndexOfAny(Separators);
            if (separator < 0) return -1;
            rest = rest[..separator].TrimEnd(Separators);
        }

        // A word with a blank in it: were its last part a number, the line would have one too many.
        int inner = rest.LastIndexOfAny(Separators);
        return inner >= 0 && TryNumber(rest[(inner + 1)..], out _) ? -1 : rest.Length;
    }

    /// <summary>Reads the numbers behind the word.</summary>
    internal static void Fill(string path, int line, ReadOnlySpan<byte> row, int wordEnd, Span<float> vector)
    {
        int at = wordEnd;
        for (int n = 0; n < vector.Length; n++)
        {
            while (row[at] is (byte)' ' or (byte)'\t') at++;
            int length = row[at..].IndexOfAny(Separators);
            ReadOnlySpan<byte> number = length < 0 ? row[at..] : row.Slice(at, length);
            if (!TryNumber(number, out vector[n]) || !float.IsFinite(vector[n]))
            {
                throw TextFile.Error(
                    path, line, Encoding.UTF8.GetCharCount(row[..at]) + 1,
                    $"\"{Encoding.UTF8.GetString(number[..Math.Min(number.Length, LongestShown)])}\" is not a finite number.");
            }

            at += number.Length;
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out float value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && used > 0;
}
