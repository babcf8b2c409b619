using SharpCompress.Compressors.Xz;

namespace Recurant.Formats;

/// <summary>
/// Unpacks an xz file: one stream after another, with zeros between them, as <c>xz</c> and <c>cat</c> make them.
/// </summary>
/// <remarks>
/// The dictionary, which is memory that is asked for before anything is read, may have 128 MiB: xz -9 takes 64.
/// </remarks>
internal sealed class XzFile : ForwardStream
{
    private const int HeadLength = 12, LargestDictionary = 30; // (2 | n & 1) << (n / 2 + 11): 128 MiB
    private readonly Stream _source;
    private readonly byte[] _block = new byte[1 << 16];
    private XZStream? _stream;

    internal XzFile(Stream source)
    {
        _source = source;
        MoveOn();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_stream is not null)
        {
            int read = _stream.Read(buffer, offset, count);
            if (read > 0 || count == 0) return read;
            MoveOn();
        }

        return 0;
    }

    // XZStream fills arrays only.
    public override int Read(Span<byte> buffer)
    {
        int read = Read(_block, 0, Math.Min(buffer.Length, _block.Length));
        _block.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    /// <summary>Goes to the next stream of the file, if there is one.</summary>
    private void MoveOn()
    {
        _stream = null;
        var head = new byte[HeadLength + 8];
        int first;
        do
        {
            first = _source.ReadByte();
        }
        while (first == 0);

        if (first < 0) return;
        head[0] = (byte)first;
        int length = 1 + _source.ReadAtLeast(head.AsSpan(1), head.Length - 1, throwOnEndOfStream: false);
        CheckDictionary(head);
        _stream = new XZStream(new JoinedStream(new MemoryStream(head, 0, length), _source));
    }

    /// <summary>Reads the first block's head: its size, its flags, and, where LZMA2 is the only filter, the dictionary.</summary>
    private static void CheckDictionary(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> block = head[HeadLength..];
        const byte Lzma2 = 0x21;
        if (block[0] != 0 && block[1] == 0 && block[2] == Lzma2 && block[3] == 1 && block[4] > LargestDictionary)
        {
            throw new InvalidDataException("The dictionary is larger than 128 MiB.");
        }
    }
}
