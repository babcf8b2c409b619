namespace Recurant.Tests.Heads;

/// <summary>Quantiles that cannot cross, and the slope of their loss in double precision.</summary>
public class QuantileHeadTests
{
    private const double Tolerance = 2e-6, Step = 1e-6;

    private static readonly float[] s_levels = [0.05f, 0.2f, 0.5f, 0.6f, 0.9f];

    [Fact]
    public void Answer_AnyNumbers_AscendsAndHasTheMedianWhereItWasPut()
    {
        var head = new QuantileHead(s_levels);
        var quantiles = new float[5];
        for (int n = 0; n < 200; n++)
        {
            float[] outputs = [.. Bits.Random(10, (ulong)n).Select(value => value * (n % 4 == 0 ? 200 : 3))];
            head.Read(outputs);
            for (int place = 0; place < 2; place++)
            {
                Assert.True(float.IsNaN(head.Answer(new ForecastOutput(outputs, place, 1.5f, 1f), quantiles)));
                Assert.Equal(1.5f + outputs[5 * place + 2], quantiles[2]);
                Assert.All(quantiles, value => Assert.True(float.IsFinite(value)));
                for (int k = 1; k < 5; k++) Assert.True(quantiles[k] >= quantiles[k - 1], $"{n}: {string.Join(' ', quantiles)}");
                double[] expected = Quantiles(Doubles(outputs), place, 1.5);
                Near.AssertEqual(expected, quantiles, Tolerance, $"q {n}");
            }
        }
    }

    [Theory]
    [InlineData(-30f)]
    [InlineData(0.3f)]
    [InlineData(30f)]
    public void Loss_OfAValueBelowAmongAndAbove_HasTheSlopeOfEachNumber(float actual)
    {
        var head = new QuantileHead(s_levels);
        float[] outputs = Bits.Random(10, 5), gradient = new float[10];
        const float Weight = 0.7f, Basis = 0.4f;
        head.Read(outputs);
        var output = new ForecastOutput(outputs, 1, Basis, 1f);
        double loss = head.Loss(output, actual, Weight, gradient, out float dBasis);
        double[] o = Doubles(outputs);
        double At(double basis) => Pinball(Quantiles(o, 1, basis), actual);
        Assert.Equal(At(Basis), loss, Tolerance * Math.Max(1, loss));
        Assert.Equal(Weight * (At(Basis + Step) - At(Basis - Step)) / (2 * Step), dBasis, Tolerance);
        for (int i = 0; i < o.Length; i++)
        {
            double start = o[i];
            o[i] = start + Step;
            double above = At(Basis);
            o[i] = start - Step;
            double slope = Weight * (above - At(Basis)) / (2 * Step);
            o[i] = start;
            Assert.True(Math.Abs(slope - gradient[i]) < Tolerance, $"do[{i}]: {slope} expected, {gradient[i]} found");
        }

        Assert.All(gradient[..5], value => Assert.Equal(0f, value));
        head.Loss(output, actual, Weight, gradient, out _);
        Assert.NotEqual(0f, gradient[7]);
        Assert.Equal(2 * dBasis, gradient[7], 1e-6f);
    }

    [Fact]
    public void Shares_OfLevels_AddUpToOneAndGoToTheNearest()
    {
        float[] shares = QuantileHead.Shares([0.1f, 0.5f, 0.6f]);
        Assert.Equal(0.3f, shares[0], 1e-6f);
        Assert.Equal(0.25f, shares[1], 1e-6f);
        Assert.Equal(0.45f, shares[2], 1e-6f);
        foreach (float[] levels in (float[][])[[0.5f], s_levels, [.. Enumerable.Range(1, 9).Select(i => i / 10f)]])
        {
            Assert.Equal(1f, QuantileHead.Shares(levels).Sum(), 1e-6f);
        }
    }

    [Fact]
    public void Levels_WithoutTheMedian_AreRefused() => Assert.Contains(
        "0.5 among them", Assert.Throws<ArgumentException>(() => new QuantileHead([0.1f, 0.9f])).Message);

    private static double[] Quantiles(double[] outputs, int place, double basis)
    {
        double[] o = outputs[(5 * place)..(5 * place + 5)], q = new double[5];
        q[2] = basis + o[2];
        for (int k = 3; k < 5; k++) q[k] = q[k - 1] + Softplus(o[k] - 1);
        for (int k = 1; k >= 0; k--) q[k] = q[k + 1] - Softplus(o[k] - 1);
        return q;
    }

    private static double Softplus(double x) => x > 30 ? x : Math.Log(1 + Math.Exp(x));

    private static double Pinball(double[] q, double y) => 2.0 / 5 * q.Select(
        (value, k) => Math.Max(s_levels[k] * (y - value), (s_levels[k] - 1.0) * (y - value))).Sum();

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
