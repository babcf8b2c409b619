namespace Recurant.Tests.Layers;

public class SampledSoftmaxTests
{
    private const int Rows = 9, Words = 40, Width = 6, Draws = 15;

    private readonly Parameter _weights = new("w", Words, Width), _bias = new("b", Words);
    private readonly Matrix _input = Bits.RandomMatrix(Rows, Width, 1);
    private readonly int[] _right = [.. Enumerable.Range(0, Rows).Select(row => row * row * 7 % Words)];

    public SampledSoftmaxTests()
    {
        _weights.InitialiseUniform(3, 0, 0.8f);
        _bias.InitialiseUniform(3, 1, 0.5f);
    }

    /// <summary>Against equations (1) and (2) written out in double, and their differences.</summary>
    [Fact]
    public void Loss_AnyWords_LossAndGradientsAreThoseOfTheEquations()
    {
        SampledSoftmaxMemory memory = new();
        Matrix dInput = Bits.RandomMatrix(Rows, Width, 9);
        double loss = Run(1, memory, dInput);
        int[] drawn = memory.Sample.Words.ToArray();
        Assert.True(drawn.Intersect(_right).Any() && _right.Except(drawn).Any(), "some right words are to be drawn, some not");
        double expected = Expected(drawn);
        Assert.Equal(expected, loss, 1e-4);
        Check(_weights.Value, _weights.Gradient, drawn);
        Check(_bias.Value, _bias.Gradient, drawn);
        Check(_input.Span, dInput.Span, drawn);
    }

    [Fact]
    public void Loss_AnyNumberOfThreads_GivesTheSameBits()
    {
        Matrix one = Bits.Zeros(Rows, Width), many = Bits.Zeros(Rows, Width);
        double expected = Run(1, new SampledSoftmaxMemory(), one);
        float[] weights = _weights.Gradient.ToArray(), bias = _bias.Gradient.ToArray();
        foreach (int threads in (int[])[2, 3, 7])
        {
            _weights.ClearGradient();
            _bias.ClearGradient();
            Assert.Equal(expected, Run(threads, new SampledSoftmaxMemory(), many));
            Bits.AssertEqual(weights, _weights.Gradient, "weights");
            Bits.AssertEqual(bias, _bias.Gradient, "bias");
            Bits.AssertEqual(one.Span, many.Span, "input");
        }
    }

    /// <summary>How often each word is drawn agrees with the q that the logits are corrected by.</summary>
    [Fact]
    public void Draw_ManySteps_DrawsWordsAsOftenAsTheirProbabilitySays()
    {
        const int Steps = 4000;
        var sample = new WordSample();
        var counts = new int[Words];
        for (ulong step = 0; step < Steps; step++)
        {
            sample.Draw(Words, Draw(step));
            foreach (int word in sample.Words) counts[word]++;
            for (int i = 0; i < sample.Count; i++) Assert.Equal(i, sample.PlaceOf(sample.Words[i]));
        }

        for (int word = 0; word < Words; word++)
        {
            double q = Math.Exp(WordSample.LogProbability(word, Words, Draws)), deviation = Math.Sqrt(q * (1 - q) / Steps);
            Assert.InRange(counts[word] / (double)Steps, q - 5 * deviation - 1e-4, q + 5 * deviation + 1e-4);
        }
    }

    private static SampleDraw Draw(ulong step) => new(Draws, new Philox(5, RandomPurpose.SoftmaxWords, step));

    private double Run(int threads, SampledSoftmaxMemory memory, Matrix dInput) => new SampledSoftmax(_weights, _bias).Loss(
        Workers.ForThreads(threads), _input, _right, Draw(0), scale: 1, dInput, memory);

    private double Expected(int[] drawn)
    {
        double total = 0;
        for (int row = 0; row < Rows; row++)
        {
            int right = _right[row];
            double Logit(int word)
            {
                double z = _bias.Value[word] - WordSample.LogProbability(word, Words, Draws);
                for (int i = 0; i < Width; i++) z += (double)_weights.Matrix.Row(word)[i] * _input.Row(row)[i];
                return z;
            }

            total += Math.Log(drawn.Append(right).Distinct().Sum(word => Math.Exp(Logit(word)))) - Logit(right);
        }

        return total;
    }

    private void Check(Span<float> values, ReadOnlySpan<float> gradient, int[] drawn)
    {
        const float Step = 1f / 1024;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            values[i] = value + Step;
            double above = Expected(drawn);
            values[i] = value - Step;
            double below = Expected(drawn);
            values[i] = value;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 2e-4);
        }
    }
}
