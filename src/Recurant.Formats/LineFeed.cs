namespace Recurant.Formats;

/// <summary>Hands the checked lines of a <see cref="TextFile"/> to a parser that wants a <see cref="TextReader"/>.</summary>
internal sealed class LineFeed(TextFile file) : TextReader
{
    private char[] pending = new char[1024];
    private int position;
    private int length;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        int written = 0;
        while (written < buffer.Length && (position < length || Next()))
        {
            int size = Math.Min(buffer.Length - written, length - position);
            pending.AsSpan(position, size).CopyTo(buffer[written..]);
            written += size;
            position += size;
        }

        return written;
    }

    /// <summary>Takes one line; every line ends in one line feed, and no other character ends one.</summary>
    private bool Next()
    {
        if (!file.TryReadLine(out ReadOnlySpan<char> line))
        {
            return false;
        }

        if (pending.Length <= line.Length)
        {
            pending = new char[2 * (line.Length + 1)];
        }

        line.Replace(pending, '\r', ' ');
        pending[line.Length] = '\n';
        (position, length) = (0, line.Length + 1);
        return true;
    }
}
