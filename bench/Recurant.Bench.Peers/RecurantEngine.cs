namespace Recurant.Bench.Peers;

internal static partial class Engines
{
    static partial void AddRecurant(List<string> names) => names.Add(Recurant);

    static partial void MakeRecurant(int threads, ref IEngine? engine) => engine = new RecurantEngine(threads);

    static partial void FindRecompute(ref bool can) => can = true;
}

/// <summary>Recurant's recurrent layers.</summary>
/// <remarks>
/// In inference the weights stay packed, as in ONNX Runtime. A training step is charged with packing them anew, because
/// in real training the optimiser has changed them.
/// </remarks>
internal sealed class RecurantEngine(int threads) : IEngine
{
    private readonly Workers _workers = Workers.ForThreads(threads);
    private readonly BatchLayout _batch = new();
    private readonly RowStore _input = new();
    private readonly RowStore _outputGradient = new();
    private readonly RowStore _inputGradient = new();
    private RecurrentStack _stack = null!;
    private RecurrentMemory _memory = null!;
    private Parameter[] _parameters = [];
    private RecurantSegments? _segments;
    private Mode _mode;

    private int Rows => _batch.Rows;

    public bool Can(Mode mode) => true;

    public void Prepare(Case shape, CaseData data, Mode mode)
    {
        _mode = mode;
        _stack = new RecurrentStack(new StackSpec
        {
            Cell = shape.Cell switch { "rnn" => CellKind.Elman, "gru" => CellKind.Gru, _ => CellKind.Lstm },
            InputSize = shape.Input,
            HiddenSize = shape.Hidden,
            Layers = shape.Layers,
        });
        _memory = _stack.CreateMemory();
        _parameters = [.. _stack.Parameters];
        foreach (Parameter parameter in _parameters)
        {
            data.Values(parameter.Name).CopyTo(parameter.Value);
            parameter.MarkChanged();
        }

        _batch.Fill(Enumerable.Repeat(shape.Time, shape.Batch).ToArray());
        _segments = shape.Recompute ? new RecurantSegments(_stack, _memory, data) : null;
        if (shape.Recompute) return;
        data.Input.CopyTo(_input.Reserve(Rows, shape.Input).Rows(Rows).Span);
        data.OutputGradient.CopyTo(_outputGradient.Reserve(Rows, shape.Hidden).Rows(Rows).Span);
        _inputGradient.Reserve(Rows, shape.Input);
    }

    public void Infer() => Forward(forTraining: false);

    private void Forward(bool forTraining)
    {
        _memory.KeepsHistory = forTraining;
        _stack.ResetInitialState(_memory, _batch.Sequences);
        _stack.Forward(_workers, _batch, _input.Rows(Rows), _memory);
    }

    public void Train()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.MarkChanged();
            parameter.ClearGradient();
        }

        if (_segments is not null)
        {
            _segments.Train(_workers, _batch);
            return;
        }

        _inputGradient.Clear();
        Forward(forTraining: true);
        _stack.ResetFinalGradient(_memory, _batch.Sequences);
        _stack.Backward(
            _workers, _batch, _input.Rows(Rows), _outputGradient.Rows(Rows), _inputGradient.Rows(Rows), _memory);
    }

    public IEnumerable<(string Name, float[] Values)> Results()
    {
        if (_segments is not null)
        {
            // Of the output and the input's gradient there is never more than a segment.
            foreach (Parameter parameter in _parameters) yield return (parameter.Name, parameter.Gradient.ToArray());
            yield break;
        }

        yield return ("output", Values(_memory.Outputs[^1].Rows(Rows)));
        if (_mode == Mode.Train)
        {
            yield return ("input", Values(_inputGradient.Rows(Rows)));
            foreach (Parameter parameter in _parameters) yield return (parameter.Name, parameter.Gradient.ToArray());
        }
    }

    private static float[] Values(Matrix matrix) =>
        [.. Enumerable.Range(0, matrix.Rows).SelectMany(row => matrix.Row(row).ToArray())];

    public void Dispose()
    {
    }
}
