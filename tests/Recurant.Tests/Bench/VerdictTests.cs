using Recurant.Bench.Peers;

namespace Recurant.Tests.Bench;

/// <summary>What the comparison with other libraries makes of engines that do not compute the same.</summary>
public class VerdictTests
{
    private static readonly float[] s_right = [1, -2, 3], s_wrong = [1, -0.5f, 3], s_otherwise = [2, -2, 3];

    [Fact]
    public void Of_AllAgree_ReferenceIsNotAsked()
    {
        Verdict verdict = Verdict.Of(
            [("a", Answer(s_right)), ("b", Answer([1.0001f, -2, 3]))], () => throw new InvalidOperationException("not needed"));
        Assert.Empty(verdict.Faults);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_OneOfThreeDiffers_IsNamed(int place)
    {
        string[] names = ["recurant", "torch", "onnxruntime"];
        Verdict verdict = Verdict.Of(
            [.. names.Select((name, i) => (name, Answer(i == place ? s_wrong : s_right)))], () => Answer(s_right));
        Assert.Equal([KeyValuePair.Create(names[place], Verdict.WrongAnswer)], verdict.Faults);
    }

    [Fact]
    public void Of_TwoDiffer_ReferenceDecides()
    {
        Verdict verdict = Verdict.Of([("recurant", Answer(s_right)), ("torch", Answer(s_wrong))], () => Answer(s_right));
        Assert.Equal([KeyValuePair.Create("torch", Verdict.WrongAnswer)], verdict.Faults);
    }

    [Fact]
    public void Of_TwoDifferWithoutReference_NobodyIsRight()
    {
        Verdict verdict = Verdict.Of([("recurant", Answer(s_right)), ("torch", Answer(s_wrong))], reference: null);
        Assert.All(["recurant", "torch"], engine => Assert.Equal(Verdict.NoMajority, verdict.Faults[engine]));
    }

    [Fact]
    public void Of_ReferenceAloneDiffers_TheEnginesHaveTheMajorityWhereTheyAgree()
    {
        Verdict verdict = Verdict.Of(
            [("a", Answer(s_right)), ("b", Answer(s_right)), ("c", Answer(s_wrong)), ("d", Answer(s_right))],
            () => Answer(s_otherwise));
        Assert.Equal(["c"], verdict.Faults.Keys);
    }

    [Theory]
    [InlineData(new[] { float.NaN, -2, 3 })]
    [InlineData(new[] { 1f, -2 })]
    [InlineData(new[] { 0f, 0, 0 })]
    public void Of_NotANumberOrMissingOrZero_IsWrong(float[] answer)
    {
        Verdict verdict = Verdict.Of([("recurant", Answer(s_right)), ("torch", Answer(answer))], () => Answer(s_right));
        Assert.Equal(["torch"], verdict.Faults.Keys);
    }

    [Fact]
    public void Of_ArrayMissing_IsWrong()
    {
        var less = new Dictionary<string, float[]> { ["output"] = s_right };
        var more = new Dictionary<string, float[]> { ["output"] = s_right, ["input"] = s_right };
        Assert.Equal(["torch"], Verdict.Of([("recurant", more), ("torch", less)], () => more).Faults.Keys);
    }

    /// <summary>
    /// The gradient of a sum is checked by its slope: the reference of the grid hangs on the weights as it should.
    /// </summary>
    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    public void Compute_Grid_GivesGradientsThatAreTheSlope(string cell)
    {
        var shape = new Case(cell, Batch: 3, Time: 4, Input: 2, Hidden: 3, Layers: 2);
        var data = new CaseData(shape);
        IReadOnlyDictionary<string, float[]> results = GridReference.Compute(shape, Mode.Train);
        Assert.Equal(
            data.Weights.Select(weight => weight.Name).Append("input").Append("output").Order(), results.Keys.Order());
        Assert.Equal(shape.Time * shape.Batch * shape.Hidden, results["output"].Length);
        // A bias of both sums has the same gradient, but for the GRU's, whose hidden part is gated.
        if (cell != "gru") Assert.Equal(results["bias_ih_l1"], results["bias_hh_l1"]);
        Assert.All(results, result => Assert.Contains(result.Value, value => value != 0));
        Assert.True(Verdict.Agree(
            new Dictionary<string, float[]> { ["output"] = results["output"] }, GridReference.Compute(shape, Mode.Infer)));
        foreach (Weight weight in data.Weights) AssertIsSlope(shape, data, results[weight.Name], weight.Values, weight.Name);
        AssertIsSlope(shape, data, results["input"], data.Input, "input");
    }

    /// <summary>Central differences of sum_i output_i dOutput_i, of the first and the last number of an array.</summary>
    private static void AssertIsSlope(Case shape, CaseData data, float[] gradient, float[] values, string name)
    {
        // The outputs are single: 1e-7 of rounding over 2 x 0.01, and the curvature times 0.01^2.
        const float Distance = 0.01f;
        const double Tolerance = 1e-3;
        foreach (int place in new[] { 0, values.Length - 1 })
        {
            float before = values[place];
            double Sum(float at)
            {
                values[place] = at;
                float[] output = GridReference.Compute(shape, data, Mode.Infer)["output"];
                return output.Zip(data.OutputGradient, (y, dy) => (double)y * dy).Sum();
            }

            float above = before + Distance, below = before - Distance;
            double slope = (Sum(above) - Sum(below)) / ((double)above - below);
            values[place] = before;
            Assert.True(Math.Abs(slope - gradient[place]) < Tolerance, $"{name}[{place}]: {gradient[place]}, slope {slope}");
        }
    }

    private static Dictionary<string, float[]> Answer(float[] values) => new() { ["output"] = values };
}
