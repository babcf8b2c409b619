using System.Numerics;

namespace Recurant.Reference;

/// <summary>Singular values and the spectral radius of a matrix in double precision.</summary>
internal static class Spectrum
{
    private const int MostSweeps = 60, Squarings = 60;
    private const double Rounding = 2.3e-16, Negligible = 1e-17;

    /// <summary>
    /// The singular values, descending, by one-sided Jacobi rotations (Hestenes 1958): columns are turned in pairs until all
    /// stand at right angles; their lengths are then the singular values.
    /// <code>
    /// tan(2 theta) = 2 a.b / (b.b - a.a);  a' = cos a - sin b;  b' = sin a + cos b
    /// </code>
    /// </summary>
    /// <param name="matrix">[rows, columns], row-major; it is not changed.</param>
    /// <param name="columns">The number of columns.</param>
    /// <returns>As many as there are columns; NaN if an element is not finite.</returns>
    public static double[] SingularValues(double[] matrix, int columns)
    {
        int rows = matrix.Length / columns;
        double largest = 0;
        foreach (double value in matrix) largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : double.NaN;
        if (double.IsNaN(largest)) return [.. Enumerable.Repeat(double.NaN, columns)];
        if (largest == 0) return new double[columns];

        // Columns lie together, scaled so that no square overflows.
        double[][] column = new double[columns][];
        for (int j = 0; j < columns; j++)
        {
            column[j] = new double[rows];
            for (int i = 0; i < rows; i++) column[j][i] = matrix[i * columns + j] / largest;
        }

        bool turned = true;
        for (int sweep = 0; turned && sweep < MostSweeps; sweep++)
        {
            turned = false;
            for (int a = 0; a < columns; a++)
            {
                for (int b = a + 1; b < columns; b++) turned |= Turn(column[a], column[b]);
            }
        }

        double[] values = Array.ConvertAll(column, c => largest * Algebra.Norm(c));
        Array.Sort(values, (x, y) => y.CompareTo(x));
        return values;
    }

    /// <summary>Turns two columns so that they stand at right angles; false if they did already.</summary>
    private static bool Turn(double[] a, double[] b)
    {
        double aa = 0, bb = 0, ab = 0;
        for (int i = 0; i < a.Length; i++)
        {
            aa += a[i] * a[i];
            bb += b[i] * b[i];
            ab += a[i] * b[i];
        }

        // A dot product of n terms is no better than n roundings, and two columns below the rounding of the largest are noise.
        bool isNoise = aa < Negligible * Negligible && bb < Negligible * Negligible;
        if (isNoise || Math.Abs(ab) <= a.Length * Rounding * Math.Sqrt(aa * bb)) return false;
        double cotangent = (bb - aa) / (2 * ab);
        double tangent = (cotangent >= 0 ? 1 : -1) / (Math.Abs(cotangent) + Math.Sqrt(1 + cotangent * cotangent));
        double cosine = 1 / Math.Sqrt(1 + tangent * tangent), sine = cosine * tangent;
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = (cosine * a[i] - sine * b[i], sine * a[i] + cosine * b[i]);
        return true;
    }

    /// <summary>
    /// The largest magnitude of an eigenvalue, by Gelfand's formula with repeated squaring:
    /// <code>
    /// rho(W) = lim ||W^m||^(1/m),  m = 1, 2, 4, ..., 2^60
    /// </code>
    /// Every power is scaled to norm one, and the logarithms of the norms are added up. It needs no eigenvectors, and turning
    /// pairs and defective matrices do not trouble it.
    /// </summary>
    /// <param name="matrix">[n, n], row-major; it is not changed.</param>
    /// <param name="size">n.</param>
    /// <returns>rho; 0 for a nilpotent matrix, NaN if an element is not finite.</returns>
    public static double SpectralRadius(double[] matrix, int size)
    {
        double[] power = [.. matrix], square = new double[matrix.Length];
        double logarithm = 0, share = 1;
        for (int i = 0; i <= Squarings; i++)
        {
            double norm = Scale(power);
            if (norm == 0) return 0;
            if (!double.IsFinite(norm)) return double.NaN;
            // ln ||W^m||^(1/m) with m = 2^i: what this scaling adds to it
            double added = share * Math.Log(norm);
            logarithm += added;
            // The later powers change it by less than ln(n m) / m.
            if (i > 8 && Math.Abs(added) < 1e-12 && share * 100 < 1e-10) break;
            Square(power, square, size);
            (power, square) = (square, power);
            share /= 2;
        }

        return Math.Exp(logarithm);
    }

    private static double Scale(double[] matrix)
    {
        double largest = 0;
        foreach (double value in matrix) largest = Math.Max(largest, Math.Abs(value));
        if (largest == 0 || !double.IsFinite(largest)) return largest;
        for (int i = 0; i < matrix.Length; i++) matrix[i] /= largest;
        double norm = Algebra.Norm(matrix);
        for (int i = 0; i < matrix.Length; i++) matrix[i] /= norm;
        return largest * norm;
    }

    /// <summary>W^2, row by row: each element is one sum in the order of k, whatever the threads and the vectors.</summary>
    private static void Square(double[] matrix, double[] square, int size) => Parallel.For(0, size, i =>
    {
        Span<double> row = square.AsSpan(i * size, size);
        row.Clear();
        for (int k = 0; k < size; k++)
        {
            double factor = matrix[i * size + k];
            if (factor != 0) AddScaled(row, factor, matrix.AsSpan(k * size, size));
        }
    });

    private static void AddScaled(Span<double> sum, double factor, ReadOnlySpan<double> values)
    {
        int j = 0;
        for (int width = Vector<double>.Count; j <= sum.Length - width; j += width)
        {
            (new Vector<double>(sum[j..]) + factor * new Vector<double>(values[j..])).CopyTo(sum[j..]);
        }

        for (; j < sum.Length; j++) sum[j] += factor * values[j];
    }
}
