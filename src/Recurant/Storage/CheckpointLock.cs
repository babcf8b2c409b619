using System.Security.Cryptography;

namespace Recurant.Storage;

/// <summary>
/// A file that is held open while a run uses a directory, so that no second run does. Under Unix it can be removed while it is
/// held, and another run may have opened it just before: that one would then hold a file which nobody else can find. So whoever
/// has taken the lock looks whether it is still the file of that name, and otherwise takes it anew.
/// </summary>
internal sealed class CheckpointLock
{
    private const string FileName = ".lock";

    private const int MostTries = 100, LongestLength = 1 << 20;

    private readonly FileStream _held;

    private CheckpointLock(FileStream held) => _held = held;

    /// <summary>Takes the lock of a directory.</summary>
    /// <param name="directory">The directory's full path.</param>
    /// <param name="make">Makes the directory where it is missing.</param>
    /// <returns>The lock; null if another run holds it.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static CheckpointLock? Take(string directory, Action make)
    {
        string path = Path.Combine(directory, FileName);
        for (int tries = 1; ; tries++)
        {
            make();
            FileStream held;
            try
            {
                held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is DirectoryNotFoundException or FileNotFoundException && tries < MostTries)
            {
                continue; // The run before removed the directory, just now; a third may have made it again.
            }
            catch (IOException e) when (IsHeld(e))
            {
                return null;
            }

            if (IsStillThere(held, path)) return new CheckpointLock(held);
            held.Dispose();
            if (tries == MostTries) throw new IOException($"{path} cannot be held.");
        }
    }

    /// <summary>Gives the lock back.</summary>
    /// <param name="remove">Whether its file is to be removed.</param>
    public void Release(bool remove)
    {
        try
        {
            // Windows deletes no open file.
            if (remove && !OperatingSystem.IsWindows()) File.Delete(_held.Name);
        }
        finally
        {
            _held.Dispose();
        }

        if (remove && OperatingSystem.IsWindows()) File.Delete(_held.Name);
    }

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; Windows: ERROR_SHARING_VIOLATION.
    private static bool IsHeld(IOException e) => e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsLinux() ? 11 : 35);

    /// <summary>
    /// Gives the open file a length of our own, and asks for that of the file of its name: to open that one would ask for a lock.
    /// </summary>
    private static bool IsStillThere(FileStream held, string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        int length = RandomNumberGenerator.GetInt32(1, LongestLength);
        held.SetLength(length);
        var named = new FileInfo(path);
        bool isThere = named.Exists && named.Length == length;
        held.SetLength(0);
        return isThere;
    }
}
