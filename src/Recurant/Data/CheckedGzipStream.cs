using System.IO.Compression;

namespace Recurant.Data;

/// <summary>
/// Unpacks a gzip file and notices when it is cut short. <see cref="GZipStream"/> takes a missing end for the end. But gzip
/// files may be strung together, so here one more is put behind the file: the unpacked data of a whole file ends in its mark;
/// behind a file that is cut short it is no gzip file of its own and its mark does not appear.
/// </summary>
internal sealed class CheckedGzipStream : ForwardStream
{
    private readonly GZipStream _gzip;
    private readonly JoinedStream _packed;
    private long _unpacked;
    private readonly byte[] _held = new byte[Mark.Length]; // the last bytes unpacked: they may be the mark
    private int _heldCount;

    internal CheckedGzipStream(Stream file)
    {
        var packedMark = new MemoryStream();
        using (var packer = new GZipStream(packedMark, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.Write(Mark);
        }

        packedMark.Position = 0;
        _packed = new JoinedStream(file, packedMark);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress);
    }

    private const string Damaged = "the gzip data is damaged or cut short";

    private static ReadOnlySpan<byte> Mark => "\0the file is whole\0"u8;

    /// <summary>Unpacks up to <paramref name="destination"/>'s length of bytes; 0 at the end of a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut short.</exception>
    public override int Read(Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[_held.Length];
        while (true)
        {
            int read = Unpack(destination);
            if (read == 0)
            {
                return _held.AsSpan(0, _heldCount).SequenceEqual(Mark) || destination.IsEmpty
                    ? 0
                    : throw new InvalidDataException(Damaged);
            }

            // Of the bytes held and then the bytes read, the last few are held and the rest go out.
            int ready = Math.Max(0, _heldCount + read - _held.Length);
            int fromRead = Math.Max(0, ready - _heldCount);
            int fromHeld = Math.Min(ready, _heldCount);
            _held.AsSpan(fromHeld, _heldCount - fromHeld).CopyTo(last);
            destination[fromRead..read].CopyTo(last[(_heldCount - fromHeld)..]);
            destination[..fromRead].CopyTo(destination[fromHeld..]);
            _held.AsSpan(0, fromHeld).CopyTo(destination);
            _heldCount += read - ready;
            last[.._heldCount].CopyTo(_held);
            if (ready > 0) return ready;
        }
    }

    private int Unpack(Span<byte> destination)
    {
        try
        {
            int read = _gzip.Read(destination);
            _unpacked += read;
            return InputFile.IsTrap(_packed.Position, _unpacked) ? throw new InvalidDataException(InputFile.TrapMessage) : read;
        }
        catch (InvalidDataException exception) when (exception.Message != InputFile.TrapMessage)
        {
            throw new InvalidDataException(Damaged, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }
}
