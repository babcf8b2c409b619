using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recurant.Cli;

/// <summary>Standard input or output failed; the message names it.</summary>
/// <param name="readerIsGone">Whether whoever read our answers has read enough, as <c>head</c> does: no failure at all.</param>
internal sealed class StandardStreamException(string message, bool readerIsGone, Exception? cause = null)
    : IOException(message, cause)
{
    public bool ReaderIsGone { get; } = readerIsGone;
}

/// <summary>
/// Standard input or output of this process: whatever fails there says which of them it was, so that it is never taken for a
/// file; one that was closed when the process started is never written to or read from.
/// </summary>
internal sealed class StandardStream : Stream
{
    private const int Input = 0, Output = 1, Error = 2;

    // EPIPE; ERROR_BROKEN_PIPE and ERROR_NO_DATA. ENOSPC; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] s_readerIsGone = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];
    private static readonly int[] s_diskFull = [28, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    private readonly Stream? _inner;
    private readonly string _name;

    private StandardStream(string name, Stream? inner) => (_name, _inner) = (name, inner);

    public override bool CanRead => _inner?.CanRead ?? true;

    public override bool CanSeek => false;

    public override bool CanWrite => _inner?.CanWrite ?? true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static StandardStream OpenInput() => new("standard input", IsOpen(Input) ? Console.OpenStandardInput() : null);

    public static StandardStream OpenOutput() => new("standard output", IsOpen(Output) ? OpenOutputOrPipe() : null);

    /// <summary>Standard error, or a stream that keeps nothing where it is closed.</summary>
    public static Stream OpenError() => IsOpen(Error) ? Console.OpenStandardError() : Null;

    public static bool IsOutputOpen => IsOpen(Output);

    public static bool IsErrorOpen => IsOpen(Error);

    public override int Read(byte[] buffer, int offset, int count) => Guarded(stream => stream.Read(buffer, offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Guarded(stream =>
    {
        stream.Write(buffer, offset, count);
        return 0;
    });

    public override void Flush() => _inner?.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private T Guarded<T>(Func<Stream, T> work)
    {
        if (_inner is null) throw new StandardStreamException($"{_name} is closed.", readerIsGone: false);
        try
        {
            return work(_inner);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            string what = s_diskFull.Contains(fault.HResult) ? "the disk is full" : fault.Message.TrimEnd('.');
            throw new StandardStreamException($"{_name}: {what}.", s_readerIsGone.Contains(fault.HResult), fault);
        }
    }

    /// <summary>
    /// .NET's own console stream keeps silent when the reader of a pipe has gone, so that <c>recurant predict | head</c>
    /// would go on for ever; a plain stream says so.
    /// </summary>
    private static Stream OpenOutputOrPipe()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file is left to the console: a FileStream would write at a position of its own and not where the shell is.
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    /// <summary>
    /// Whether the process was given this handle. The number of one that was closed is soon that of a file of the runtime,
    /// which a program may not touch; those are opened so that a child does not inherit them, and ours was inherited.
    /// </summary>
    private static bool IsOpen(int handle)
    {
        const int GetFlags = 1, CloseOnExec = 1; // F_GETFD and FD_CLOEXEC, on Linux and macOS alike
        if (OperatingSystem.IsWindows()) return true;
        int flags = Fcntl(handle, GetFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fcntl(int handle, int command);
}
