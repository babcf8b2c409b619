namespace Recurant.Tests.Layers;

/// <summary>Batch normalisation against its equations in double precision.</summary>
public class BatchNormTests
{
    // Single precision over eleven rows; a missing term of (1') gives more than 1e-2.
    private const double Tolerance = 3e-6;

    // Differences of the double precision forward pass at 1e-5: the error of the method is below 1e-8.
    private const double GradientTolerance = 2e-5;
    private const double E = 1e-3, Step = 1e-5;
    private const int Width = 3;

    private static readonly int[] s_lengths = [4, 1, 6];
    private static readonly float[] s_gain = [0.7f, -1.3f, 1.9f], s_bias = [0.2f, -0.4f, 1.1f];

    [Fact]
    public void Forward_Training_IsTheBatchsOwnMeanAndDeviation()
    {
        BatchNorm layer = Made();
        float[] x = Numbers();
        float[] y = Forward(layer, x, PassKind.Training);
        Near.AssertEqual(OfBatch(Doubles(x), Doubles(s_gain), Doubles(s_bias)), y, Tolerance, "y");
        for (int j = 0; j < Width; j++)
        {
            (double mean, double variance) = Moments(Doubles(x), j);
            Assert.Equal(0.95 * 0.5 + 0.05 * mean, layer.RunningMean.Value[j], Tolerance);
            Assert.Equal(0.95 * 2 + 0.05 * variance, layer.RunningVariance.Value[j], Tolerance);
        }
    }

    [Theory]
    [InlineData(PassKind.Prediction)]
    [InlineData(PassKind.Gradients)]
    public void Forward_NotTraining_IsByTheRunningMeanAndChangesNothing(PassKind kind)
    {
        BatchNorm layer = Made();
        float[] x = Numbers(), y = Forward(layer, x, kind);
        double[] expected = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            expected[i] = s_gain[i % Width] * (x[i] - 0.5) / Math.Sqrt(2 + E) + s_bias[i % Width];
        }

