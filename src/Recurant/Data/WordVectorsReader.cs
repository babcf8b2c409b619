using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Recurant.Data;

/// <summary>Reads the three common forms of a word vector file.</summary>
internal sealed class WordVectorsReader(ByteReader reader, ISet<string>? keep, Encoding? encoding)
{
    private const int MaximumDimension = 65_536;
    private const int MaximumLine = 4_000_000;
    private const int MaximumWord = 4_096;
    private const int Looked = 1 << 14;
    private const int MissingForOne = 100; // of so many words one may be missing: more, and the file is cut short

    private readonly List<string> _warnings = [];
    private int _withoutWord;
    private string _firstWithoutWord = "";
    private int _notUtf8;

    internal WordVectors Read()
    {
        if (TextEncodings.OfMark(reader.Peek(4)) is var (marked, length))
        {
            reader.Read(length);
            if (marked is not UTF8Encoding) reader.Replace(stream => new RecodedStream(stream, marked));
        }

        WordVectors vectors = ReadRows();
        if (_withoutWord > 0)
        {
            _warnings.Add(
                $"{reader.Path}: {_withoutWord} {(_withoutWord == 1 ? "vector has" : "vectors have")} no word and "
                + $"{(_withoutWord == 1 ? "is" : "are")} passed over (first: {_firstWithoutWord}).");
        }

        if (_notUtf8 > 0)
        {
            _warnings.Add(
                $"{reader.Path}: {_notUtf8} {(_notUtf8 == 1 ? "word is" : "words are")} not valid UTF-8 and passed over "
                + "(--encoding names another encoding).");
        }

        vectors.Warnings = _warnings;
        return vectors;
    }

    private WordVectors ReadRows()
    {
        ReadOnlySpan<byte> head = reader.Peek(Looked);
        if (head.IsEmpty) throw new InvalidDataException($"{reader.Path}: the file is empty; word vectors are expected.");
        int end = head.IndexOf((byte)'\n');
        if (!TryHeader(head[..(end < 0 ? head.Length : end)], out int count, out int dimension))
        {
            return ReadText(promised: -1, MeasureFirstLine(), line: 0);
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
        return binary ? ReadBinary(count, dimension) : ReadText(count, Believe(dimension), line: 1);
    }

    /// <summary>A header is a line of two whole numbers and nothing else.</summary>
    private static bool TryHeader(ReadOnlySpan<byte> line, out int count, out int dimension)
    {
        line = line.Trim(" \t\r"u8);
        dimension = 0;
        int blank = Math.Max(0, line.IndexOfAny((byte)' ', (byte)'\t'));
        return int.TryParse(line[..blank], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count)
            && int.TryParse(
                line[blank..].TrimStart(" \t"u8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out dimension);
    }

    /// <summary>Numbers written as text hold no control characters; the bytes of floats soon do.</summary>
    private static bool LooksBinary(ReadOnlySpan<byte> record)
    {
        int blank = record.IndexOfAny((byte)' ', (byte)'\t');
        int end = record.IndexOf((byte)'\n');
        ReadOnlySpan<byte> numbers = record[(blank + 1)..(end > blank ? end : record.Length)];
        foreach (byte b in numbers)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or >= 0x7F) return true;
        }

        return false;
    }

    /// <summary>The dimension of the header, or that of the first two rows, where these agree on another.</summary>
    private int Believe(int dimension)
    {
        ReadOnlySpan<byte> head = reader.Peek(Looked);
        int end = head.IndexOf((byte)'\n');
        if (end < 0) return dimension;
        int second = head[(end + 1)..].IndexOf((byte)'\n');
        int found = VectorRow.CountNumbers(head[..end]);
        if (found == dimension || found is < 1 or > MaximumDimension || second <= 0
            || VectorRow.CountNumbers(head.Slice(end + 1, second)) != found)
        {
            return dimension;
        }

        _warnings.Add(
            $"{reader.Path}: the header promises {dimension} numbers a word, and the rows have {found}; the rows count.");
        return found;
    }

    /// <summary>Without a header the first line gives the dimension: the numbers at its end, its word left out.</summary>
    private int MeasureFirstLine()
    {
        // The line is looked at in the reader's buffer and read again as a row afterwards.
        int size = Looked;
        ReadOnlySpan<byte> line;
        while (true)
        {
            ReadOnlySpan<byte> head = reader.Peek(size);
            int end = head.IndexOf((byte)'\n');
            line = end >= 0 ? head[..end] : head;
            if (end >= 0 || head.Length < size || size > MaximumLine) break;
            size *= 2;
        }

        int dimension = VectorRow.CountNumbers(line);
        if (dimension is > 0 and <= MaximumDimension) return dimension;
        FileKind? kind = FileKind.Of(reader.Peek(FileKind.SampleLength));
        string what = kind is null or { Family: FileFamily.Text } ? "no word vectors" : $"this is {kind.Name}, no word vectors";
        throw TextFile.Error(
            reader.Path, 1, 1, $"{what}: a line is expected to hold a word and its numbers, separated by blanks or tabs "
            + "(GloVe, word2vec or fastText text, or word2vec binary).");
    }

