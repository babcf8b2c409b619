namespace Recurant.Tests.Layers;

/// <summary>What a step of training leaves behind for the next, and values that gradients alone do not pin down.</summary>
public class PassStepTests
{
    private static readonly int[] s_lengths = [3, 5, 1];

    private static SequenceBatch Inputs(int size, ulong seed = 1) =>
        SequenceBatch.Of(s_lengths, Bits.Random(s_lengths.Sum() * size, seed), size);

    /// <summary>y_t = b + sum_k W_k x_(t + k - P), written down; beyond the ends x is zero.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(3, true)]
    public void Conv1d_OfUnequalSequences_IsTheSumOverTheWindow(int kernel, bool causal)
    {
        var layer = new Conv1d(2, 3, kernel, causal);
        layer.Initialise(seed: 4);
        layer.Bias.SetValues([0.1f, -0.2f, 0.3f]);
        SequenceBatch x = Inputs(2);
        var pass = new Pass(threads: 1);
        pass.Begin(PassKind.Prediction);
        SequenceBatch y = layer.Forward(pass, x);

        int before = causal ? kernel - 1 : (kernel - 1) / 2;
        for (int i = 0; i < x.Sequences; i++)
        {
            for (int t = 0; t < x.LengthOf(i); t++)
            {
                for (int o = 0; o < 3; o++)
                {
                    double sum = layer.Bias.Values[o];
                    for (int k = 0; k < kernel; k++)
                    {
                        int source = t + k - before;
                        if (source < 0 || source >= x.LengthOf(i)) continue;
                        for (int j = 0; j < 2; j++) sum += layer.Weights.Values[(o * 2 + j) * kernel + k] * x[i, source][j];
                    }

                    Assert.Equal(sum, y[i, t][o], 1e-6);
                }
            }
        }
    }

    [Fact]
    public void Initialise_OfASequential_GivesEqualLayersDifferentWeights()
    {
        var network = new Sequential(new Dense(4, 4), new Dense(4, 4), new Sequential(new Dense(4, 4)));
        network.Initialise(seed: 3);
        float[][] weights =
            [.. network.Parameters.Where(parameter => parameter.Shape.Count == 2).Select(p => p.Values.ToArray())];

        Assert.Equal(3, weights.Length);
        Assert.Equal(3, weights.Select(values => values[0]).Distinct().Count());
    }

    /// <summary>
    /// The first pass makes something of the final states, the second does not: nothing of the first may act in it.
    /// </summary>
    [Fact]
    public void Backward_WithoutTheFinalStateOfThePassBefore_GivesTheGradientsOfAFreshPass()
    {
        var recurrent = new Recurrent(CellKind.Lstm, 2, 3);
        recurrent.Initialise(seed: 1);
        SequenceBatch x = Inputs(2), target = Inputs(3, seed: 2);
        SequenceBatch states = SequenceBatch.OfRows([.. Enumerable.Range(0, 3).Select(_ => new float[6])]);
        void Outputs(Pass pass)
        {
            pass.Begin();
            pass.Loss(recurrent.Forward(pass, x), target, Loss.SquaredError);
            pass.Backward();
        }

        float[] Gradients()
        {
            float[] all = [.. recurrent.Parameters.SelectMany(parameter => parameter.Gradient.ToArray())];
            new Optimizer(OptimizerKind.Sgd, recurrent.Parameters).ClearGradients();
            return all;
        }

        Outputs(new Pass(threads: 1));
        float[] expected = Gradients();
        var used = new Pass(threads: 1);
        used.Begin();
        used.Loss(recurrent.FinalState(used, recurrent.Forward(used, x)), states, Loss.SquaredError);
        used.Backward();
        Assert.NotEqual(expected, Gradients());
        Outputs(used);
        Bits.AssertEqual(expected, Gradients(), "gradients");
    }

