using static Recurant.Tests.Reference.ReferenceCases;

namespace Recurant.Tests.Reference;

public class GradientByLagTests
{
    [Fact]
    public void OfOutput_TanhCell_EqualsTheProductOfJacobians()
    {
        ReferenceSpec spec = Spec("tanh");
        ReferenceTensors weights = spec.RandomWeights(3);
        ReferenceStack stack = new(spec, weights);
        ReferenceStackRun run = stack.Forward(Values(new Random(1), Length * InputSize));
        double[] norms = GradientByLag.OfOutput(stack, spec, run, 3);

        // dh_i/dh_{i-1} = diag(1 - h_i^2) W, multiplied from the identity at lag 0
        double[] product = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        for (int lag = 0; lag <= 3; lag++)
        {
            Assert.Equal(Math.Sqrt(product.Sum(value => value * value)), norms[lag], SameTolerance);
            double[] next = new double[9], h = run.Steps[0][3 - lag].State;
            for (int cell = 0; cell < 27; cell++)
            {
                (int row, int column, int k) = (cell / 9, cell / 3 % 3, cell % 3);
                next[row * 3 + column] += product[row * 3 + k] * (1 - h[k] * h[k]) * weights["weight_hh_l0"][k * 3 + column];
            }

            product = next;
        }

        Assert.Equal(4, norms.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void OfLoss_EveryStep_EqualsFiniteDifferencesOfTheRestOfTheSequence(int direction)
    {
        // dE_t/dh_k by finite differences: cut the sequence after h_k, make it the initial state, and move it.
        ReferenceSpec spec = Spec("gru inside", 1, true, ReferencePooling.EveryStep);
        ReferenceTensors weights = spec.RandomWeights(3);
        ReferenceNetwork network = new(spec, weights);
        ReferenceRun run = network.Forward(Example(spec, false));
        double[][] norms = GradientByLag.OfLoss(network, run, direction: direction);

        int t = 2, k = direction == 0 ? 0 : Length - 1, lag = Math.Abs(t - k);
        double squares = 0;
        for (int unit = 0; unit < HiddenSize; unit++)
        {
            double slope = (LossFrom(unit, 1e-5) - LossFrom(unit, -1e-5)) / 2e-5;
            squares += slope * slope;
        }

        Assert.Equal(Math.Sqrt(squares), norms[t][lag], 1e-8);
        Assert.Equal(direction == 0 ? t + 1 : Length - t, norms[t].Length);

        double LossFrom(int unit, double offset)
        {
            double[] start = [.. run.Example.InitialState!];
            double[] state = [.. run.Stack.Steps[direction][k].State];
            state[unit] += offset;
            ReferenceSpec one = spec with { Bidirectional = false, Classes = 0 };
            double[] all = [.. run.Stack.Outputs];
            string suffix = ReferenceSpec.Suffix(0, direction);
            ReferenceTensors own = new();
            foreach (string name in (string[])["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
            {
                own[name + "_l0"] = weights[name + suffix];
            }

            double[][] rest = [.. run.Example.Vectors.Chunk(InputSize)];
            rest = direction == 0 ? rest[(k + 1)..(t + 1)] : [.. rest[t..k].Reverse()];
            double[] reached = new ReferenceStack(one, own).Forward([.. rest.SelectMany(x => x)], state).FinalState;
            reached.CopyTo(all, t * spec.OutputSize + direction * HiddenSize);
            return OutputEquations.Forward(weights, all.AsSpan(t * spec.OutputSize, spec.OutputSize), run.Example.Labels[t]).Loss;
        }
    }

    [Theory]
    [InlineData("tanh preactivation")]
    [InlineData("lstm")]
    [InlineData("gru outside")]
    public void OfLoss_LastPooling_EqualsTheInitialStateGradientOfTheRest(string cell)
    {
        ReferenceSpec spec = Spec(cell, 2);
        ReferenceNetwork network = new(spec, spec.RandomWeights(3));
        ReferenceRun run = network.Forward(Example(spec, false));
        double[] norms = Assert.Single(GradientByLag.OfLoss(network, run));
        Assert.Equal(Length, norms.Length);
        for (int k = 0; k < Length - 1; k++)
        {
            // The same loss from the steps after k alone; row 1 of h0 is the second layer.
            ReferenceExample rest = run.Example with
            {
                Vectors = run.Example.Vectors[((k + 1) * InputSize)..],
                InitialState = [.. run.Stack.Steps[0][k].State, .. run.Stack.Steps[1][k].State],
                InitialCell = cell == "lstm" ? [.. run.Stack.Steps[0][k].Cell, .. run.Stack.Steps[1][k].Cell] : null,
            };
            double[] gradient = network.Backward(network.Forward(rest))["h0"];
            Assert.Equal(Algebra.Norm(gradient.AsSpan(HiddenSize)), norms[Length - 1 - k], SameTolerance);
        }
    }

    [Fact]
    public void OfLoss_SmallRecurrentWeights_Vanishes()
    {
        ReferenceSpec spec = Spec("tanh", pooling: ReferencePooling.Last);
        ReferenceTensors weights = spec.RandomWeights(3);
        weights["weight_hh_l0"] = Array.ConvertAll(weights["weight_hh_l0"], value => 0.1 * value);
        ReferenceNetwork network = new(spec, weights);
        double[] norms = Assert.Single(GradientByLag.OfLoss(network, network.Forward(Example(spec, false))));
        Assert.Equal(Length, norms.Length);
        for (int lag = 1; lag < Length; lag++) Assert.InRange(norms[lag] / norms[lag - 1], 1e-6, 0.2);
    }

    [Fact]
    public void OfLoss_LayerOrDirectionThatIsNot_IsNamed()
    {
        ReferenceSpec spec = Spec("tanh");
        ReferenceNetwork network = new(spec, spec.RandomWeights(3));
        ReferenceRun run = network.Forward(Example(spec, false));
        Assert.Contains("no layer 1",
            Assert.Throws<ArgumentException>(() => GradientByLag.OfLoss(network, run, 1)).Message);
        Assert.Contains("no direction 1",
            Assert.Throws<ArgumentException>(() => GradientByLag.OfLoss(network, run, 0, 1)).Message);
    }
}
