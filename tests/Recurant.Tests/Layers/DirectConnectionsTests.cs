namespace Recurant.Tests.Layers;

public class DirectConnectionsTests
{
    // Sums of a few dozen numbers below 1 in single precision.
    private const double Tolerance = 2e-6;
    private const int Words = 12, Buckets = 50, Classes = 3;
    private static readonly int[][] s_texts = [[3, 1, 4], [5], [1, 3, 4, 2, 7], [3, 1, 4]];

    /// <summary>
    /// n words have n + 1 neighbourhoods, the edges counted: 2 n + 1 features, each scaled by the root of their number.
    /// </summary>
    [Fact]
    public void Forward_WeightsOfOne_CountsWordsAndPairs()
    {
        (BatchLayout batch, DirectConnections direct) = Make();
        direct.Weights.Value.Fill(1f);
        Matrix logits = Bits.RandomMatrix(batch.Sequences, Classes, 1), before = Bits.RandomMatrix(batch.Sequences, Classes, 1);
        direct.Forward(batch, logits);
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int j = 0; j < Classes; j++)
            {
                Assert.Equal(before.Row(b)[j] + Math.Sqrt(2 * batch.Lengths[b] + 1), logits.Row(b)[j], Tolerance);
            }
        }
    }

    [Fact]
    public void Forward_WeightsOfWordsOnly_SumsTheirRows()
    {
        (BatchLayout batch, DirectConnections direct) = Make();
        Bits.Random(Words * Classes, 5).CopyTo(direct.Weights.Value);
        Matrix logits = Bits.Zeros(batch.Sequences, Classes);
        direct.Forward(batch, logits);
        for (int b = 0; b < batch.Sequences; b++)
        {
            int[] text = s_texts[batch.Order[b]];
            double[] expected = [.. Enumerable.Range(0, Classes).Select(
                j => text.Sum(word => (double)direct.Weights.Value[word * Classes + j]) / Math.Sqrt(2 * text.Length + 1))];
            Near.AssertEqual(expected, logits.Row(b), Tolerance, $"text {batch.Order[b]}");
        }
    }

    [Fact]
    public void Forward_SameWordsInAnotherOrder_GiveOtherLogits()
    {
        DirectConnections direct = new(Words, Buckets, Classes);
        direct.Weights.InitialiseUniform(1, 0, 1f);
        BatchLayout batch = new();
        batch.Fill([[1, 2, 3], [3, 2, 1], [1, 2, 3]], [0, 1, 2]);
        Matrix logits = Bits.Zeros(3, Classes);
        direct.Forward(batch, logits);
        Bits.AssertEqual(logits.Row(0), logits.Row(2), "the same text");
        Assert.False(Bits.Equal(logits.Row(0), logits.Row(1)));
    }

    [Fact]
    public void Forward_OneRowForAllPairs_AddsItOnceForEveryNeighbourhood()
    {
        var direct = new DirectConnections(Words, buckets: 1, Classes);
        direct.Weights.InitialiseUniform(8, 0, 0.7f);
        BatchLayout batch = new();
        batch.Fill(s_texts, [.. Enumerable.Range(0, s_texts.Length)]);
        Matrix logits = Bits.Zeros(batch.Sequences, Classes), weights = direct.Weights.Matrix;
        direct.Forward(batch, logits);
        for (int b = 0; b < batch.Sequences; b++)
        {
            int[] text = s_texts[batch.Order[b]];
            for (int j = 0; j < Classes; j++)
            {
                double sum = (text.Length + 1) * (double)weights.Row(Words)[j];
                foreach (int word in text) sum += weights.Row(word)[j];
                Assert.Equal(sum / Math.Sqrt(2 * text.Length + 1), logits.Row(b)[j], Tolerance);
            }
        }
    }

    [Fact]
    public void Forward_HundredsOfClasses_AddsToEachOfThem()
    {
        // More classes than the sums that are held at a time.
        const int Many = 700, Word = 2;
        var direct = new DirectConnections(Words, buckets: 1, Many);
        for (int i = 0; i < direct.Weights.Count; i++) direct.Weights.Value[i] = i;
        BatchLayout batch = new();
        batch.Fill([[Word]], [0]);
        Matrix logits = Bits.Zeros(1, Many);
        direct.Forward(batch, logits);
        for (int j = 0; j < Many; j++)
        {
            double sum = Word * Many + j + 2.0 * (Words * Many + j);
            Assert.Equal(sum / Math.Sqrt(3), logits.Row(0)[j], Tolerance * sum);
        }
    }

    /// <summary>z is linear in D: the change of z by a step in any direction, times dz, is that direction times dD.</summary>
    [Fact]
    public void Backward_AnyDirection_IsTheTransposeOfForward()
    {
        (BatchLayout batch, DirectConnections direct) = Make();
        Matrix dLogits = Bits.RandomMatrix(batch.Sequences, Classes, 2);
        direct.Backward(batch, dLogits);
        float[] gradient = direct.Weights.Gradient.ToArray();
        for (ulong seed = 10; seed < 20; seed++)
        {
            Bits.Random(gradient.Length, seed).CopyTo(direct.Weights.Value);
            Matrix logits = Bits.Zeros(batch.Sequences, Classes);
            direct.Forward(batch, logits);
            double change = 0, inner = 0;
            for (int b = 0; b < batch.Sequences; b++)
            {
                for (int j = 0; j < Classes; j++) change += (double)logits.Row(b)[j] * dLogits.Row(b)[j];
            }

            for (int i = 0; i < gradient.Length; i++) inner += (double)gradient[i] * direct.Weights.Value[i];
            Assert.Equal(change, inner, 10 * Tolerance);
            Assert.NotEqual(0, change);
        }

        for (int row = 0; row < Words + Buckets; row++)
        {
            bool isTouched = direct.Weights.Touched!.Rows.Contains(row);
            Assert.Equal(isTouched, direct.Weights.GradientMatrix.Row(row).IndexOfAnyExcept(0f) >= 0);
        }
    }

    private static (BatchLayout Batch, DirectConnections Direct) Make()
    {
        BatchLayout batch = new();
        batch.Fill(s_texts, [0, 1, 2, 3]);
        return (batch, new DirectConnections(Words, Buckets, Classes));
    }
}