    [Fact]
    public void Backward_OfTwoPasses_LeavesTheInputOnlyTheGradientOfTheLast()
    {
        var dense = new Dense(2, 2);
        dense.Initialise(seed: 1);
        SequenceBatch x = Inputs(2), target = Inputs(2, seed: 2);
        x.WantsGradient = true;
        var pass = new Pass(threads: 1);
        float[] Gradient()
        {
            pass.Begin(PassKind.Gradients);
            pass.Loss(dense.Forward(pass, x), target, Loss.SquaredError);
            pass.Backward();
            return x.GradientOf(1, 2).ToArray();
        }

        float[] once = Gradient();
        Assert.NotEqual(0f, once[0]);
        Assert.Equal(once, Gradient());
    }

    [Fact]
    public void Step_WithClip_ShortensTheGradientToIt()
    {
        var parameter = new Parameter("w", 2);
        var optimizer = new Optimizer(OptimizerKind.Sgd, [parameter]) { LearningRate = 1f, Clip = 0.5f };
        float[] Step(float a, float b)
        {
            parameter.SetValues([0, 0]);
            parameter.Gradient[0] = a;
            parameter.Gradient[1] = b;
            Assert.Equal(Math.Sqrt(a * a + b * b), optimizer.Step(threads: 1), 1e-6);
            return parameter.Values.ToArray();
        }

        Assert.Equal([-0.3f, -0.4f], Step(3, 4).Select(value => MathF.Round(value, 5)));
        Assert.Equal([-0.3f, -0.1f], Step(0.3f, 0.1f));
        Assert.Equal(0f, parameter.Gradient[0]);
    }

    [Fact]
    public void Step_AfterEachTrainingPass_CountsOnce()
    {
        var dense = new Dense(2, 2);
        SequenceBatch x = Inputs(2);
        var pass = new Pass(threads: 1);
        for (ulong step = 0; step < 3; step++)
        {
            pass.Begin();
            Assert.Equal(step, pass.Step);
            pass.Loss(dense.Forward(pass, x), x, Loss.SquaredError);
            pass.Backward();
            Assert.Equal(step + 1, pass.Step);
        }

        pass.Begin(PassKind.Prediction);
        pass.Begin();
        Assert.Equal(3UL, pass.Step);
        pass.Begin();
        Assert.Equal(4UL, pass.Step);
    }

    /// <summary>y = m x, so dx = m dy: the same mask in the backward pass, and none where dropout does not act.</summary>
    [Theory]
    [InlineData(PassKind.Training, false)]
    [InlineData(PassKind.Training, true)]
    [InlineData(PassKind.Gradients, false)]
    [InlineData(PassKind.Gradients, true)]
    public void Dropout_OnTheWayBack_AppliesTheMaskOfTheWayForward(PassKind kind, bool perSequence)
    {
        var drop = new Dropout(0.5f);
        SequenceBatch x = perSequence
            ? SequenceBatch.OfRows([.. Enumerable.Range(0, 3).Select(i => Bits.Random(8, (ulong)i))]) : Inputs(8);
        x.WantsGradient = true;
        var pass = new Pass(seed: 2, threads: 1);
        pass.Begin(kind);
        SequenceBatch y = drop.Forward(pass, x);
        for (int row = 0; row < y.RowCount; row++) Bits.Random(8, 50 + (ulong)row).CopyTo(y.GradientRow(row));
        pass.Backward();

        int zeros = 0;
        for (int row = 0; row < y.RowCount; row++)
        {
            float[] dy = Bits.Random(8, 50 + (ulong)row);
            for (int j = 0; j < 8; j++)
            {
                float mask = y.Row(row)[j] / x.Row(row)[j];
                zeros += mask == 0 ? 1 : 0;
                Assert.Equal(mask * dy[j], x.GradientRow(row)[j], 1e-5f);
            }
        }

        Assert.Equal(kind == PassKind.Training, zeros > 0);
    }
}
