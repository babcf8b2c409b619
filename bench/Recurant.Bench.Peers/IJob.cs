namespace Recurant.Bench.Peers;

/// <summary>Something an engine does again and again against the clock, once it is prepared.</summary>
internal interface IJob : IDisposable
{
    void Step();

    /// <summary>What the engines must agree on; empty where there is nothing to compare.</summary>
    IEnumerable<(string Name, float[] Values)> Results();
}

/// <summary>A row of the grid as a job; the engine outlives it.</summary>
internal sealed class GridJob : IJob
{
    private readonly IEngine _engine;
    private readonly Mode _mode;

    public GridJob(IEngine engine, Case shape, Mode mode)
    {
        (_engine, _mode) = (engine, mode);
        engine.Prepare(shape, new CaseData(shape), mode);
    }

    public void Step()
    {
        if (_mode == Mode.Train) _engine.Train(); else _engine.Infer();
    }

    public IEnumerable<(string Name, float[] Values)> Results() => _engine.Results();

    public void Dispose()
    {
    }
}
