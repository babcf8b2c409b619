using System.Security.Cryptography;

namespace Recurant.Extensions;

/// <summary>
/// By what a file is known again: its length, its time, and a digest of its ends. Copying tools and images of containers keep
/// times, and all models of one shape have one length; the last weights differ.
/// </summary>
internal readonly record struct FileStamp(long Length, DateTime Written, UInt128 Ends)
{
    private const int EndLength = 4096;

    /// <summary>
    /// The stamp of the file that a path leads to, through every link; null if there is none, or it cannot be read now. What has
    /// no length is not opened: .NET does not tell what kind of file it is, and a pipe would be waited for as long as nobody
    /// writes to it.
    /// </summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            FileSystemInfo target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            if (((FileInfo)target).Length == 0) return new FileStamp(0, target.LastWriteTimeUtc, 0);
            using var handle = File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(handle);
            Span<byte> ends = stackalloc byte[2 * EndLength];
            ends.Clear();
            RandomAccess.Read(handle, ends[..EndLength], 0);
            RandomAccess.Read(handle, ends[EndLength..], Math.Max(0, length - EndLength));
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(ends, digest);
            return new FileStamp(
                length, File.GetLastWriteTimeUtc(handle),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(digest));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}