    private WordVectors ReadText(int promised, int dimension, int line)
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

            row = row.TrimEnd(" \t\r"u8);
            if (row.IsEmpty)
            {
                header += promised >= 0 ? 1 : 0; // a blank line is not one of the promised
                continue;
            }

            int wordEnd = VectorRow.WordEnd(row, dimension);
            if (wordEnd < 0)
            {
                throw TextFile.Error(
                    reader.Path,
                    line,
                    1,
                    $"expected a word and {dimension} numbers, found {VectorRow.CountNumbers(row)} numbers. The file may be cut "
                    + "short or damaged.");
            }

            if (Wanted(row[..wordEnd].Trim(" \t"u8), vectors, () => $"line {line}") is { } word)
            {
                VectorRow.Fill(reader.Path, line, row, wordEnd, vectors.Add(word));
            }
        }

        CheckCount(promised, line - header);
        return vectors;
    }

    /// <summary>Nobody can go on with a header that is one off, but much less than it promises is a file cut short.</summary>
    private void CheckCount(int promised, int found)
    {
        if (promised < 0 || found == promised) return;
        if (promised - found > Math.Max(1, promised / MissingForOne))
        {
            throw new InvalidDataException(
                $"{reader.Path}: the header promises {promised} words, the file has {found}. It is truncated: fetch it again; if "
                + "it is whole, correct the header.");
        }

        _warnings.Add($"{reader.Path}: the header promises {promised} words, the file has {found}; all are read.");
    }

    /// <summary>The word, or null if it is empty, no text, known already or not asked for.</summary>
    private string? Wanted(ReadOnlySpan<byte> bytes, WordVectors vectors, Func<string> place)
    {
        if (bytes.IsEmpty)
        {
            if (_withoutWord++ == 0) _firstWithoutWord = place();
            return null;
        }

        bool isUtf8 = Utf8.IsValid(bytes);
        if (!isUtf8 && encoding is null)
        {
            _notUtf8++;
            return null;
        }

        string word = (isUtf8 ? Encoding.UTF8 : encoding!).GetString(bytes);
        return (keep is null || keep.Contains(word)) && !vectors.Contains(word) ? word : null;
    }

    /// <summary>For each word: its bytes, a blank, the numbers as little-endian floats, perhaps a line feed.</summary>
    private WordVectors ReadBinary(int count, int dimension)
    {
        var vectors = new WordVectors(dimension);
        int n = 0;
        while (true)
        {
            while (reader.Peek(1) is [(byte)'\n'] or [(byte)'\r']) reader.Read(1);
            if (reader.Peek(64).Trim("\r\n\0"u8).IsEmpty) break;
            n++;
            int length = reader.Peek(MaximumWord + 1).IndexOf((byte)' ');
            if (length < 0)
            {
                string fault = reader.Peek(MaximumWord + 1).Length > MaximumWord ? "has no end" : "is cut short";
                throw new InvalidDataException(n > count
                    ? $"{reader.Path}: the header promises {count} words, but more bytes follow at offset {reader.Offset}. "
                        + "Correct the header."
                    : $"{reader.Path}: word {n} of {count} {fault}, at offset {reader.Offset}. Fetch the file again.");
            }

            int number = n;
            string? word = Wanted(reader.Read(length), vectors, () => $"word {number}");
            reader.Read(1);
            long offset = reader.Offset;
            ReadOnlySpan<byte> numbers = reader.Read(4 * dimension);
            if (numbers.Length < 4 * dimension)
            {
                throw new InvalidDataException(
                    $"{reader.Path}: the vector of word {n} of {count} is truncated: expected {4 * dimension} bytes "
                    + $"at offset {offset}, found {numbers.Length}. Fetch the file again.");
            }

            if (word is null) continue;
            Span<float> vector = vectors.Add(word);
            for (int i = 0; i < dimension; i++)
            {
                vector[i] = BinaryPrimitives.ReadSingleLittleEndian(numbers[(4 * i)..]);
                if (!float.IsFinite(vector[i]))
                {
                    throw new InvalidDataException(
                        $"{reader.Path}: number {i + 1} of the vector of \"{MessageText.Bounded(word)}\" at offset "
                        + $"{offset + (4 * i)} is not finite.");
                }
            }
        }

        CheckCount(count, n);
        return vectors;
    }
}
