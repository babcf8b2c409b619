using static Recurant.Tests.Reference.ReferenceCases;

namespace Recurant.Tests.Reference;

public class ReferenceNetworkTests
{
    [Fact]
    public void Forward_LastPooling_ReadsTheFinalStatesOfBothDirections()
    {
        ReferenceRun run = Run(ReferencePooling.Last);
        AssertClose(run.Stack.FinalState, run.Pooled, 0);
    }

    [Fact]
    public void Forward_MeanAndMax_EqualTheirDefinitions()
    {
        ReferenceRun run = Run(ReferencePooling.Mean);
        double[][] columns = [.. Enumerable.Range(0, 6).Select(j => run.Stack.Outputs.Where((_, i) => i % 6 == j).ToArray())];
        AssertClose([.. columns.Select(column => column.Average())], run.Pooled, SameTolerance);
        AssertClose([.. columns.Select(column => column.Max())], Run(ReferencePooling.Max).Pooled, 0);
    }

    [Fact]
    public void PoolingBackward_MaxOfEqualValues_GoesToTheFirst()
    {
        double[] h = [1, 5, 3, 5, 3, 2];
        AssertClose([3, 5], PoolingEquations.Forward(ReferencePooling.Max, h, 3, 1), 0);
        AssertClose([0, 20, 10, 0, 0, 0], PoolingEquations.Backward(ReferencePooling.Max, h, 3, 1, [10, 20]), 0);
    }

    [Fact]
    public void Forward_Attention_EqualsValuesWorkedOutByHand()
    {
        // u = tanh(2 h + 0.1), q = 3: e = 3 tanh(0.1 + 2 * 0.2) and 3 tanh(0.1 - 2 * 0.4) = 1.386351..., -1.813103...
        ReferenceTensors weights = new()
        {
            ["attention.weight"] = [2],
            ["attention.bias"] = [0.1],
            ["attention.query"] = [3],
        };
        (double[] pooled, double[] a, _) = AttentionEquations.Forward(weights, [0.2, -0.4], 2);
        double ratio = Math.Exp(3 * Math.Tanh(0.5) - 3 * Math.Tanh(-0.7));
        AssertClose([ratio / (1 + ratio), 1 / (1 + ratio)], a, SameTolerance);
        AssertClose([(0.2 * ratio - 0.4) / (1 + ratio)], pooled, SameTolerance);
    }

    [Fact]
    public void Forward_EveryStep_LossIsTheMeanOfCrossEntropies()
    {
        ReferenceRun run = Run(ReferencePooling.EveryStep);
        double expected = 0;
        for (int t = 0; t < Length; t++)
        {
            Assert.Equal(1, run.Probabilities[t].Sum(), SameTolerance);
            expected -= Math.Log(run.Probabilities[t][run.Example.Labels[t]]) / Length;
        }

        Assert.Equal(expected, run.Loss, SameTolerance);
    }

    [Fact]
    public void OutputForward_LargeValues_StaysFiniteAndExact()
    {
        // o = (1000, 999): E = log(1 + e) for the second class, whatever the size of o.
        ReferenceTensors weights = new() { ["output.weight"] = [1000, 999], ["output.bias"] = [0, 0] };
        (double[] probabilities, double loss) = OutputEquations.Forward(weights, [1.0], 1);
        Assert.Equal(Math.Log(1 + Math.E), loss, SameTolerance);
        AssertClose([Math.E / (1 + Math.E), 1 / (1 + Math.E)], probabilities, SameTolerance);
    }

