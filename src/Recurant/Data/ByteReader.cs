namespace Recurant.Data;

/// <summary>Reads a file, plain or gzip, through one buffer, by lines or by blocks, and knows its offset.</summary>
internal sealed class ByteReader : IDisposable
{
    private const int InitialSize = 1 << 16;

    private readonly Stream stream;
    private readonly FileStream file;
    private readonly long size;
    private byte[] buffer = new byte[InitialSize];
    private int start;
    private int end;
    private bool ended;

    /// <summary>Opens a file; what is in it decides whether it is unpacked, not its name.</summary>
    internal ByteReader(string path)
    {
        Path = path;
        file = OpenFile(path);
        size = file.Length;
        stream = Unpacked(file);
    }

    internal string Path { get; }

    /// <summary>Bytes handed out so far, counted after unpacking.</summary>
    internal long Offset { get; private set; }

    public void Dispose() => stream.Dispose();

    /// <summary>
    /// The bytes up to the next line feed, without it; false at the end of the file. If more than <paramref name="limit"/>
    /// bytes pass without one, the first <paramref name="limit"/> come back and <paramref name="tooLong"/> is true.
    /// </summary>
    internal bool TryReadLine(int limit, out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        int searched = 0;
        while (true)
        {
            int at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            int length = at >= 0 ? searched + at : end - start;
            if (length > limit)
            {
                tooLong = true;
                line = buffer.AsSpan(start, limit);
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
        while (end - start < count && Fill())
        {
        }

        return buffer.AsSpan(start, Math.Min(count, end - start));
    }

    /// <summary>The next <paramref name="count"/> bytes, or fewer at the end of the file; valid until the next call.</summary>
    internal ReadOnlySpan<byte> Read(int count) => Take(Peek(count).Length);

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = buffer.AsSpan(start, count);
        start += count;
        Offset += count;
        return taken;
    }

    /// <summary>Gets more bytes behind those not yet taken; false at the end of the file.</summary>
    private bool Fill()
    {
        if (ended)
        {
            return false;
        }

        if (start > 0)
        {
            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        try
        {
            int read = stream.Read(buffer, end, buffer.Length - end);
            end += read;
            ended = read == 0;
            ReadingScope.Tell(ended ? size : Math.Min(file.Position, size - 1), size);
            return read > 0;
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException(
                $"{Path}: the gzip data is damaged or cut short after {Offset + end} unpacked bytes. Fetch the file again.",
                exception);
        }
    }

    private static FileStream OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: this is a directory; a file is expected.");
        }

        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file. Check the path.", path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"{path}: no permission to read this file.", exception);
        }

        if (!file.CanSeek)
        {
            // Formats are told by looking at a file before it is read, which would lose the head of a pipe.
            file.Dispose();
            throw new IOException(
                $"{path}: this is a pipe or a device, which can be read only once. Write the data to a file first.");
        }

        return file;
    }

    /// <summary>The content; what the file begins with decides whether it is unpacked.</summary>
    private static Stream Unpacked(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        bool packed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        file.Position = 0;
        return packed ? new CheckedGzipStream(file) : file;
    }
}
