namespace Recurant.Tests.Layers;

public class RecurrentStartTests
{
    [Theory]
    [InlineData(CellKind.Elman, 1)]
    [InlineData(CellKind.Gru, 3)]
    [InlineData(CellKind.Lstm, 4)]
    [InlineData(CellKind.LayerNormLstm, 4)]
    public void Apply_Orthogonal_EveryGateKeepsLengths(CellKind kind, int gates)
    {
        const int Hidden = 24;
        RecurrentStack stack = Stack(kind, Hidden);
        RecurrentStarts.Apply(RecurrentStart.Orthogonal, stack.Cells, seed: 3);
        foreach (RecurrentCell cell in stack.Cells)
        {
            for (int gate = 0; gate < gates; gate++)
            {
                Matrix block = cell.HiddenWeights.Matrix.Slice(gate * Hidden, Hidden);
                AssertOrthonormal(block.Rows, Hidden, (i, k) => block.Row(i)[k]);
            }
        }
    }

    [Fact]
    public void Apply_OrthogonalWhereTheStateIsNarrowerThanTheGates_ColumnsAreOrthonormal()
    {
        var cell = new ProjectedLstmCell(inputSize: 5, hiddenSize: 6, cellSize: 10, "", oneHotInput: false, forgetBias: 1);
        RecurrentStarts.Apply(RecurrentStart.Orthogonal, [cell], seed: 3);
        Matrix block = cell.HiddenWeights.Matrix.Slice(10, 10);
        AssertOrthonormal(count: 6, size: 10, (i, k) => block.Row(k)[i]);
    }

    [Fact]
    public void Apply_Orthogonal_SeedsLayersAndGatesDiffer()
    {
        var blocks = new List<float[]>();
        foreach (ulong seed in new ulong[] { 1, 2 })
        {
            RecurrentStack stack = Stack(CellKind.Gru, 8);
            RecurrentStarts.Apply(RecurrentStart.Orthogonal, stack.Cells, seed);
            foreach (RecurrentCell cell in stack.Cells)
            {
                for (int gate = 0; gate < 3; gate++) blocks.Add(cell.HiddenWeights.Value.Slice(gate * 64, 64).ToArray());
            }
        }

        Assert.Equal(2 * 2 * 3, blocks.DistinctBy(block => block[0]).Count());
    }

    [Fact]
    public void Apply_Identity_EveryGate()
    {
        RecurrentStack stack = Stack(CellKind.Gru, 5);
        RecurrentStarts.Apply(RecurrentStart.Identity, stack.Cells, seed: 3);
        Matrix weights = stack.Cells.First().HiddenWeights.Matrix;
        for (int row = 0; row < weights.Rows; row++)
        {
            for (int column = 0; column < 5; column++) Assert.Equal(row % 5 == column ? 1f : 0f, weights.Row(row)[column]);
        }
    }

    [Fact]
    public void Validate_CellWithoutHiddenWeights_IsRefused()
    {
        var options = new TrainingOptions { Cell = CellKind.Lru, RecurrentStart = RecurrentStart.Orthogonal };
        Assert.Contains("the cell lru has no recurrent weights", Assert.Throws<ArgumentException>(options.Validate).Message,
            StringComparison.Ordinal);
    }

    /// <summary>What it is for: the gradient of a fresh tanh network falls by far less a step.</summary>
    [Fact]
    public void LookBefore_OrthogonalTanh_GradientReachesFartherThanUsual()
    {
        var problem = new SequenceProblem(ProblemKind.Adding, 60);
        double Reach(RecurrentStart start) => GradientLens.LookBefore(
            problem, new ProblemTrainingOptions { Cell = CellKind.Elman, Hidden = 32, RecurrentStart = start },
            new LensOptions { Sequences = 4 }).Layers[0].Verdict.AStep;
        Assert.InRange(Reach(RecurrentStart.Usual), 0.4, 0.7);
        Assert.InRange(Reach(RecurrentStart.Orthogonal), 0.8, 1.0);
    }

    private static RecurrentStack Stack(CellKind kind, int hidden) =>
        new(new StackSpec { Cell = kind, InputSize = 7, HiddenSize = hidden, Layers = 2 });

    private static void AssertOrthonormal(int count, int size, Func<int, int, float> element)
    {
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double product = 0;
                for (int k = 0; k < size; k++) product += (double)element(i, k) * element(j, k);
                Assert.Equal(i == j ? 1 : 0, product, 1e-6);
            }
        }
    }
}
