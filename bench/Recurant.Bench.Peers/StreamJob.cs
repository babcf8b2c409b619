namespace Recurant.Bench.Peers;

/// <summary>One layer that reads one sequence, a step at a time, and keeps its state.</summary>
internal interface IStream : IDisposable
{
    /// <summary>Back to a zero state.</summary>
    void Reset();

    /// <summary>Reads input t of <see cref="CaseData.Input"/> and moves the state on.</summary>
    void Step(int t);

    /// <summary>Copies the hidden state [H] after the last step.</summary>
    void CopyState(Span<float> hidden);
}

/// <summary>The steps of a case one by one; the state is kept from one run to the next.</summary>
internal sealed class StreamJob : IJob
{
    private readonly Case _shape;
    private readonly IStream _stream;

    public StreamJob(string engine, int threads, Case shape)
    {
        _shape = shape;
        var data = new CaseData(shape);
        _stream = engine switch
        {
            Engines.Recurant => new RecurantStream(shape, data, threads),
            Engines.Torch => new TorchStream(shape, data, threads),
            Engines.OnnxRuntime => new OnnxStream(shape, data, threads),
            _ => throw new ArgumentException($"no engine '{engine}' for streams", nameof(engine)),
        };
    }

    public void Step()
    {
        for (int t = 0; t < _shape.Time; t++) _stream.Step(t);
    }

    /// <summary>"states" [T,H] of one run from a zero state.</summary>
    public IEnumerable<(string Name, float[] Values)> Results()
    {
        var states = new float[_shape.Time * _shape.Hidden];
        _stream.Reset();
        for (int t = 0; t < _shape.Time; t++)
        {
            _stream.Step(t);
            _stream.CopyState(states.AsSpan(t * _shape.Hidden, _shape.Hidden));
        }

        return [("states", states)];
    }

    public void Dispose() => _stream.Dispose();
}
