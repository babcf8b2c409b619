using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

/// <summary>
/// Every product is compared, bit by bit, with a plain loop that adds in the order of k with fused multiply-add. Equality
/// with that loop at each width, partition and thread count is equality among all of them.
/// </summary>
public unsafe class MatrixProductTests
{
    private const int MostRows = 26, MostColumns = 70, MostDepth = 513;
    private const int LeftStep = MostDepth + 3, TransposedStep = MostRows + 5, RightStep = MostColumns + 1,
        ResultStep = MostColumns + 7;
    private const int Guard = 40;

    private static readonly int[] s_depths = [.. Enumerable.Range(0, 41), 255, 256, 257, 300, 513];
    private static readonly int[] s_columns =
        [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 25, 31, 32, 33, 36, 40, 47, 48, 49, 56, 63, 64, 65, 69, 70];

    private static readonly Operands s_operands = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Multiply_EverySizeAt512Bits_EqualsThePlainLoop(bool transposed, bool accumulate) =>
        CheckEverySize<Width512, Vector512<float>>(transposed, accumulate);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Multiply_EverySizeAt256Bits_EqualsThePlainLoop(bool transposed, bool accumulate) =>
        CheckEverySize<Width256, Vector256<float>>(transposed, accumulate);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Multiply_EverySizeAt128Bits_EqualsThePlainLoop(bool transposed, bool accumulate) =>
        CheckEverySize<Width128, Vector128<float>>(transposed, accumulate);

    /// <summary>
    /// Where C is wide, fewer tiles share a panel; where the weights are large as well, a few panels take all steps of the depth
    /// one after the other. A single row does neither.
    /// </summary>
    [Theory]
    [InlineData(110, 300, 1100)]
    [InlineData(7, 300, 8200)]
    [InlineData(40, 520, 8200)]
    public void Multiply_WideResult_EqualsTheProductRowByRow(int rows, int depth, int columns)
    {
        Matrix left = Bits.RandomMatrix(rows, depth, 51), weights = Bits.RandomMatrix(depth, columns, 52);
        Workers one = Workers.ForThreads(1);
        var right = new PackedMatrix();
        right.Pack(one, weights);
        foreach (bool accumulate in new[] { false, true })
        {
            Matrix expected = Bits.RandomMatrix(rows, columns, 53), actual = Bits.RandomMatrix(rows, columns, 53);
            for (int row = 0; row < rows; row++)
            {
                MatrixProduct.Multiply(left.Slice(row, 1), right, expected.Slice(row, 1), accumulate);
            }

            MatrixProduct.Multiply(left, right, actual, accumulate);
            Bits.AssertEqual(expected.Span, actual.Span, $"{rows} x {depth} x {columns}, accumulate: {accumulate}");
        }
    }

    [Fact]
    public void Multiply_RangesOfPanels_WriteTheirColumnsOnly()
    {
        Operands operands = s_operands;
        foreach (int depth in new[] { 0, 1, 37, 300 })
        {
            PackedMatrix right = operands.PackRight(depth, MostColumns);
            for (int first = 0; first <= right.Panels; first++)
            {
                for (int last = first; last <= right.Panels; last++)
                {
                    float[] expected = Filled((MostRows + 1) * ResultStep);
                    int begin = first * PackedMatrix.PanelWidth, end = Math.Min(MostColumns, last * PackedMatrix.PanelWidth);
                    for (int row = 0; row < MostRows && begin < end; row++)
                    {
                        operands.Expected(depth, false).AsSpan(row * MostColumns, MostColumns)[begin..end]
                            .CopyTo(expected.AsSpan(row * ResultStep + begin));
                    }

                    FloatBuffer result = Bits.Buffer(Filled((MostRows + 1) * ResultStep));
                    MatrixProduct.Multiply(
                        LeftFactor.Rows(operands.Left.Pointer, LeftStep), MostRows, right, first, last, result.Pointer,
                        ResultStep, false);
                    Bits.AssertEqual(expected, result.Span, $"depth {depth}, panels {first} to {last}");
                }
            }
        }
    }

    [Fact]
    public void Multiply_AnySplitOfTheRows_GivesTheSameBits()
    {
        Operands operands = s_operands;
        const int Depth = 300;
        PackedMatrix right = operands.PackRight(Depth, MostColumns);
        float* left = operands.Left.Pointer;
        for (int split = 0; split <= MostRows; split++)
        {
            FloatBuffer result = Bits.Buffer(Filled(MostRows * MostColumns));
            MatrixProduct.Multiply(
                LeftFactor.Rows(left, LeftStep), split, right, 0, right.Panels, result.Pointer, MostColumns, false);
            MatrixProduct.Multiply(
                LeftFactor.Rows(left + split * LeftStep, LeftStep), MostRows - split, right, 0, right.Panels,
                result.Pointer + split * MostColumns, MostColumns, false);
            Bits.AssertEqual(operands.Expected(Depth, false), result.Span, $"rows split at {split}");
        }
    }

