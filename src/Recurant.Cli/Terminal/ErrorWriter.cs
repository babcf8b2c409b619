using System.Text;

namespace Recurant.Cli;

/// <summary>
/// The writer of progress, notes and errors. It never fails: a command whose notes nobody can read goes on all the same. It may
/// be used from several threads, and keeps the line of progress below everything else.
/// </summary>
/// <param name="inner">Where the text goes.</param>
/// <param name="width">The columns of the terminal now; null where there is no line of progress, as in a file.</param>
internal sealed class ErrorWriter(TextWriter inner, Func<int>? width = null) : TextWriter
{
    private readonly Lock _lock = new();
    private string _status = "";
    private bool _isBroken;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Replaces the line of progress; an empty text takes it away.</summary>
    public void SetStatus(string text)
    {
        if (width is null) return;
        lock (_lock)
        {
            string erasure = Erasure();
            // A line as long as the terminal is wide would already move the cursor on.
            _status = TextLayout.Shorten(TextLayout.OneLine(text), Math.Max(1, width() - 1));
            Emit(erasure + _status);
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value) => Write(value + new string(CoreNewLine));

    public override void WriteLine() => Write(new string(CoreNewLine));

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        lock (_lock)
        {
            string erasure = Erasure();
            _status = "";
            Emit(erasure + value);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) SetStatus("");
        base.Dispose(disposing);
    }

    /// <summary>
    /// What takes the line of progress away. A terminal that has become narrower since has broken it into several.
    /// </summary>
    private string Erasure()
    {
        if (_status.Length == 0) return "";
        if (OperatingSystem.IsWindows()) return $"\r{new string(' ', _status.Length)}\r"; // its older consoles know no escapes
        int rowsAbove = (_status.Length - 1) / Math.Max(1, width!());
        return "\r" + (rowsAbove > 0 ? $"\u001b[{rowsAbove}A" : "") + "\u001b[J";
    }

    private void Emit(string text)
    {
        if (_isBroken || text.Length == 0) return;
        try
        {
            inner.Write(text);
            inner.Flush();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            _isBroken = true;
        }
    }
}
