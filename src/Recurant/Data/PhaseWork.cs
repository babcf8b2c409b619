namespace Recurant.Data;

/// <summary>Tells of the phases of a run, and ends them when the run is cancelled.</summary>
/// <param name="progress">Who is told; null for nobody.</param>
/// <param name="cancellation">Looked at every few rows.</param>
internal sealed class PhaseWork(IProgress<PhaseProgress>? progress = null, CancellationToken cancellation = default)
{
    private const int RowsBetween = 512;

    /// <summary>Asked by work that may end early, of which a part is better than nothing; null: never late.</summary>
    public Func<bool>? Late { private get; init; }

    /// <summary>Whether the time of the work is over.</summary>
    public bool IsLate => Late?.Invoke() == true;

    /// <summary>Ends the run.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>For work that nobody watches.</summary>
    public static PhaseWork Unwatched { get; } = new();

    /// <summary>For a run that tells of its steps to someone who may want to know of its phases too.</summary>
    public static PhaseWork Of(object? progress, CancellationToken cancellation) =>
        new(progress as IProgress<PhaseProgress>, cancellation);

    /// <summary>Goes through rows as one phase.</summary>
    public IEnumerable<T> Over<T>(string phase, IReadOnlyList<T> rows)
    {
        int count = rows.Count;
        Tell(phase, 0, count);
        for (int i = 0; i < count; i++)
        {
            if (i % RowsBetween == RowsBetween - 1) Tell(phase, i, count);
            yield return rows[i];
        }

        Tell(phase, count, count);
    }

    /// <summary>Tells how far a phase is.</summary>
    /// <exception cref="OperationCanceledException">The run is cancelled.</exception>
    public void Tell(string phase, long done, long total)
    {
        cancellation.ThrowIfCancellationRequested();
        Report(phase, done, total);
    }

    /// <summary>Tells how far a phase is that ends in its own way when the run is cancelled.</summary>
    public void Report(string phase, long done, long total) => progress?.Report(new PhaseProgress(phase, done, total));
}
