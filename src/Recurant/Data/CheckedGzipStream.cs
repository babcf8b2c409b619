using System.IO.Compression;

namespace Recurant.Data;

/// <summary>
/// Unpacks a gzip file and notices when it is cut short. <see cref="GZipStream"/> takes a missing end for the end. But gzip
/// files may be strung together, so here one more is put behind the file: the unpacked data of a whole file ends in its mark;
/// behind a file that is cut short it is no gzip file of its own and its mark does not appear.
/// </summary>
internal sealed class CheckedGzipStream : Stream
{
    private readonly GZipStream gzip;
    private readonly byte[] held = new byte[Mark.Length]; // the last bytes unpacked: they may be the mark
    private int heldCount;

    internal CheckedGzipStream(Stream file)
    {
        var packedMark = new MemoryStream();
        using (var packer = new GZipStream(packedMark, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.Write(Mark);
        }

        packedMark.Position = 0;
        gzip = new GZipStream(new Chain(file, packedMark), CompressionMode.Decompress);
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

    private static ReadOnlySpan<byte> Mark => "\0the file is whole\0"u8;

    /// <summary>Unpacks up to <paramref name="destination"/>'s length of bytes; 0 at the end of a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut short.</exception>
    public override int Read(Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[held.Length];
        while (true)
        {
            int read = gzip.Read(destination);
            if (read == 0)
            {
                return held.AsSpan(0, heldCount).SequenceEqual(Mark) || destination.IsEmpty
                    ? 0
                    : throw new InvalidDataException("The end of the gzip data is missing.");
            }

            // Of the bytes held and then the bytes read, the last few are held and the rest go out.
            int ready = Math.Max(0, heldCount + read - held.Length);
            int fromRead = Math.Max(0, ready - heldCount);
            int fromHeld = Math.Min(ready, heldCount);
            held.AsSpan(fromHeld, heldCount - fromHeld).CopyTo(last);
            destination[fromRead..read].CopyTo(last[(heldCount - fromHeld)..]);
            destination[..fromRead].CopyTo(destination[fromHeld..]);
            held.AsSpan(0, fromHeld).CopyTo(destination);
            heldCount += read - ready;
            last[..heldCount].CopyTo(held);
            if (ready > 0)
            {
                return ready;
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>One stream and then another.</summary>
    private sealed class Chain(Stream first, Stream second) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int read = first.Read(buffer);
            return read > 0 ? read : second.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
                second.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
