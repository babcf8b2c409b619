using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench;

/// <summary>
/// Where the time of a layer goes: the pieces of a forward pass and of a training step are run by themselves on the shapes of
/// the grid, one thread, best of many runs; what they leave of the whole is memory traffic between them, copies and calls.
/// </summary>
internal static class WhereTimeGoes
{
    private static readonly string[] s_rows =
    [
        "lstm 1,20,256,256", "gru 1,20,256,256", "rnn 32,50,64,128", "gru 32,50,64,128", "lstm 32,50,64,128",
        "lstm 50,50,128,128",
        "lstm 20,35,200,200", "gru 20,35,650,650", "lstm 20,35,650,650", "gru 64,100,512,512", "lstm 64,100,512,512",
        "lstm 100,784,1,128",
    ];

    private static readonly Workers s_one = Workers.ForThreads(1);

    public static void Run()
    {
        Console.WriteLine("Inference, milliseconds (share of the whole):");
        Console.WriteLine();
        Console.WriteLine("| row | whole | W_ih X | W_hh h | element-wise | rest |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        foreach (string row in s_rows) Console.WriteLine(new Pieces(row).Inference());
        Console.WriteLine();
        Console.WriteLine("Training step:");
        Console.WriteLine();
        Console.WriteLine("| row | whole | W_ih X | W_hh h | W_hh^T dz | dW | dX | element-wise | packing | rest |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (string row in s_rows) Console.WriteLine(new Pieces(row).Training());
    }

    private sealed class Pieces
    {
        private readonly string _name;
        private readonly int _batchSize, _steps, _input, _hidden;
        private readonly RecurrentCell _cell;
        private readonly RecurrentStack _stack;
        private readonly RecurrentMemory _memory;
        private readonly BatchLayout _batch = new();
        private readonly Matrix _x, _dx, _dy;

        public Pieces(string row)
        {
            _name = row;
            string[] words = row.Split(' ', ',');
            (_batchSize, _steps, _input, _hidden) = (
                int.Parse(words[1]), int.Parse(words[2]), int.Parse(words[3]), int.Parse(words[4]));
            _stack = new RecurrentStack(new StackSpec
            {
                Cell = words[0] switch { "rnn" => CellKind.Elman, "gru" => CellKind.Gru, _ => CellKind.Lstm },
                InputSize = _input,
                HiddenSize = _hidden,
            });
            _stack.Initialise(1, 0);
            _cell = _stack.Cells.Single();
            _memory = _stack.CreateMemory();
            _batch.Fill(Enumerable.Repeat(_steps, _batchSize).ToArray());
            _x = Random(_batch.Rows, _input);
            _dx = Random(_batch.Rows, _input);
            _dy = Random(_batch.Rows, _hidden);
        }

        private CellMemory Cell => _memory.Cells[0];

        public string Inference()
        {
            double whole = Best(() => Forward(keeps: false));
            (double input, double hidden, double elementwise) = ForwardPieces();
            return Line(whole, input, hidden, elementwise);
        }

        public string Training()
        {
            double whole = Best(Train);
            (double input, double hidden, double elementwise) = ForwardPieces();
            Forward(keeps: true);
            _stack.ResetFinalGradient(_memory, _batchSize);
            Parameter w = _cell.HiddenWeights, u = _cell.InputWeights;
            Matrix dz = Cell.Gates.Rows(_batch.Rows);
            PackedMatrix backward = Packed(w, transposed: false), backwardInput = Packed(u, transposed: false);
            RowStore target = new RowStore(isTarget: true).Reserve(_batchSize, _hidden);
            double back = Best(() =>
            {
                for (int t = 0; t < _steps; t++)
                {
                    MatrixProduct.Multiply(Cell.Gates.Rows(t * _batchSize, _batchSize), backward, target.Rows(_batchSize), false);
                }
            });
            PackedMatrix rows = new(), inputs = new(), forward = new(), forwardInput = new();
            Matrix states = Random(_batch.Rows, _hidden);
            double packing = Best(() =>
            {
                rows.Pack(s_one, states);
                inputs.Pack(s_one, _x);
                Pack(forward, w, transposed: true);
                Pack(backward, w, transposed: false);
                Pack(forwardInput, u, transposed: true);
                Pack(backwardInput, u, transposed: false);
            });
            double weights = Best(() => TransposedProduct.MultiplyTwo(
                s_one, dz, new TransposedTarget(rows, w.GradientMatrix, true),
                new TransposedTarget(inputs, u.GradientMatrix, true)));
            double dInput = Best(() => MatrixProduct.Multiply(s_one, dz, backwardInput, _dx, accumulate: true));
            double stepBack = Best(() =>
            {
                for (int t = 0; t < _steps; t++) _cell.StepBackward(Step(t));
            });
            return Line(whole, input, hidden, back, weights, dInput, elementwise + stepBack, packing);
        }

        private (double Input, double Hidden, double Elementwise) ForwardPieces()
        {
            Forward(keeps: true);
            int width = _cell.Gates * _hidden;
            PackedMatrix u = Packed(_cell.InputWeights, transposed: true), w = Packed(_cell.HiddenWeights, transposed: true);
            // The gates of some steps at a time, as in a run, so that they stay in the cache.
            int together = Math.Clamp(256 / _batchSize, 1, _steps);
            RowStore gates = new RowStore(isTarget: true).Reserve(together * _batchSize, width);
            double input = Best(() =>
            {
                for (int t = 0; t < _steps; t += together)
                {
                    int rows = Math.Min(together, _steps - t) * _batchSize;
                    MatrixProduct.Multiply(_x.Slice(t * _batchSize, rows), u, gates.Rows(rows), accumulate: false);
                }
            });
            Matrix states = _memory.Outputs[0].Rows(_batch.Rows);
            double hidden = Best(() =>
            {
                for (int t = 1; t < _steps; t++)
                {
                    MatrixProduct.Multiply(states.Slice((t - 1) * _batchSize, _batchSize), w, gates.Rows(_batchSize), true);
                }
            });
            Cell.KeepsHistory = false;
            Cell.Gates.Reserve(_batchSize, width);
            _cell.Reserve(Cell, _batchSize, _batchSize);
            double elementwise = Best(() =>
            {
                for (int t = 0; t < _steps; t++) _cell.StepForward(Step(t) with { PreviousCount = 0, GateRowStart = 0 });
            });
            Cell.KeepsHistory = true;
            return (input, hidden, elementwise);
        }

        private CellStep Step(int t) => new()
        {
            Memory = Cell, CellSize = _hidden, RowStart = t * _batchSize, GateRowStart = t * _batchSize,
            PreviousRowStart = Math.Max(0, t - 1) * _batchSize,
            PreviousCount = t == 0 ? 0 : _batchSize, Count = _batchSize, First = 0, FirstUnit = 0, Units = _hidden,
            Output = _memory.Outputs[0].Rows(_batch.Rows), DOutput = _dy, StartsFromZero = true, HasMask = false,
        };

        private void Forward(bool keeps)
        {
            _memory.KeepsHistory = keeps;
            _stack.ResetInitialState(_memory, _batchSize);
            _stack.Forward(s_one, _batch, _x, _memory);
        }

        private void Train()
        {
            foreach (Parameter parameter in _stack.Parameters)
            {
                parameter.MarkChanged();
                parameter.ClearGradient();
            }

            Forward(keeps: true);
            _stack.ResetFinalGradient(_memory, _batchSize);
            _stack.Backward(s_one, _batch, _x, _dy, _dx, _memory);
        }

        private static PackedMatrix Packed(Parameter parameter, bool transposed)
        {
            var packed = new PackedMatrix();
            Pack(packed, parameter, transposed);
            return packed;
        }

        private static void Pack(PackedMatrix target, Parameter parameter, bool transposed)
        {
            if (transposed) target.PackTransposed(s_one, parameter.Matrix); else target.Pack(s_one, parameter.Matrix);
        }

        private static Matrix Random(int rows, int columns)
        {
            Matrix matrix = new RowStore().Reserve(rows, columns).Rows(rows);
            new Philox(3, RandomPurpose.Shuffling).FillUniform(matrix.Span, -1, 1);
            return matrix;
        }

        private string Line(double whole, params double[] pieces)
        {
            string Share(double ms) => string.Create(CultureInfo.InvariantCulture, $"{ms:0.000} ({ms / whole:0%})");
            return $"| {_name} | {string.Create(CultureInfo.InvariantCulture, $"{whole:0.000}")} | "
                + string.Join(" | ", pieces.Select(Share)) + $" | {Share(whole - pieces.Sum())} |";
        }

        private static double Best(Action action)
        {
            double best = double.PositiveInfinity;
            var all = Stopwatch.StartNew();
            for (int runs = 0; runs < 5 || all.Elapsed.TotalSeconds < 0.4; runs++)
            {
                var watch = Stopwatch.StartNew();
                action();
                best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
            }

            return best;
        }
    }
}
