namespace Recurant.Tests.Layers;

/// <summary>
/// The output over a vocabulary against a dense layer with the plain cross-entropy, over several pieces of rows.
/// </summary>
public class SoftmaxOutputTests
{
    // Sums over 700 rows in another order of pieces, in single precision.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(0f, 1)]
    [InlineData(0.1f, 3)]
    public void Loss_MoreRowsThanAPiece_EqualsDenseAndCrossEntropy(float smoothing, int threads)
    {
        // 16,384 words give pieces of 256 rows.
        const int Rows = 700, Words = 16384, Width = 5;
        Workers workers = Workers.ForThreads(threads);
        var dense = new Dense("output", Width, Words);
        dense.Weights.InitialiseUniform(3, 0, 0.8f);
        dense.Bias.InitialiseUniform(3, 1, 0.5f);
        Matrix input = Random(Rows, Width, seed: 5);
        int[] right = [.. Enumerable.Range(0, Rows).Select(row => row * 7919 % Words)];

        Matrix logits = new(new FloatBuffer(Rows * Words), 0, Rows, Words), dExpected = Random(Rows, Width, seed: 6);
        var memory = new DenseMemory();
        dense.Forward(workers, input, logits, memory);
        double expected = CrossEntropy.Apply(logits, right, smoothing, out int expectedCorrect);
        dense.Backward(workers, input, logits, dExpected, memory);

        var weights = new Parameter("w", Words, Width);
        var bias = new Parameter("b", Words);
        dense.Weights.Value.CopyTo(weights.Value);
        dense.Bias.Value.CopyTo(bias.Value);
        Matrix dInput = Random(Rows, Width, seed: 7);
        double loss = new SoftmaxOutput(weights, bias).Loss(
            workers, input, right, smoothing, 1f / Rows, dInput, new SoftmaxOutputMemory(), out int correct);
        Assert.Equal(expected, loss, Tolerance * Rows);
        Assert.Equal(expectedCorrect, correct);
        Near(dExpected.Span, dInput.Span);
        Near(dense.Weights.Gradient, weights.Gradient);
        Near(dense.Bias.Gradient, bias.Gradient);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(200)]
    public void Exponentials_AnyLength_SumToTheLogarithmOfTheSum(int length)
    {
        float[] z = Random(1, length, seed: 9).Span.ToArray(), e = [.. z];
        float logSum = LogSoftmax.Exponentials(e, out float largest, out float sum);
        double expected = z.Sum(value => Math.Exp(value));
        Assert.Equal(z.Max(), largest);
        Assert.Equal(Math.Log(expected), logSum, 1e-5);
        Assert.Equal(expected, sum * Math.Exp(largest), 1e-4 * expected);
        LogSoftmax.ScaleAndAdd(e, 1 / sum, 0.25f);
        Assert.Equal(z.Select(value => (float)(Math.Exp(value) / expected + 0.25)), e, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Exponentials_NotANumber_IsNotHidden()
    {
        float[] z = [1, float.NaN, 3];
        Assert.True(float.IsNaN(LogSoftmax.Exponentials(z, out _, out _)));
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        float largest = 0;
        foreach (float value in expected) largest = Math.Max(largest, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= Tolerance * largest))
            {
                Assert.Fail($"[{i}]: {actual[i]:G9} instead of {expected[i]:G9}; largest {largest:G3}.");
            }
        }
    }

    private static Matrix Random(int rows, int columns, ulong seed)
    {
        var buffer = new FloatBuffer(rows * columns);
        new Philox(seed, RandomPurpose.Initialisation).FillUniform(buffer.Span, -1.5f, 1.5f);
        return new Matrix(buffer, 0, rows, columns);
    }
}
