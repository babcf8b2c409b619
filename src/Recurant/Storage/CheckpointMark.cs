using System.Text;

namespace Recurant.Storage;

/// <summary>
/// How a directory is told to be a checkpoint of ours: by a file that is the first to be written and the last to go. A directory
/// of another program may have the same name; it has not this file. Versions before the mark left a list of sums that names
/// both of their files, which counts as well.
/// </summary>
internal static class CheckpointMark
{
    public const string FileName = ".recurant";

    public const string Text =
        "A checkpoint of a training run, written by Recurant, which removes it when it is of no more use.\n";

    private const int LongestSums = 4096;

    /// <summary>All that we ever write into a checkpoint, beside the mark.</summary>
    private static readonly string[] s_files =
        [CheckpointStore.StateFile, CheckpointStore.RunFile, CheckpointStore.NoteFile, CheckpointStore.SumsFile];

    /// <summary>Whether a directory bears the mark. One that is a link to another place is not ours.</summary>
    public static bool IsOn(string path)
    {
        try
        {
            if ((File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0) return false;
            return Content(Path.Combine(path, FileName)) == Text || IsOlder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // What cannot be read is nobody's to remove.
        }
    }

    /// <summary>Removes our files, the mark last, and the directory unless there is anything else in it.</summary>
    public static void Remove(string path)
    {
        foreach (string name in s_files) File.Delete(Path.Combine(path, name));
        bool isEmpty = Directory.EnumerateFileSystemEntries(path).All(entry => Path.GetFileName(entry) == FileName);
        File.Delete(Path.Combine(path, FileName));
        if (isEmpty) Directory.Delete(path);
    }

    private static bool IsOlder(string path)
    {
        string[] lines = (Content(Path.Combine(path, CheckpointStore.SumsFile)) ?? "").Split('\n');
        return Names(CheckpointStore.RunFile) && Names(CheckpointStore.StateFile);

        bool Names(string file) => lines.Any(
            line => line.Length == 66 + file.Length && line.EndsWith("  " + file, StringComparison.Ordinal));
    }

    /// <summary>The text of a small file; null if it is missing or larger than any of ours.</summary>
    private static string? Content(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= LongestSums ? File.ReadAllText(path, Encoding.UTF8) : null;
    }
}
