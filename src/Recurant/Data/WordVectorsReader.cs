using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Recurant.Data;

/// <summary>Reads the three common forms of a word vector file.</summary>
internal static class WordVectorsReader
{
    private const int MaximumDimension = 65_536;
    private const int MaximumLine = 4_000_000;
    private const int MaximumWord = 4_096;
    private const int Looked = 1 << 14;

    internal static WordVectors Read(ByteReader reader, ISet<string>? keep)
    {
        if (reader.Peek(3).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            reader.Read(3);
        }

        ReadOnlySpan<byte> head = reader.Peek(Looked);
        if (head.IsEmpty)
        {
            throw new InvalidDataException($"{reader.Path}: the file is empty; word vectors are expected.");
        }

        int end = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = head[..(end < 0 ? head.Length : end)];
        if (!TryHeader(first, out int count, out int dimension))
        {
            return ReadText(reader, keep, promised: -1, MeasureFirstLine(reader), line: 0);
        }

        if (count < 0 || dimension is < 1 or > MaximumDimension)
        {
            throw TextFile.Error(
                reader.Path,
                1,
                1,
                $"the header promises {count} words of {dimension} numbers; the dimension must be 1 to {MaximumDimension}.");
        }

        bool binary = end >= 0 && LooksBinary(head[(end + 1)..]);
        reader.TryReadLine(MaximumLine, out _, out _);
        return binary ? ReadBinary(reader, keep, count, dimension) : ReadText(reader, keep, count, dimension, line: 1);
    }

