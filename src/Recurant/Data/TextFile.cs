using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Recurant.Data;

/// <summary>
/// Reads a text file line by line, plain or gzip (told by its first bytes), with line ends LF or CRLF. Text is UTF-8, strictly,
/// with or without a byte order mark; UTF-16 or UTF-32 where a mark says so; UTF-16 without a mark where its zeros make it
/// certain; or in the encoding that is named. Lines are counted from 1, and so are columns, in UTF-16 code units. One thread
/// reads a file; two at once get an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class TextFile : IDisposable
{
    /// <summary>The longest line that is accepted, in UTF-16 code units: about as much as a string can hold.</summary>
    public const int MaximumLineLength = 500_000_000;

    private const int MaximumLineBytes = 3 * MaximumLineLength;
    private const int Looked = 1 << 12;
    private const int LargeLine = 1 << 20;

    /// <summary>Who reads.</summary>
    private readonly SoleUse _use = new($"A {nameof(TextFile)}", "Let each thread open the file for itself.");

    private readonly ByteReader _bytes;
    private readonly Encoding _encoding;
    private char[] _characters = new char[1024];

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file; gzip if its first two bytes say so.</param>
    /// <param name="encoding">What it is written in, where it has no byte order mark. Default: null, UTF-8.</param>
    /// <exception cref="InvalidDataException">The file is no text.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="IOException">The path is a directory.</exception>
    public TextFile(string path, Encoding? encoding = null)
    {
        _bytes = new ByteReader(path);
        _encoding = FindEncoding(encoding);
    }

    /// <summary>Reads text from a stream.</summary>
    /// <param name="stream">The bytes, plain or gzip; disposed with this.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="encoding">What it is written in, where it has no byte order mark. Default: null, UTF-8.</param>
    /// <exception cref="InvalidDataException">It is no text.</exception>
    public TextFile(Stream stream, string name, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        _bytes = new ByteReader(name, stream);
        _encoding = FindEncoding(encoding);
    }

    /// <summary>The path as it was given.</summary>
    public string Path => _bytes.Path;

    /// <summary>The number of the line read last; 0 before the first.</summary>
    public int LineNumber { get; private set; }

    /// <summary>What was concluded about the encoding and should be told; null if nothing.</summary>
    public string? Note { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="InvalidDataException">
    /// The line is not in the encoding, holds a NUL character or is too long; the message says where.
    /// </exception>
    public bool TryReadLine(out ReadOnlySpan<char> line)
    {
        using SoleUse.Call call = _use.Enter();
        ReadOnlySpan<byte> raw;
        bool tooLong;
        try
        {
            if (!_bytes.TryReadLine(MaximumLineBytes, out raw, out tooLong))
            {
                line = default;
                return false;
            }
        }
        catch (DecoderFallbackException exception)
        {
            LineNumber++;
            throw OtherEncoding(exception);
        }

        LineNumber++;
        if (raw.Length > 0 && raw[^1] == (byte)'\r') raw = raw[..^1];
        if (_characters.Length < raw.Length) _characters = new char[raw.Length < LargeLine ? raw.Length * 2 : raw.Length];
        OperationStatus status = Utf8.ToUtf16(raw, _characters, out int read, out int written, replaceInvalidSequences: false);
        line = _characters.AsSpan(0, written);
        int nul = line.IndexOf('\0');
        if (nul >= 0)
        {
            throw Error(nul + 1, "a NUL character: this is no text, or text in UTF-16 (then name it: --encoding utf-16le).");
        }

        if (status != OperationStatus.Done && !tooLong) throw NotUtf8(raw, read, written);
        if (written > MaximumLineLength || tooLong)
        {
            throw Error(
                MaximumLineLength + 1,
                $"the line is longer than {MaximumLineLength:N0} characters, the most that is accepted. "
                + "Check the line ends of the file, or cut the text into shorter rows.");
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
        if (line > 0) place.Append(CultureInfo.InvariantCulture, $", line {line}");
        if (column > 0) place.Append(CultureInfo.InvariantCulture, $", column {column}");
        return new InvalidDataException($"{place}: {MessageText.Bounded(message)}");
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>Finds out the encoding and skips the byte order mark; refuses what is no text by its name.</summary>
    private Encoding FindEncoding(Encoding? asked)
    {
        try
        {
            ReadOnlySpan<byte> head = _bytes.Peek(Looked);
            Encoding found = asked ?? Encoding.UTF8;
            if (TextEncodings.OfMark(head) is var (marked, length))
            {
                found = marked;
                _bytes.Read(length);
            }
            else if (asked is not null)
            {
                bool isUtf8 = head.ContainsAnyInRange((byte)0x80, (byte)0xFF) && Utf8.IsValid(WithoutCutEnd(head));
                Note = !isUtf8 || asked is UTF8Encoding ? null
                    : $"{Path}: read as {asked.WebName}, as was asked for; but its bytes are valid UTF-8, which is hardly ever "
                    + "chance.";
            }
            else if (FileKind.Of(head[..Math.Min(head.Length, FileKind.SampleLength)]) is { Family: not FileFamily.Text } kind)
            {
                throw Error(Path, 0, 0, $"this is {kind.Name}, and text is expected. {Advice(kind)}");
            }
            else if (head.Contains((byte)0) && TextEncodings.Utf16(head) is { } certain)
            {
                found = certain;
                Note = $"{Path}: read as {certain.WebName}: every other byte of its letters is zero. --encoding names another.";
            }

            if (found is not UTF8Encoding) _bytes.Replace(stream => new RecodedStream(stream, found));
            return found;
        }
        catch
        {
            _bytes.Dispose();
            throw;
        }
    }

    private static ReadOnlySpan<byte> WithoutCutEnd(ReadOnlySpan<byte> head)
    {
        int end = head.LastIndexOfAnyInRange((byte)0, (byte)0x7F);
        return head.Length < Looked ? head : head[..(end + 1)];
    }

    private static string Advice(FileKind kind) => kind.Family switch
    {
        FileFamily.Compressed or FileFamily.Archive => "Unpack it first.",
        FileFamily.Table => "Export it as CSV in UTF-8 and give that file.",
        FileFamily.Tensors when kind.Name.Contains("pickle", StringComparison.Ordinal) =>
            "Write it out as CSV or JSON lines from Python and give that file.",
        FileFamily.Tensors when kind.Name.Contains("safetensors", StringComparison.Ordinal) =>
            "A model is given where a command names MODEL, before the data.",
        FileFamily.Tensors => "Write its texts and labels as CSV or JSON lines and give that file.",
        FileFamily.Image => "Images are read with a sentence each: give a file with their paths and sentences.",
        FileFamily.Document => "Save its text as plain text and give that file.",
        FileFamily.Pointer => "Fetch the file itself (git lfs pull).",
        _ => "Give a file of texts.",
    };

    /// <summary>A byte that is no UTF-8: what the file probably is in, and how the word reads then.</summary>
    private InvalidDataException NotUtf8(ReadOnlySpan<byte> raw, int at, int column)
    {
        const int Around = 2000, LongestWord = 30;
        ReadOnlySpan<byte> near = raw[Math.Max(0, at - Around)..Math.Min(raw.Length, at + Around)];
        byte[] sample = [.. near, .. _bytes.Pending[..Math.Min(_bytes.Pending.Length, Around)]];
        string likely = TextEncodings.Likely(sample);
        int start = raw[..at].LastIndexOfAny(" \t,;\"|"u8) + 1, length = raw[at..].IndexOfAny(" \t,;\"|.!?"u8);
        int end = length < 0 ? raw.Length : at + length;
        string word = end - start > LongestWord ? ""
            : $", where the word reads \"{TextEncodings.Find(likely).GetString(raw[start..end])}\"";
        return Error(
            column + 1,
            $"the byte 0x{raw[at]:X2} is not valid UTF-8. The file is probably in {likely}{word}. Name its encoding (--encoding "
            + $"{likely}), or save it as UTF-8.");
    }

    /// <summary>Bytes that are no character of the encoding that was named or found.</summary>
    private InvalidDataException OtherEncoding(DecoderFallbackException exception)
    {
        string found = exception.BytesUnknown is { Length: > 0 } unknown
            ? $"the {(unknown.Length == 1 ? "byte" : "bytes")} {string.Join(' ', unknown.Select(value => $"0x{value:X2}"))} "
                + $"{(unknown.Length == 1 ? "is" : "are")} no character of {_encoding.WebName}"
            : $"the text ends inside a character of {_encoding.WebName}";
        return Error(
            Encoding.UTF8.GetCharCount(_bytes.Pending) + 1,
            $"{found}. The file is damaged or in another encoding: name it with --encoding, or save it as UTF-8.");
    }
}
