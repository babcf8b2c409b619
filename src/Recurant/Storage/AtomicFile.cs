using System.Globalization;

namespace Recurant.Storage;

/// <summary>
/// Writes a file whole or not at all: the bytes go to a temporary file in the same directory, are flushed to the disk,
/// and take the target's name in one step. Whoever opens the target sees the old file or the new one, never a part.
/// </summary>
/// <remarks>
/// <para>On any failure or cancellation the temporary file is deleted and the old target is untouched. A process that is
/// killed leaves at most a file named <c>.NAME.UNIQUE.tmp</c> beside the target, which may be deleted.</para>
/// <para>A target that is a symbolic link stays one: the file that it leads to, in the end, is replaced or made. A file
/// that is replaced passes its Unix permissions on; other hard links to it keep the old content. One that nobody may write
/// is refused, as is anything under /dev and /proc, where a rename would put a file in the place of a device. Of several
/// writers of one target the last wins, with its whole file.</para>
/// </remarks>
public static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes a file, or leaves everything as it was.</summary>
    /// <param name="path">The file to make or to replace; its directory must exist.</param>
    /// <param name="write">Writes the content to the stream it is given, and leaves the stream open.</param>
    /// <param name="expectedBytes">How much will be written, for the message about a full disk; 0 where it is not known.</param>
    /// <param name="cancellationToken">Looked at before the work and before the new file takes its name.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">
    /// The file cannot be written. The message names the file, the reason and what to do; for a full disk also how much
    /// was needed. Exceptions of <paramref name="write"/> itself come through as they are.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Write(
        string path, Action<Stream> write, long expectedBytes = 0, CancellationToken cancellationToken = default) =>
        Write(path, write, expectedBytes, OpenNew, cancellationToken);

    /// <summary>
    /// Finds out whether <see cref="Write(string, Action{Stream}, long, CancellationToken)"/> can succeed, without changing
    /// anything that stays. To be called before long work whose result goes to <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The file that is to be written later.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">
    /// The directory is missing (<see cref="DirectoryNotFoundException"/>), the path is a directory, the file or the
    /// directory may not be written, or the file system is read-only. The message says which and what to do.
    /// </exception>
    public static void CheckWritable(string path)
    {
        string target = WriteTarget.Find(path);
        string temporary = TemporaryName(target);
        try
        {
            OpenNew(temporary).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotCreate(path, target, e);
        }
        finally
        {
            Delete(temporary);
        }
    }

    /// <summary>The same with another way to make the temporary file, for tests of disks that fail.</summary>
    internal static void Write(
        string path, Action<Stream> write, long expectedBytes, Func<string, Stream> create, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        cancellationToken.ThrowIfCancellationRequested();
        string target = WriteTarget.Find(path);
        string temporary = TemporaryName(target);
        Stream stream;
        try
        {
            stream = create(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete(temporary);
            throw CannotCreate(path, target, e);
        }
        try
        {
            write(stream);
            cancellationToken.ThrowIfCancellationRequested();
            // The content must be on the disk before the name is: after a power cut the name must not lead to an empty file.
            stream.Flush();
            if (stream is FileStream file)
                file.Flush(flushToDisk: true);
            stream.Dispose();
            Replace(path, temporary, target);
            DirectoryFlush.Flush(Path.GetDirectoryName(target)!);
        }
        catch (Exception e)
        {
            long written = Abandon(stream, temporary);
            if (e is IOException && IsDiskFull(e))
                throw DiskFull(path, target, Math.Max(expectedBytes, written), expectedBytes > 0, e);
            throw;
        }
    }

    // The unique part lets several writers work at once; a long name is cut, since systems allow about 255 bytes in all.
    private static string TemporaryName(string target)
    {
        ReadOnlySpan<char> name = Path.GetFileName(target.AsSpan());
        string start = name.Length <= 50 ? name.ToString() : name[..50].ToString();
        if (char.IsHighSurrogate(start[^1]))
            start = start[..^1];
        return Path.Combine(Path.GetDirectoryName(target)!, $".{start}.{Guid.NewGuid():N}.tmp");
    }

    private static FileStream OpenNew(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize);

    private static void Replace(string path, string temporary, string target)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && File.Exists(target))
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !IsDiskFull(e)))
        {
            throw new IOException($"Cannot write {path}: the old file cannot be replaced ({e.Message}). "
                + "Close programs that have it open, or choose another name.", e);
        }
    }

    // Closes and deletes the temporary file; returns how much was written to it, as far as that can be told.
    private static long Abandon(Stream stream, string temporary)
    {
        long written = 0;
        try
        {
            written = stream.CanSeek ? stream.Position : 0;
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Closing writes out what is left in the buffer and fails as the write did; the handle is closed all the same.
        }
        Delete(temporary);
        return written;
    }

    private static void Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }

    // ENOSPC 28 and EDQUOT 122 (Linux) or 69 (macOS) are errno values; Windows: ERROR_DISK_FULL 112, ERROR_HANDLE_DISK_FULL 39.
    private static bool IsDiskFull(Exception e) => OperatingSystem.IsWindows()
        ? e.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027)
        : e.HResult == 28 || e.HResult == (OperatingSystem.IsLinux() ? 122 : 69);

    private static IOException DiskFull(string path, string target, long needed, bool exact, Exception cause)
    {
        string free;
        try
        {
            free = $", and {Bytes(new DriveInfo(Path.GetDirectoryName(target)!).AvailableFreeSpace)} are free";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            free = "";
        }
        string message = $"Cannot write {path}: the disk is full. {(exact ? "" : "At least ")}{Bytes(needed)} were needed{free}. "
            + "Nothing was written and an older file is unchanged. Free some space, or choose another place.";
        return new IOException(message, cause) { HResult = cause.HResult };
    }

    private static string Bytes(long count) => count.ToString("N0", CultureInfo.InvariantCulture) + " bytes";

    private static IOException CannotCreate(string path, string target, Exception cause)
    {
        string directory = Path.GetDirectoryName(target)!;
        string reason = cause is UnauthorizedAccessException ? "no permission" : cause.Message;
        return new IOException($"Cannot write {path}: no file can be made in the directory {directory} ({reason}). "
            + "Change its permissions, or choose another place.", cause) { HResult = cause.HResult };
    }
}
