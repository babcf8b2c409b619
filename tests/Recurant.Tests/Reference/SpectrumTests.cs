namespace Recurant.Tests.Reference;

public class SpectrumTests
{
    // Sixteen digits less what sums of a few terms lose.
    private const double Tolerance = 1e-12;

    [Fact]
    public void SingularValues_KnownMatrices_AreTheirs()
    {
        Assert.Equal([3.0, 2.0, 1.0], Spectrum.SingularValues([0, 2, 0, -1, 0, 0, 0, 0, 3], 3), Close);
        // A A^T = [[25, 20], [20, 25]]: eigenvalues 45 and 5.
        Assert.Equal([Math.Sqrt(45), Math.Sqrt(5)], Spectrum.SingularValues([3, 0, 4, 5], 2), Close);
        // All ones: rank one.
        Assert.Equal([3.0, 0.0, 0.0], Spectrum.SingularValues([1, 1, 1, 1, 1, 1, 1, 1, 1], 3), Close);
        Assert.Equal([0.0, 0.0], Spectrum.SingularValues([0, 0, 0, 0], 2));
        Assert.All(Spectrum.SingularValues([1, double.NaN, 0, 1], 2), value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void SingularValues_GradedMatrix_KeepsSmallOnes()
    {
        // A product of a rotation, a graded diagonal and another rotation.
        double[] graded = Multiply(Multiply(Rotation(0.3), [1, 0, 0, 1e-9], 2), Rotation(1.1), 2);
        double[] values = Spectrum.SingularValues(graded, 2);
        Assert.Equal(1, values[0], Tolerance);
        // 1e-16 of rounding in the elements beside 1e-9.
        Assert.InRange(values[1], 1e-9 * (1 - 1e-6), 1e-9 * (1 + 1e-6));
    }

    [Fact]
    public void SingularValues_RandomMatrix_HaveItsNormAndDeterminant()
    {
        var random = new Random(4);
        double[] matrix = [.. Enumerable.Range(0, 900).Select(_ => random.NextDouble() - 0.5)];
        double[] values = Spectrum.SingularValues(matrix, 30);
        Assert.Equal(matrix.Sum(x => x * x), values.Sum(x => x * x), 1e-9);
        Assert.Equal(values.OrderDescending(), values);
        Assert.True(values[^1] > 0);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.7)]
    public void SpectralRadius_TurningPair_IsItsLength(double length)
    {
        double[] turning = [.. Rotation(0.7).Select(x => length * x)];
        Assert.Equal(length, Spectrum.SpectralRadius(turning, 2), Tolerance);
    }

    [Fact]
    public void SpectralRadius_KnownMatrices_IsTheirs()
    {
        // Eigenvalues 5 and 2; 1 and -3; the golden ratio.
        Assert.Equal(5, Spectrum.SpectralRadius([4, 1, 2, 3], 2), 1e-11);
        Assert.Equal(3, Spectrum.SpectralRadius([1, 100, 0, -3], 2), 1e-9);
        Assert.Equal((1 + Math.Sqrt(5)) / 2, Spectrum.SpectralRadius([1, 1, 1, 0], 2), 1e-11);
        // Defective: one eigenvector for both eigenvalues 2.
        Assert.Equal(2, Spectrum.SpectralRadius([2, 1, 0, 2], 2), 1e-8);
        Assert.Equal(0, Spectrum.SpectralRadius([0, 1, 0, 0, 0, 1, 0, 0, 0], 3));
        Assert.Equal(1, Spectrum.SpectralRadius([0, 1, 0, 0, 0, 1, 1, 0, 0], 3), Tolerance);
        Assert.True(double.IsNaN(Spectrum.SpectralRadius([1, double.PositiveInfinity, 0, 1], 2)));
    }

    private static bool Close(double expected, double actual) => Math.Abs(expected - actual) < Tolerance;

    private static double[] Rotation(double angle) => [Math.Cos(angle), -Math.Sin(angle), Math.Sin(angle), Math.Cos(angle)];

    private static double[] Multiply(double[] a, double[] b, int n)
    {
        double[] product = new double[n * n];
        for (int i = 0; i < n * n; i++)
        {
            for (int k = 0; k < n; k++) product[i] += a[i / n * n + k] * b[k * n + i % n];
        }

        return product;
    }
}
