using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Recurant.Data;

/// <summary>
/// Reads a text file line by line, plain or gzip (told by its first bytes), in strict UTF-8, with or without a byte order
/// mark, with line ends LF or CRLF. Lines are counted from 1, and so are columns, in UTF-16 code units.
/// </summary>
public sealed class TextFile : IDisposable
{
    /// <summary>The longest line that is accepted, in UTF-16 code units.</summary>
    public const int MaximumLineLength = 1_000_000;

    private const int MaximumLineBytes = (4 * MaximumLineLength) + 4;

    private readonly ByteReader bytes;
    private char[] characters = new char[1024];

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file; gzip if its first two bytes say so.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="IOException">The path is a directory.</exception>
    public TextFile(string path)
    {
        bytes = new ByteReader(path);
    }

    /// <summary>The path as it was given.</summary>
    public string Path => bytes.Path;

    /// <summary>The number of the line read last; 0 before the first.</summary>
    public int LineNumber { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDataException">The line is not UTF-8 or is too long; the message says where.</exception>
    public bool TryReadLine(out ReadOnlySpan<char> line)
    {
        if (LineNumber == 0)
        {
            SkipMark();
        }

        if (!bytes.TryReadLine(MaximumLineBytes, out ReadOnlySpan<byte> raw, out bool tooLong))
        {
            line = default;
            return false;
        }

        LineNumber++;
        if (raw.Length > 0 && raw[^1] == (byte)'\r')
        {
            raw = raw[..^1];
        }

        if (characters.Length < raw.Length)
        {
            characters = new char[Math.Min(MaximumLineBytes, raw.Length * 2)];
        }

        OperationStatus status = Utf8.ToUtf16(raw, characters, out int read, out int written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done && !tooLong)
        {
            throw Error(
                written + 1,
                $"the byte 0x{raw[read]:X2} is not valid UTF-8. Save the file as UTF-8 "
                + "(for example: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW).");
        }

        if (written > MaximumLineLength || tooLong)
        {
            throw Error(
                MaximumLineLength + 1,
                $"the line is longer than {MaximumLineLength:N0} characters, the most that is accepted. "
                + "Check the line ends of the file, or cut the text into shorter rows.");
        }

        line = characters.AsSpan(0, written);
        int nul = line.IndexOf('\0');
        if (nul >= 0)
        {
            throw Error(nul + 1, "a NUL character: this is not a text file, or not in UTF-8.");
        }

        return true;
    }

    /// <summary>An exception that says what is wrong at a place of this file.</summary>
    /// <param name="column">The column, from 1, on the line read last; 0 to leave it out.</param>
    /// <param name="message">What is wrong and what to do, as a sentence.</param>
    public InvalidDataException Error(int column, string message) => Error(Path, LineNumber, column, message);

    /// <summary>An exception that says what is wrong at a place of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, from 1; 0 to leave it out.</param>
    /// <param name="column">The column, from 1; 0 to leave it out.</param>
    /// <param name="message">What is wrong and what to do, as a sentence.</param>
    public static InvalidDataException Error(string path, int line, int column, string message)
    {
        var place = new StringBuilder(path);
        if (line > 0)
        {
            place.Append(CultureInfo.InvariantCulture, $", line {line}");
        }

        if (column > 0)
        {
            place.Append(CultureInfo.InvariantCulture, $", column {column}");
        }

        return new InvalidDataException($"{place}: {message}");
    }

    /// <inheritdoc/>
    public void Dispose() => bytes.Dispose();

    /// <summary>Skips a UTF-8 byte order mark; refuses the marks of UTF-16 and of archives by name.</summary>
    private void SkipMark()
    {
        ReadOnlySpan<byte> head = bytes.Peek(4);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            bytes.Read(3);
        }
        else if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw Error(
                Path, 1, 1, "the file is in UTF-16. Save it as UTF-8 (for example: iconv -f UTF-16 -t UTF-8 OLD > NEW).");
        }
        else if (head.StartsWith("PK\x03\x04"u8))
        {
            throw Error(Path, 0, 0, "this is a zip archive (or an office document). Unpack or export it to a text file first.");
        }
    }
}
