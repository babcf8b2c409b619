namespace Recurant.Data;

/// <summary>Reads a file, plain or gzip, through one buffer, by lines or by blocks, and knows its offset.</summary>
internal sealed class ByteReader : IDisposable
{
    private const int InitialSize = 1 << 16;

    // What tells how much of the file is read, on the disk, however it is packed.
    private readonly FileStream? _file;
    private readonly long _size;
    private Stream _stream;
    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Opens a file; what is in it decides whether it is unpacked, not its name.</summary>
    internal ByteReader(string path)
        : this(path, InputFile.Open(path))
    {
    }

    /// <summary>Reads a stream, and disposes it; gzip data is unpacked.</summary>
    /// <param name="path">What messages call it.</param>
    /// <param name="stream">The bytes.</param>
    internal ByteReader(string path, Stream stream)
    {
        Path = path;
        _stream = stream;
        _file = stream is FileStream { CanSeek: true } seekable ? seekable : null;
        _size = _file?.Length ?? 0;
        try
        {
            if (Peek(2) is [0x1F, 0x8B]) _stream = new CheckedGzipStream(Rest());
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    internal string Path { get; }

    /// <summary>Bytes handed out so far, counted after unpacking.</summary>
    internal long Offset { get; private set; }

    public void Dispose() => _stream.Dispose();

    /// <summary>
    /// The bytes up to the next line feed, without it; false at the end of the file. If more than <paramref name="limit"/>
    /// bytes pass without one, the first <paramref name="limit"/> come back and <paramref name="tooLong"/> is true.
    /// </summary>
    internal bool TryReadLine(int limit, out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        int searched = 0;
        bool hasNul = false;
        while (true)
        {
            ReadOnlySpan<byte> fresh = _buffer.AsSpan(_start + searched, _end - _start - searched);
            int at = fresh.IndexOf((byte)'\n');
            hasNul |= at < 0 && searched > 0 && fresh.Contains((byte)0);
            if (hasNul && at < 0)
            {
                line = Take(_end - _start); // no text: the rest of such a line may have no end
                return true;
            }

            int length = at >= 0 ? searched + at : _end - _start;
            if (length > limit)
            {
                tooLong = true;
                line = _buffer.AsSpan(_start, limit);
                return true;
            }

            if (at >= 0)
            {
                line = Take(length + 1)[..length];
                return true;
            }

            searched = length;
            if (!Fill())
            {
                line = Take(length);
                return length > 0;
            }
        }
    }

    /// <summary>The next bytes without moving on: <paramref name="count"/> of them, or fewer at the end of the file.</summary>
    internal ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }

        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>The bytes that are in the buffer and not yet taken.</summary>
    internal ReadOnlySpan<byte> Pending => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Lets a stream that is made of all bytes not yet taken stand in their place.</summary>
    internal void Replace(Func<Stream, Stream> make) => _stream = make(Rest());

    /// <summary>The next <paramref name="count"/> bytes, or fewer at the end of the file; valid until the next call.</summary>
    internal ReadOnlySpan<byte> Read(int count) => Take(Peek(count).Length);

    private JoinedStream Rest()
    {
        var rest = new JoinedStream(new MemoryStream(Pending.ToArray()), _stream);
        (_start, _end, _ended) = (0, 0, false);
        return rest;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _buffer.AsSpan(_start, count);
        _start += count;
        Offset += count;
        return taken;
    }

    /// <summary>Gets more bytes behind those not yet taken; false at the end of the file.</summary>
    private bool Fill()
    {
        if (_ended) return false;
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
        try
        {
            int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _ended = read == 0;
            ReadingScope.Tell(_ended || _file is null ? _size : Math.Min(_file.Position, _size - 1), _size);
            return read > 0;
        }
        catch (InvalidDataException exception) when (!exception.Message.StartsWith(Path, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{Path}: {exception.Message} after {Offset + _end} unpacked bytes. Fetch the file again.", exception);
        }
        catch (IOException exception) when (!exception.Message.Contains(Path, StringComparison.Ordinal))
        {
            throw new IOException($"{Path}: {exception.Message}", exception);
        }
    }
}
