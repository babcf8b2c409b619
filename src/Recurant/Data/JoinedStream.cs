namespace Recurant.Data;

/// <summary>What stands in one stream and then in another, to be read from the front.</summary>
internal sealed class JoinedStream(Stream first, Stream second) : ForwardStream
{
    private bool _firstEnded;
    private long _position;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = _firstEnded ? 0 : first.Read(buffer);
        if (read == 0 && !buffer.IsEmpty)
        {
            _firstEnded = true;
            read = second.Read(buffer);
        }

        _position += read;
        return read;
    }

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
