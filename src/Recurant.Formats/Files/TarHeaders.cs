namespace Recurant.Formats;

/// <summary>
/// The bytes of a tar archive on their way to .NET's reader, which takes as much memory for a long name or an extended attribute
/// as the header before it claims: headers that claim more than any name needs are refused before it does.
/// </summary>
internal sealed class TarHeaders(Stream source) : ForwardStream
{
    /// <summary>A block of a tar archive: each header is one, and the content of an entry fills whole ones.</summary>
    private const int Block = 512;

    /// <summary>The most bytes of names and attributes of one entry; a path has at most 4,096 on Linux.</summary>
    private const long MostMetadata = 1 << 20;

    private const int SizeStart = 124, SizeLength = 12, TypeAt = 156;

    private readonly byte[] _header = new byte[Block];
    private int _inHeader;
    private long _content;

    public override int Read(Span<byte> buffer)
    {
        int count = source.Read(buffer);
        for (ReadOnlySpan<byte> left = buffer[..count]; left.Length > 0;)
        {
            int step;
            if (_content > 0)
            {
                step = (int)Math.Min(_content, left.Length);
                _content -= step;
            }
            else
            {
                step = Math.Min(Block - _inHeader, left.Length);
                left[..step].CopyTo(_header.AsSpan(_inHeader));
                _inHeader += step;
                if (_inHeader == Block) EndHeader();
            }

            left = left[step..];
        }

        return count;
    }

    private void EndHeader()
    {
        _inHeader = 0;
        long size = Size(_header.AsSpan(SizeStart, SizeLength));
        if (_header[TypeAt] is (byte)'L' or (byte)'K' or (byte)'x' or (byte)'g' && size > MostMetadata)
        {
            throw new InvalidDataException($"a name in the archive claims to have {size} bytes.");
        }

        _content = (size + Block - 1) / Block * Block;
    }

    /// <summary>
    /// A size in octal digits, or, if the first bit is set, in base 256; 0 where it is neither, which the reader refuses.
    /// </summary>
    private static long Size(ReadOnlySpan<byte> field)
    {
        long size = 0;
        bool isBinary = (field[0] & 0x80) != 0;
        for (int i = isBinary ? field.Length - 7 : 0; i < field.Length; i++)
        {
            if (isBinary) size = size << 8 | field[i];
            else if (field[i] is >= (byte)'0' and <= (byte)'7') size = size << 3 | (uint)(field[i] - '0');
            else if (field[i] is not ((byte)' ' or 0)) return 0;
        }

        return size;
    }
}
