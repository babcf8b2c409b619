namespace Recurant.Tests.Numerics;

public class TrigonometryTests
{
    // A rounding or two of numbers up to one; further out the rounding of the reduced angle is added.
    private const double Tolerance = 1e-15;

    [Fact]
    public void SinCos_EveryQuadrant_EqualsTheLibrarys()
    {
        for (int i = -4000; i <= 4000; i++)
        {
            double x = i * 0.00317;
            (double sin, double cos) = Trigonometry.SinCos(x);
            Assert.Equal(Math.Sin(x), sin, Tolerance);
            Assert.Equal(Math.Cos(x), cos, Tolerance);
        }
    }

    [Theory]
    [InlineData(1000.5)]
    [InlineData(-54321.25)]
    [InlineData(999999)]
    public void SinCos_ManyTurns_EqualsTheLibrarys(double x)
    {
        (double sin, double cos) = Trigonometry.SinCos(x);
        Assert.Equal(Math.Sin(x), sin, 1e-10);
        Assert.Equal(Math.Cos(x), cos, 1e-10);
    }

    [Fact]
    public void SinCos_Zero_IsExact() => Assert.Equal((0.0, 1.0), Trigonometry.SinCos(0));
}
