using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

/// <summary>
/// C = A^T B in all the ways it is divided, against the plain loop: rows of C on cache lines or not, one product or two that
/// share A, few rows (where the panels are dealt out) or many.
/// </summary>
public unsafe class TransposedProductTests
{
    private const int Guard = 32;

    /// <summary>
    /// Rows, depth and columns of both products, and the distance of the rows of C: a multiple of a cache line or not. All
    /// but the first are large enough to be divided among threads, three rows among seven threads, too.
    /// </summary>
    [Theory]
    [InlineData(5, 20, 7, 33, 16, 48)]
    [InlineData(40, 600, 70, 33, 80, 48)]
    [InlineData(40, 600, 70, 33, 73, 33)]
    [InlineData(40, 600, 33, 70, 48, 71)]
    [InlineData(203, 257, 20, 16, 21, 17)]
    [InlineData(3, 5000, 65, 40, 67, 41)]
    [InlineData(3, 5000, 40, 64, 48, 64)]
    [InlineData(64, 256, 100, 17, 101, 19)]
    [InlineData(30, 300, 512, 20, 512, 512)]
    public void MultiplyTwo_AnyNumberOfThreads_EqualsTwoProducts(
        int rows, int depth, int columns1, int columns2, int step1, int step2)
    {
        PlainProduct one = new(rows, depth, columns1, step1), two = new(rows, depth, columns2, step2);
        PackedMatrix right1 = one.PackRight(), right2 = two.PackRight();
        foreach (int leftStep in new[] { rows, rows + 13 })
        {
            Matrix left = new(one.LeftTransposed(leftStep), 0, depth, rows, leftStep);
            foreach (int threads in new[] { 1, 2, 3, 7 })
            {
                Workers workers = Workers.ForThreads(threads);
                FloatBuffer first = one.NewResult(Guard, accumulate: true), second = two.NewResult(Guard, accumulate: true);
                TransposedProduct.MultiplyTwo(
                    workers, left, new TransposedTarget(right1, View(first, one), true),
                    new TransposedTarget(right2, View(second, two), true));
                string when = $"{threads} threads, step of A {leftStep}";
                Bits.AssertEqual(one.Expected(Guard, true, rows, 0, columns1), first.Span, "first, " + when);
                Bits.AssertEqual(two.Expected(Guard, true, rows, 0, columns2), second.Span, "second, " + when);

                FloatBuffer alone = two.NewResult(Guard, accumulate: true);
                TransposedProduct.Multiply(workers, left, right2, View(alone, two), accumulate: true);
                Bits.AssertEqual(second.Span, alone.Span, "alone, " + when);
            }
        }
    }

    [Theory]
    [InlineData(40, 600, 70, 33, true)]
    [InlineData(40, 600, 70, 33, false)]
    [InlineData(3, 5000, 300, 40, true)]
    [InlineData(3, 5000, 300, 40, false)]
    [InlineData(1, 700, 260, 20, false)]
    public void MultiplyTwo_FirstRowsZero_SameBitsWithoutThem(
        int rows, int depth, int columns1, int columns2, bool accumulate)
    {
        PlainProduct one = new(rows, depth, columns1, columns1), two = new(rows, depth, columns2, columns2);
        Matrix left = new(one.LeftTransposed(rows), 0, depth, rows, rows);
        foreach (int zeroRows in new[] { 1, 20, 256, 300, depth })
        {
            Matrix first = Bits.RandomMatrix(depth, columns1, 5);
            first.Span[..(zeroRows * columns1)].Clear();
            PackedMatrix right1 = new(), right2 = two.PackRight();
            right1.Pack(Workers.ForThreads(1), first);
            Matrix expected1 = Bits.RandomMatrix(rows, columns1, 6), expected2 = Bits.RandomMatrix(rows, columns2, 7);
            TransposedProduct.Multiply(Workers.ForThreads(1), left, right1, expected1, accumulate);
            TransposedProduct.Multiply(Workers.ForThreads(1), left, right2, expected2, accumulate: true);
            foreach (int threads in new[] { 1, 2, 7 })
            {
                Matrix sum1 = Bits.RandomMatrix(rows, columns1, 6), sum2 = Bits.RandomMatrix(rows, columns2, 7);
                TransposedProduct.MultiplyTwo(
                    Workers.ForThreads(threads), left, new TransposedTarget(right1, sum1, accumulate) { ZeroRows = zeroRows },
                    new TransposedTarget(right2, sum2, true));
                Bits.AssertEqual(expected1.Span, sum1.Span, $"first, {zeroRows} zero rows, {threads} threads");
                Bits.AssertEqual(expected2.Span, sum2.Span, $"second, {zeroRows} zero rows, {threads} threads");
            }
        }
    }

