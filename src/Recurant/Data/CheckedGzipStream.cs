using System.IO.Compression;

namespace Recurant.Data;

/// <summary>
/// Unpacks a gzip file and notices when it is cut short. <see cref="GZipStream"/> takes a missing end for the end. But gzip
/// files may be strung together, so here one more is put behind the file: the unpacked data of a whole file ends in its mark;
/// behind a file that is cut short it is no gzip file of its own and its mark does not appear.
/// </summary>
internal sealed class CheckedGzipStream : ForwardStream
{
    private readonly GZipStream gzip;
    private readonly JoinedStream packed;
    private long unpacked;
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
        packed = new JoinedStream(file, packedMark);
        gzip = new GZipStream(packed, CompressionMode.Decompress);
    }

    private const string Damaged = "the gzip data is damaged or cut short";

    private static ReadOnlySpan<byte> Mark => "\0the file is whole\0"u8;

    /// <summary>Unpacks up to <paramref name="destination"/>'s length of bytes; 0 at the end of a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut short.</exception>
    public override int Read(Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[held.Length];
        while (true)
        {
            int read = Unpack(destination);
            if (read == 0)
            {
                return held.AsSpan(0, heldCount).SequenceEqual(Mark) || destination.IsEmpty
                    ? 0
                    : throw new InvalidDataException(Damaged);
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

    private int Unpack(Span<byte> destination)
    {
        try
        {
            int read = gzip.Read(destination);
            unpacked += read;
            return InputFile.IsTrap(packed.Position, unpacked) ? throw new InvalidDataException(InputFile.TrapMessage) : read;
        }
        catch (InvalidDataException exception) when (exception.Message != InputFile.TrapMessage)
        {
            throw new InvalidDataException(Damaged, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            gzip.Dispose();
        }

        base.Dispose(disposing);
    }
}
