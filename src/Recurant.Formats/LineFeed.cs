namespace Recurant.Formats;

/// <summary>Hands the checked lines of a <see cref="TextFile"/> to a parser that wants a <see cref="TextReader"/>.</summary>
internal sealed class LineFeed(TextFile file) : TextReader
{
    private char[] _pending = new char[1024];
    private int _position;
    private int _length;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        int written = 0;
        while (written < buffer.Length && (_position < _length || Next()))
        {
            int size = Math.Min(buffer.Length - written, _length - _position);
            _pending.AsSpan(_position, size).CopyTo(buffer[written..]);
            written += size;
            _position += size;
        }

        return written;
    }

    /// <summary>Takes one line; every line ends in one line feed, and no other character ends one.</summary>
    private bool Next()
    {
        if (!file.TryReadLine(out ReadOnlySpan<char> line)) return false;
        if (_pending.Length <= line.Length) _pending = new char[2 * (line.Length + 1)];
        line.Replace(_pending, '\r', ' ');
        _pending[line.Length] = '\n';
        (_position, _length) = (0, line.Length + 1);
        return true;
    }
}
