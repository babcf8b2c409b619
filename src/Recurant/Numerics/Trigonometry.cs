namespace Recurant.Numerics;

/// <summary>
/// Sine and cosine from additions and multiplications alone: the C library's may differ in the last bit from one system to the
/// next, and with them every number that is computed from them.
/// </summary>
internal static class Trigonometry
{
    // pi / 2 in two parts; n times the first is exact for whole n below 2^20.
    private const double HalfPiHigh = 1.57079632673412561417e+00;
    private const double HalfPiLow = 6.07710050650619224932e-11;

    /// <summary>
    /// sin x and cos x for |x| below 10^6: x = n pi / 2 + r, |r| up to pi / 4, and Taylor's series of r; the error is below
    /// 1e-15 for small n.
    /// </summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        double n = Math.Round(x / (Math.PI / 2));
        double r = x - n * HalfPiHigh - n * HalfPiLow, square = r * r;
        double sin = 1 - square / 156 * (1 - square / 210 * (1 - square / 272));
        sin = 1 - square / 42 * (1 - square / 72 * (1 - square / 110 * sin));
        sin = r * (1 - square / 6 * (1 - square / 20 * sin));
        double cos = 1 - square / 132 * (1 - square / 182 * (1 - square / 240));
        cos = 1 - square / 30 * (1 - square / 56 * (1 - square / 90 * cos));
        cos = 1 - square / 2 * (1 - square / 12 * cos);
        return ((long)n & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