    [Fact]
    public void Forward_EmbeddingOfIdentity_EqualsOneHotAndVectors()
    {
        ReferenceSpec oneHot = Spec("gru inside", input: ReferenceInput.OneHot);
        ReferenceSpec embedding = oneHot with { Input = ReferenceInput.Embedding, VocabularySize = 2 };
        ReferenceTensors weights = embedding.RandomWeights(2);
        weights["embedding.weight"] = [1, 0, 0, 1];
        ReferenceExample example = Example(oneHot, false) with { Vectors = [0, 1, 1, 0, 0, 1, 0, 1, 1, 0] };
        double loss = new ReferenceNetwork(oneHot, weights).Forward(example).Loss;
        Assert.Equal(loss, new ReferenceNetwork(embedding, weights).Forward(example).Loss);
        Assert.Equal(loss, new ReferenceNetwork(oneHot with { Input = ReferenceInput.Vectors }, weights).Forward(example).Loss);
        Assert.NotEqual(loss, new ReferenceNetwork(oneHot, weights).Forward(example with { Tokens = [0, 1, 0, 0, 1] }).Loss);
    }

    [Fact]
    public void Backward_EmbeddingOfAbsentToken_IsZero()
    {
        ReferenceSpec spec = Spec("tanh", input: ReferenceInput.Embedding);
        ReferenceNetwork network = new(spec, spec.RandomWeights(2));
        double[] gradient = network.Backward(network.Forward(Example(spec, false)))["embedding.weight"];
        Assert.All(gradient[..4], value => Assert.NotEqual(0, value));
        Assert.All(gradient[4..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Forward_WhatDoesNotFit_IsNamed()
    {
        ReferenceSpec spec = Spec("tanh", input: ReferenceInput.Embedding);
        ReferenceNetwork network = new(spec, spec.RandomWeights(2));
        void Fails(string message, ReferenceExample example) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => network.Forward(example)).Message);
        Fails("Token 6 at step 1", new ReferenceExample { Tokens = [0, 6], Labels = [0] });
        Fails("The label 4 is not a class", new ReferenceExample { Tokens = [0], Labels = [4] });
        Fails("2 labels for a sequence of 1 steps", new ReferenceExample { Tokens = [0], Labels = [0, 1] });
        Fails("expected the shape [1,2]", new ReferenceExample { Labels = [0] });
    }

    [Fact]
    public void FeedForward_OneHiddenLayer_EqualsValuesWorkedOutByHand()
    {
        // H_1 = relu(1 * 2 + 0.5, -1 * 2 + 1) = (2.5, 0); o = (2.5 * 0.4 + 0.1, 2.5 * -0.2) = (1.1, -0.5); J = log(1 + e^-1.6)
        ReferenceTensors weights = new()
        {
            ["hidden.0.weight"] = [1, -1],
            ["hidden.0.bias"] = [0.5, 1],
            ["output.weight"] = [0.4, 9, -0.2, 7],
            ["output.bias"] = [0.1, 0],
        };
        ReferenceFeedForwardRun run = new ReferenceFeedForward(1, [2], 2, ReferenceActivation.Relu, weights).Forward([2], 0);
        AssertClose([2.5, 0], run.Layers[1], SameTolerance);
        Assert.Equal(Math.Log(1 + Math.Exp(-1.6)), run.Loss, SameTolerance);
    }

    [Fact]
    public void BagOfWords_AnotherOrder_GivesTheSameVector()
    {
        double[] embedding = [1, 2, 10, 20, 100, 200];
        AssertClose([37, 74], ReferenceBagOfWords.MeanEmbedding(embedding, [0, 1, 2], 2), SameTolerance);
        AssertClose([37, 74], ReferenceBagOfWords.MeanEmbedding(embedding, [2, 0, 1], 2), SameTolerance);
        AssertClose([1, 0, 2, 0], ReferenceBagOfWords.Counts([2, 0, 2], 4), 0);
        AssertClose([0, 0], ReferenceBagOfWords.Counts([], 2), 0);
        Assert.Throws<ArgumentException>(() => ReferenceBagOfWords.Counts([4], 4));
        Assert.Throws<ArgumentException>(() => ReferenceBagOfWords.MeanEmbedding(embedding, [], 2));
    }

    private static ReferenceRun Run(ReferencePooling pooling)
    {
        ReferenceSpec spec = Spec("gru inside", 1, true, pooling);
        return new ReferenceNetwork(spec, spec.RandomWeights(7)).Forward(Example(spec, false));
    }
}
