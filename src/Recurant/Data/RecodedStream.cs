using System.Text;

namespace Recurant.Data;

/// <summary>Text in any encoding, handed out in UTF-8. Bytes that are none of its characters are a fault.</summary>
/// <param name="source">The bytes in the encoding.</param>
/// <param name="encoding">The encoding.</param>
internal sealed class RecodedStream(Stream source, Encoding encoding) : ForwardStream
{
    private const int BlockSize = 1 << 14;

    private readonly Decoder _decoder = Strict(encoding).GetDecoder();
    private readonly byte[] _block = new byte[BlockSize];
    private readonly char[] _characters = new char[BlockSize + 2];
    private readonly byte[] _ready = new byte[3 * (BlockSize + 2)];
    private char _half; // the first half of a surrogate pair, whose second comes in the next block
    private int _start;
    private int _end;
    private bool _ended;
    private DecoderFallbackException? _fault;

    /// <summary>Hands out what was decoded before a fault, and then throws it.</summary>
    /// <exception cref="DecoderFallbackException">The next bytes are no character of the encoding.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_start == _end && !_ended)
        {
            if (_fault is not null) throw _fault;
            Decode();
        }

        int size = Math.Min(buffer.Length, _end - _start);
        _ready.AsSpan(_start, size).CopyTo(buffer);
        _start += size;
        return size;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }

    private void Decode()
    {
        int read = source.Read(_block);
        _ended = read == 0;
        int count = 0;
        if (_half != '\0') _characters[count++] = _half;
        _half = '\0';
        try
        {
            if (encoding.IsSingleByte && TryAll(_block.AsSpan(0, read), _characters.AsSpan(count), out int decoded))
            {
                count += decoded;
            }
            else
            {
                // Byte by byte, so that a fault leaves all that stands before it.
                for (int i = 0; i < read; i++)
                {
                    count += _decoder.GetChars(_block.AsSpan(i, 1), _characters.AsSpan(count), flush: false);
                }

                if (_ended) count += _decoder.GetChars([], _characters.AsSpan(count), flush: true);
            }
        }
        catch (DecoderFallbackException exception)
        {
            _fault = exception;
        }

        if (count > 0 && char.IsHighSurrogate(_characters[count - 1])) _half = _characters[--count];
        (_start, _end) = (0, Encoding.UTF8.GetBytes(_characters.AsSpan(0, count), _ready));
        _ended &= _end == 0 && _fault is null;
    }

    private bool TryAll(ReadOnlySpan<byte> bytes, Span<char> to, out int decoded)
    {
        try
        {
            decoded = _decoder.GetChars(bytes, to, flush: false);
            return true;
        }
        catch (DecoderFallbackException)
        {
            _decoder.Reset();
            decoded = 0;
            return false;
        }
    }
}
