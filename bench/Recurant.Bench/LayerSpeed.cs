using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench;

/// <summary>
/// A training step through the public layers beside the engine's own calls, on rows of the grid: forward, the gradient of the
/// output given, backward with the gradient of the input, the weights packed anew. Steps of the two take turns; the medians
/// count.
/// </summary>
internal static class LayerSpeed
{
    private const int Rounds = 15;
    private const double TurnSeconds = 0.15;

    private static readonly (CellKind Cell, int Batch, int Steps, int Input, int Hidden, int Layers)[] s_rows =
    [
        (CellKind.Elman, 20, 35, 200, 200, 1), (CellKind.Lstm, 20, 35, 200, 200, 2), (CellKind.Gru, 20, 35, 200, 200, 1),
        (CellKind.Lstm, 50, 50, 128, 128, 1), (CellKind.Lstm, 20, 35, 650, 650, 2), (CellKind.Gru, 64, 50, 512, 512, 1),
        (CellKind.Lstm, 1, 100, 64, 64, 1),
    ];

    public static void Run()
    {
        Console.WriteLine("| row (B,T,I,H,layers) | threads | engine, ms | public layers, ms | ratio | bytes allocated a step |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        foreach (int threads in new[] { 1, 2 })
        {
            foreach ((CellKind cell, int batch, int steps, int input, int hidden, int layers) in s_rows)
            {
                var run = new Row(cell, batch, steps, input, hidden, layers, threads);
                (double engine, double open) = run.Measure();
                long before = GC.GetTotalAllocatedBytes(precise: true);
                run.Open();
                long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {cell} {batch},{steps},{input},{hidden},{layers} | {threads} | {engine:0.000} | {open:0.000} | "
                    + $"{open / engine:0.000} | {bytes} |"));
            }
        }
    }

    private sealed class Row
    {
        private readonly Recurrent _recurrent;
        private readonly RecurrentMemory _memory;
        private readonly BatchLayout _batch = new();
        private readonly RowStore _input = new(isTarget: true), _dInput = new(isTarget: true);
        private readonly RowStore _dOutput = new(isTarget: true), _loss = new(isTarget: true);
        private readonly Workers _workers;
        private readonly SequenceBatch _values;
        private readonly Pass _pass;
        private readonly int _sequences;

        public Row(CellKind cell, int batch, int steps, int input, int hidden, int layers, int threads)
        {
            _recurrent = new Recurrent(cell, input, hidden, layers);
            _recurrent.Initialise(seed: 1);
            _memory = _recurrent.Stack.CreateMemory();
            _workers = Workers.ForThreads(threads);
            _pass = new Pass(threads: threads);
            _sequences = batch;
            int[] lengths = [.. Enumerable.Repeat(steps, batch)];
            var values = new float[batch * steps * input];
            new Philox(1, RandomPurpose.Initialisation).FillUniform(values, -1, 1);
            _values = SequenceBatch.Of(lengths, values, input);
            _values.WantsGradient = true;
            _batch.Fill(lengths);
            _input.Reserve(_batch.Rows, input);
            _dOutput.Reserve(_batch.Rows, hidden);
            _dInput.Reserve(_batch.Rows, input);
            _loss.Reserve(_batch.Rows, hidden);
            for (int row = 0; row < _batch.Rows; row++)
            {
                _values.Row(row).CopyTo(_input.Row(row));
                new Philox(2, RandomPurpose.Initialisation, (ulong)row).FillUniform(_loss.Row(row), -1, 1);
            }
        }

        public (double Engine, double Open) Measure()
        {
            List<double> engine = [], open = [];
            for (int round = -3; round < Rounds; round++)
            {
                // The order turns round from round to round.
                for (int i = 0; i < 2; i++)
                {
                    bool isEngine = (i + round) % 2 == 0;
                    double time = Turn(isEngine ? Engine : Open);
                    if (round >= 0) (isEngine ? engine : open).Add(time);
                }
            }

            return (Median(engine), Median(open));
        }

        public void Open()
        {
            Renew();
            _pass.Begin();
            SequenceBatch h = _recurrent.Forward(_pass, _values);
            for (int row = 0; row < h.RowCount; row++) _loss.Row(row).CopyTo(h.GradientRow(row));
            _pass.Backward();
        }

        private void Engine()
        {
            Renew();
            RecurrentStack stack = _recurrent.Stack;
            stack.ResetInitialState(_memory, _sequences);
            stack.Forward(_workers, _batch, _input.Rows(_batch.Rows), _memory);
            // What a loss does on either side: the gradient of the output is written anew in every step.
            for (int row = 0; row < _batch.Rows; row++) _loss.Row(row).CopyTo(_dOutput.Row(row));
            _dInput.Clear();
            stack.ResetFinalGradient(_memory, _sequences);
            stack.Backward(
                _workers, _batch, _input.Rows(_batch.Rows), _dOutput.Rows(_batch.Rows), _dInput.Rows(_batch.Rows), _memory);
        }

        private void Renew()
        {
            for (int i = 0; i < _recurrent.Parameters.Count; i++)
            {
                _recurrent.Parameters[i].MarkChanged();
                _recurrent.Parameters[i].ClearGradient();
            }
        }

        private static double Turn(Action step)
        {
            List<double> times = [];
            long begin = Stopwatch.GetTimestamp();
            do
            {
                long start = Stopwatch.GetTimestamp();
                step();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < TurnSeconds);
            return Median(times);
        }

        private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
