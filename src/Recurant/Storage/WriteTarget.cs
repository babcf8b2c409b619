namespace Recurant.Storage;

/// <summary>Finds the place that a path to be written really means, and refuses the places that cannot be meant.</summary>
internal static class WriteTarget
{
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The full path of the file to make or replace: the end of the chain where the path is a symbolic link.</summary>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="IOException">It cannot be written; the message says why and what to do.</exception>
    public static string Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string target = Path.GetFullPath(path);
        RefuseDevice(path, target);
        if (Directory.Exists(target) || Path.GetFileName(target.AsSpan()).IsEmpty)
            throw new IOException($"Cannot write {path}: it is a directory. Name a file, for instance one inside it.");
        target = FollowLinks(path, target);
        RefuseDevice(path, target);
        string directory = Path.GetDirectoryName(target)!;
        if (File.Exists(directory))
            throw new IOException($"Cannot write {path}: {directory} is a file, not a directory. Choose another place.");
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"Cannot write {path}: there is no directory {directory}. Make it, or choose another place.");
        }
        RefuseProtected(path, target);
        return target;
    }

    private static string FollowLinks(string path, string target)
    {
        try
        {
            return File.ResolveLinkTarget(target, returnFinalTarget: true)?.FullName ?? target;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return target; // No file yet, or none that may be looked at: what follows finds out.
        }
        catch (IOException e)
        {
            throw new IOException($"Cannot write {path}: the symbolic link cannot be followed ({e.Message}). Remove it.", e);
        }
    }

    private static void RefuseDevice(string path, string target)
    {
        bool device = OperatingSystem.IsWindows()
            ? target.StartsWith(@"\\.\", StringComparison.Ordinal)
            : (target.StartsWith("/dev/", StringComparison.Ordinal) && !target.StartsWith("/dev/shm/", StringComparison.Ordinal))
                || target.StartsWith("/proc/", StringComparison.Ordinal);
        if (device)
            throw new IOException($"Cannot write {path}: it is a device or a pipe. Name a file on a disk.");
    }

    // A rename would replace even a file that nobody may write; whoever protected it did not mean that.
    private static void RefuseProtected(string path, string target)
    {
        if (!File.Exists(target))
            return;
        bool isProtected = OperatingSystem.IsWindows()
            ? (File.GetAttributes(target) & FileAttributes.ReadOnly) != 0
            : (File.GetUnixFileMode(target) & AnyWrite) == 0;
        if (isProtected)
        {
            throw new IOException($"Cannot write {path}: the file is there and write-protected. "
                + "Remove the protection, or choose another name.");
        }
    }
}
