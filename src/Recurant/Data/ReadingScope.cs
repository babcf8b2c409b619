namespace Recurant.Data;

/// <summary>
/// While it lasts, whoever is named is told how far the files are read that this thread reads, and reading ends when it is
/// cancelled.
/// <code>
/// using (new ReadingScope(progress, cancellation)) data = TextDatasetReader.Read("large.tsv");
/// </code>
/// </summary>
public sealed class ReadingScope : IDisposable
{
    private const string Phase = "reading";

    [ThreadStatic]
    private static ReadingScope? s_current;

    private readonly ReadingScope? _before;
    private readonly PhaseWork _work;

    /// <summary>Begins.</summary>
    /// <param name="progress">
    /// Who is told, in bytes of the file as it lies on the disk. A file whose format is guessed is opened several times.
    /// </param>
    /// <param name="cancellation">Ends reading with an <see cref="OperationCanceledException"/>.</param>
    public ReadingScope(IProgress<PhaseProgress>? progress, CancellationToken cancellation = default)
    {
        _work = new PhaseWork(progress, cancellation);
        _before = s_current;
        s_current = this;
    }

    /// <summary>Ends; on the thread on which it began.</summary>
    public void Dispose() => s_current = _before;

    /// <summary>Tells how far a file is read.</summary>
    internal static void Tell(long done, long total) => s_current?._work.Tell(Phase, done, total);
}
