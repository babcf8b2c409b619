using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recurant.Storage;

/// <summary>
/// A directory that holds the last checkpoint of one training run, as <c>checkpoint-000042</c>. A new one is written beside it
/// under a temporary name, flushed to the disk with its directory, and gets its name in one step; only then the old one goes.
/// Whoever is killed at any moment leaves a whole checkpoint: the one with the highest number. Other programs use such names,
/// too: only what bears the mark of <see cref="CheckpointMark"/> is read or removed.
/// </summary>
internal sealed class CheckpointStore : IDisposable
{
    public const string RunFile = "run.json", StateFile = "state.safetensors", NoteFile = "note.txt", SumsFile = "SHA256SUMS";
    private const string Prefix = "checkpoint-", TemporaryPrefix = ".checkpoint-", TemporaryEnding = ".tmp";

    private readonly CheckpointLock _lock;

    private CheckpointStore(string directory, CheckpointLock held)
    {
        Directory = directory;
        _lock = held;
    }

    /// <summary>The directory, as the caller named it.</summary>
    public string Directory { get; }

    /// <summary>The last whole checkpoint in a directory; null if there is none, or no directory.</summary>
    public static string? Last(string directory)
    {
        if (!System.IO.Directory.Exists(directory)) return null;
        (int number, string? last) = (-1, null);
        foreach (string path in System.IO.Directory.EnumerateDirectories(directory, Prefix + "*"))
        {
            if (NumberOf(path) is { } candidate && candidate > number && CheckpointMark.IsOn(path))
            {
                (number, last) = (candidate, path);
            }
        }

        return last;
    }

    /// <summary>Makes the directory if need be, and keeps other runs out of it until <see cref="Dispose"/>.</summary>
    /// <exception cref="IOException">It cannot be made or written, or another run uses it.</exception>
    public static CheckpointStore Open(string directory)
    {
        string full = Path.GetFullPath(directory);
        if (File.Exists(full)) throw Cannot(directory, "it is a file. Name a directory, or one that is not there yet.");
        string parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full)) ?? full;
        if (!System.IO.Directory.Exists(parent))
        {
            throw new DirectoryNotFoundException(
                $"Cannot keep checkpoints in {directory}: there is no directory {parent}. Make it, or choose another place.");
        }

        CheckpointLock? held;
        try
        {
            held = CheckpointLock.Take(full, () => Make(full, parent));
        }
        catch (UnauthorizedAccessException e)
        {
            throw Cannot(directory, $"no file can be made in it ({e.Message}). Change its permissions.", e);
        }
        catch (IOException e)
        {
            throw Cannot(directory, $"{e.Message.TrimEnd('.')}. Choose another place.", e);
        }

        return held is not null
            ? new CheckpointStore(directory, held)
            : throw Cannot(directory, "another training run uses it. Wait for that run, or choose another place.");
    }

    private static void Make(string full, string parent)
    {
        if (System.IO.Directory.Exists(full)) return;
        System.IO.Directory.CreateDirectory(full);
        // Or a power cut may take the directory away, and all checkpoints with it.
        DirectoryFlush.Flush(parent);
    }

    /// <summary>Writes a checkpoint and, when it is safely in place, removes those before it.</summary>
    /// <param name="run">The text of <c>run.json</c>.</param>
    /// <param name="state">The tensors.</param>
    /// <param name="note">The text of <c>note.txt</c>; null for none.</param>
    /// <exception cref="IOException">It cannot be written; the checkpoint before it is unchanged.</exception>
    public void Write(string run, SafetensorsWriter state, string? note)
    {
        string full = Path.GetFullPath(Directory), name = NextName();
        string temporary = Path.Combine(full, $".{name}.{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            RemoveAllBut(name: null, keep: Last(full));
            System.IO.Directory.CreateDirectory(temporary);
            WriteText(Path.Combine(temporary, CheckpointMark.FileName), CheckpointMark.Text);
            WriteText(Path.Combine(temporary, RunFile), run);
            WriteFile(Path.Combine(temporary, StateFile), stream => state.WriteTo(stream));
            if (note is not null) WriteText(Path.Combine(temporary, NoteFile), note);
            WriteText(Path.Combine(temporary, SumsFile), Sums(temporary));
            DirectoryFlush.Flush(temporary);
            System.IO.Directory.Move(temporary, Path.Combine(full, name));
            DirectoryFlush.Flush(full);
            RemoveAllBut(name, keep: null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Cannot keep a checkpoint in {Directory}: {e.Message.TrimEnd('.')}. "
                + "The checkpoint before it, if there was one, is unchanged.", e) { HResult = e.HResult };
        }
    }

    /// <summary>Lets other runs use the directory; one without a checkpoint or anything else in it is removed.</summary>
    public void Dispose()
    {
        string full = Path.GetFullPath(Directory);
        try
        {
            bool isUseless = Last(full) is null;
            _lock.Release(remove: isUseless);
            if (isUseless && !System.IO.Directory.EnumerateFileSystemEntries(full).Any()) System.IO.Directory.Delete(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty directory left behind does no harm.
        }
    }

    /// <summary>Removes all checkpoints and whatever killed runs have left, and the directory if nothing else is in it.</summary>
    /// <exception cref="IOException">Something cannot be removed, or a training run uses the directory.</exception>
    public static void Delete(string directory)
    {
        if (!System.IO.Directory.Exists(directory)) return;
        using CheckpointStore store = Open(directory);
        store.RemoveAllBut(name: null, keep: null);
    }

    private string NextName()
    {
        int next = Last(Directory) is { } last ? NumberOf(last)!.Value + 1 : 1;
        // A directory of that name that is not ours stays.
        while (Path.Exists(Path.Combine(Directory, NameOf(next)))) next++;
        return NameOf(next);
    }

    private static string NameOf(int number) => Prefix + number.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Removes checkpoints and temporary directories that bear our mark, and nothing else.</summary>
    private void RemoveAllBut(string? name, string? keep)
    {
        foreach (string path in System.IO.Directory.EnumerateDirectories(Path.GetFullPath(Directory)))
        {
            string entry = Path.GetFileName(path);
            bool isLeftOver = entry.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
                && entry.EndsWith(TemporaryEnding, StringComparison.Ordinal);
            bool isOurs = isLeftOver || NumberOf(path) is not null;
            if (isOurs && entry != name && path != keep && CheckpointMark.IsOn(path)) CheckpointMark.Remove(path);
        }
    }

    private static int? NumberOf(string path)
    {
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number < int.MaxValue && name.SequenceEqual(NameOf(number))
            ? number
            : null;
    }

    private static void WriteText(string path, string text) =>
        WriteFile(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>The content of every file must be on the disk before their directory gets its name.</summary>
    private static void WriteFile(string path, Action<Stream> write)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>A line for each file, in the form that <c>sha256sum --check</c> reads.</summary>
    private static string Sums(string directory)
    {
        var lines = new StringBuilder();
        foreach (string path in System.IO.Directory.GetFiles(directory).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path) == CheckpointMark.FileName) continue;
            lines.Append(SumOf(path)).Append("  ").Append(Path.GetFileName(path)).Append('\n');
        }

        return lines.ToString();
    }

    /// <summary>The SHA-256 of a file, in small hexadecimal digits.</summary>
    internal static string SumOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static IOException Cannot(string directory, string reason, Exception? cause = null) =>
        new($"Cannot keep checkpoints in {directory}: {reason}", cause);
}
