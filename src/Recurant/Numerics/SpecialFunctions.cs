namespace Recurant.Numerics;

/// <summary>
/// Functions of distributions, in double precision. They use additions, multiplications, divisions and square roots alone, which
/// have one right result each: the C library's functions may differ in the last bit from one system to the next.
/// </summary>
internal static class SpecialFunctions
{
    private const double Ln2 = 0.69314718055994530942, HalfLogTwoPi = 0.91893853320467274178;

    // ln 2 in two parts; the first has so few digits that n times it is exact for |n| < 2^20.
    private const double Ln2High = 6.93147180369123816490e-01, Ln2Low = 1.90821492927058770002e-10;

    // Between these e^x is a normal number; outside, the result stays at its value at the border.
    private const double SmallestExponent = -708, LargestExponent = 709;

    // From here on Stirling's series below has an error of 1e-16.
    private const double StirlingFrom = 10;

    private const double SmallestNormal = 2.2250738585072014e-308;

    private const int MostTerms = 100_000, MostSteps = 200;

    /// <summary>e^x: x = n ln 2 + r, |r| up to ln 2 / 2, and Taylor's series of r.</summary>
    public static double Exp(double x)
    {
        x = Math.Max(SmallestExponent, Math.Min(LargestExponent, x));
        double n = Math.Round(x / Ln2), r = x - n * Ln2High - n * Ln2Low, sum = 1;
        for (int k = 14; k > 0; k--) sum = 1 + r / k * sum;
        return sum * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>
    /// ln x: x = 2^e m, m in [sqrt(1/2), sqrt(2)), ln m = 2 atanh((m - 1) / (m + 1)). Numbers below the smallest normal one count
    /// as that; infinity and NaN stay.
    /// </summary>
    public static double Log(double x)
    {
        if (!double.IsFinite(x)) return x;
        x = Math.Max(x, SmallestNormal);
        long bits = BitConverter.DoubleToInt64Bits(x);
        int e = (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.41421356237309504880)
        {
            m /= 2;
            e++;
        }

        double s = (m - 1) / (m + 1), square = s * s, sum = 0;
        for (int k = 25; k > 1; k -= 2) sum = square * (1.0 / k + sum);
        return e * Ln2High + (2 * (s + s * sum) + e * Ln2Low);
    }

    /// <summary>ln(1 + x), x above -1, without the digits that 1 + x loses (Goldberg 1991, theorem 4).</summary>
    public static double LogOnePlus(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Log(u) * x / (u - 1);
    }

    /// <summary>softplus(x) = ln(1 + e^x).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Exp(-Math.Abs(x)));

    /// <summary>sigmoid(x) = 1 / (1 + e^-x), the slope of softplus.</summary>
    public static double Sigmoid(double x)
    {
        double e = Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    /// <summary>
    /// ln Gamma(x), x above 0: Stirling's series (Abramowitz and Stegun 6.1.41), after x was raised by Gamma(x + 1) = x Gamma(x).
    /// </summary>
    public static double LogGamma(double x)
    {
        double product = 1;
        for (; x < StirlingFrom; x++) product *= x;
        double v = 1 / (x * x);
        double series = (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188
            - v * (691.0 / 360360 - v * (1.0 / 156 - v * (3617.0 / 122400)))))))) / x;
        return (x - 0.5) * Log(x) - x + HalfLogTwoPi + series - Log(product);
    }

    /// <summary>
    /// psi(x), the slope of ln Gamma, x above 0 (Abramowitz and Stegun 6.3.18, after psi(x + 1) = psi(x) + 1 / x, 6.3.5).
    /// </summary>
    public static double Digamma(double x)
    {
        double sum = 0;
        for (; x < StirlingFrom; x++) sum += 1 / x;
        double v = 1 / (x * x);
        return Log(x) - 0.5 / x - v * (1.0 / 12 - v * (1.0 / 120 - v * (1.0 / 252 - v * (1.0 / 240 - v * (1.0 / 132
            - v * (691.0 / 32760 - v * (1.0 / 12))))))) - sum;
    }

    /// <summary>
    /// The number below which a standard normal one lies with probability p (Wichura, "Algorithm AS 241", 1988, PPND16).
    /// </summary>
    /// <param name="p">Above 0 and below 1.</param>
    public static double Probit(double p)
    {
        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            return q * Ratio(
                0.180625 - q * q,
                [
                    3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
                    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
                ],
                [
                    1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
                    39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
                ]);
        }

        double r = Math.Sqrt(-Log(q < 0 ? p : 1 - p));
        double size = r <= 5
            ? Ratio(
                r - 1.6,
                [
                    1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
                    1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4,
                ],
                [
                    1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
                    0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
                ])
            : Ratio(
                r - 5,
                [
                    6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
                    0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
                ],
                [
                    1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4,
                    1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
                ]);
        return q < 0 ? -size : size;
    }

    /// <summary>
    /// I_x(a, b), the regularised incomplete beta function: the continued fraction of DLMF 8.17.22 by the method of Lentz, of
    /// 1 - I_(1-x)(b, a) where that converges faster.
    /// </summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="a">Above 0.</param>
    /// <param name="b">Above 0.</param>
    public static double IncompleteBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        double front = Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Log(x) + b * LogOnePlus(-x));
        return x < (a + 1) / (a + b + 2) ? front * BetaFraction(x, a, b) / a : 1 - front * BetaFraction(1 - x, b, a) / b;
    }

    /// <summary>
    /// The number t below which a Student-t one of nu degrees of freedom lies with probability p, by Newton's method within a
    /// bracket.
    /// <code>
    /// (1) P(T &lt;= t) = 1 - I_(nu / (nu + t^2))(nu / 2, 1 / 2) / 2,  t >= 0          (Abramowitz and Stegun 26.7.1, 26.5.27)
    /// </code>
    /// </summary>
    /// <param name="p">Above 0 and below 1.</param>
    /// <param name="freedom">nu, above 0.</param>
    public static double StudentQuantile(double p, double freedom)
    {
        if (p == 0.5) return 0;
        if (p < 0.5) return -StudentQuantile(1 - p, freedom);
        double half = freedom / 2, tail = 1 - p;
        double density = LogGamma(half + 0.5) - LogGamma(half) - 0.5 * Log(freedom) - 0.57236494292470008707;
        double low = 0, high = 1;
        while (Tail(high) > tail) (low, high) = (high, 2 * high);
        double t = (low + high) / 2;
        for (int step = 0; step < MostSteps; step++)
        {
            double error = Tail(t) - tail;
            if (error > 0) low = t;
            else high = t;
            double next = t + error / Exp(density - (half + 0.5) * LogOnePlus(t * t / freedom));
            if (!(next > low && next < high)) next = (low + high) / 2;
            if (Math.Abs(next - t) <= 1e-14 * next) return next;
            t = next;
        }

        return t;

        double Tail(double at) => IncompleteBeta(freedom / (freedom + at * at), half, 0.5) / 2;                         // (1)
    }

    private static double Ratio(double x, ReadOnlySpan<double> above, ReadOnlySpan<double> below)
    {
        double up = 0, down = 0;
        for (int i = above.Length - 1; i >= 0; i--)
        {
            up = up * x + above[i];
            down = down * x + below[i];
        }

        return up / down;
    }

    private static double BetaFraction(double x, double a, double b)
    {
        const double Least = 1e-300, Precision = 1e-15;
        double c = 1, d = 1 / Away(1 - (a + b) * x / (a + 1)), fraction = d;
        for (int m = 1; m < MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Away(1 + even * d);
            c = Away(1 + even / c);
            fraction *= c * d;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Away(1 + odd * d);
            c = Away(1 + odd / c);
            fraction *= c * d;
            if (Math.Abs(c * d - 1) < Precision) break;
        }

        return fraction;

        static double Away(double value) => Math.Abs(value) < Least ? Least : value;
    }
}
