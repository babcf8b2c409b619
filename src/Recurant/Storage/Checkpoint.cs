namespace Recurant.Storage;

/// <summary>
/// What can be asked of a directory of checkpoints from outside a training run; the run itself writes and reads them, as its
/// <see cref="Training.CheckpointOptions"/> say. The files are described in docs/checkpoint.md.
/// </summary>
public static class Checkpoint
{
    /// <summary>Whether the directory holds a checkpoint of a run that was not finished.</summary>
    /// <param name="directory">The directory; need not exist.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    public static bool Exists(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return CheckpointStore.Last(directory) is not null;
    }

    /// <summary>The note that the program left in the last checkpoint; null if it left none.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static string? ReadNote(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return CheckpointFiles.OpenLast(directory).TryReadText(CheckpointStore.NoteFile);
    }

    /// <summary>
    /// Removes the checkpoints of a run that is over, and the directory if nothing else is in it; nothing happens where there
    /// is no such directory.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    /// <exception cref="IOException">Something cannot be removed, or a training run uses the directory.</exception>
    public static void Delete(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        CheckpointStore.Delete(directory);
    }
}
