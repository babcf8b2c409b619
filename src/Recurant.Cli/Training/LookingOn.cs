namespace Recurant.Cli;

/// <summary>
/// Holds a signal's end back from the first step of a run on: from there something would be lost, and the run looks at the
/// token after every step.
/// </summary>
internal sealed class StepHold(Interruption interruption) : TrainingObserver, IDisposable
{
    private IDisposable? _hold;

    public override void OnStep(in TrainingStep step) =>
        _hold ??= interruption.Hold("stopping after this step; press Ctrl-C again to end at once");

    public void Dispose() => _hold?.Dispose();
}

/// <summary>
/// Passes on what happens to one who writes it down. Where that fails, the user is told once and the run goes on.
/// </summary>
/// <param name="inner">Who writes it down.</param>
/// <param name="failed">Is told why it failed.</param>
internal sealed class FallibleObserver(TrainingObserver inner, Action<Exception> failed) : TrainingObserver
{
    private bool _hasFailed;

    public override void OnStep(in TrainingStep step)
    {
        TrainingStep told = step;
        Try(() => inner.OnStep(told));
    }

    public override void OnEpoch(string stage, EpochRecord epoch, bool isBest) => Try(() => inner.OnEpoch(stage, epoch, isBest));

    /// <summary>Does some of the writing, unless it has failed before.</summary>
    public void Try(Action work)
    {
        if (_hasFailed) return;
        try
        {
            work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _hasFailed = true;
            failed(fault);
        }
    }
}
