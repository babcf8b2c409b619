namespace Recurant.Tests.Insight;

public class LogOddsTests
{
    private static readonly float[][] s_logits = [[0.3f, -1.2f, 2f], [1.5f, 0.4f, -0.7f], [-0.2f, 0.9f, 0.1f]];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Of_MeanOfNetworks_IsThatOfTheirMeanProbability(int networks)
    {
        float[][] logits = s_logits[..networks];
        for (int label = 0; label < 3; label++)
        {
            double p = logits.Average(z => Math.Exp(z[label]) / z.Sum(value => Math.Exp(value)));
            Assert.Equal(Math.Log(p / (1 - p)), LogOdds.Of(logits, label), 1e-12);
            Assert.Equal(p, LogOdds.Probability(LogOdds.Of(logits, label)), 1e-12);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Gradient_EveryLogit_IsTheFiniteDifference(int networks)
    {
        const float Step = 1e-2f;
        float[][] logits = [.. s_logits[..networks].Select(z => z.ToArray())];
        float[][] gradients = [.. logits.Select(z => new float[z.Length])];
        LogOdds.Gradient(logits, 1, gradients);
        for (int n = 0; n < networks; n++)
        {
            for (int j = 0; j < 3; j++)
            {
                float value = logits[n][j];
                logits[n][j] = value + Step;
                double above = LogOdds.Of(logits, 1), width = logits[n][j];
                logits[n][j] = value - Step;
                double slope = (above - LogOdds.Of(logits, 1)) / (width - logits[n][j]);
                logits[n][j] = value;
                // Of the order of the square of the step.
                Assert.Equal(slope, gradients[n][j], 1e-4);
            }
        }
    }

    [Fact]
    public void Of_CertainAnswers_StaysExact()
    {
        Assert.Equal(60.0, LogOdds.Of([[60f, 0f]], 0), 1e-9);
        Assert.Equal(-60.0, LogOdds.Of([[60f, 0f]], 1), 1e-9);
    }
}
