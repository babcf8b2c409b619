namespace Recurant.Tests.Layers;

/// <summary>A network of nearly all public layers against PyTorch.</summary>
public class EncoderDecoderTests
{
    // Losses of PyTorch in double precision; ours are sums of numbers near 1 in single precision, with a rounding of 6e-8 each.
    private const double Tolerance = 2e-6;

    /// <summary>
    /// An encoder-decoder with convolution, normalisation, maxima, an output layer used twice, two losses, clipping and Adam:
    /// what PyTorch 1.13 gives for the same numbers.
    /// </summary>
    [Theory]
    [InlineData(CellKind.Lstm, 3, -0.00012964, -0.00003061, 0.00042112, 1.3778535, 1.3332788, 1.2948440, 1.2617560, 1.2343679)]
    [InlineData(CellKind.Gru, 4, -0.00007758, -0.00084603, 0.00008124, 1.3950444, 1.3275794, 1.2668916, 1.2104872, 1.1555530)]
    public void FiveSteps_OfAnEncoderDecoder_EqualPyTorch(
        CellKind cell, int kernelSize, double first, double middle, double last, params double[] losses)
    {
        var front = new Sequential(
            new Conv1d(3, 5, kernelSize), new ActivationLayer(Activation.Tanh), new LayerNorm(5),
            new Recurrent(cell, 5, 4, layers: 2, bidirectional: true));
        var encoder = (Recurrent)front.Layers[^1];
        var decoder = new Recurrent(cell, 3, 4, layers: 2, bidirectional: true);
        var head = new Sequential(new Dense(8, 6), new ActivationLayer(Activation.Relu), new Dense(6, 3));
        Parameter[] parameters = [.. front.Parameters, .. decoder.Parameters, .. head.Parameters];
        for (int i = 0; i < parameters.Length; i++) parameters[i].SetValues(Waves(parameters[i].Count, i));
        SequenceBatch x = SequenceBatch.Of([3, 6, 1], Waves(30, 100), 3), y = SequenceBatch.Of([2, 4, 5], Waves(33, 200), 3);
        SequenceBatch target = SequenceBatch.Of([3, 6, 1], Waves(30, 100), 3);
        x.WantsGradient = true;
        var optimizer = new Optimizer(OptimizerKind.Adam, parameters) { LearningRate = 0.01f, Clip = 0.5f };
        var pass = new Pass(threads: 2);
        for (int step = 0; step < losses.Length; step++)
        {
            pass.Begin();
            SequenceBatch h = front.Forward(pass, x);
            SequenceBatch answer = decoder.Forward(pass, y, encoder.FinalState(pass, h));
            SequenceBatch logits = head.Forward(pass, new PoolingLayer(Pooling.Max).Forward(pass, answer));
            double loss = pass.CrossEntropy(logits, [0, 2, 1], smoothing: 0.1f)
                + pass.Loss(head.Forward(pass, h), target, Loss.Huber(0.5f));
            Assert.Equal(losses[step], loss, Tolerance);
            pass.Backward();
            if (step == 0)
            {
                // Elements 0, 13 and 29 of the three sequences one after the other.
                Assert.Equal(first, x.GradientOf(0, 0)[0], 1e-7);
                Assert.Equal(middle, x.GradientOf(1, 1)[1], 1e-7);
                Assert.Equal(last, x.GradientOf(2, 0)[2], 1e-7);
            }

            optimizer.Step();
        }
    }

    private static float[] Waves(int count, int shift) =>
        [.. Enumerable.Range(1, count).Select(i => (float)(0.6 * Math.Sin(1.7 * i + shift)))];
}
