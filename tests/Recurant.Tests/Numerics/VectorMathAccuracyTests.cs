namespace Recurant.Tests.Numerics;

/// <summary>How far exp, tanh, sigmoid and log are from the truth; docs/numerics.md has the table.</summary>
public class VectorMathAccuracyTests
{
    // The largest errors over every float of the range, as the explicit tests below measure them, rounded up.
    private const double ExpBound = 1.09, TanhBound = 2.50, SigmoidBound = 2.49, LogBound = 0.87;

    // Where e^x, and with it the sigmoid of a negative number, is a normal float.
    private const float SmallestExponent = -87.3365402f, LargestExponent = 88.3762589f;
    private const float SmallestNormal = 1.17549435e-38f;

    // Between these numbers exp and the sigmoid are all but constant and tanh is the identity.
    private const float Tiny = 1f / (1 << 14);

    // A prime: the low bits of the sample are not always the same. Two to five million floats a function.
    private const int Sample = 61;

    [Fact]
    public void Exp_SampleOfAllFloats_StaysWithinTheBound() => CheckExp(Sample);

    [Fact]
    public void Tanh_SampleOfAllFloats_StaysWithinTheBound() => CheckTanh(Sample);

    [Fact]
    public void Sigmoid_SampleOfAllFloats_StaysWithinTheBound() => CheckSigmoid(Sample);

    [Fact]
    public void Log_SampleOfAllFloats_StaysWithinTheBound() => CheckLog(Sample);

    [Fact(Explicit = true)]
    public void Exp_EveryFloat_StaysWithinTheBound() => CheckExp(1);

    [Fact(Explicit = true)]
    public void Tanh_EveryFloat_StaysWithinTheBound() => CheckTanh(1);

    [Fact(Explicit = true)]
    public void Sigmoid_EveryFloat_StaysWithinTheBound() => CheckSigmoid(1);

    [Fact(Explicit = true)]
    public void Log_EveryFloat_StaysWithinTheBound() => CheckLog(1);

    [Fact]
    public void Functions_OfNaN_AreNaN()
    {
        SpanFunction[] functions = [Elementwise.Exp, Elementwise.Tanh, Elementwise.Sigmoid, Elementwise.Log];
        foreach (SpanFunction function in functions)
        {
            Assert.All(Results(function, float.NaN, -float.NaN), value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public void Exp_OutsideTheRange_StaysAtItsBorder()
    {
        float[] large = Results(Elementwise.Exp, LargestExponent, 89f, 1e10f, float.MaxValue, float.PositiveInfinity);
        Assert.All(large, value => Assert.Equal(large[0], value));
        Assert.InRange(large[0], 2.4e38f, 2.41e38f);

        float[] small = Results(Elementwise.Exp, SmallestExponent, -88f, -1e10f, float.MinValue, float.NegativeInfinity);
        Assert.All(small, value => Assert.Equal(small[0], value));
        Assert.InRange(small[0], 1.1754e-38f, 1.1755e-38f);
    }

    [Fact]
    public void Exp_OfZeroAndDenormals_IsOne() =>
        Assert.All(Results(Elementwise.Exp, 0f, -0f, float.Epsilon, -float.Epsilon, 1e-40f), value => Assert.Equal(1f, value));

    [Fact]
    public void Tanh_OfLargeAndTinyNumbers_IsOneOrTheNumberItself()
    {
        Assert.All(Results(Elementwise.Tanh, 10f, 1e10f, float.MaxValue, float.PositiveInfinity),
            value => Assert.Equal(1f, value));
        Assert.All(Results(Elementwise.Tanh, -10f, -1e10f, float.MinValue, float.NegativeInfinity),
            value => Assert.Equal(-1f, value));
        float[] tiny = [0f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1e-20f];
        Assert.Equal(tiny, Results(Elementwise.Tanh, tiny));
    }

    [Fact]
    public void Sigmoid_OfLargeNumbers_IsOneOrNextToZero()
    {
        Assert.All(Results(Elementwise.Sigmoid, 20f, 1e10f, float.MaxValue, float.PositiveInfinity),
            value => Assert.Equal(1f, value));
        Assert.All(
            Results(Elementwise.Sigmoid, -89f, -1e10f, float.MinValue, float.NegativeInfinity),
            value => Assert.InRange(value, 0f, SmallestNormal));
        Assert.Equal(0.5f, Results(Elementwise.Sigmoid, 0f)[0]);
    }

    [Fact]
    public void Log_OutsideTheRange_StaysAtItsBorderOrInfinite()
    {
        Assert.Equal(float.PositiveInfinity, Results(Elementwise.Log, float.PositiveInfinity)[0]);
        Assert.InRange(Results(Elementwise.Log, float.MaxValue)[0], 88.722f, 88.723f);
        float border = Results(Elementwise.Log, SmallestNormal)[0];
        Assert.InRange(border, -87.337f, -87.336f);
        Assert.All(
            Results(Elementwise.Log, float.Epsilon, 0f, -0f, -1f, float.NegativeInfinity), value => Assert.Equal(border, value));
        Assert.Equal(0f, Elementwise.Log(1f));
    }

    private static void CheckExp(int stride) =>
        Check(Elementwise.Exp, Math.Exp, [SmallestExponent, -Tiny, Tiny, LargestExponent], stride, ExpBound);

    private static void CheckTanh(int stride) =>
        Check(Elementwise.Tanh, Math.Tanh, [float.MinValue, -12f, -Tiny, Tiny, 12f, float.MaxValue], stride, TanhBound);

    private static void CheckSigmoid(int stride) => Check(
        Elementwise.Sigmoid, x => 1 / (1 + Math.Exp(-x)), [SmallestExponent, -Tiny, Tiny, 20f, float.MaxValue], stride,
            SigmoidBound);

    private static void CheckLog(int stride) =>
        Check(Elementwise.Log, Math.Log, [SmallestNormal, 1f / 64, 64f, float.MaxValue], stride, LogBound);

    /// <summary>
    /// Goes through the ranges between the borders; those far out or around zero, where little happens, in longer strides.
    /// </summary>
    private static void Check(SpanFunction function, Func<double, double> exact, float[] borders, int stride, double bound)
    {
        double error = 0;
        float at = 0;
        for (int i = 0; i + 1 < borders.Length; i++)
        {
            bool isDull = borders[i] == -Tiny || Math.Abs(borders[i]) > 1e30 || borders[i + 1] > 1e30
                || borders[i] == SmallestNormal;
            (double largest, float place) = FloatRange.LargestError(
                function, exact, borders[i], borders[i + 1], isDull ? 31 * stride : stride);
            // Written so that a NaN counts as an error.
            if (!(largest <= error)) (error, at) = (largest, place);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest error {error:F4} units in the last place at {at:G9}");
        Assert.True(error <= bound, $"The error at {at:G9} is {error:F3} units in the last place; at most {bound} are allowed.");
        // A bound far above what was measured would let a worse polynomial pass.
        Assert.True(error >= bound * 0.9, $"The largest error is only {error:F3}; make the bound of {bound} tighter.");
    }

    private static float[] Results(SpanFunction function, params float[] inputs)
    {
        float[] results = new float[inputs.Length];
        function(inputs, results);
        return results;
    }
}
