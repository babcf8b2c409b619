using SharpCompress.Compressors.Xz;

namespace Recurant.Formats;

/// <summary>
/// Unpacks an xz file: one stream after another, with zeros between them, as <c>xz</c> and <c>cat</c> make them.
/// </summary>
/// <remarks>The dictionary, which is memory that is asked for before anything is read, may have 128 MiB: xz -9 takes 64.</remarks>
internal sealed class XzFile : Stream
{
    private const int HeadLength = 12, LargestDictionary = 30; // (2 | n & 1) << (n / 2 + 11): 128 MiB
    private readonly Stream source;
    private XZStream? stream;

    internal XzFile(Stream source)
    {
        this.source = source;
        MoveOn();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (stream is not null)
        {
            int read = stream.Read(buffer, offset, count);
            if (read > 0 || count == 0) return read;
            MoveOn();
        }

        return 0;
    }

    public override int Read(Span<byte> buffer)
    {
        var block = new byte[Math.Min(buffer.Length, 1 << 16)];
        int read = Read(block, 0, block.Length);
        block.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Goes to the next stream of the file, if there is one.</summary>
    private void MoveOn()
    {
        stream = null;
        var head = new byte[HeadLength + 8];
        int first;
        do
        {
            first = source.ReadByte();
        }
        while (first == 0);

        if (first < 0) return;
        head[0] = (byte)first;
        int length = 1 + source.ReadAtLeast(head.AsSpan(1), head.Length - 1, throwOnEndOfStream: false);
        CheckDictionary(head);
        stream = new XZStream(new Prefixed(head[..length], source));
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

    private sealed class Prefixed(byte[] head, Stream rest) : Stream
    {
        private int taken;
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => position; // blocks end at multiples of four
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int size = Math.Min(count, head.Length - taken);
            head.AsSpan(taken, size).CopyTo(buffer.AsSpan(offset));
            taken += size;
            if (size == 0) size = rest.Read(buffer, offset, count);
            position += size;
            return size;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
