namespace Recurant.Inference;

/// <summary>
/// The workspaces of all who call one predictor at once. A call rents one and gives it back; a few are kept for the calls to
/// come, and what a peak of callers or a long text has needed beyond that is let go. The weights are not in them: they are
/// shared.
/// </summary>
/// <param name="model">What the workspaces are for; as large as it is, so much memory may lie idle.</param>
/// <param name="make">Makes a workspace.</param>
internal sealed class WorkspacePool<TWorkspace>(TrainedModel model, Func<TWorkspace> make) where TWorkspace : class
{
    /// <summary>Idle memory that is kept of a small model too: about a batch of texts.</summary>
    private const long FewestIdleBytes = 64 << 20;

    /// <summary>
    /// More calls than that at once gain nothing; each is then a new workspace, which is a small part of a call.
    /// </summary>
    private static readonly int s_mostIdle = Math.Max(8, 2 * Environment.ProcessorCount);

    private readonly long _mostIdleBytes = Math.Max(
        FewestIdleBytes, model.Parameters.Sum(parameter => (long)parameter.Count * sizeof(float)));

    private readonly List<(TWorkspace Workspace, WorkspaceMeter Meter)> _idle = [];

    /// <summary>The bytes that idle workspaces hold.</summary>
    public long IdleBytes
    {
        get
        {
            lock (_idle) return _idle.Sum(idle => idle.Meter.Bytes);
        }
    }

    /// <summary>Works with a workspace that nobody else has meanwhile.</summary>
    public TResult Use<TResult>(Func<TWorkspace, TResult> work)
    {
        (TWorkspace Workspace, WorkspaceMeter Meter) rented = Rent();
        try
        {
            return work(rented.Workspace);
        }
        finally
        {
            GiveBack(rented);
        }
    }

    private (TWorkspace Workspace, WorkspaceMeter Meter) Rent()
    {
        lock (_idle)
        {
            if (_idle.Count > 0)
            {
                (TWorkspace, WorkspaceMeter) last = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                return last;
            }
        }

        return (WorkspaceMeter.Measure(make, out WorkspaceMeter meter), meter);
    }

    /// <summary>Keeps the workspace, and lets the largest ones go if there are too many or they are too large.</summary>
    private void GiveBack((TWorkspace Workspace, WorkspaceMeter Meter) workspace)
    {
        lock (_idle)
        {
            _idle.Add(workspace);
            while (_idle.Count > s_mostIdle || (_idle.Count > 0 && _idle.Sum(idle => idle.Meter.Bytes) > _mostIdleBytes))
            {
                int largest = 0;
                for (int i = 1; i < _idle.Count; i++)
                {
                    if (_idle[i].Meter.Bytes > _idle[largest].Meter.Bytes) largest = i;
                }

                _idle.RemoveAt(largest);
            }
        }
    }
}

/// <summary>Makes pools.</summary>
internal static class WorkspacePool
{
    /// <summary>The pool of those who answer with a model.</summary>
    /// <param name="model">The model; it must not be trained meanwhile.</param>
    /// <param name="threads">Threads for one call; 0 for one a core.</param>
    /// <param name="make">Makes a workspace for so many threads.</param>
    public static WorkspacePool<T> Of<T>(TrainedModel model, int threads, Func<Workers, T> make) where T : class
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Workers workers = Workers.Asked(threads);
        return new WorkspacePool<T>(model, () => make(workers));
    }
}