        Near.AssertEqual(expected, y, Tolerance, "y");
        Assert.All(layer.RunningMean.Values.ToArray(), value => Assert.Equal(0.5f, value));
        Assert.All(layer.RunningVariance.Values.ToArray(), value => Assert.Equal(2f, value));
    }

    [Fact]
    public void Forward_OneRowInTraining_IsByTheRunningMean()
    {
        BatchNorm layer = Made();
        var pass = new Pass(threads: 1);
        pass.Begin();
        SequenceBatch y = layer.Forward(pass, SequenceBatch.Of([1], [1f, 2f, 3f], Width));
        Assert.Equal(0.7 * 0.5 / Math.Sqrt(2 + E) + 0.2, y[0, 0][0], Tolerance);
        Assert.Equal(0.5f, layer.RunningMean.Value[0]);
    }

    [Theory]
    [InlineData(PassKind.Training)]
    [InlineData(PassKind.Gradients)]
    public void Backward_OfEachKind_IsTheSlopeInDoublePrecision(PassKind kind)
    {
        BatchNorm layer = Made();
        float[] x = Numbers(), dy = Bits.Random(x.Length, 17);
        SequenceBatch input = SequenceBatch.Of(s_lengths, x, Width);
        input.WantsGradient = true;
        var pass = new Pass(threads: 1);
        pass.Begin(kind);
        SequenceBatch y = layer.Forward(pass, input);
        // Rows of a batch lie step by step; what is asked for lies sequence by sequence.
        float[] dx = new float[x.Length];
        Each((i, t, at) => dy.AsSpan(at, Width).CopyTo(y.GradientOf(i, t)));
        pass.Backward();
        Each((i, t, at) => input.GradientOf(i, t).CopyTo(dx.AsSpan(at)));

        double Loss(double[] values, double[] gain, double[] bias)
        {
            double[] outputs = kind == PassKind.Training ? OfBatch(values, gain, bias)
                : [.. values.Select((value, i) => gain[i % Width] * (value - 0.5) / Math.Sqrt(2 + E) + bias[i % Width])];
            return outputs.Select((value, i) => value * dy[i]).Sum();
        }

        (double[] values, double[] gain, double[] bias) = (Doubles(x), Doubles(s_gain), Doubles(s_bias));
        Near.AssertEqual(Slopes(values, () => Loss(values, gain, bias)), dx, GradientTolerance, "dx");
        Near.AssertEqual(Slopes(gain, () => Loss(values, gain, bias)), layer.Gain.Gradient, GradientTolerance, "dg");
        Near.AssertEqual(Slopes(bias, () => Loss(values, gain, bias)), layer.Bias.Gradient, GradientTolerance, "db");
        Assert.All(layer.RunningMean.Gradient.ToArray(), value => Assert.Equal(0f, value));
        Assert.All(layer.RunningVariance.Gradient.ToArray(), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Step_WithWeightDecay_LeavesTheRunningStatistics()
    {
        BatchNorm layer = Made();
        foreach (Parameter parameter in layer.Parameters) parameter.Gradient.Fill(1f);
        var optimizer = new Optimizer(OptimizerKind.AdamW, layer.Parameters) { LearningRate = 0.1f, WeightDecay = 0.5f };
        optimizer.Step(threads: 1);
        Assert.All(layer.RunningMean.Values.ToArray(), value => Assert.Equal(0.5f, value));
        Assert.All(layer.RunningVariance.Values.ToArray(), value => Assert.Equal(2f, value));
        Assert.All(layer.Gain.Values.ToArray().Zip(s_gain), pair => Assert.NotEqual(pair.Second, pair.First));
    }

    [Fact]
    public void Training_OneOrTwoThreads_GivesTheSameBits()
    {
        float[][] all = [.. new[] { 1, 2 }.Select(threads =>
        {
            BatchNorm layer = Made();
            SequenceBatch input = SequenceBatch.Of(s_lengths, Numbers(), Width);
            input.WantsGradient = true;
            var pass = new Pass(threads: threads);
            pass.Begin();
            SequenceBatch y = layer.Forward(pass, input);
            pass.Loss(y, SequenceBatch.Of(s_lengths, Bits.Random(y.RowCount * Width, 3), Width), Loss.SquaredError);
            pass.Backward();
            var found = new List<float>();
            Each((i, t, _) => found.AddRange([.. y[i, t], .. input.GradientOf(i, t)]));
            foreach (Parameter parameter in layer.Parameters) found.AddRange([.. parameter.Values, .. parameter.Gradient]);
            return (float[])[.. found];
        })];
        Bits.AssertEqual(all[0], all[1], "2 threads");
    }

    [Fact]
    public void Forward_LargeNumbersThatHardlyDiffer_KeepTheirDifference()
    {
        // The squares of such numbers would cancel: 1e8 has seven digits.
        var layer = new BatchNorm(1);
        float[] y = new float[4];
        var pass = new Pass(threads: 1);
        pass.Begin();
        SequenceBatch outputs = layer.Forward(pass, SequenceBatch.Of([4], [10000, 10001, 10002, 10003], 1));
        for (int t = 0; t < 4; t++) y[t] = outputs[0, t][0];
        double deviation = Math.Sqrt(1.25 + E);
        Near.AssertEqual([-1.5 / deviation, -0.5 / deviation, 0.5 / deviation, 1.5 / deviation], y, 1e-4, "y");
    }

    private static BatchNorm Made()
    {
        var layer = new BatchNorm(Width);
        layer.Gain.SetValues(s_gain);
        layer.Bias.SetValues(s_bias);
        layer.RunningMean.Value.Fill(0.5f);
        layer.RunningVariance.Value.Fill(2f);
        foreach (Parameter parameter in layer.Parameters) parameter.MarkChanged();
        return layer;
    }

    private static float[] Numbers()
    {
        float[] x = Bits.Random(s_lengths.Sum() * Width, 11);
        for (int i = 0; i < x.Length; i++) x[i] = (1 + i % Width) * x[i] + i % Width;
        return x;
    }

    private static float[] Forward(BatchNorm layer, float[] x, PassKind kind)
    {
        var pass = new Pass(threads: 1);
        pass.Begin(kind);
        SequenceBatch y = layer.Forward(pass, SequenceBatch.Of(s_lengths, x, Width));
        float[] all = new float[x.Length];
        Each((i, t, at) => y[i, t].CopyTo(all.AsSpan(at)));
        return all;
    }

    private static void Each(Action<int, int, int> take)
    {
        int at = 0;
        for (int i = 0; i < s_lengths.Length; i++)
        {
            for (int t = 0; t < s_lengths[i]; t++, at += Width) take(i, t, at);
        }
    }

    /// <summary>(1) and (2) in double precision.</summary>
    private static double[] OfBatch(double[] x, double[] gain, double[] bias)
    {
        var y = new double[x.Length];
        for (int j = 0; j < Width; j++)
        {
            (double mean, double variance) = Moments(x, j);
            for (int i = j; i < x.Length; i += Width) y[i] = gain[j] * (x[i] - mean) / Math.Sqrt(variance + E) + bias[j];
        }

        return y;
    }

    private static (double Mean, double Variance) Moments(double[] x, int column)
    {
        double[] own = [.. x.Where((_, i) => i % Width == column)];
        double mean = own.Average();
        return (mean, own.Average(value => (value - mean) * (value - mean)));
    }

    private static double[] Slopes(double[] of, Func<double> loss)
    {
        var slopes = new double[of.Length];
        for (int i = 0; i < of.Length; i++)
        {
            double start = of[i];
            of[i] = start + Step;
            double above = loss();
            of[i] = start - Step;
            slopes[i] = (above - loss()) / (2 * Step);
            of[i] = start;
        }

        return slopes;
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
