namespace Recurant.Tests.Insight;

/// <summary>The trouble and its cure, on the adding problem: what docs/lens.md shows at length.</summary>
public class GradientReachTests
{
    private static readonly LensOptions s_few = new() { Sequences = 4, JacobianSteps = 16 };

    [Fact]
    public void LookBefore_PlainTanh_Vanishes()
    {
        LensResult result = Adding(120, new ProblemTrainingOptions { Cell = CellKind.Elman, Hidden = 32 });
        LensLayer layer = result.Layers[0];
        Assert.Equal(GradientReach.Vanishing, result.Reach);
        // Its W starts evenly in +-1/sqrt(H): a radius of about 1/sqrt(3).
        Assert.InRange(layer.SpectralRadii[0].Radius, 0.4, 0.8);
        Assert.InRange(layer.Verdict.AStep, 0.3, 0.9);
        Assert.InRange(layer.Memory!.Value, 1, 12);
        Assert.Contains(result.Verdict, sentence => sentence.Contains("--cell lstm", StringComparison.Ordinal));
        // The summed gradient hides it: it is of the size of any other, but the far half of the lags is not in it.
        Assert.True(layer.HiddenWeights!.Total > 0.01);
        Assert.InRange(layer.HiddenWeights.Beyond(60), 0, 1e-8);
    }

    [Fact]
    public void LookBefore_ReluWithLargeWeights_Explodes()
    {
        var options = new ProblemTrainingOptions { Cell = CellKind.Elman, Activation = Activation.Relu, Hidden = 32 };
        LensResult result = Adding(120, options, s_few with { Gain = 1.08f });
        LensLayer layer = result.Layers[0];
        Assert.Equal(GradientReach.Exploding, result.Reach);
        Assert.InRange(layer.SpectralRadii[0].Radius, 1.0799, 1.0801);
        Assert.InRange(layer.Verdict.AStep, 1.06, 1.09);
        Assert.Contains(result.Verdict, sentence => sentence.Contains("--clip", StringComparison.Ordinal));
        Assert.Equal(GradientReach.Kept, Adding(120, options).Reach);
    }

    [Theory]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    public void LookBefore_GatesThatStartOpen_KeepIt(CellKind cell)
    {
        LensResult result = Adding(120, new ProblemTrainingOptions { Cell = cell, Hidden = 32 });
        Assert.Equal(GradientReach.Kept, result.Reach);
        Assert.InRange(result.Layers[0].Verdict.AStep, 0.96, 1.0);
        Assert.True(result.Layers[0].Memory > 60);
        Assert.True(result.Layers[0].HiddenWeights!.Beyond(60) > 0.05);
    }

    [Fact]
    public void LookBefore_LstmWithForgetGatesHalfShut_VanishesAndNamesTheBias()
    {
        // Without the chrono start a forget gate lets sigmoid(1) = 0.73 through.
        LensResult result = Adding(120, new ProblemTrainingOptions { Cell = CellKind.Lstm, Hidden = 32, MemorySteps = 0 });
        Assert.Equal(GradientReach.Vanishing, result.Reach);
        Assert.InRange(result.Layers[0].Verdict.AStep, 0.6, 0.85);
        Assert.Contains(result.Verdict, sentence => sentence.Contains("--forget-bias", StringComparison.Ordinal));
    }

    [Fact]
    public void LookBefore_LossOfEveryStep_IsJudgedByTheExactSplit()
    {
        var problem = new SequenceProblem(ProblemKind.Copying, 40);
        var options = new ProblemTrainingOptions { Cell = CellKind.Elman, Hidden = 16 };
        LensLayer exact = GradientLens.LookBefore(problem, options, s_few with { IsExact = true }).Layers[0];
        LensLayer quick = GradientLens.LookBefore(problem, options, s_few).Layers[0];
        Assert.Equal(("weights", GradientReach.Vanishing), (exact.Verdict.Measured, exact.Verdict.Reach));
        Assert.Equal(("last_step", GradientReach.Vanishing), (quick.Verdict.Measured, quick.Verdict.Reach));
        Assert.InRange(quick.Memory!.Value, 1, 12);
        // Every state has a loss nearby: its gradient does not shrink, although nothing comes from afar.
        Assert.True(exact.Profile.State[^1] > 0.1 * exact.Profile.State[0]);
        Assert.False(quick.HiddenWeights!.IsExact);
        Assert.InRange(quick.HiddenWeights.Difference, 0, 2e-5);
        Assert.True(quick.HiddenWeights.Beyond(20) > 0.2);
        Assert.InRange(exact.HiddenWeights!.Beyond(20), 0, 0.01);
    }

    private static LensResult Adding(int steps, ProblemTrainingOptions options, LensOptions? lens = null) =>
        GradientLens.LookBefore(new SequenceProblem(ProblemKind.Adding, steps), options, lens ?? s_few);
}
