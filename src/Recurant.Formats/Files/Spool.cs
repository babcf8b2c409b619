using Microsoft.Win32.SafeHandles;

namespace Recurant.Formats;

/// <summary>The bytes of a pipe in a temporary file that no name leads to, readable as often as is needed.</summary>
internal sealed class Spool
{
    private readonly SafeFileHandle _handle; // closed by its finaliser, and by the end of the process
    private readonly long _length;

    private Spool(SafeFileHandle handle, long length)
    {
        _handle = handle;
        _length = length;
    }

    /// <summary>Reads a stream to its end.</summary>
    internal static Spool Of(Stream stream, string path)
    {
        string name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        SafeFileHandle handle = File.OpenHandle(
            name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Delete(name);
        }

        var block = new byte[1 << 16];
        long length = 0;
        int read;
        while ((read = stream.Read(block)) > 0)
        {
            try
            {
                RandomAccess.Write(handle, block.AsSpan(0, read), length);
            }
            catch (IOException exception)
            {
                handle.Dispose();
                throw new IOException(
                    $"{path}: a pipe is kept in a temporary file, in {Path.GetTempPath()}: {exception.Message}", exception);
            }

            length += read;
        }

        return new Spool(handle, length);
    }

    internal Stream Open() => new Reading(this);

    private sealed class Reading(Spool spool) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => spool._length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(spool._handle, buffer, Position);
            Position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
        {
            SeekOrigin.Current => Position,
            SeekOrigin.End => Length,
            _ => 0,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
