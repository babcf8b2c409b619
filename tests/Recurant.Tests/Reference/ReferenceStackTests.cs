using static Recurant.Tests.Reference.ReferenceCases;

namespace Recurant.Tests.Reference;

public class ReferenceStackTests
{
    [Theory]
    [InlineData("tanh preactivation")]
    [InlineData("lstm")]
    [InlineData("gru outside")]
    public void ForwardAndBackward_Bidirectional_EqualsTwoRunsOfOneDirection(string cell)
    {
        ReferenceSpec both = Spec(cell, 1, true), one = Spec(cell);
        ReferenceTensors weights = both.RandomWeights(9), reversed = new();
        foreach (string name in weights.Names.Where(name => name.EndsWith("_reverse", StringComparison.Ordinal)))
        {
            reversed[name.Replace("_reverse", "", StringComparison.Ordinal)] = weights[name];
        }

        double[] x = Values(new Random(4), Length * InputSize), dOutputs = Values(new Random(5), Length * 2 * HiddenSize);
        ReferenceStack whole = new(both, weights), forward = new(one, weights), backward = new(one, reversed);
        ReferenceStackRun run = whole.Forward(x), ahead = forward.Forward(x), back = backward.Forward(Reversed(x, InputSize));
        ReferenceTensors gradients = whole.Backward(run, dOutputs).Tensors;
        ReferenceTensors aheadGradients = forward.Backward(ahead, Half(dOutputs, 0)).Tensors;
        ReferenceTensors backGradients = backward.Backward(back, Reversed(Half(dOutputs, 1), HiddenSize)).Tensors;

        AssertClose(ahead.Outputs, Half(run.Outputs, 0), 0);
        AssertClose(Reversed(back.Outputs, HiddenSize), Half(run.Outputs, 1), 0);
        AssertClose([.. ahead.FinalState, .. back.FinalState], run.FinalState, 0);
        AssertClose(aheadGradients["weight_hh_l0"], gradients["weight_hh_l0"], 0);
        AssertClose(backGradients["weight_hh_l0"], gradients["weight_hh_l0_reverse"], 0);
        double[] dx = Reversed(backGradients["input"], InputSize);
        AssertClose([.. dx.Zip(aheadGradients["input"], (a, b) => a + b)], gradients["input"], SameTolerance);
    }

    [Fact]
    public void Forward_TwoLayers_EqualsOneLayerOnTheOutputsOfAnother()
    {
        ReferenceSpec two = Spec("gru inside", 2, true), lower = Spec("gru inside", 1, true);
        ReferenceTensors weights = two.RandomWeights(9), upperWeights = new();
        foreach (string name in weights.Names.Where(name => name.Contains("_l1", StringComparison.Ordinal)))
        {
            upperWeights[name.Replace("_l1", "_l0", StringComparison.Ordinal)] = weights[name];
        }

        double[] x = Values(new Random(4), Length * InputSize);
        double[] below = new ReferenceStack(lower, weights).Forward(x).Outputs;
        double[] expected = new ReferenceStack(lower with { InputSize = 2 * HiddenSize }, upperWeights).Forward(below).Outputs;
        AssertClose(expected, new ReferenceStack(two, weights).Forward(x).Outputs, 0);
    }

    [Fact]
    public void Forward_InputMask_EqualsMaskedInput()
    {
        ReferenceSpec spec = Spec("lstm");
        ReferenceStack stack = new(spec, spec.RandomWeights(9));
        double[] x = Values(new Random(4), Length * InputSize), mask = [0, 2, 2, 0, 2, 2, 0, 0, 2, 0];
        double[] expected = stack.Forward([.. x.Zip(mask, (a, b) => a * b)]).Outputs;
        AssertClose(expected, stack.Forward(x, masks: new ReferenceMasks { Inputs = [mask] }).Outputs, 0);
    }

    [Fact]
    public void Forward_WrongSizes_NamesTheArrayAndTheShape()
    {
        ReferenceSpec spec = Spec("lstm", 2);
        ReferenceStack stack = new(spec, spec.RandomWeights(1));
        Assert.Contains("input has 3 values", Assert.Throws<ArgumentException>(() => stack.Forward(new double[3])).Message);
        Assert.Contains("[1,2]", Assert.Throws<ArgumentException>(() => stack.Forward([])).Message);
        Assert.Contains("initialState has 3 values; expected the shape [2,3]",
            Assert.Throws<ArgumentException>(() => stack.Forward(new double[4], new double[3])).Message);
        ReferenceMasks masks = new() { Recurrent = [null, new double[2]] };
        Assert.Contains("masks.Recurrent[1]",
            Assert.Throws<ArgumentException>(() => stack.Forward(new double[4], masks: masks)).Message);
    }

    [Fact]
    public void Constructor_TensorMissingOrOfAnotherSize_NamesTheTensor()
    {
        ReferenceSpec spec = Spec("gru inside");
        ReferenceTensors weights = spec.RandomWeights(1);
        weights["bias_hh_l0"] = new double[3];
        Assert.Contains("bias_hh_l0 [9] needs 9 values, but 3",
            Assert.Throws<ArgumentException>(() => new ReferenceStack(spec, weights)).Message);
        Assert.Contains("weight_ih_l1 [9,3] is missing",
            Assert.Throws<ArgumentException>(() => new ReferenceStack(spec with { Layers = 2 }, spec.RandomWeights(1))).Message);
    }

    [Fact]
    public void Validate_PropertyOutOfRange_NamesIt()
    {
        ReferenceSpec spec = Spec("tanh");
        Assert.Contains("HiddenSize is 0", Assert.Throws<ArgumentException>((spec with { HiddenSize = 0 }).Validate).Message);
        Assert.Contains("AttentionSize is 0", Assert.Throws<ArgumentException>(
            (spec with { Pooling = ReferencePooling.Attention, AttentionSize = 0 }).Validate).Message);
    }

    [Fact]
    public void Shapes_BidirectionalLstm_AreThoseOfPyTorch()
    {
        string[] expected =
        [
            "embedding.weight [6,2]",
            "weight_ih_l0 [12,2]", "weight_hh_l0 [12,3]", "bias_ih_l0 [12]", "bias_hh_l0 [12]",
            "weight_ih_l0_reverse [12,2]", "weight_hh_l0_reverse [12,3]", "bias_ih_l0_reverse [12]", "bias_hh_l0_reverse [12]",
            "weight_ih_l1 [12,6]", "weight_hh_l1 [12,3]", "bias_ih_l1 [12]", "bias_hh_l1 [12]",
            "weight_ih_l1_reverse [12,6]", "weight_hh_l1_reverse [12,3]", "bias_ih_l1_reverse [12]", "bias_hh_l1_reverse [12]",
            "output.weight [4,6]", "output.bias [4]",
        ];
        ReferenceSpec spec = Spec("lstm", 2, true, input: ReferenceInput.Embedding);
        Assert.Equal(expected, spec.Shapes().Select(shape => shape.ToString()));
    }

    private static double[] Half(double[] outputs, int direction) =>
        [.. outputs.Chunk(HiddenSize).Where((_, i) => i % 2 == direction).SelectMany(row => row)];

    private static double[] Reversed(double[] rows, int width) => [.. rows.Chunk(width).Reverse().SelectMany(row => row)];
}
