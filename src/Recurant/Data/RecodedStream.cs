using System.Text;

namespace Recurant.Data;

/// <summary>Text in any encoding, handed out in UTF-8. Bytes that are none of its characters are a fault.</summary>
/// <param name="source">The bytes in the encoding.</param>
/// <param name="encoding">The encoding.</param>
internal sealed class RecodedStream(Stream source, Encoding encoding) : ForwardStream
{
    private const int BlockSize = 1 << 14;

    private readonly Decoder decoder = Strict(encoding).GetDecoder();
    private readonly byte[] block = new byte[BlockSize];
    private readonly char[] characters = new char[BlockSize + 2];
    private readonly byte[] ready = new byte[3 * (BlockSize + 2)];
    private char half; // the first half of a surrogate pair, whose second comes in the next block
    private int start;
    private int end;
    private bool ended;
    private DecoderFallbackException? fault;

    /// <summary>Hands out what was decoded before a fault, and then throws it.</summary>
    /// <exception cref="DecoderFallbackException">The next bytes are no character of the encoding.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (start == end && !ended)
        {
            if (fault is not null) throw fault;
            Decode();
        }

        int size = Math.Min(buffer.Length, end - start);
        ready.AsSpan(start, size).CopyTo(buffer);
        start += size;
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
        int read = source.Read(block);
        ended = read == 0;
        int count = 0;
        if (half != '\0') characters[count++] = half;
        half = '\0';
        try
        {
            if (encoding.IsSingleByte && TryAll(block.AsSpan(0, read), characters.AsSpan(count), out int decoded))
            {
                count += decoded;
            }
            else
            {
                // Byte by byte, so that a fault leaves all that stands before it.
                for (int i = 0; i < read; i++) count += decoder.GetChars(block.AsSpan(i, 1), characters.AsSpan(count), flush: false);
                if (ended) count += decoder.GetChars([], characters.AsSpan(count), flush: true);
            }
        }
        catch (DecoderFallbackException exception)
        {
            fault = exception;
        }

        if (count > 0 && char.IsHighSurrogate(characters[count - 1])) half = characters[--count];
        (start, end) = (0, Encoding.UTF8.GetBytes(characters.AsSpan(0, count), ready));
        ended &= end == 0 && fault is null;
    }

    private bool TryAll(ReadOnlySpan<byte> bytes, Span<char> to, out int decoded)
    {
        try
        {
            decoded = decoder.GetChars(bytes, to, flush: false);
            return true;
        }
        catch (DecoderFallbackException)
        {
            decoder.Reset();
            decoded = 0;
            return false;
        }
    }
}
