using Microsoft.Win32.SafeHandles;

namespace Recurant.Storage;

/// <summary>Bytes that are read at any place of theirs: a file, a stream that can seek, or memory.</summary>
internal abstract class ByteSource : IDisposable
{
    /// <summary>How much of a stream that cannot seek is read at a time.</summary>
    private const int PartBytes = 1 << 24;

    /// <summary>The number of bytes there were when it was opened.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Reads bytes from a place on; 0 at the end, otherwise at least one and at most as many as there is room for.
    /// </summary>
    public abstract int Read(Span<byte> bytes, long offset);

    /// <summary>Closes what was opened here; what the caller had opened stays open.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>Takes over an open file; the caller closes it where this throws.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="handle">The file.</param>
    /// <exception cref="InvalidDataException">It is a pipe or a device, which has no length.</exception>
    public static ByteSource Of(string path, SafeFileHandle handle)
    {
        try
        {
            return new FileBytes(handle, RandomAccess.GetLength(handle));
        }
        catch (NotSupportedException)
        {
            throw new InvalidDataException($"{path}: this is a pipe or a device; expected a .safetensors file on a disk.");
        }
    }

    /// <summary>
    /// The bytes of a stream from its position to its end; of one that cannot seek they are read into memory, as many as come.
    /// </summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="cancellation">Looked at before each read.</param>
    public static ByteSource Of(Stream stream, CancellationToken cancellation = default)
    {
        if (stream.CanSeek) return new SeekableBytes(stream);
        var parts = new List<ReadOnlyMemory<byte>>();
        while (true)
        {
            // A small file needs no large part; whatever the stream claims, memory grows with the bytes that come.
            byte[] part = parts.Count == 0 ? ReadFirst(stream, cancellation) : new byte[PartBytes];
            int read = parts.Count == 0 ? part.Length : Fill(stream, part, cancellation);
            if (read > 0) parts.Add(part.AsMemory(0, read));
            if (read < PartBytes) return new MemoryBytes(parts);
        }
    }

    /// <summary>Bytes in memory; they must not change while they are read.</summary>
    public static ByteSource Of(ReadOnlyMemory<byte> bytes)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        for (int start = 0; start < bytes.Length; start += PartBytes)
        {
            parts.Add(bytes.Slice(start, Math.Min(PartBytes, bytes.Length - start)));
        }

        return new MemoryBytes(parts);
    }

    private static byte[] ReadFirst(Stream stream, CancellationToken cancellation)
    {
        var bytes = new byte[1 << 16];
        int count = 0;
        while (true)
        {
            count += Fill(stream, bytes.AsSpan(count), cancellation);
            if (count < bytes.Length || count == PartBytes) return bytes.AsSpan(0, count).ToArray();
            Array.Resize(ref bytes, 2 * bytes.Length);
        }
    }

    /// <summary>Reads until there is no more room, or no more to read.</summary>
    private static int Fill(Stream stream, Span<byte> bytes, CancellationToken cancellation)
    {
        int count = 0;
        while (count < bytes.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = stream.Read(bytes[count..]);
            if (read == 0) break;
            count += read;
        }

        return count;
    }

    private sealed class FileBytes(SafeFileHandle handle, long length) : ByteSource
    {
        public override long Length => length;

        public override int Read(Span<byte> bytes, long offset) => RandomAccess.Read(handle, bytes, offset);

        public override void Dispose() => handle.Dispose();
    }

    private sealed class SeekableBytes(Stream stream) : ByteSource
    {
        private readonly long _start = stream.Position;
        private readonly Lock _lock = new();

        public override long Length { get; } = Math.Max(0, stream.Length - stream.Position);

        public override int Read(Span<byte> bytes, long offset)
        {
            lock (_lock)
            {
                stream.Position = _start + offset;
                return stream.Read(bytes);
            }
        }
    }

    /// <summary>All parts but the last are of one length.</summary>
    private sealed class MemoryBytes(List<ReadOnlyMemory<byte>> parts) : ByteSource
    {
        public override long Length { get; } = parts.Sum(part => (long)part.Length);

        public override int Read(Span<byte> bytes, long offset)
        {
            if (offset >= Length) return 0;
            ReadOnlySpan<byte> part = parts[(int)(offset / PartBytes)].Span[(int)(offset % PartBytes)..];
            int count = Math.Min(part.Length, bytes.Length);
            part[..count].CopyTo(bytes);
            return count;
        }
    }
}
