namespace Recurant.Tests.Numerics;

/// <summary>
/// C [rows, N] = A [rows, K] B [K, N], or C += A B, by a plain loop in the order of k with fused multiply-add; and the same
/// factors for the products under test. Rows of A and C lie further apart than they are wide.
/// </summary>
internal sealed unsafe class PlainProduct
{
    private readonly FloatBuffer _right;
    private readonly float[] _start, _fromZero, _fromStart;

    public PlainProduct(int rows, int depth, int columns, int resultStep = 0)
    {
        (Rows, Depth, Columns, LeftStep) = (rows, depth, columns, depth + 3);
        ResultStep = resultStep == 0 ? columns + 5 : resultStep;
        Left = Bits.RandomBuffer(rows * LeftStep, 31);
        _right = Bits.RandomBuffer(depth * columns, 32);
        _start = Bits.Random(rows * columns, 33);
        _fromZero = Sums(new float[rows * columns]);
        _fromStart = Sums([.. _start]);
    }

    public int Rows { get; }

    public int Depth { get; }

    public int Columns { get; }

    public int LeftStep { get; }

    public int ResultStep { get; }

    /// <summary>A [rows, K], its rows <see cref="LeftStep"/> apart.</summary>
    public FloatBuffer Left { get; }

    /// <summary>A^T [K, rows] of its own, its rows as far apart as is asked.</summary>
    public FloatBuffer LeftTransposed(int step)
    {
        FloatBuffer transposed = new(Depth * step);
        transposed.Span.Fill(Bits.Sentinel);
        for (int k = 0; k < Depth; k++)
        {
            for (int row = 0; row < Rows; row++) transposed.Span[k * step + row] = Left.Span[row * LeftStep + k];
        }

        return transposed;
    }

    public PackedMatrix PackRight(int groups = 1, bool interleave = false)
    {
        // From its transpose, which is what can be laid out in groups.
        Matrix transpose = Bits.Zeros(Columns, Depth);
        for (int k = 0; k < Depth; k++)
        {
            for (int j = 0; j < Columns; j++) transpose.Row(j)[k] = _right.Span[k * Columns + j];
        }

        var right = new PackedMatrix();
        right.PackTransposed(Workers.ForThreads(1), transpose, groups, interleave);
        return right;
    }

    /// <summary>Memory for C with a guard before and after; what C starts from stands in it, if anything does.</summary>
    public FloatBuffer NewResult(int guard, bool accumulate) =>
        Bits.Buffer(Result(guard, accumulate ? _start : [], Rows, 0, Columns));

    /// <summary>That memory after some rows and the columns [first, last) have been computed.</summary>
    public float[] Expected(int guard, bool accumulate, int rows, int first, int last)
    {
        float[] result = Result(guard, accumulate ? _start : [], Rows, 0, Columns);
        Copy(accumulate ? _fromStart : _fromZero, result, guard, rows, first, last);
        return result;
    }

    private float[] Result(int guard, float[] values, int rows, int first, int last)
    {
        float[] result = new float[2 * guard + Rows * ResultStep];
        Array.Fill(result, Bits.Sentinel);
        if (values.Length > 0) Copy(values, result, guard, rows, first, last);
        return result;
    }

    private void Copy(float[] values, float[] result, int guard, int rows, int first, int last)
    {
        for (int row = 0; row < rows; row++)
        {
            values.AsSpan(row * Columns, Columns)[first..last].CopyTo(result.AsSpan(guard + row * ResultStep + first));
        }
    }

    private float[] Sums(float[] sums)
    {
        Span<float> left = Left.Span, right = _right.Span;
        for (int row = 0; row < Rows; row++)
        {
            Span<float> target = sums.AsSpan(row * Columns, Columns);
            for (int k = 0; k < Depth; k++)
            {
                float factor = left[row * LeftStep + k];
                ReadOnlySpan<float> source = right.Slice(k * Columns, Columns);
                for (int j = 0; j < target.Length; j++) target[j] = MathF.FusedMultiplyAdd(factor, source[j], target[j]);
            }
        }

        return sums;
    }
}
