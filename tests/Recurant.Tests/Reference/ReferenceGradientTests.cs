using static Recurant.Tests.Reference.ReferenceCases;

namespace Recurant.Tests.Reference;

/// <summary>Finite differences of every configuration, for every weight, the input and the initial states.</summary>
public class ReferenceGradientTests
{
    public static TheoryData<string, int, bool, bool> Networks()
    {
        TheoryData<string, int, bool, bool> data = [];
        foreach (string cell in CellNames)
        {
            for (int bits = 0; bits < 8; bits++) data.Add(cell, 1 + (bits & 1), (bits & 2) != 0, (bits & 4) != 0);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_EveryCellAndPooling_EqualsFiniteDifferences(string cell, int layers, bool bidirectional, bool masks)
    {
        foreach (ReferencePooling pooling in Enum.GetValues<ReferencePooling>())
        {
            ReferenceSpec spec = Spec(cell, layers, bidirectional, pooling);
            ReferenceNetwork network = new(spec, Weights(spec, 3));
            ReferenceExample example = Example(spec, masks);
            IReadOnlyList<GradientCheckRow> rows = network.CheckGradients(example);
            Assert.Equal(spec.Shapes().Count + (spec.HasCell ? 3 : 2), rows.Count);
            AssertRight(rows, network.Backward(network.Forward(example)), CarriesOutput(cell));
        }
    }

    [Theory]
    [InlineData(ReferenceInput.Embedding)]
    [InlineData(ReferenceInput.OneHot)]
    public void Backward_TokensThatRepeat_EqualsFiniteDifferences(ReferenceInput input)
    {
        ReferenceSpec spec = Spec("lstm", 2, true, ReferencePooling.Attention, input);
        ReferenceNetwork network = new(spec, Weights(spec, 4));
        ReferenceExample example = Example(spec, true);
        AssertRight(network.CheckGradients(example), network.Backward(network.Forward(example)));
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("sigmoid preactivation")]
    [InlineData("lstm")]
    [InlineData("gru inside")]
    [InlineData("mingru")]
    [InlineData("minlstm")]
    [InlineData("sru")]
    [InlineData("indrnn")]
    [InlineData("peepholelstm")]
    [InlineData("layernormlstm")]
    [InlineData("projectedlstm")]
    [InlineData("lru")]
    public void StackBackward_LossOnFinalStates_EqualsFiniteDifferences(string cell)
    {
        ReferenceSpec spec = Spec(cell, 2, true);
        Random random = new(8);
        double[] dState = Values(random, 4 * spec.HiddenSize), dCell = spec.HasCell ? Values(random, 4 * spec.CellWidth) : [];
        double[] dOutputs = Values(random, Length * spec.OutputSize);
        ReferenceExample example = Example(spec, true);
        ReferenceTensors point = Weights(spec, 5);
        point["input"] = example.Vectors;
        point["h0"] = example.InitialState!;
        if (example.InitialCell is not null) point["c0"] = example.InitialCell;
        double Loss(ReferenceTensors at)
        {
            ReferenceStackRun run = new ReferenceStack(spec, at).Forward(
                at["input"], at["h0"], at.TryGet("c0", out double[]? c0) ? c0 : null, example.Masks);
            return Dot(dOutputs, run.Outputs) + Dot(dState, run.FinalState) + Dot(dCell, run.FinalCell);
        }

        ReferenceStack stack = new(spec, point);
        ReferenceStackRun taken = stack.Forward(example.Vectors, example.InitialState, example.InitialCell, example.Masks);
        ReferenceTensors gradients = stack.Backward(taken, dOutputs, dState, spec.HasCell ? dCell : null).Tensors;
        ReferenceTensors recurrent = new();
        foreach (string name in gradients.Names) recurrent[name] = point[name];
        AssertRight(GradientCheck.Run(recurrent, gradients, Loss), gradients, CarriesOutput(cell));
    }

    [Theory]
    [InlineData(ReferenceActivation.Tanh, 0)]
    [InlineData(ReferenceActivation.Tanh, 1)]
    [InlineData(ReferenceActivation.Relu, 3)]
    [InlineData(ReferenceActivation.Sigmoid, 2)]
    public void FeedForwardBackward_AnyNumberOfLayers_EqualsFiniteDifferences(ReferenceActivation activation, int layers)
    {
        int[] sizes = [.. new[] { 5, 3, 6 }.Take(layers)];
        Random random = new(2);
        ReferenceTensors point = new();
        foreach (ReferenceShape shape in ReferenceFeedForward.Shapes(4, sizes, 3))
        {
            point[shape.Name] = Array.ConvertAll(Values(random, shape.Count), value => value + 0.3);
        }

        point["input"] = Values(random, 4);
        ReferenceFeedForwardRun Run(ReferenceTensors at) => Network(at).Forward(at["input"], 1);
        ReferenceFeedForward Network(ReferenceTensors at) => new(4, sizes, 3, activation, at);

        ReferenceTensors gradients = Network(point).Backward(Run(point));
        AssertRight(GradientCheck.Run(point, gradients, at => Run(at).Loss), gradients);
    }

    [Fact]
    public void BagOfWordsBackward_MeanOfEmbeddings_EqualsFiniteDifferences()
    {
        int[] tokens = [4, 1, 4, 0];
        Random random = new(6);
        ReferenceTensors point = new() { ["embedding.weight"] = Values(random, 5 * 3) };
        foreach (ReferenceShape shape in ReferenceFeedForward.Shapes(3, [4], 2))
        {
            point[shape.Name] = Values(random, shape.Count);
        }

        ReferenceFeedForward Network(ReferenceTensors at) => new(3, [4], 2, ReferenceActivation.Tanh, at);
        ReferenceFeedForwardRun Run(ReferenceTensors at) =>
            Network(at).Forward(ReferenceBagOfWords.MeanEmbedding(at["embedding.weight"], tokens, 3), 0);

        ReferenceTensors gradients = Network(point).Backward(Run(point));
        gradients["embedding.weight"] = ReferenceBagOfWords.MeanEmbeddingBackward(gradients["input"], tokens, 5);
        AssertRight(GradientCheck.Run(point, gradients, at => Run(at).Loss), gradients);
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Random weights; with relu the layers' are raised, so that every tensor has a unit that is alive.</summary>
    private static ReferenceTensors Weights(ReferenceSpec spec, int seed)
    {
        ReferenceTensors weights = spec.RandomWeights(seed, spec.Activation == ReferenceActivation.Relu ? 0.5 : 0.9);
        foreach (ReferenceShape shape in spec.RecurrentShapes())
        {
            double raise = spec.Activation != ReferenceActivation.Relu ? 0 : spec.Cell == ReferenceCell.Elman ? 0.2 : 0.35;
            weights[shape.Name] = Array.ConvertAll(weights[shape.Name], value => value + raise);
        }

        return weights;
    }
}
