namespace Recurant.Tests.Optimizers;

public class WeightAverageTests
{
    [Fact]
    public void Update_EveryEighthStep_MovesTheAverageByTheDocumentedShare()
    {
        Parameter parameter = new("weight", 37);
        WeightAverage average = new([parameter], horizon: 80);
        double expected = 0;
        for (int step = 1; step <= 400; step++)
        {
            parameter.Value.Fill(step);
            average.Update(Workers.ForThreads(2));
            if (step % 8 != 0) continue;
            // 1 - 8/80, at first less: (1 + n) / (10 + n) for the n-th update.
            double updates = step / 8, decay = Math.Min(0.9, (1 + updates) / (10 + updates));
            expected += (1 - decay) * (step - expected);
        }

        average.Swap();
        Assert.All(parameter.Value.ToArray(), value => Assert.Equal(expected, value, 1e-3));
        Assert.InRange(expected, 300, 390);
        average.Swap();
        Assert.All(parameter.Value.ToArray(), value => Assert.Equal(400f, value));
    }

    [Fact]
    public void Swap_Any_MarksTheChangeAndLeavesFrozenParametersAlone()
    {
        Parameter parameter = new("weight", 5), frozen = new("frozen", 5) { IsTrainable = false };
        WeightAverage average = new([parameter, frozen], horizon: 2);
        parameter.Value.Fill(1f);
        frozen.Value.Fill(1f);
        average.Update(Workers.ForThreads(1));
        int version = parameter.Version, frozenVersion = frozen.Version;
        average.Swap();
        Assert.NotEqual(version, parameter.Version);
        Assert.Equal(frozenVersion, frozen.Version);
        // The first update moves the average by 1 - 2/11.
        Assert.All(parameter.Value.ToArray(), value => Assert.Equal(9f / 11, value, 1e-6f));
        Assert.All(frozen.Value.ToArray(), value => Assert.Equal(1f, value));
    }

    [Fact]
    public void Swap_BeforeTheFirstUpdate_LeavesTheWeights()
    {
        Parameter parameter = new("weight", 5);
        WeightAverage average = new([parameter], horizon: 80);
        parameter.Value.Fill(1f);
        for (int step = 1; step < 8; step++) average.Update(Workers.ForThreads(1));
        average.Swap();
        Assert.All(parameter.Value.ToArray(), value => Assert.Equal(1f, value));
        average.Update(Workers.ForThreads(1));
        average.Swap();
        Assert.All(parameter.Value.ToArray(), value => Assert.InRange(value, 0.5f, 0.99f));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(16)]
    public void Update_ShortHorizon_EveryHalfOfItMovesTheAverage(int horizon)
    {
        Parameter parameter = new("weight", 5);
        WeightAverage average = new([parameter], horizon);
        parameter.Value.Fill(1f);
        float before = 0;
        for (int half = 0; half < 4; half++)
        {
            for (int step = 0; step < horizon / 2; step++) average.Update(Workers.ForThreads(1));
            average.Swap();
            Assert.InRange(parameter.Value[0], before + 1e-4f, 1f);
            before = parameter.Value[0];
            average.Swap();
        }
    }

    [Fact]
    public void Update_AnyNumberOfThreads_SameBits()
    {
        float[] one = Average(1);
        Bits.AssertEqual(one, Average(2), "2 threads");
        Bits.AssertEqual(one, Average(7), "7 threads");
    }

    private static float[] Average(int threads)
    {
        Parameter parameter = new("weight", 1003);
        WeightAverage average = new([parameter], horizon: 100);
        for (ulong step = 0; step < 32; step++)
        {
            Bits.Random(parameter.Count, step).CopyTo(parameter.Value);
            average.Update(Workers.ForThreads(threads));
        }

        average.Swap();
        return parameter.Value.ToArray();
    }
}
