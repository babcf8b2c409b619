namespace Recurant.Tests.Optimizers;

public class OptimizerTests
{
    private const int Rows = 900, Columns = 100;

    public static TheoryData<OptimizerKind> Kinds => [.. Enum.GetValues<OptimizerKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_AnyNumberOfThreads_SameBits(OptimizerKind kind)
    {
        float[] expected = Train(kind, threads: 1, touched: null);
        foreach (int threads in new[] { 2, 3, 7 })
        {
            Bits.AssertEqual(expected, Train(kind, threads, touched: null), $"{threads} threads");
        }

        expected = Train(kind, threads: 1, s_many);
        Bits.AssertEqual(expected, Train(kind, threads: 3, s_many), "some rows, 3 threads");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_SomeRows_ChangesTheseAsIfTheyWereAll(OptimizerKind kind)
    {
        int[] touched = [5, 700, 2];
        float[] start = Bits.Random(Rows * Columns, 1), all = Train(kind, 1, touched: null), some = Train(kind, 1, touched);
        for (int row = 0; row < Rows; row++)
        {
            float[] expected = touched.Contains(row) ? all : start;
            Bits.AssertEqual(expected.AsSpan(row * Columns, Columns), some.AsSpan(row * Columns, Columns), $"row {row}");
        }
    }

    /// <summary>Plain gradient descent: a row without a gradient would not move anyway.</summary>
    [Fact]
    public void Step_SomeRowsOfSgd_EqualsTheDenseUpdate()
    {
        Parameter sparse = new("table", 6, 3) { Touched = new TouchedRows(6) }, dense = new("table", 6, 3);
        foreach (Parameter parameter in new[] { sparse, dense })
        {
            Bits.Random(18, 1).CopyTo(parameter.Value);
            Bits.Random(3, 2).CopyTo(parameter.GradientMatrix.Row(4));
            Bits.Random(3, 3).CopyTo(parameter.GradientMatrix.Row(1));
            parameter.Touched?.Add(4);
            parameter.Touched?.Add(1);
            Optimizer optimizer = new(OptimizerKind.Sgd, [parameter]);
            optimizer.Step(Workers.ForThreads(1), 0.3f, 0f, 1f);
        }

        Bits.AssertEqual(dense.Value, sparse.Value, "values");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_WeightDecay_LeavesVectorsAlone(OptimizerKind kind)
    {
        Bits.AssertEqual(StepTwice(kind, decay: 0f, 4), StepTwice(kind, decay: 0.5f, 4), "a vector");
        Assert.NotEqual(StepTwice(kind, decay: 0f, 2, 2), StepTwice(kind, decay: 0.5f, 2, 2));
    }

    [Fact]
    public void Step_GradientScale_MultipliesTheGradient()
    {
        Parameter parameter = new("weight", 2);
        parameter.Gradient.Fill(4f);
        new Optimizer(OptimizerKind.Sgd, [parameter]).Step(Workers.ForThreads(1), 0.5f, 0f, 0.25f);
        Assert.Equal([-0.5f, -0.5f], parameter.Value);
    }

    [Fact]
    public void Step_Done_ClearsGradientsAndMarksTheChange()
    {
        Parameter parameter = new("weight", 3, 2), frozen = new("frozen", 3) { IsTrainable = false };
        parameter.Gradient.Fill(1f);
        frozen.Gradient.Fill(1f);
        int version = parameter.Version;
        new Optimizer(OptimizerKind.Adam, [parameter, frozen]).Step(Workers.ForThreads(1), 0.5f, 0f, 1f);
        Assert.Equal(-1, parameter.Gradient.IndexOfAnyExcept(0f));
        Assert.NotEqual(version, parameter.Version);
        Assert.Equal(-1, frozen.Value.IndexOfAnyExcept(0f));
    }

    [Fact]
    public void GradientNorm_TablesAndTensors_IsTheNormOfAll()
    {
        Parameter tensor = new("weight", 7, 5), table = new("table", 6, 3) { Touched = new TouchedRows(6) };
        Bits.Random(35, 1).CopyTo(tensor.Gradient);
        foreach (int row in new[] { 4, 0 })
        {
            Bits.Random(3, (ulong)row).CopyTo(table.GradientMatrix.Row(row));
            table.Touched!.Add(row);
        }

        double expected = Math.Sqrt(tensor.Gradient.ToArray().Concat(table.Gradient.ToArray()).Sum(
            value => (double)value * value));
        Assert.Equal(expected, new Optimizer(OptimizerKind.Sgd, [tensor, table]).GradientNorm(Workers.ForThreads(2)), 1e-6);
    }

    [Fact]
    public void Step_OnceWarm_AllocatesNothing()
    {
        Parameter parameter = new("weight", Rows, Columns), bias = new("bias", 30);
        Optimizer optimizer = new(OptimizerKind.AdamW, [parameter, bias]);
        Workers workers = Workers.ForThreads(2);
        void Step()
        {
            parameter.Gradient.Fill(0.1f);
            bias.Gradient.Fill(0.1f);
            optimizer.Step(workers, 0.01f, 0.01f, (float)Math.Min(1, 1 / optimizer.GradientNorm(workers)));
        }

        Allocation.AssertNoneWarm(Step, times: 40);
    }

    private static readonly int[] s_many = [.. Enumerable.Range(0, 800)];

    /// <summary>Three steps; with rows given, of a table that uses only these.</summary>
    private static float[] Train(OptimizerKind kind, int threads, int[]? touched)
    {
        Parameter parameter = new("weight", Rows, Columns) { Touched = touched is null ? null : new TouchedRows(Rows) };
        Bits.Random(Rows * Columns, 1).CopyTo(parameter.Value);
        Optimizer optimizer = new(kind, [parameter]);
        for (ulong step = 0; step < 3; step++)
        {
            float[] gradient = Bits.Random(Rows * Columns, 2 + step);
            foreach (int row in touched ?? [.. Enumerable.Range(0, Rows)])
            {
                gradient.AsSpan(row * Columns, Columns).CopyTo(parameter.GradientMatrix.Row(row));
                parameter.Touched?.Add(row);
            }

            optimizer.Step(Workers.ForThreads(threads), 0.01f, 0.1f, 0.5f);
        }

        return parameter.Value.ToArray();
    }

    private static float[] StepTwice(OptimizerKind kind, float decay, params int[] shape)
    {
        Parameter parameter = new("parameter", shape);
        new float[] { 1, 2, 3, 4 }.CopyTo(parameter.Value);
        new float[] { 0.1f, -0.2f, 0.3f, -0.4f }.CopyTo(parameter.Gradient);
        Optimizer optimizer = new(kind, [parameter]);
        optimizer.Step(Workers.ForThreads(1), 0.1f, decay, 1f);
        new float[] { 0.3f, 0.1f, -0.5f, 0.2f }.CopyTo(parameter.Gradient);
        optimizer.Step(Workers.ForThreads(1), 0.1f, decay, 1f);
        return parameter.Value.ToArray();
    }
}
