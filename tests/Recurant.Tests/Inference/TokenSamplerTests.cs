namespace Recurant.Tests.Inference;

public class TokenSamplerTests
{
    private const int Draws = 20_000;

    // ln of 0.5, 0.3, 0.15, 0.05.
    private static readonly float[] s_logits = [-0.6931472f, -1.2039728f, -1.8971200f, -2.9957323f];

    [Theory]
    [InlineData(1f, 0, 1f, new[] { 0.5, 0.3, 0.15, 0.05 })]
    [InlineData(0.5f, 0, 1f, new[] { 0.6849, 0.2466, 0.0616, 0.0068 })]
    [InlineData(1f, 2, 1f, new[] { 0.625, 0.375, 0, 0 })]
    [InlineData(1f, 0, 0.9f, new[] { 0.5263, 0.3158, 0.1579, 0 })]
    [InlineData(0f, 0, 1f, new double[] { 1, 0, 0, 0 })]
    [InlineData(1e-40f, 0, 1f, new double[] { 1, 0, 0, 0 })]
    [InlineData(float.Epsilon, 2, 0.5f, new double[] { 1, 0, 0, 0 })]
    [InlineData(1e-38f, 0, 1f, new double[] { 1, 0, 0, 0 })]
    [InlineData(1f, 0, float.Epsilon, new double[] { 1, 0, 0, 0 })]
    [InlineData(1f, int.MaxValue, 1f, new[] { 0.5, 0.3, 0.15, 0.05 })]
    public void Draw_Many_FollowsTheProbabilities(float temperature, int topK, float topP, double[] expected)
    {
        var sampler = new TokenSampler(new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP }, 4);
        int[] counts = new int[4];
        for (int i = 0; i < Draws; i++) counts[sampler.Draw(s_logits)]++;
        for (int j = 0; j < 4; j++)
        {
            // Five standard deviations of a share of 20,000 draws.
            double share = (double)counts[j] / Draws, deviation = Math.Sqrt(expected[j] * (1 - expected[j]) / Draws);
            Assert.InRange(share, expected[j] - 5 * deviation - 5e-5, expected[j] + 5 * deviation + 5e-5);
        }
    }

    [Fact]
    public void Draw_ExcludedToken_IsNeverChosen()
    {
        var sampler = new TokenSampler(new SamplingOptions(), 4);
        for (int i = 0; i < 500; i++) Assert.NotEqual(0, sampler.Draw(s_logits, excluded: 0));
        Assert.Equal(1, new TokenSampler(new SamplingOptions { Temperature = 0 }, 4).Draw(s_logits, excluded: 0));
    }

    [Theory]
    [InlineData("Temperature", -1f, 0, 1f)]
    [InlineData("Temperature", float.NaN, 0, 1f)]
    [InlineData("Temperature", float.PositiveInfinity, 0, 1f)]
    [InlineData("TopP", 1f, 0, float.NaN)]
    [InlineData("TopP", 1f, 0, 1.0001f)]
    [InlineData("TopK", 1f, -1, 1f)]
    [InlineData("TopP", 1f, 0, 0f)]
    public void Validate_OutOfRange_NamesTheProperty(string name, float temperature, int topK, float topP)
    {
        var options = new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP };
        Assert.StartsWith(name, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }
}