    /// <summary>A header is a line of two whole numbers and nothing else.</summary>
    private static bool TryHeader(ReadOnlySpan<byte> line, out int count, out int dimension)
    {
        line = line.Trim(" \t\r"u8);
        dimension = 0;
        int blank = line.IndexOf((byte)' ');
        return int.TryParse(line[..Math.Max(blank, 0)], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count)
            && int.TryParse(line[(blank + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out dimension);
    }

    /// <summary>Numbers written as text hold no control characters; the bytes of floats soon do.</summary>
    private static bool LooksBinary(ReadOnlySpan<byte> record)
    {
        int blank = record.IndexOf((byte)' ');
        int end = record.IndexOf((byte)'\n');
        ReadOnlySpan<byte> numbers = record[(blank + 1)..(end > blank ? end : record.Length)];
        foreach (byte b in numbers)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or >= 0x7F)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Without a header the first line gives the dimension: the numbers at its end, its word left out.</summary>
    private static int MeasureFirstLine(ByteReader reader)
    {
        // The line is looked at in the reader's buffer and read again as a row afterwards.
        int size = Looked;
        ReadOnlySpan<byte> line;
        while (true)
        {
            ReadOnlySpan<byte> head = reader.Peek(size);
            int end = head.IndexOf((byte)'\n');
            line = end >= 0 ? head[..end] : head;
            if (end >= 0 || head.Length < size || size > MaximumLine)
            {
                break;
            }

            size *= 2;
        }

        line = line.TrimEnd(" \r"u8);
        int dimension = 0;
        while (true)
        {
            int blank = line.LastIndexOf((byte)' ');
            if (blank < 0 || !TryNumber(line[(blank + 1)..], out _))
            {
                break;
            }

            dimension++;
            line = line[..blank];
        }

        return dimension is > 0 and <= MaximumDimension
            ? dimension
            : throw TextFile.Error(
                reader.Path, 1, 1, "no word vectors: a line is expected to hold a word and its numbers, separated by blanks "
                + "(GloVe, word2vec or fastText text, or word2vec binary).");
    }

    private static WordVectors ReadText(ByteReader reader, ISet<string>? keep, int promised, int dimension, int line)
    {
        var vectors = new WordVectors(dimension);
        int header = line;
        while (reader.TryReadLine(MaximumLine, out ReadOnlySpan<byte> row, out bool tooLong))
        {
            line++;
            if (tooLong)
            {
                throw TextFile.Error(reader.Path, line, 0, $"the line is longer than {MaximumLine:N0} bytes; no word vector is.");
            }

            row = row.TrimEnd(" \r"u8);
            if (row.IsEmpty && line > header)
            {
                header += promised >= 0 ? 1 : 0; // a blank line is not one of the promised
                continue;
            }

            int split = SplitWord(row, dimension);
            if (split < 0)
            {
                int found = CountNumbers(row);
                throw TextFile.Error(
                    reader.Path,
                    line,
                    1,
                    $"expected a word and {dimension} numbers, found {found} numbers. The file may be cut short or damaged.");
            }

            string? word = Word(row[..split]);
            if (word is null || (keep is not null && !keep.Contains(word)) || vectors.Contains(word))
            {
                continue;
            }

            Fill(reader.Path, line, row, split, vectors.Add(word));
        }

        return promised < 0 || line - header == promised
            ? vectors
            : throw new InvalidDataException(
                $"{reader.Path}: the header promises {promised} words, the file has {line - header}. "
                + (line - header < promised ? "It is truncated: fetch it again." : "Correct the header."));
    }

    /// <summary>The length of the word, which stands left of the numbers; -1 if these are fewer or more.</summary>
    private static int SplitWord(ReadOnlySpan<byte> row, int dimension)
    {
        int first = row.IndexOf((byte)' ');
        if (first > 0 && row[first..].Count((byte)' ') == dimension)
        {
            return first;
        }

        ReadOnlySpan<byte> rest = row;
        for (int n = 0; n < dimension; n++)
        {
            int blank = rest.LastIndexOf((byte)' ');
            if (blank <= 0)
            {
                return -1;
            }

            rest = rest[..blank];
        }

        // A word with a blank in it: were its last part a number, the line would have one too many.
        int inner = rest.LastIndexOf((byte)' ');
        return inner >= 0 && TryNumber(rest[(inner + 1)..], out _) ? -1 : rest.Length;
    }

    private static int CountNumbers(ReadOnlySpan<byte> row)
    {
        int count = 0;
        int blank;
        while ((blank = row.LastIndexOf((byte)' ')) >= 0 && TryNumber(row[(blank + 1)..], out _))
        {
            count++;
            row = row[..blank];
        }

        return count;
    }

    private static void Fill(string path, int line, ReadOnlySpan<byte> row, int split, Span<float> vector)
    {
        int at = split + 1;
        for (int n = 0; n < vector.Length; n++)
        {
            int blank = row[at..].IndexOf((byte)' ');
            ReadOnlySpan<byte> number = blank < 0 ? row[at..] : row.Slice(at, blank);
            if (!TryNumber(number, out vector[n]) || !float.IsFinite(vector[n]))
            {
                throw TextFile.Error(
                    path, line, Encoding.UTF8.GetCharCount(row[..at]) + 1,
                    $"\"{Encoding.UTF8.GetString(number[..Math.Min(number.Length, 40)])}\" is not a finite number.");
            }

            at += number.Length + 1;
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out float value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && used > 0;

    private static string? Word(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>For each word: its bytes, a blank, the numbers as little-endian floats, perhaps a line feed.</summary>
    private static WordVectors ReadBinary(ByteReader reader, ISet<string>? keep, int count, int dimension)
    {
        var vectors = new WordVectors(dimension);
        for (int n = 1; n <= count; n++)
        {
            while (reader.Peek(1) is [(byte)'\n'])
            {
                reader.Read(1);
            }

            int length = reader.Peek(MaximumWord + 1).IndexOf((byte)' ');
            if (length < 0)
            {
                string fault = reader.Peek(MaximumWord + 1).Length > MaximumWord ? "has no end" : "is cut short";
                throw new InvalidDataException(
                    $"{reader.Path}: word {n} of {count} {fault}, at offset {reader.Offset}. Fetch the file again.");
            }

            string? word = Word(reader.Read(length));
            reader.Read(1);
            long offset = reader.Offset;
            ReadOnlySpan<byte> numbers = reader.Read(4 * dimension);
            if (numbers.Length < 4 * dimension)
            {
                throw new InvalidDataException(
                    $"{reader.Path}: the vector of word {n} of {count} is truncated: expected {4 * dimension} bytes "
                    + $"at offset {offset}, found {numbers.Length}. Fetch the file again.");
            }

            if (word is null || (keep is not null && !keep.Contains(word)) || vectors.Contains(word))
            {
                continue;
            }

            Span<float> vector = vectors.Add(word);
            for (int i = 0; i < dimension; i++)
            {
                vector[i] = BinaryPrimitives.ReadSingleLittleEndian(numbers[(4 * i)..]);
                if (!float.IsFinite(vector[i]))
                {
                    throw new InvalidDataException(
                        $"{reader.Path}: number {i + 1} of the vector of \"{word}\" at offset {offset + (4 * i)} is not finite.");
                }
            }
        }

        ReadOnlySpan<byte> rest = reader.Peek(64).Trim("\r\n\0"u8);
        return rest.IsEmpty
            ? vectors
            : throw new InvalidDataException(
                $"{reader.Path}: the header promises {count} words, but more bytes follow at offset {reader.Offset}. "
                + "Correct the header.");
    }
}
