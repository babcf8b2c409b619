using System.Buffers;
using System.Text.Unicode;

namespace Recurant.Cli;

/// <summary>
/// Reads lines of UTF-8 from a stream as they come: each batch holds the lines that are there already, so that an answer
/// never waits for the next question, and a fast pipe still fills whole batches.
/// </summary>
internal sealed class LineSource(Stream input)
{
    private const int BufferSize = 1 << 16, MaximumLineBytes = 4_000_000;

    private byte[] _bytes = new byte[BufferSize];
    private int _length;
    private long _lineNumber;

    /// <summary>The lines, in batches of at most so many, without their ends; a missing last line end is no matter.</summary>
    /// <exception cref="InvalidDataException">A line is not UTF-8 or is too long; the message says which.</exception>
    public IEnumerable<IReadOnlyList<string>> Read(int batchSize)
    {
        var lines = new List<string>();
        bool atEnd = false;
        while (!atEnd)
        {
            if (_length == _bytes.Length) Array.Resize(ref _bytes, 2 * _bytes.Length);
            int count = input.Read(_bytes, _length, _bytes.Length - _length);
            atEnd = count == 0;
            _length += count;
            int start = 0;
            while (TryFindLine(start, atEnd, out int end))
            {
                lines.Add(Decode(_bytes.AsSpan(start, end - start)));
                start = Math.Min(end + 1, _length);
                if (lines.Count < batchSize) continue;
                yield return lines;
                lines = [];
            }

            _bytes.AsSpan(start, _length - start).CopyTo(_bytes);
            _length -= start;
            if (_length > MaximumLineBytes)
            {
                _lineNumber++; // of this line no end has been seen yet
                throw Fault("the line is longer than 4,000,000 bytes. Put each text on a line of its own.");
            }

            if (lines.Count == 0) continue;
            yield return lines;
            lines = [];
        }
    }

    private bool TryFindLine(int start, bool atEnd, out int end)
    {
        int found = _bytes.AsSpan(start, _length - start).IndexOf((byte)'\n');
        end = found >= 0 ? start + found : _length;
        return found >= 0 || (atEnd && start < _length);
    }

    private string Decode(ReadOnlySpan<byte> line)
    {
        _lineNumber++;
        if (line.Length > 0 && line[^1] == (byte)'\r') line = line[..^1];
        if (_lineNumber == 1 && line.StartsWith("\uFEFF"u8)) line = line[3..];
        char[] characters = ArrayPool<char>.Shared.Rent(line.Length);
        try
        {
            OperationStatus status =
                Utf8.ToUtf16(line, characters, out int read, out int written, replaceInvalidSequences: false);
            return status == OperationStatus.Done
                ? new string(characters, 0, written)
                : throw Fault($"byte {read + 1} of the line is not valid UTF-8. Convert the text first (iconv -t UTF-8).");
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private InvalidDataException Fault(string what) => new($"standard input, line {_lineNumber}: {what}");
}
