using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// Sums in a fixed order that knows neither the vector width nor the number of threads: element i belongs to running sum
/// i mod 64, the 64 sums are then added pairwise (0 + 32, 1 + 33, ...; 0 + 16, ...), and blocks of 4,096 elements are
/// added in order in double precision.
/// </summary>
internal static unsafe class Reductions
{
    private const int Lanes = 64;
    private const int Block = 4096;

    /// <summary>Below so many elements a second thread costs more than it gives.</summary>
    private const int WorthSplitting = 1 << 16;

    /// <summary>The sum of all elements.</summary>
    public static double Sum(ReadOnlySpan<float> values) => Total(values, squares: false);

    /// <summary>The sum of the squares of all elements.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values) => Total(values, squares: true);

    /// <summary>sum_i left_i right_i, in the same fixed order.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException(
                $"A dot product needs equal lengths, not {left.Length} and {right.Length}.", nameof(right));
        }

        Span<float> lanes = stackalloc float[Lanes];
        lanes.Clear();
        for (int i = 0; i < left.Length; i += Lanes)
        {
            int count = Math.Min(Lanes, left.Length - i);
            VectorLoop.Accumulate(
                new Elementwise.SumOfProducts(), left.Slice(i, count), right.Slice(i, count), lanes[..count]);
        }

        return AddPairwise(lanes);
    }

    /// <summary>The largest element; NaN if there is one.</summary>
    public static float Max(ReadOnlySpan<float> values)
    {
        float largest = float.NegativeInfinity;
        foreach (float value in values)
        {
            if (float.IsNaN(value)) return value;
            if (value > largest) largest = value;
        }

        return largest;
    }

    /// <summary>
    /// Sums the rows of a matrix: sums[j] += sum over r of matrix[r, j], each column one running sum in the order of r.
    /// </summary>
    public static void AddColumnSums(Matrix matrix, Span<float> sums)
    {
        if (sums.Length != matrix.Columns) throw new ArgumentException($"{matrix.Columns} sums are needed, not {sums.Length}.");
        int together = matrix.Rows - matrix.Rows % ColumnSumsKernel.Rows;
        fixed (float* start = sums)
        {
            var kernel = new ColumnSumsKernel(matrix, new Address(start));
            UnitLoop.Run(ref kernel, 0, together, matrix.Columns, ColumnSumsKernel.Rows);
        }

        matrix.KeepAlive();
        for (int row = together; row < matrix.Rows; row++) Elementwise.Add(matrix.Row(row), sums);
    }

    /// <summary>Eight rows at a time, one after the other, so that the sums are read and written an eighth as often.</summary>
    private ref struct ColumnSumsKernel(Matrix matrix, Address sums) : IUnitKernel
    {
        public const int Rows = 8;
        private Address _first;
        private readonly nint _step = matrix.RowStep;

        public void Begin(int row) => _first = matrix.At(row);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector sum = UnitLanes<TWidth, TVector, TReach>.Load(sums + j, left);
            Address row = _first + j;
            for (int i = 0; i < Rows; i++, row += _step)
            {
                sum = TWidth.Add(sum, UnitLanes<TWidth, TVector, TReach>.Load(row, left));
            }

            UnitLanes<TWidth, TVector, TReach>.Store(sum, sums + j, left);
        }
    }

    /// <summary>The same on all workers: columns are dealt out, never rows.</summary>
    public static void AddColumnSums(Workers workers, Matrix matrix, FloatBuffer sums)
    {
        if ((long)matrix.Rows * matrix.Columns < WorthSplitting)
        {
            AddColumnSums(matrix, sums.Span);
            return;
        }

        var work = new ColumnSumsWork { Matrix = matrix, Sums = sums };
        workers.Run(ref work);
    }

    private struct ColumnSumsWork : IParallelWork
    {
        public Matrix Matrix;
        public FloatBuffer Sums;

        public readonly void Execute(int part, int parts)
        {
            // Shares of whole cache lines, so that no two workers write into one.
            (int first, int last) = Partition.Range((Matrix.Columns + 15) / 16, part, parts);
            int begin = Math.Min(16 * first, Matrix.Columns), end = Math.Min(16 * last, Matrix.Columns);
            AddColumnSums(Matrix.Column(begin, end - begin), Sums.Span[begin..end]);
        }
    }

    private static double Total(ReadOnlySpan<float> values, bool squares)
    {
        double total = 0;
        Span<float> lanes = stackalloc float[Lanes];
        for (int start = 0; start < values.Length; start += Block)
        {
            ReadOnlySpan<float> block = values.Slice(start, Math.Min(Block, values.Length - start));
            lanes.Clear();
            for (int i = 0; i < block.Length; i += Lanes)
            {
                ReadOnlySpan<float> part = block.Slice(i, Math.Min(Lanes, block.Length - i));
                VectorLoop.Apply(new RunningSum(squares), part, lanes[..part.Length], lanes[..part.Length]);
            }

            total += AddPairwise(lanes);
        }

        return total;
    }

    private static float AddPairwise(Span<float> lanes)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }

    private readonly struct RunningSum(bool squares) : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector x, TVector sum) =>
            squares ? TWidth.FusedMultiplyAdd(x, x, sum) : TWidth.Add(sum, x);
    }
}
