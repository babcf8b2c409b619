using Recurant.Data;
using Recurant.Layers;
using Recurant.Numerics;
using Recurant.Tests.Layers;
using Recurant.Tests.Numerics;
using Xunit;

namespace Recurant.Tests.Models;

/// <summary>Direct connections from words and pairs to the output: by hand, and by differences of their sums.</summary>
public class DirectConnectionsTests
{
    private const int Words = 4, Classes = 3;

    // Sums of at most thirteen numbers in single precision.
    private const double Tolerance = 2e-6;
    private static readonly int[][] s_texts = [[1, 2], [3, 1, 1, 2, 3, 3], [2]];

    [Fact]
    public void Forward_OneBucket_AddsTheSumByHand()
    {
        // With one bucket every pair has the same row, so no hash is needed to say what must come out.
        DirectConnections direct = Make(buckets: 1);
        SequenceBatch batch = Batch();
        Matrix logits = Bits.RandomMatrix(batch.Sequences, Classes, 3), before = Bits.RandomMatrix(batch.Sequences, Classes, 3);
        direct.Forward(batch, logits);
        Matrix weights = direct.Weights.Matrix;
        for (int b = 0; b < batch.Sequences; b++)
        {
            int[] text = s_texts[batch.Order[b]];
            for (int j = 0; j < Classes; j++)
            {
                double sum = (text.Length + 1) * (double)weights.Row(Words)[j];
                foreach (int word in text) sum += weights.Row(word)[j];
                Assert.Equal(before.Row(b)[j] + sum / Math.Sqrt(2 * text.Length + 1), logits.Row(b)[j], Tolerance);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Backward_AnyBuckets_EqualsDifferencesOfTheForwardPass(int buckets)
    {
        DirectConnections direct = Make(buckets);
        SequenceBatch batch = Batch();
        Matrix dLogits = Bits.RandomMatrix(batch.Sequences, Classes, 5);
        direct.Backward(batch, dLogits);
        float[] gradient = direct.Weights.Gradient.ToArray();

        // The sum is linear in each weight: one against nought gives its slope without any error of the method.
        direct.Weights.Value.Clear();
        double[] expected = new double[gradient.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            direct.Weights.Value[i] = 1;
            Matrix logits = Bits.Zeros(batch.Sequences, Classes);
            direct.Forward(batch, logits);
            for (int k = 0; k < logits.Span.Length; k++) expected[i] += (double)logits.Span[k] * dLogits.Span[k];
            direct.Weights.Value[i] = 0;
        }

        Near.AssertEqual(expected, gradient, Tolerance, "gradient");
        int[] rows = [.. Enumerable.Range(0, Words + buckets).Where(row => Enumerable.Range(0, Classes).Any(j => expected[row * Classes + j] != 0))];
        int[] touched = direct.Weights.Touched!.Rows.ToArray();
        Array.Sort(touched);
        Assert.Equal(rows, touched);
    }

    [Fact]
    public void Forward_OtherOrder_GivesOtherLogits()
    {
        DirectConnections direct = Make(buckets: 1 << 12);
        Matrix first = Bits.Zeros(1, Classes), second = Bits.Zeros(1, Classes);
        SequenceBatch batch = new();
        batch.Fill([[1, 2, 3]], [0]);
        direct.Forward(batch, first);
        batch.Fill([[3, 2, 1]], [0]);
        direct.Forward(batch, second);
        Assert.NotEqual(first.Span.ToArray(), second.Span.ToArray());
    }

    [Fact]
    public void Forward_ManyClasses_AddsToEachOfThem()
    {
        // More classes than one piece of the sum holds.
        const int Many = 700;
        var direct = new DirectConnections(Words, 1, Many);
        for (int i = 0; i < direct.Weights.Count; i++) direct.Weights.Value[i] = i;
        SequenceBatch batch = new();
        batch.Fill([[2]], [0]);
        Matrix logits = Bits.Zeros(1, Many);
        direct.Forward(batch, logits);
        for (int j = 0; j < Many; j++)
        {
            double sum = 2 * Many + j + 2.0 * (Words * Many + j);
            Assert.Equal(sum / Math.Sqrt(3), logits.Row(0)[j], 1e-6 * sum);
        }
    }

    private static DirectConnections Make(int buckets)
    {
        var direct = new DirectConnections(Words, buckets, Classes);
        direct.Weights.InitialiseUniform(8, 0, 0.7f);
        return direct;
    }

    private static SequenceBatch Batch()
    {
        SequenceBatch batch = new();
        batch.Fill(s_texts, [0, 1, 2]);
        return batch;
    }
}
