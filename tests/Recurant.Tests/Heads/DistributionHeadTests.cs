namespace Recurant.Tests.Heads;

/// <summary>
/// Distributions: their slopes by central differences, their likelihoods and quantiles against mpmath 1.3 with 30 digits.
/// </summary>
public class DistributionHeadTests
{
    // A step of 2^-10 is exact in single precision; its square is the error of a central difference, times a third derivative.
    private const float Step = 1f / 1024;
    private const double Tolerance = 3e-5, Single = 2e-6;

    private static readonly float[] s_levels = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f];

    public static TheoryData<ForecastDistribution, float, float> Values => new()
    {
        { ForecastDistribution.Quantiles, 0.2f, 1f }, { ForecastDistribution.Gaussian, -1.3f, 1f },
        { ForecastDistribution.Gaussian, 0.4f, 5f }, { ForecastDistribution.StudentT, -6f, 1f },
        { ForecastDistribution.StudentT, 0.4f, 1f }, { ForecastDistribution.NegativeBinomial, 0f, 1f },
        { ForecastDistribution.NegativeBinomial, 7f, 1f }, { ForecastDistribution.NegativeBinomial, 3f / 8, 8f },
        { ForecastDistribution.NegativeBinomial, 900f / 512, 512f },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Loss_OfAValue_HasTheSlopeOfEachNumberAndOfTheBasis(ForecastDistribution distribution, float actual, float scale)
    {
        var head = ForecastHead.Of(distribution, s_levels);
        const float Weight = 0.75f;
        float[] outputs = [.. Bits.Random(2 * head.Size, 5).Select(value => MathF.Round(value * 64) / 64)];
        float[] gradient = new float[outputs.Length];
        double At(float basis)
        {
            head.Read(outputs);
            return head.Loss(new ForecastOutput(outputs, 1, basis, scale), actual, 0f, [], out _);
        }

        head.Read(outputs);
        double loss = head.Loss(new ForecastOutput(outputs, 1, 0.25f, scale), actual, Weight, gradient, out float dBasis);
        Assert.Equal(At(0.25f), loss);
        Near(Weight * (At(0.25f + Step) - At(0.25f - Step)) / (2 * Step), dBasis);
        for (int i = 0; i < outputs.Length; i++)
        {
            float start = outputs[i];
            outputs[i] = start + Step;
            double above = At(0.25f);
            outputs[i] = start - Step;
            Near(Weight * (above - At(0.25f)) / (2 * Step), gradient[i]);
            outputs[i] = start;
        }

        Assert.All(gradient[..head.Size], value => Assert.Equal(0f, value));
        // Pinball losses of quantiles on both sides may cancel.
        if (distribution != ForecastDistribution.Quantiles)
        {
            Assert.All(gradient[head.Size..], value => Assert.NotEqual(0f, value));
        }

        float[] once = [.. gradient];
        head.Read(outputs);
        head.Loss(new ForecastOutput(outputs, 1, 0.25f, scale), actual, Weight, gradient, out _);
        for (int i = 0; i < once.Length; i++) Assert.Equal(2 * once[i], gradient[i], 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Middle_OfAValue_IsTheMedianOrTheMeanAndHasItsSlope(ForecastDistribution distribution, float actual, float scale)
    {
        Assert.True(float.IsFinite(actual));
        var head = ForecastHead.Of(distribution, s_levels);
        float[] outputs = Bits.Random(2 * head.Size, 9), gradient = new float[outputs.Length], quantiles = new float[9];
        head.Read(outputs);
        var output = new ForecastOutput(outputs, 1, 0.25f, scale);
        double middle = head.Middle(output, 0.5f, gradient, out float dBasis);
        float mean = head.Answer(output, quantiles);
        bool isCount = distribution == ForecastDistribution.NegativeBinomial;
        Assert.Equal(isCount ? mean : quantiles[4], (float)middle, 1e-6f);
        double above = head.Middle(new ForecastOutput(outputs, 1, 0.25f + Step, scale), 0f, [], out _);
        double below = head.Middle(new ForecastOutput(outputs, 1, 0.25f - Step, scale), 0f, [], out _);
        Near(0.5 * (above - below) / (2 * Step), dBasis);
        Assert.Equal(dBasis, gradient.Sum());
        Assert.Equal(dBasis, gradient[head.Size + (distribution == ForecastDistribution.Quantiles ? 4 : 0)]);
    }

    /// <summary>scipy.stats.norm.logpdf(1.5, 0.5, 2) = -1.737085713764618.</summary>
    [Fact]
    public void Gaussian_OfKnownParameters_IsItsLikelihoodAndItsQuantiles()
    {
        var head = new GaussianHead(s_levels);
        // softplus(ln(e^1.999 - 1)) = 1.999, and 0.001 more.
        float[] outputs = [0.25f, (float)Math.Log(Math.Exp(1.999) - 1)], quantiles = new float[9];
        var output = new ForecastOutput(outputs, 0, 0.25f, 1f);
        Assert.Equal(1.737085713764618, head.Loss(output, 1.5f, 0f, [], out _), Single);
        Assert.Equal(0.5f, head.Answer(output, quantiles));
        Assert.Equal(0.5f, quantiles[4]);
        Assert.Equal(0.5 + 2 * 1.28155156554460047, quantiles[8], Single);
        Assert.Equal(0.5 - 2 * 1.28155156554460047, quantiles[0], Single);
    }

    /// <summary>-ln of the density of t with 3 degrees of freedom, by hand: 2 / (pi sqrt(3) (1 + d^2 / 3)^2).</summary>
    [Fact]
    public void StudentT_OfKnownParameters_IsItsLikelihood()
    {
        var head = new StudentHead(s_levels);
        float[] outputs = [0f, (float)Math.Log(Math.Exp(1.999) - 1), (float)Math.Log(Math.E - 1)];
        const double D = 1.25;
        double expected = -Math.Log(2 / (Math.PI * Math.Sqrt(3) * Math.Pow(1 + D * D / 3, 2)) / 2);
        Assert.Equal(expected, head.Loss(new ForecastOutput(outputs, 0, 0.5f, 1f), 3f, 0f, [], out _), Single);
    }

    [Theory]
    [InlineData(0.001f)]
    [InlineData(0.1f)]
    [InlineData(0.4f)]
    [InlineData(0.9f)]
    [InlineData(0.9999f)]
    public void StudentT_AnyFreedom_HasTheQuantilesOfTheDistributionFunction(float level)
    {
        double[] series = StudentHead.Fit(level);
        foreach (double freedom in (double[])[2, 2.01, 2.3, 3, 4.5, 8, 20, 77, 1000, 20_000])
        {
            double expected = SpecialFunctions.StudentQuantile(level, freedom);
            Assert.True(
                Math.Abs(expected - StudentHead.At(series, freedom)) <= 1e-8 * Math.Abs(expected),
                $"{freedom}: {expected} expected, {StudentHead.At(series, freedom)} found");
        }

        // Of no end of degrees it is a normal one.
        Assert.Equal(SpecialFunctions.Probit(level), StudentHead.At(series, 1e12), 1e-7);
    }

    /// <summary>Added up in mpmath, or found with its incomplete beta function.</summary>
    [Theory]
    [InlineData(3, 0.5, "0 1 1 2 2 3 4 5 7")]
    [InlineData(0.2, 2, "0 0 0 0 0 0 0 0 1")]
    [InlineData(40, 0.01, "31 34 36 38 40 42 44 46 50")]
    [InlineData(150, 0.7, "27 48 69 91 117 146 183 234 317")]
    [InlineData(700, 0.3, "274 374 460 544 631 727 840 987 1215")]
    [InlineData(5000, 0.0001, "4889 4927 4954 4978 5000 5022 5045 5073 5111")]
    [InlineData(12345, 1.5, "510 1490 2858 4652 6973 10017 14170 20321 31344")]
    [InlineData(30000, 0.00002, "29719 29816 29885 29944 30000 30055 30115 30184 30281")]
    public void Counts_OfMeanAndDispersion_AreTheSmallestThatReachTheLevels(double mean, double alpha, string expected)
    {
        var counts = new float[9];
        new CountHead(s_levels).Counts(mean, alpha, counts);
        Assert.Equal(expected, string.Join(' ', counts));
    }

    /// <summary>The search of large counts, and the sum of small ones, against the plain definition.</summary>
    [Theory]
    [InlineData(99.5, 0.3)]
    [InlineData(100.5, 0.3)]
    [InlineData(130, 8)]
    [InlineData(260, 0.001)]
    [InlineData(1500, 40)]
    public void Counts_OnBothSidesOfTheSearch_AreThoseOfTheDefinition(double mean, double alpha)
    {
        float[] levels = [0.001f, 0.1f, 0.5f, 0.9f, 0.999f], counts = new float[5];
        new CountHead(levels).Counts(mean, alpha, counts);
        double r = 1 / alpha, p = Math.Exp(-r * Math.Log(1 + alpha * mean)), sum = p;
        int y = 0;
        for (int k = 0; k < 5; k++)
        {
            for (; sum < levels[k]; y++)
            {
                p *= (y + r) / (y + 1) * (alpha * mean / (1 + alpha * mean));
                sum += p;
            }

            Assert.Equal(y, counts[k]);
        }
    }

    /// <summary>ln P(4) of m = 3 and alpha = 0.5: Gamma(6) / (4! Gamma(2)) 0.4^2 0.6^4 = 0.10368.</summary>
    [Fact]
    public void NegativeBinomial_OfKnownParameters_IsItsLikelihoodAndGivesCounts()
    {
        var head = new CountHead(s_levels);
        const float Scale = 4f;
        // softplus(b + o_1) = 3 / 4, and softplus(o_2) / 2 = 0.49999.
        float[] outputs = [(float)Math.Log(Math.Exp(0.75) - 1) - 0.5f, (float)Math.Log(Math.Exp(0.99998) - 1)];
        var output = new ForecastOutput(outputs, 0, 0.5f, Scale);
        Assert.Equal(-Math.Log(0.10368), head.Loss(output, 4 / Scale, 0f, [], out _), Single);
        var quantiles = new float[9];
        Assert.Equal(0.75f, head.Answer(output, quantiles), 1e-6f);
        Assert.Equal([0f, 1f, 1f, 2f, 2f, 3f, 4f, 5f, 7f], quantiles.Select(value => value * Scale));
    }

    [Theory]
    [InlineData(ForecastDistribution.Gaussian)]
    [InlineData(ForecastDistribution.StudentT)]
    [InlineData(ForecastDistribution.NegativeBinomial)]
    public void Answer_AnyNumbers_AscendsAndIsFinite(ForecastDistribution distribution)
    {
        var head = ForecastHead.Of(distribution, s_levels);
        var quantiles = new float[9];
        for (int n = 0; n < 200; n++)
        {
            float[] outputs = [.. Bits.Random(head.Size, (ulong)n).Select(value => value * (n % 4 == 0 ? 200 : 3))];
            float scale = 1 + n;
            float mean = head.Answer(new ForecastOutput(outputs, 0, 0.5f, scale), quantiles);
            Assert.True(float.IsFinite(mean) && quantiles.All(float.IsFinite), $"{n}: {string.Join(' ', quantiles)}");
            for (int k = 1; k < 9; k++) Assert.True(quantiles[k] >= quantiles[k - 1], $"{n}: {string.Join(' ', quantiles)}");
            double loss = head.Loss(new ForecastOutput(outputs, 0, 0.5f, scale), 2f, 1f, new float[head.Size], out float slope);
            Assert.True(double.IsFinite(loss) && float.IsFinite(slope), $"{n}: {loss} {slope}");
        }
    }

    private static void Near(double expected, float found) => Assert.True(
        Math.Abs(expected - found) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{expected} expected, {found} found");
}
