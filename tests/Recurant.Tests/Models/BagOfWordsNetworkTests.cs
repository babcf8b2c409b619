namespace Recurant.Tests.Models;

/// <summary>Logistic regression over words and pairs against its formula.</summary>
public class BagOfWordsNetworkTests
{
    // Sums of at most six numbers and a softmax in single precision.
    private const double Tolerance = 1e-6;

    [Fact]
    public void ForwardAndBackward_UnequalLengths_EqualTheFormula()
    {
        NetworkCase run = new NetworkCase(new ClassifierSpec
        {
            Model = ModelKind.BagOfWords, VocabularySize = NetworkCase.Words, Classes = NetworkCase.Classes,
        }).Run();
        Parameter weights = run.Parameter("output.weight"), bias = run.Parameter("output.bias");
        Assert.Equal([NetworkCase.Words, NetworkCase.Classes], weights.Shape);
        double[] dWeights = new double[weights.Count], dBias = new double[NetworkCase.Classes];
        double loss = 0;
        for (int b = 0; b < run.Batch.Sequences; b++)
        {
            int[] tokens = run.TokensRead(b);
            double[] z = new double[NetworkCase.Classes];
            for (int j = 0; j < z.Length; j++)
            {
                z[j] = bias.Value[j];
                foreach (int token in tokens) z[j] += weights.Value[token * z.Length + j] / Math.Sqrt(tokens.Length);
            }

            double sum = z.Sum(Math.Exp);
            double[] y = [.. z.Select(value => Math.Exp(value) / sum)];
            Near.AssertEqual(y, run.Probabilities.Row(b), Tolerance, $"probabilities {b}");
            loss -= Math.Log(y[run.Label(b)]);
            for (int j = 0; j < z.Length; j++)
            {
                double dz = (y[j] - (j == run.Label(b) ? 1 : 0)) / run.Batch.Sequences;
                dBias[j] += dz;
                foreach (int token in tokens) dWeights[token * z.Length + j] += dz / Math.Sqrt(tokens.Length);
            }
        }

        Assert.Equal(loss, run.Loss, 1e-5);
        Near.AssertEqual(dWeights, weights.Gradient, Tolerance, "gradient of the weights");
        Near.AssertEqual(dBias, bias.Gradient, Tolerance, "gradient of the bias");
        Assert.Contains(dWeights, value => Math.Abs(value) > 1e-2);
    }

    [Fact]
    public void WithPairs_ThreeTokens_GivesWordsThenNeighboursWithTheEdges() => Assert.Equal(
        ["not", "so", "good", "<s> not", "not so", "so good", "good </s>"], TextEncoder.WithPairs(["not", "so", "good"]));
}
