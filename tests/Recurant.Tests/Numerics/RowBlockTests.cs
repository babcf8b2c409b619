namespace Recurant.Tests.Numerics;

/// <summary>
/// A product of several blocks of rows is the plain loop for each: blocks of any height, in any place, with sums that start
/// from zero, from rows of their own, from what stands in C, or all from one row.
/// </summary>
public unsafe class RowBlockTests
{
    private const int MostRows = 220, MostDepth = 300, MostColumns = 150, LeftStep = MostDepth + 2, Step = MostColumns + 3;

    private static readonly int[][] s_heights =
    [
        [1], [1, 1, 1], [12, 13, 25], [3, 0, 7, 1, 12], [24, 1, 2, 36, 5], [200], [0, 193, 11], [17, 17, 18, 17, 5, 6, 4], [0],
    ];

    private static readonly FloatBuffer s_left = Bits.RandomBuffer(MostRows * LeftStep, 1);
    private static readonly FloatBuffer s_initial = Bits.RandomBuffer(MostRows * Step, 2);
    private static readonly float[] s_before = Bits.Random(MostRows * Step, 4);

    /// <summary>What the sums of the blocks start from.</summary>
    public enum Start
    {
        Zero, OneRow, OwnRows, Target,
    }

    [Theory]
    [InlineData(Start.Zero)]
    [InlineData(Start.OneRow)]
    [InlineData(Start.OwnRows)]
    [InlineData(Start.Target)]
    public void Multiply_SeveralBlocks_EqualsThePlainLoop(Start start)
    {
        foreach (int depth in new[] { 0, 1, 33, 300 })
        {
            foreach (int columns in new[] { 1, 31, 64, 150 })
            {
                PackedMatrix right = new();
                Matrix factor = Bits.RandomMatrix(depth, columns, 3);
                right.Pack(Workers.ForThreads(1), factor);
                foreach (int[] heights in s_heights) Check(heights, start, factor, right, 0, right.Panels);
                if (right.Panels > 2) Check(s_heights[4], start, factor, right, 1, right.Panels - 1);
            }
        }
    }

    private static void Check(int[] heights, Start start, Matrix factor, PackedMatrix right, int firstPanel, int lastPanel)
    {
        int rows = heights.Sum() + heights.Length, depth = factor.Rows, columns = factor.Columns;
        FloatBuffer left = s_left, initial = s_initial;
        float[] expected = s_before[..(rows * Step)];
        FloatBuffer result = Bits.Buffer(expected);
        RowBlock[] blocks = new RowBlock[heights.Length];
        int first = right.FirstColumn(firstPanel), end = right.FirstColumn(lastPanel - 1) + right.Width(lastPanel - 1);
        // The blocks stand in the result in reverse order, with a row between them that nobody may touch.
        int leftRow = 0, targetRow = rows;
        for (int i = 0; i < heights.Length; i++)
        {
            targetRow -= heights[i] + 1;
            blocks[i] = new RowBlock
            {
                Left = left.At(leftRow * LeftStep),
                Initial = start switch
                {
                    Start.Zero => Address.None,
                    Start.OneRow => initial.At(0),
                    Start.OwnRows => initial.At(leftRow * Step),
                    _ => result.At(targetRow * Step),
                },
                Target = result.At(targetRow * Step),
                Rows = heights[i],
            };
            for (int row = 0; row < heights[i]; row++)
            {
                Span<float> sums = expected.AsSpan((targetRow + row) * Step, columns);
                Span<float> from = initial.Span.Slice(start == Start.OneRow ? 0 : (leftRow + row) * Step, columns);
                if (start == Start.Zero) sums[first..end].Clear();
                else if (start != Start.Target) from[first..end].CopyTo(sums[first..end]);
                for (int k = 0; k < depth; k++)
                {
                    float a = left.Span[(leftRow + row) * LeftStep + k];
                    ReadOnlySpan<float> b = factor.Row(k);
                    for (int j = first; j < end; j++) sums[j] = MathF.FusedMultiplyAdd(a, b[j], sums[j]);
                }
            }

            leftRow += heights[i];
        }

        var steps = new RowSteps(LeftStep, start == Start.OneRow ? 0 : Step, Step);
        MatrixProduct.Multiply(blocks, steps, right, firstPanel, lastPanel);
        Bits.AssertEqual(
            expected, result.Span,
            $"heights {string.Join(' ', heights)}, from {start}, depth {depth}, columns {first} to {end} of {columns}");
    }
}
