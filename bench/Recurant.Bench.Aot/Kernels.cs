using System.Diagnostics;

namespace Recurant.Bench.Aot;

/// <summary>The kernels that are timed, on one thread; the same code under the JIT and compiled ahead of time.</summary>
internal static class Kernels
{
    private static readonly Workers s_one = Workers.ForThreads(1);

    public static IEnumerable<(string Name, Action Step)> All()
    {
        yield return ("product 12 x 256 x 512", Product(12, 256, 512));
        yield return ("product 700 x 200 x 800", Product(700, 200, 800));
        yield return ("tanh of 16,384", Tanh(16_384));
        foreach (CellKind cell in new[] { CellKind.Lstm, CellKind.Gru, CellKind.Elman })
        {
            string shape = $"{cell.ToString().ToLowerInvariant()} B 32, T 50, I 64, H 128";
            yield return ($"{shape}, inference", Layer(cell, train: false));
            yield return ($"{shape}, training", Layer(cell, train: true));
        }
    }

    /// <summary>Microseconds a call: the median over turns of at least 10 ms, for half a second after warming up.</summary>
    public static double Time(Action step)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 500;) step();
        List<double> turns = [];
        for (var all = Stopwatch.StartNew(); all.ElapsedMilliseconds < 500;)
        {
            int calls = 0;
            var turn = Stopwatch.StartNew();
            for (; turn.ElapsedMilliseconds < 10; calls++) step();
            turns.Add(turn.Elapsed.TotalMicroseconds / calls);
        }

        turns.Sort();
        return turns[turns.Count / 2];
    }

    private static Action Product(int rows, int depth, int columns)
    {
        Matrix left = Random(1, rows, depth), result = Random(2, rows, columns);
        var packed = new PackedMatrix();
        packed.PackTransposed(s_one, Random(3, columns, depth));
        return () => MatrixProduct.Multiply(s_one, left, packed, result, accumulate: false);
    }

    private static Action Tanh(int length)
    {
        Matrix source = Random(1, 1, length), destination = Random(2, 1, length);
        return () => Elementwise.Tanh(source.Span, destination.Span);
    }

    private static Action Layer(CellKind cell, bool train)
    {
        const int Batch = 32, Steps = 50, Input = 64, Hidden = 128;
        var stack = new RecurrentStack(new StackSpec { Cell = cell, InputSize = Input, HiddenSize = Hidden });
        stack.Initialise(seed: 1, ordinal: 0);
        Parameter[] parameters = [.. stack.Parameters];
        RecurrentMemory memory = stack.CreateMemory();
        memory.KeepsHistory = train;
        var batch = new BatchLayout();
        batch.Fill(Enumerable.Repeat(Steps, Batch).ToArray());
        Matrix input = Random(4, batch.Rows, Input), dInput = Random(5, batch.Rows, Input);
        Matrix dOutput = Random(6, batch.Rows, Hidden);
        return train ? Train : Forward;

        void Forward()
        {
            stack.ResetInitialState(memory, batch.Sequences);
            stack.Forward(s_one, batch, input, memory);
        }

        void Train()
        {
            foreach (Parameter parameter in parameters)
            {
                parameter.MarkChanged();
                parameter.ClearGradient();
            }

            Forward();
            dInput.Span.Clear();
            stack.ResetFinalGradient(memory, batch.Sequences);
            stack.Backward(s_one, batch, input, dOutput, dInput, memory);
        }
    }

    private static Matrix Random(ulong seed, int rows, int columns)
    {
        Matrix matrix = new RowStore().Reserve(rows, columns).Rows(rows);
        new Philox(seed, RandomPurpose.Initialisation).FillUniform(matrix.Span, -1, 1);
        return matrix;
    }
}
