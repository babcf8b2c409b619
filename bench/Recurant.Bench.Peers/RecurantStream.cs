namespace Recurant.Bench.Peers;

/// <summary>Recurant's stream: the state stays in it between the steps.</summary>
internal sealed class RecurantStream : IStream
{
    private readonly RecurrentStream _stream;
    private readonly CaseData _data;
    private readonly int _input;
    private readonly float[] _hidden;

    public RecurantStream(Case shape, CaseData data, int threads)
    {
        _data = data;
        _input = shape.Input;
        var stack = new RecurrentStack(new StackSpec
        {
            Cell = shape.Cell switch { "rnn" => CellKind.Elman, "gru" => CellKind.Gru, _ => CellKind.Lstm },
            InputSize = shape.Input,
            HiddenSize = shape.Hidden,
        });
        foreach (Parameter parameter in stack.Parameters)
        {
            data.Values(parameter.Name).CopyTo(parameter.Value);
            parameter.MarkChanged();
        }

        _hidden = new float[shape.Hidden];
        _stream = new RecurrentStream(stack, Workers.ForThreads(threads));
    }

    public void Reset() => _stream.Reset();

    public void Step(int t) => _stream.Step(_data.Input.AsSpan(t * _input, _input)).CopyTo(_hidden);

    public void CopyState(Span<float> hidden) => _hidden.CopyTo(hidden);

    public void Dispose()
    {
    }
}
