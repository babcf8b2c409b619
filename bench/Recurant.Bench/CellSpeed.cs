using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench;

/// <summary>
/// Tokens a second of every cell in training (forward, backward and the packing of the weights), and how many times as many
/// as of the LSTM of equal width: sequences of 512 steps, as long texts read character by character have. The rounds go
/// through all cells in turn, so that whatever else the machine does meets them alike; the median round counts.
/// </summary>
internal static class CellSpeed
{
    private const int Sequences = 32, Steps = 512, Hidden = 256, Symbols = 65, Rounds = 7;

    private static readonly (string Name, int Input, int Layers, bool OneHot)[] s_shapes =
    [
        ("one layer, vectors of 256", Hidden, 1, false),
        ("one layer, vectors of 64", 64, 1, false),
        ("one layer, one-hot characters", Symbols, 1, true),
        ("two layers, one-hot characters", Symbols, 2, true),
    ];

    /// <summary>Prints a table for each number of threads given, or for one and two.</summary>
    public static void Run(string[] threads)
    {
        int[] counts = threads.Length == 0 ? [1, 2] : [.. threads.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        foreach (int count in counts)
        {
            Console.WriteLine(
                $"Training, {Sequences} sequences of {Steps} steps, {Hidden} units, {count} thread(s): "
                + "thousand tokens a second (times the LSTM)");
            Console.WriteLine();
            Console.WriteLine("| cell | " + string.Join(" | ", s_shapes.Select(shape => shape.Name)) + " |");
            Console.WriteLine("|---|" + string.Concat(Enumerable.Repeat("--:|", s_shapes.Length)));
            CellKind[] kinds = Enum.GetValues<CellKind>();
            double[][] speeds = [.. s_shapes.Select(shape => Measure(kinds, shape.Input, shape.Layers, shape.OneHot, count))];
            for (int i = 0; i < kinds.Length; i++)
            {
                int lstm = Array.IndexOf(kinds, CellKind.Lstm);
                Console.WriteLine($"| {kinds[i]} | " + string.Join(" | ", speeds.Select(column => string.Create(
                    CultureInfo.InvariantCulture, $"{column[i] / 1000:0} ({column[i] / column[lstm]:0.0})"))) + " |");
            }

            Console.WriteLine();
        }
    }

    /// <summary>Tokens a second of each cell.</summary>
    private static double[] Measure(CellKind[] kinds, int input, int layers, bool oneHot, int threads)
    {
        TrainingStep[] steps = [.. kinds.Select(kind => new TrainingStep(kind, input, layers, oneHot, threads))];
        double[][] seconds = [.. kinds.Select(_ => new double[Rounds])];
        for (int round = -2; round < Rounds; round++)
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                steps[i].Run();
                if (round >= 0) seconds[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return [.. seconds.Select(times => Sequences * Steps / times.Order().ElementAt(Rounds / 2))];
    }

    private sealed class TrainingStep
    {
        private readonly RecurrentStack _stack;
        private readonly RecurrentMemory _memory;
        private readonly BatchLayout _batch = new();
        private readonly Matrix _input, _dOutput;
        private readonly Matrix? _dInput;
        private readonly Workers _workers;

        public TrainingStep(CellKind cell, int input, int layers, bool oneHot, int threads)
        {
            _workers = Workers.ForThreads(threads);
            _stack = new RecurrentStack(new StackSpec
            {
                Cell = cell, InputSize = input, HiddenSize = Hidden, Layers = layers, OneHotInput = oneHot,
            });
            _stack.Initialise(1, 0);
            _memory = _stack.CreateMemory();
            var random = new Random(1);
            int[][] tokens = new int[Sequences][];
            for (int i = 0; i < Sequences; i++) tokens[i] = [.. Enumerable.Range(0, Steps).Select(_ => random.Next(Symbols))];
            _batch.Fill(tokens, [.. Enumerable.Range(0, Sequences)]);
            _dOutput = Random(_batch.Rows, Hidden);
            if (oneHot) return;
            _input = Random(_batch.Rows, input);
            _dInput = Random(_batch.Rows, input);
        }

        public void Run()
        {
            foreach (Parameter parameter in _stack.Parameters)
            {
                parameter.MarkChanged();
                parameter.ClearGradient();
            }

            _stack.ResetInitialState(_memory, Sequences);
            _stack.ResetFinalGradient(_memory, Sequences);
            _stack.Forward(_workers, _batch, _input, _memory);
            _stack.Backward(_workers, _batch, _input, _dOutput, _dInput, _memory);
        }

        private static Matrix Random(int rows, int columns)
        {
            Matrix matrix = new RowStore().Reserve(rows, columns).Rows(rows);
            new Philox(3, RandomPurpose.Shuffling).FillUniform(matrix.Span, -1, 1);
            return matrix;
        }
    }
}
