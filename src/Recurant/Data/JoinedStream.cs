namespace Recurant.Data;

/// <summary>What stands in one stream and then in another, to be read from the front.</summary>
internal sealed class JoinedStream(Stream first, Stream second) : ForwardStream
{
    private bool firstEnded;
    private long position;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = firstEnded ? 0 : first.Read(buffer);
        if (read == 0 && !buffer.IsEmpty)
        {
            firstEnded = true;
            read = second.Read(buffer);
        }

        position += read;
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
