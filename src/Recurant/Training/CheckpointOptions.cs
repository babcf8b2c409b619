namespace Recurant.Training;

/// <summary>What a run does with the checkpoint that its directory holds when it begins.</summary>
public enum CheckpointStart
{
    /// <summary>It begins anew; that there is a checkpoint is an error, so that no work is lost by mistake.</summary>
    New,

    /// <summary>It continues; that there is no checkpoint is an error.</summary>
    Resume,

    /// <summary>It continues if there is a checkpoint, and else begins anew.</summary>
    ResumeOrNew,

    /// <summary>It begins anew; the old checkpoint goes as soon as the first of this run is in place.</summary>
    Replace,
}

/// <summary>
/// Where and how often a training run keeps its whole state. A run that is stopped in any way and continued from its last
/// checkpoint gives the same model file, byte for byte, as one that was never stopped. See docs/checkpoint.md.
/// </summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// The directory, one for each run; it is made if it is not there. It holds one checkpoint, the last. When the run is over
    /// and the model is saved, <see cref="Storage.Checkpoint.Delete"/> removes it.
    /// </summary>
    public required string Directory { get; init; }

    /// <summary>
    /// A checkpoint is kept after the first step that ends so long after the last one, zero or more; and always when the run is
    /// cancelled or its budget is over. Default: one minute.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What to do with a checkpoint that is there. Default: it is an error.</summary>
    public CheckpointStart Start { get; init; }

    /// <summary>
    /// A text for the program's own use that every checkpoint keeps, such as its command line; <see
    /// cref="Storage.Checkpoint.ReadNote"/> reads it. Default: none.
    /// </summary>
    public string? Note { get; init; }

    /// <summary>
    /// Called, on the thread that trains, where a checkpoint cannot be written, as on a full disk: the run goes on, and the
    /// checkpoint before it stays. Default: none, and the failure ends the run.
    /// </summary>
    public Action<IOException>? Failed { get; init; }

    /// <summary>Called after every checkpoint, on the thread that trains; tests stop runs here.</summary>
    internal Action? Saved { get; init; }
}
