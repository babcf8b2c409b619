namespace Recurant.Tests.Insight;

public class GradientLensTests
{
    // Single precision rounds at 6e-8; sums over units and steps, and a gradient that shrinks, add to it.
    private const double SinglePrecision = 2e-5;

    private static readonly TextDataset s_texts = new("texts",
    [
        .. Enumerable.Range(0, 24).Select(i => new TextExample(
            string.Join(' ', Enumerable.Range(0, 3 + i % 5).Select(j => $"w{(i * 7 + j * 3) % 11}")), i % 2 == 0 ? "a" : "b")),
    ]);

    public static TheoryData<CellKind, bool, int, Pooling> Networks => new()
    {
        { CellKind.Elman, false, 1, Pooling.Last },
        { CellKind.Lstm, false, 1, Pooling.Last },
        { CellKind.Gru, true, 1, Pooling.Last },
        { CellKind.Lstm, true, 2, Pooling.Last },
        { CellKind.Gru, false, 2, Pooling.Mean },
        { CellKind.Elman, true, 2, Pooling.Max },
        { CellKind.PeepholeLstm, true, 1, Pooling.Attention },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Look_ExactSplit_AddsUpToTheEnginesGradient(CellKind cell, bool both, int layers, Pooling pooling)
    {
        LensResult result = GradientLens.LookBefore(
            s_texts, Options(cell, both, layers, pooling), new LensOptions { Sequences = 8, IsExact = true, Threads = 1 });
        Assert.Equal(layers * (both ? 2 : 1), result.Layers.Count);
        foreach (LensLayer layer in result.Layers)
        {
            foreach (WeightGradientByLag split in new[] { layer.HiddenWeights!, layer.InputWeights! })
            {
                Assert.True(split.IsExact);
                Assert.True(split.Total > 0);
                Assert.InRange(split.Difference, 0, SinglePrecision);
                Assert.Equal(1, split.Shares.Sum(), SinglePrecision);
                // A part of each lag is there, and no lag is as large as all of them.
                Assert.InRange(split.Beyond(1), 0.01, 0.99);
            }
        }
    }

    [Theory]
    [InlineData(CellKind.Elman)]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.PeepholeLstm)]
    [InlineData(CellKind.LayerNormLstm)]
    [InlineData(CellKind.IndRnn)]
    [InlineData(CellKind.MinGru)]
    public void Look_OneText_HasTheReferencesGradientOfEveryState(CellKind cell)
    {
        // Two layers and both directions: every path of the gradient is walked.
        TrainingOptions options = Options(cell, both: true, layers: 2, Pooling.Mean);
        ClassifierModel model = PreparedData.Make(s_texts, null, options).Model;
        var text = new TextDataset("one", [s_texts.Examples[3]]);
        LensResult result = GradientLens.Look(model, text, new LensOptions { Threads = 1 });

        (ReferenceNetwork network, ReferenceRun run) = Reference(model, text.Examples[0]);
        for (int row = 0; row < result.Layers.Count; row++)
        {
            double[] expected = GradientByLag.OfLoss(network, run, row / 2, row % 2)[0];
            Assert.Equal(expected.Length, result.Layers[row].Profile.Hidden.Count);
            for (int lag = 0; lag < expected.Length; lag++)
            {
                Assert.Equal(expected[lag], result.Layers[row].Profile.Hidden[lag], SinglePrecision * expected.Max());
            }
        }
    }

    [Fact]
    public void Look_ManyTexts_AveragesTheirProfiles()
    {
        TrainingOptions options = Options(CellKind.Lstm, both: true, layers: 1, Pooling.Last);
        ClassifierModel model = PreparedData.Make(s_texts, null, options).Model;
        TextExample[] chosen = [.. s_texts.Examples.Take(6)];
        var alone = chosen.Select(text => GradientLens.Look(model, new TextDataset("one", [text]))).ToList();
        LensResult all = GradientLens.Look(model, new TextDataset("six", chosen));
        for (int row = 0; row < 2; row++)
        {
            GradientProfile profile = all.Layers[row].Profile;
            for (int lag = 0; lag < profile.State.Count; lag++)
            {
                IEnumerable<IReadOnlyList<double>> states = alone.Select(each => each.Layers[row].Profile.State);
                double[] enough = [.. states.Where(state => state.Count > lag).Select(state => state[lag])];
                Assert.Equal(enough.Length, profile.Sequences[lag]);
                Assert.Equal(enough.Average(), profile.State[lag], SinglePrecision * profile.State.Max());
            }
        }
    }

    [Theory]
    [InlineData(CellKind.Elman)]
    [InlineData(CellKind.Gru)]
    public void Look_Jacobians_AreThoseOfTheReference(CellKind cell)
    {
        ClassifierModel model = PreparedData.Make(s_texts, null, Options(cell, both: false, layers: 1, Pooling.Last)).Model;
        var text = new TextDataset("one", [s_texts.Examples[4]]);
        LensLayer layer = GradientLens.Look(model, text).Layers[0];
        (ReferenceNetwork network, ReferenceRun run) = Reference(model, text.Examples[0]);
        int last = run.Stack.Length - 1;
        double[] expected = GradientByLag.OfOutput(network.Stack, network.Spec, run.Stack, last);
        Assert.Equal(last, layer.Jacobians[^1].Lag);
        foreach (JacobianSize size in layer.Jacobians)
        {
            // The input's share is computed from the engine's single precision.
            Assert.Equal(expected[size.Lag], size.Norm, 1e-6 * expected[size.Lag]);
            Assert.InRange(size.Largest, size.Norm / Math.Sqrt(6) * (1 - 1e-12), size.Norm);
            Assert.InRange(size.Smallest, 0, size.Largest);
        }
    }

    [Fact]
    public void Look_Lstm_CountsItsGates()
    {
        // sigmoid(12) is over 0.9 whatever the weights; 8 units have weights of at most 0.36.
        TrainingOptions options = Options(CellKind.Lstm, both: false, layers: 1, Pooling.Last) with { ForgetBias = 12 };
        GateUse[] gates = [.. GradientLens.LookBefore(s_texts, options).Layers[0].Profile.Gates];
        Assert.Equal(["i", "f", "g", "o"], gates.Select(gate => gate.Name));
        Assert.Equal((0.0, 1.0), (gates[1].Low, gates[1].High));
        Assert.InRange(gates[1].Mean, 0.999, 1);
        Assert.Equal((0.0, 0.0), (gates[0].Low, gates[0].High));
        Assert.True(gates[2].Low > 0.1);
    }

    [Fact]
    public void Look_FromOtherThreads_SeesTheSame()
    {
        TrainingOptions options = Options(CellKind.Gru, both: true, layers: 2, Pooling.Max) with { Hidden = 32 };
        LensResult one = GradientLens.LookBefore(s_texts, options, new LensOptions { Threads = 1, JacobianSteps = 0 });
        foreach (int threads in new[] { 2, 5 })
        {
            LensResult more = GradientLens.LookBefore(s_texts, options, new LensOptions { Threads = threads, JacobianSteps = 0 });
            for (int row = 0; row < 4; row++) Assert.Equal(one.Layers[row].Profile.State, more.Layers[row].Profile.State);
        }
    }

    [Fact]
    public void Look_BagOfWords_Refuses()
    {
        var options = new TrainingOptions { Model = ModelKind.BagOfWords };
        Assert.Throws<ArgumentException>(() => GradientLens.LookBefore(s_texts, options));
    }

    private static TrainingOptions Options(CellKind cell, bool both, int layers, Pooling pooling) => new()
    {
        Cell = cell, Bidirectional = both, Layers = layers, Pooling = pooling, Hidden = 6, Embedding = 5, Direct = false,
        ValidationFraction = 0.2, MinimumCount = 1,
    };

    private static (ReferenceNetwork Network, ReferenceRun Run) Reference(ClassifierModel model, TextExample text)
    {
        ReferenceSpec spec = GradientAudit.SubjectOf(model.Spec, model.Network.Recurrent!).SpecFor();
        var weights = new ReferenceTensors();
        foreach (var parameter in model.Parameters) weights.Set(parameter.Name, parameter.Value);
        var network = new ReferenceNetwork(spec, weights);
        int[] tokens = model.Encoder.Encode(text.Text, null);
        int label = model.Labels.ToList().IndexOf(text.Label);
        return (network, network.Forward(new ReferenceExample { Tokens = tokens, Labels = [label] }));
    }
}
