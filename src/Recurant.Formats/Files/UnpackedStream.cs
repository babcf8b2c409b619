namespace Recurant.Formats;

/// <summary>
/// What a decompressor gives, with its faults put into words and traps refused; its first bytes can be looked at.
/// </summary>
/// <param name="path">What messages call the file.</param>
/// <param name="packing">The kind of data, for messages: gzip.</param>
/// <param name="inner">The decompressor; disposed with this.</param>
/// <param name="source">What the decompressor reads; its place tells how much was packed.</param>
internal sealed class UnpackedStream(string path, string packing, Stream inner, CountedStream source) : ForwardStream
{
    private byte[] _ahead = [];
    private int _taken;
    private long _count;
    private bool _ended;
    private Action<long>? _atEnd;

    /// <summary>Does something with every piece that is read, and with the number of bytes at the end.</summary>
    internal UnpackedStream Watch(ReadOnlySpanAction piece, Action<long> end)
    {
        OnPiece = piece;
        _atEnd = end;
        return this;
    }

    internal delegate void ReadOnlySpanAction(ReadOnlySpan<byte> piece);

    private ReadOnlySpanAction? OnPiece { get; set; }

    /// <summary>The first bytes, which are read again afterwards.</summary>
    internal ReadOnlySpan<byte> Peek(int size)
    {
        var head = new byte[size];
        int length = this.ReadAtLeast(head, size, throwOnEndOfStream: false);
        (_ahead, _taken) = (head[..length], 0);
        return _ahead;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_taken < _ahead.Length)
        {
            int size = Math.Min(buffer.Length, _ahead.Length - _taken);
            _ahead.AsSpan(_taken, size).CopyTo(buffer);
            _taken += size;
            return size;
        }

        // Whoever watches the end may have moved on in the archive: the end is asked for once.
        if (buffer.IsEmpty || _ended) return 0;
        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException)
            && !exception.Message.StartsWith(path, StringComparison.Ordinal))
        {
            if (source.Fault is { } fault) throw fault;
            // What was unpacked by this call is not counted yet.
            if (InputFile.IsTrap(source.Count, _count + buffer.Length)) throw Trap();
            throw Damaged(exception);
        }

        _count += read;
        if (InputFile.IsTrap(source.Count, _count)) throw Trap();
        if (read > 0) OnPiece?.Invoke(buffer[..read]);
        else End();
        return read;
    }

    private void End()
    {
        _ended = true;
        _atEnd?.Invoke(_count);
    }

    internal InvalidDataException Damaged(Exception? exception) => new(
        $"{path}: the {packing} data is damaged or cut short after {_count} unpacked bytes. Fetch the file again.", exception);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private InvalidDataException Trap() => new(
        $"{path}: the {packing} data unpacks to more than 64 MiB and more than 200 times its size, as traps do. If it is meant "
        + "so, unpack it and give the file itself.");
}

/// <summary>Counts the bytes that are read, and keeps the fault of the file itself.</summary>
internal sealed class CountedStream(Stream inner) : ForwardStream
{
    public override bool CanSeek => inner.CanSeek;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    internal long Count { get; private set; }

    internal IOException? Fault { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = inner.Read(buffer);
            Count += read;
            return read;
        }
        catch (IOException exception)
        {
            Fault = exception;
            throw;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
