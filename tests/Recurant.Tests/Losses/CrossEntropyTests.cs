namespace Recurant.Tests.Losses;

public class CrossEntropyTests
{
    // Probabilities are right to a few units in the last place, logits are below 4 in magnitude.
    private const double Tolerance = 1e-6;

    // Central differences in double with a step of 1e-5: error of the order 1e-10, and the rounding of the gradient.
    private const double Step = 1e-5;
    private const int Rows = 7;

    [Theory]
    [InlineData(2, 0f)]
    [InlineData(5, 0f)]
    [InlineData(5, 0.1f)]
    [InlineData(37, 0.3f)]
    public void Apply_LossAndGradient_EqualDoubleAndFiniteDifferences(int classes, float smoothing)
    {
        Matrix logits = Bits.RandomMatrix(Rows, classes, 1);
        Elementwise.Scale(logits.Span, 4f);
        double[][] z = [.. Enumerable.Range(0, Rows).Select(b => Array.ConvertAll(logits.Row(b).ToArray(), x => (double)x))];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(b => (3 * b + 1) % classes)];
        double total = CrossEntropy.Apply(logits, labels, smoothing, out int correct);

        Assert.Equal(z.Zip(labels, (row, label) => Loss(row, label, 0)).Sum(), total, Rows * Tolerance);
        Assert.Equal(z.Zip(labels, (row, label) => row[label] == row.Max() ? 1 : 0).Sum(), correct);
        for (int b = 0; b < Rows; b++)
        {
            double[] gradient = new double[classes];
            for (int j = 0; j < classes; j++)
            {
                double at = z[b][j];
                z[b][j] = at + Step;
                double above = Loss(z[b], labels[b], smoothing);
                z[b][j] = at - Step;
                gradient[j] = (above - Loss(z[b], labels[b], smoothing)) / (2 * Step) / Rows;
                z[b][j] = at;
            }

            Near.AssertEqual(gradient, logits.Row(b), Tolerance, $"gradient of row {b}");
            Assert.Equal(0, gradient.Sum(), Tolerance);
        }
    }

    [Fact]
    public void Apply_LargeLogits_StaysFinite()
    {
        Matrix logits = new(Bits.Buffer([1000, 0, -1000, 0]), 0, 2, 2);
        Assert.Equal(1000, CrossEntropy.Apply(logits, [0, 0], 0, out int correct), 1e-3);
        Assert.Equal(1, correct);
        Near.AssertEqual([0f, 0f, -0.5f, 0.5f], logits.Span, Tolerance, "gradient");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Apply_LogitThatIsNotFinite_LossIsNotFinite(float wrong)
    {
        for (int j = 0; j < 3; j++)
        {
            Matrix logits = Bits.RandomMatrix(2, 3, 1);
            logits.Row(1)[j] = wrong;
            Assert.False(double.IsFinite(CrossEntropy.Apply(logits, [0, 0], 0, out _)));
        }
    }

    [Fact]
    public void ArgMax_EqualValues_IsTheFirst()
    {
        Assert.Equal(1, CrossEntropy.ArgMax([1, 3, 3, 2]));
        Assert.Equal(0, CrossEntropy.ArgMax([-1]));
        Assert.Equal(3, CrossEntropy.ArgMax([-4, -3, -2, -1]));
    }

    /// <summary>-sum_j y_j ln softmax(z)_j, with the share s of y spread evenly.</summary>
    private static double Loss(double[] z, int label, double s)
    {
        double logSum = Math.Log(z.Sum(Math.Exp));
        return z.Select((value, j) => ((j == label ? 1 - s : 0) + s / z.Length) * (logSum - value)).Sum();
    }
}
