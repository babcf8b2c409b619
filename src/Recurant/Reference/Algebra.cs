namespace Recurant.Reference;

/// <summary>The five operations on vectors and matrices that the equations need, as plain loops.</summary>
/// <remarks>A matrix [R,C] is stored row after row; its number of rows or columns follows from the other operand.</remarks>
internal static class Algebra
{
    /// <summary>W x: a matrix [R,C] times a vector [C] gives [R].</summary>
    public static double[] Multiply(ReadOnlySpan<double> matrix, ReadOnlySpan<double> x)
    {
        double[] product = new double[matrix.Length / x.Length];
        for (int row = 0; row < product.Length; row++)
        {
            for (int column = 0; column < x.Length; column++)
            {
                product[row] += matrix[row * x.Length + column] * x[column];
            }
        }

        return product;
    }

    /// <summary>W^T dz: how a gradient [R] travels back through W [R,C] to the vector it was multiplied with, [C].</summary>
    public static double[] MultiplyTransposed(ReadOnlySpan<double> matrix, ReadOnlySpan<double> dz)
    {
        double[] product = new double[matrix.Length / dz.Length];
        for (int row = 0; row < dz.Length; row++)
        {
            for (int column = 0; column < product.Length; column++)
            {
                product[column] += matrix[row * product.Length + column] * dz[row];
            }
        }

        return product;
    }

    /// <summary>
    /// dW += dz x^T: the gradient of a matrix [R,C] that multiplied x [C], given the gradient dz [R] of the product.
    /// </summary>
    public static void AddOuter(Span<double> dMatrix, ReadOnlySpan<double> dz, ReadOnlySpan<double> x)
    {
        for (int row = 0; row < dz.Length; row++)
        {
            for (int column = 0; column < x.Length; column++) dMatrix[row * x.Length + column] += dz[row] * x[column];
        }
    }

    /// <summary>a + b, element by element.</summary>
    public static double[] Sum(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double[] sum = a.ToArray();
        AddTo(sum, b);
        return sum;
    }

    /// <summary>sum += values, element by element.</summary>
    public static void AddTo(Span<double> sum, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++) sum[i] += values[i];
    }

    /// <summary>a * b element by element; a copy of a where there is no b (a dropout mask that is absent).</summary>
    public static double[] Times(ReadOnlySpan<double> a, double[]? b)
    {
        double[] product = a.ToArray();
        for (int i = 0; b is not null && i < product.Length; i++) product[i] *= b[i];
        return product;
    }

    /// <summary>One row of a matrix, without copying it.</summary>
    public static Span<double> Row(double[] matrix, int row, int width) => matrix.AsSpan(row * width, width);

    /// <summary>The Euclidean length of a vector.</summary>
    public static double Norm(ReadOnlySpan<double> vector)
    {
        double squares = 0;
        foreach (double value in vector) squares += value * value;
        return Math.Sqrt(squares);
    }
}
