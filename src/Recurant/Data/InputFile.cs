using System.IO.Compression;

namespace Recurant.Data;

/// <summary>Opens a file that should be there, and says the true cause where that fails.</summary>
public static class InputFile
{
    /// <summary>What a message says of data that <see cref="IsTrap"/>.</summary>
    internal const string TrapMessage = "the data unpacks to more than 200 times its size, as traps do; this reading stops";

    private const long TrapSize = 64 << 20, TrapRatio = 200;

    /// <summary>Opens an existing file for reading.</summary>
    /// <param name="path">The file; a pipe is opened, too, and waits for its writer.</param>
    /// <param name="share">What others may do with it meanwhile. Default: read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="IOException">The path is a directory or a link to nothing, or the file cannot be opened.</exception>
    public static FileStream Open(string path, FileShare share = FileShare.Read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new IOException($"{path}: this is a directory; a file was expected.");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, share, 1, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            ThrowIfLinkToNothing(path);
            throw new FileNotFoundException($"{path}: there is no such file. Check the path.", path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"{path}: no permission to read this file.", exception);
        }
        catch (IOException exception) when (!exception.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new IOException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads all bytes of a small file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes it may have; no more memory than that is used.</param>
    /// <exception cref="InvalidDataException">It has more.</exception>
    /// <exception cref="IOException">As for <see cref="Open"/>.</exception>
    public static byte[] ReadAll(string path, int limit)
    {
        using FileStream file = Open(path);
        var bytes = new MemoryStream(file.CanSeek ? (int)Math.Min(file.Length, limit) : 0);
        var block = new byte[1 << 16];
        int read;
        while ((read = file.Read(block)) > 0)
        {
            if (bytes.Length + read > limit)
            {
                throw new InvalidDataException($"{path}: the file is longer than {limit:N0} bytes, the most that is accepted.");
            }

            bytes.Write(block, 0, read);
        }

        return bytes.ToArray();
    }

    /// <summary>Says so where a path is a link to a file that is not there.</summary>
    internal static void ThrowIfLinkToNothing(string path)
    {
        if (new FileInfo(path) is { LinkTarget: { } target } link
            && link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false })
        {
            throw new IOException($"{path}: this is a link to {target}, which does not exist.");
        }
    }

    /// <summary>Unpacks gzip data, and notices when it is cut short, which <see cref="GZipStream"/> takes for its end.</summary>
    /// <param name="packed">The data; disposed with the stream that is returned.</param>
    /// <returns>
    /// A stream that throws an <see cref="InvalidDataException"/> where the data is damaged, or unpacks to too much.
    /// </returns>
    public static Stream Unpack(Stream packed) => new CheckedGzipStream(packed);

    /// <summary>
    /// Whether data unpacks to so much that it is taken for a trap: over 64 MiB, and over 200 times what it was packed in.
    /// </summary>
    /// <param name="packed">The bytes read so far.</param>
    /// <param name="unpacked">The bytes that they became.</param>
    public static bool IsTrap(long packed, long unpacked) => unpacked > TrapSize && unpacked / TrapRatio > packed;
}
