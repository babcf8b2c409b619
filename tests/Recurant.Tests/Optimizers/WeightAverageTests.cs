using Recurant.Numerics;
using Recurant.Optimizers;
using Recurant.Parameters;
using Recurant.Tests.Numerics;
using Xunit;

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
        WeightAverage average = new([parameter, frozen], horizon: 100);
        parameter.Value.Fill(1f);
        frozen.Value.Fill(1f);
        int version = parameter.Version, frozenVersion = frozen.Version;
        average.Swap();
        Assert.NotEqual(version, parameter.Version);
        Assert.Equal(frozenVersion, frozen.Version);
        Assert.All(parameter.Value.ToArray(), value => Assert.Equal(0f, value));
        Assert.All(frozen.Value.ToArray(), value => Assert.Equal(1f, value));
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
