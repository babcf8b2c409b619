using BenchmarkDotNet.Attributes;

namespace Recurant.Bench;

/// <summary>One layer forward and back, batch 20, 35 steps, 200 wide, one and two threads. Allocated bytes must be 0.</summary>
[MemoryDiagnoser]
public class StackBenchmarks
{
    private const int Batch = 20, Steps = 35, Width = 200;

    private readonly BatchLayout _batch = new();
    private readonly RowStore _input = new(), _dInput = new(), _dOutput = new();
    private RecurrentStack _stack = null!;
    private RecurrentMemory _memory = null!;
    private Workers _workers = null!;

    [Params(CellKind.Elman, CellKind.Lstm, CellKind.Gru)]
    public CellKind Cell { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _workers = Workers.ForThreads(Threads);
        _stack = new RecurrentStack(new StackSpec { Cell = Cell, InputSize = Width, HiddenSize = Width });
        _stack.Initialise(1, 0);
        _memory = _stack.CreateMemory();
        int[] lengths = new int[Batch];
        Array.Fill(lengths, Steps);
        _batch.Fill(lengths);
        _dInput.Reserve(_batch.Rows, Width).Clear();
        foreach (RowStore store in new[] { _input, _dOutput })
        {
            new Philox(1, RandomPurpose.Initialisation)
                .FillUniform(store.Reserve(_batch.Rows, Width).Rows(_batch.Rows).Span, -1, 1);
        }
    }

    [Benchmark]
    public void Forward()
    {
        _stack.ResetInitialState(_memory, Batch);
        _stack.Forward(_workers, _batch, _input.Rows(_batch.Rows), _memory);
    }

    [Benchmark]
    public void ForwardAndBackward()
    {
        foreach (Parameter parameter in _stack.Parameters)
        {
            parameter.MarkChanged();
            parameter.ClearGradient();
        }

        Forward();
        _dInput.Clear();
        _stack.ResetFinalGradient(_memory, Batch);
        _stack.Backward(
            _workers, _batch, _input.Rows(_batch.Rows), _dOutput.Rows(_batch.Rows), _dInput.Rows(_batch.Rows), _memory);
    }
}