    /// <summary>
    /// Few rows and many columns: every worker has some panels of all rows, and its neighbours' are not its own.
    /// </summary>
    [Theory]
    [InlineData(3, 2100, 200, 205)]
    [InlineData(3, 2100, 200, 208)]
    [InlineData(1, 5000, 230, 231)]
    [InlineData(5, 1000, 250, 250)]
    public void Multiply_PanelsDividedAmongThreads_EqualsThePlainLoop(int rows, int depth, int columns, int step)
    {
        PlainProduct product = new(rows, depth, columns, step);
        PackedMatrix right = product.PackRight();
        Assert.True(rows < right.Panels && (long)rows * depth * columns >= MatrixProduct.WorthSplitting);
        Matrix left = new(product.LeftTransposed(rows + 2), 0, depth, rows, rows + 2);
        foreach (bool accumulate in new[] { false, true })
        {
            float[] expected = product.Expected(Guard, accumulate, rows, 0, columns);
            foreach (int threads in new[] { 1, 2, 3, 7 })
            {
                // Workers that write what is another's would not do so every time.
                for (int i = 0; i < 3; i++)
                {
                    FloatBuffer result = product.NewResult(Guard, accumulate);
                    TransposedProduct.Multiply(
                        Workers.ForThreads(threads), left, right, View(result, product), accumulate);
                    Bits.AssertEqual(expected, result.Span, $"{threads} threads, accumulate: {accumulate}");
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiply_TwoTargetsAtEveryWidth_EqualsThePlainLoop(bool accumulate)
    {
        foreach (int rows in new[] { 1, 6, 13, 29 })
        {
            // Eight steps of k are copied together, and a step of the depth has up to 256.
            foreach (int depth in new[] { 0, 1, 7, 8, 9, 256, 300 })
            {
                PlainProduct one = new(rows, depth, 70, 75), two = new(rows, depth, 37, 48);
                foreach (int leftStep in new[] { rows, rows + 16 })
                {
                    CheckTwo<Width512, Vector512<float>>(one, two, leftStep, accumulate);
                    CheckTwo<Width256, Vector256<float>>(one, two, leftStep, accumulate);
                    CheckTwo<Width128, Vector128<float>>(one, two, leftStep, accumulate);
                }
            }
        }
    }

    [Fact]
    public void MultiplyTwo_ShapesThatDoNotFit_NamesThem()
    {
        PlainProduct product = new(4, 6, 5, 5);
        PackedMatrix right = product.PackRight();
        Matrix left = new(product.LeftTransposed(4), 0, 6, 4), c = Bits.Zeros(4, 5);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => TransposedProduct.MultiplyTwo(
                Workers.ForThreads(1), left, new TransposedTarget(right, c, true),
                new TransposedTarget(right, Bits.Zeros(3, 5), true)));
        Assert.Contains("[4, 6] x [6, 5]", error.Message, StringComparison.Ordinal);
    }

    private static void CheckTwo<TWidth, TVector>(PlainProduct one, PlainProduct two, int leftStep, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        FloatBuffer left = one.LeftTransposed(leftStep);
        FloatBuffer first = one.NewResult(Guard, accumulate), second = two.NewResult(Guard, accumulate);
        ReadOnlySpan<TransposedTarget> targets =
        [
            new TransposedTarget { Right = one.PackRight(), Target = first.At(Guard), Step = one.ResultStep,
                Accumulate = accumulate },
            new TransposedTarget { Right = two.PackRight(), Target = second.At(Guard), Step = two.ResultStep,
                Accumulate = accumulate },
        ];
        FloatBuffer sums = Bits.RandomBuffer(one.Rows, 41);
        float[] expected = ColumnSums(left, one, leftStep, sums);
        TransposedProduct.Multiply<TWidth, TVector>(
            LeftFactor.Transpose(left.Pointer, leftStep), one.Rows, targets, 0, int.MaxValue, sums.Pointer);
        string when = $"{TWidth.Count} lanes, rows {one.Rows}, depth {one.Depth}, step of A {leftStep}";
        Bits.AssertEqual(expected, sums.Span, "sums, " + when);
        Bits.AssertEqual(one.Expected(Guard, accumulate, one.Rows, 0, one.Columns), first.Span, "first, " + when);
        Bits.AssertEqual(two.Expected(Guard, accumulate, two.Rows, 0, two.Columns), second.Span, "second, " + when);
        GC.KeepAlive(left);
    }

    /// <summary>The rows of A added one after the other to what stands in the sums.</summary>
    private static float[] ColumnSums(FloatBuffer left, PlainProduct product, int leftStep, FloatBuffer start)
    {
        float[] sums = start.Span.ToArray();
        for (int k = 0; k < product.Depth; k++)
        {
            for (int row = 0; row < product.Rows; row++) sums[row] += left.Span[k * leftStep + row];
        }

        return sums;
    }

    [Theory]
    [InlineData(300, 400, 33)]
    [InlineData(5, 400, 600)]
    [InlineData(30, 20, 9)]
    [InlineData(30, 0, 9)]
    public void Multiply_WithColumnSums_AddsTheRowsInOrderAtAnyNumberOfThreads(int rows, int depth, int columns)
    {
        PlainProduct product = new(rows, depth, columns);
        PackedMatrix right = product.PackRight();
        FloatBuffer buffer = product.LeftTransposed(rows + 2);
        Matrix left = new(buffer, 0, depth, rows, rows + 2);
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            FloatBuffer sums = Bits.RandomBuffer(rows, 42), result = product.NewResult(Guard, true);
            float[] expected = ColumnSums(buffer, product, rows + 2, sums);
            TransposedProduct.Multiply(
                Workers.ForThreads(threads), left, right, View(result, product), accumulate: true, sums);
            Bits.AssertEqual(expected, sums.Span, $"sums, {threads} threads");
            Bits.AssertEqual(product.Expected(Guard, true, rows, 0, columns), result.Span, $"{threads} threads");
        }
    }

    [Fact]
    public void Multiply_ColumnSumsOfAnotherLength_SaysHowManyAreNeeded()
    {
        PlainProduct product = new(60, 6, 5);
        Matrix left = new(product.LeftTransposed(60), 0, 6, 60);
        ArgumentException error = Assert.Throws<ArgumentException>(() => TransposedProduct.Multiply(
            Workers.ForThreads(1), left, product.PackRight(), Bits.Zeros(60, 5), accumulate: true, new FloatBuffer(59)));
        Assert.Contains("60 sums are needed, not 59", error.Message, StringComparison.Ordinal);
    }

    private static Matrix View(FloatBuffer result, PlainProduct product) =>
        new(result, Guard, product.Rows, product.Columns, product.ResultStep);
}
