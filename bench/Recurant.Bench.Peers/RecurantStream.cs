using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Bench.Peers;

/// <summary>Recurant's layer over batches of one sequence and one step; the state is carried over between them.</summary>
internal sealed class RecurantStream : IStream
{
    private readonly Workers _workers;
    private readonly SequenceBatch _batch = new();
    private readonly RowStore _input = new();
    private readonly RecurrentStack _stack;
    private readonly RecurrentMemory _memory;
    private readonly CaseData _data;
    private readonly bool _hasCell;

    public RecurantStream(Case shape, CaseData data, int threads)
    {
        _workers = Workers.ForThreads(threads);
        _data = data;
        _hasCell = shape.Cell == "lstm";
        _stack = new RecurrentStack(new RecurrentSpec
        {
            Cell = shape.Cell switch { "rnn" => CellKind.Elman, "gru" => CellKind.Gru, _ => CellKind.Lstm },
            InputSize = shape.Input,
            HiddenSize = shape.Hidden,
        });
        foreach (Parameter parameter in _stack.Parameters)
        {
            data.Values(parameter.Name).CopyTo(parameter.Value);
            parameter.MarkChanged();
        }

        _memory = _stack.CreateMemory();
        _batch.Fill([1]);
        _input.Reserve(1, shape.Input);
        Reset();
    }

    public void Reset()
    {
        _stack.ResetInitialState(_memory, 1);
        _memory.HasInitialState = true;
    }

    public void Step(int t)
    {
        Span<float> input = _input.Row(0);
        _data.Input.AsSpan(t * input.Length, input.Length).CopyTo(input);
        _stack.Forward(_workers, _batch, _input.Rows(1), _memory);

        CellMemory cell = _memory.Cells[0];
        _memory.Outputs[0].Row(0).CopyTo(cell.InitialHidden.Row(0));
        if (_hasCell) cell.Cells.Row(0).CopyTo(cell.InitialCell.Row(0));
    }

    public void CopyState(Span<float> hidden) => _memory.Outputs[0].Row(0).CopyTo(hidden);

    public void Dispose()
    {
    }
}
