using System.Runtime.InteropServices;

namespace Recurant.Storage;

/// <summary>
/// Flushes a directory to the disk, so that a name given to a file in it outlives a power cut. .NET opens no handle on a
/// directory under Unix; these are the three calls of the C library that do it. Windows keeps the names of its own accord.
/// </summary>
internal static partial class DirectoryFlush
{
    private const int ReadOnly = 0; // O_RDONLY, the same on Linux and macOS

    /// <summary>
    /// Flushes a directory as far as the system can: a file system that has no such thing says so, and nothing is lost by
    /// not having asked.
    /// </summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            int handle = Open(directory, ReadOnly);
            if (handle < 0) return;
            Synchronise(handle);
            Close(handle);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system whose C library goes by another name.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronise(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