    /// <summary>
    /// Sizes past the threshold of threading: one that is split by rows, one by panels, one with few of either.
    /// </summary>
    [Theory]
    [InlineData(150, 260, 70, false)]
    [InlineData(150, 260, 70, true)]
    [InlineData(3, 600, 1000, false)]
    [InlineData(3, 600, 1000, true)]
    [InlineData(2, 9000, 65, false)]
    public void Multiply_AnyNumberOfThreads_EqualsThePlainLoop(int rows, int depth, int columns, bool transposed)
    {
        Matrix a = transposed ? Bits.RandomMatrix(depth, rows, 1) : Bits.RandomMatrix(rows, depth, 1);
        Matrix b = Bits.RandomMatrix(depth, columns, 2);
        float[] expected = Bits.Random(rows * columns, 3);
        for (int row = 0; row < rows; row++)
        {
            Span<float> sums = expected.AsSpan(row * columns, columns);
            for (int k = 0; k < depth; k++)
            {
                float factor = transposed ? a.Row(k)[row] : a.Row(row)[k];
                Span<float> right = b.Row(k);
                for (int j = 0; j < columns; j++) sums[j] = MathF.FusedMultiplyAdd(factor, right[j], sums[j]);
            }
        }

        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            Workers workers = Workers.ForThreads(threads);
            var packed = new PackedMatrix();
            packed.Pack(workers, b);
            Matrix c = Bits.RandomMatrix(rows, columns, 3);
            if (transposed) TransposedProduct.Multiply(workers, a, packed, c, accumulate: true);
            else MatrixProduct.Multiply(workers, a, packed, c, accumulate: true);
            Bits.AssertEqual(expected, c.Span, $"{threads} threads");
        }
    }

    [Fact]
    public void Multiply_ShapesThatDoNotFit_NamesThem()
    {
        var right = new PackedMatrix();
        right.Pack(Workers.ForThreads(1), Bits.RandomMatrix(4, 5, 1));
        Matrix left = Bits.RandomMatrix(3, 4, 2);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => MatrixProduct.Multiply(left, right, Bits.Zeros(3, 6), accumulate: false));
        Assert.Contains("[3, 4] x [4, 5]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(left, right, Bits.Zeros(2, 5), accumulate: false));
        Assert.Throws<ArgumentException>(
            () => MatrixProduct.Multiply(Bits.Zeros(3, 5), right, Bits.Zeros(3, 5), accumulate: false));
    }

    private static void CheckEverySize<TWidth, TVector>(bool transposed, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        Operands operands = s_operands;
        LeftFactor left = transposed
            ? LeftFactor.Transpose(operands.LeftTransposed.Pointer, TransposedStep)
            : LeftFactor.Rows(operands.Left.Pointer, LeftStep);
        float[] sentinel = Filled(MostRows * ResultStep + 2 * Guard);
        float[] expected = new float[sentinel.Length];
        var result = new FloatBuffer(sentinel.Length);
        foreach (int depth in s_depths)
        {
            float[] sums = operands.Expected(depth, accumulate);
            foreach (int columns in s_columns)
            {
                PackedMatrix right = operands.PackRight(depth, columns);
                sentinel.CopyTo(expected, 0);
                for (int rows = 1; rows <= MostRows; rows++)
                {
                    int last = rows - 1;
                    sums.AsSpan(last * MostColumns, columns).CopyTo(expected.AsSpan(Guard + last * ResultStep));
                    sentinel.CopyTo(result.Span);
                    for (int row = 0; accumulate && row < rows; row++)
                    {
                        operands.Start.AsSpan(row * MostColumns, columns).CopyTo(result.Span[(Guard + row * ResultStep)..]);
                    }

                    MatrixProduct.Multiply<TWidth, TVector>(
                        left, rows, right, 0, right.Panels, result.Pointer + Guard, ResultStep, accumulate);
                    if (!Bits.Equal(expected, result.Span))
                    {
                        Bits.AssertEqual(expected, result.Span,
                            $"rows {rows}, depth {depth}, columns {columns}, with a guard of {Guard}");
                    }
                }
            }
        }
    }

    private static float[] Filled(int count)
    {
        float[] values = new float[count];
        Array.Fill(values, Bits.Sentinel);
        return values;
    }

    /// <summary>
    /// The factors of all sizes are parts of the same three matrices, so that one plain loop over k passes every expected
    /// result on its way.
    /// </summary>
    private sealed class Operands
    {
        private readonly Dictionary<(int Depth, bool Accumulate), float[]> _expected = [];
        private readonly FloatBuffer _right = Bits.RandomBuffer(MostDepth * RightStep, 12);

        public Operands()
        {
            Left = Bits.RandomBuffer(MostRows * LeftStep, 11);
            LeftTransposed = Bits.RandomBuffer(MostDepth * TransposedStep, 14);
            Start = Bits.Random(MostRows * MostColumns, 13);
            float[] sums = new float[MostRows * MostColumns], continued = [.. Start];
            for (int k = 0; k <= MostDepth; k++)
            {
                if (s_depths.Contains(k))
                {
                    _expected[(k, false)] = [.. sums];
                    _expected[(k, true)] = [.. continued];
                }

                for (int row = 0; row < MostRows && k < MostDepth; row++)
                {
                    float factor = Left.Span[row * LeftStep + k];
                    LeftTransposed.Span[k * TransposedStep + row] = factor;
                    for (int j = 0; j < MostColumns; j++)
                    {
                        int i = row * MostColumns + j;
                        sums[i] = MathF.FusedMultiplyAdd(factor, _right.Span[k * RightStep + j], sums[i]);
                        continued[i] = MathF.FusedMultiplyAdd(factor, _right.Span[k * RightStep + j], continued[i]);
                    }
                }
            }
        }

        public FloatBuffer Left { get; }

        public FloatBuffer LeftTransposed { get; }

        /// <summary>What stands in C before an accumulating product.</summary>
        public float[] Start { get; }

        public float[] Expected(int depth, bool accumulate) => _expected[(depth, accumulate)];

        public PackedMatrix PackRight(int depth, int columns)
        {
            var right = new PackedMatrix();
            right.PackRows(Workers.ForThreads(1), _right.Pointer, RightStep, depth, columns);
            return right;
        }
    }
}
