namespace Recurant.Tests.Layers;

public class DenseAndEmbeddingTests
{
    // Sums of up to 21 products in single precision.
    private const double Tolerance = 1e-6;

    [Fact]
    public void Dense_ForwardAndBackward_EqualTheEquations()
    {
        const int Rows = 9, In = 21, Out = 5;
        Dense dense = new("output", In, Out);
        dense.Weights.InitialiseUniform(1, 0, 0.7f);
        dense.Bias.InitialiseUniform(2, 0, 0.7f);
        Matrix input = Bits.RandomMatrix(Rows, In, 3), output = Bits.RandomMatrix(Rows, Out, 4);
        Matrix dOutput = Bits.RandomMatrix(Rows, Out, 5), dInput = Bits.RandomMatrix(Rows, In, 6);
        DenseMemory memory = new();
        Workers workers = Workers.ForThreads(1);
        dense.Forward(workers, input, output, memory);
        dense.Backward(workers, input, dOutput, dInput, memory);

        double[] y = new double[Rows * Out], dx = new double[Rows * In], dw = new double[Out * In], db = new double[Out];
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < Out; i++)
            {
                y[row * Out + i] = dense.Bias.Value[i];
                db[i] += dOutput.Row(row)[i];
                for (int j = 0; j < In; j++)
                {
                    y[row * Out + i] += (double)dense.Weights.Matrix.Row(i)[j] * input.Row(row)[j];
                    dw[i * In + j] += (double)dOutput.Row(row)[i] * input.Row(row)[j];
                    dx[row * In + j] += (double)dOutput.Row(row)[i] * dense.Weights.Matrix.Row(i)[j];
                }
            }
        }

        Near.AssertEqual(y, output.Span, Tolerance, "output");
        Near.AssertEqual(dx, dInput.Span, Tolerance, "dInput");
        Near.AssertEqual(dw, dense.Weights.Gradient, Tolerance, "dWeights");
        Near.AssertEqual(db, dense.Bias.Gradient, Tolerance, "dBias");

        // A second pass adds to the gradients.
        dense.Backward(workers, input, dOutput, null, memory);
        Near.AssertEqual([.. dw.Select(value => 2 * value)], dense.Weights.Gradient, Tolerance, "dWeights");
        Assert.Equal(["output.weight", "output.bias"], dense.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void Embedding_ForwardAndBackward_ReadsAndAddsRows()
    {
        const int Words = 8, Size = 3;
        Embedding embedding = new(Words, Size);
        embedding.Initialise(1, 0, 0.5f);
        int[] tokens = [3, -1, 5, 3, 7];
        Matrix output = Bits.RandomMatrix(tokens.Length, Size, 2), dOutput = Bits.RandomMatrix(tokens.Length, Size, 3);
        embedding.Forward(Workers.ForThreads(2), tokens, output);
        embedding.Backward(Workers.ForThreads(2), tokens, dOutput);
        Matrix table = embedding.Table.Matrix, gradient = embedding.Table.GradientMatrix;
        for (int row = 0; row < tokens.Length; row++)
        {
            Assert.Equal(tokens[row] < 0 ? new float[Size] : table.Row(tokens[row]).ToArray(), output.Row(row).ToArray());
        }

        Assert.Equal([3, 5, 7], embedding.Table.Touched!.Rows);
        for (int j = 0; j < Size; j++)
        {
            Assert.Equal(dOutput.Row(0)[j] + dOutput.Row(3)[j], gradient.Row(3)[j]);
            Assert.Equal(dOutput.Row(2)[j], gradient.Row(5)[j]);
            Assert.Equal(dOutput.Row(4)[j], gradient.Row(7)[j]);
            Assert.Equal(0f, gradient.Row(0)[j]);
        }

        embedding.Table.ClearGradient();
        Assert.Equal(-1, embedding.Table.Gradient.IndexOfAnyExcept(0f));
        Assert.Equal(0, embedding.Table.Touched.Rows.Length);
    }

    [Fact]
    public void Embedding_Frozen_GathersNoGradient()
    {
        Embedding embedding = new(4, 3);
        embedding.Table.IsTrainable = false;
        embedding.Backward(Workers.ForThreads(1), new[] { 1, 2 }, Bits.RandomMatrix(2, 3, 1));
        Assert.False(embedding.Table.HasGradient);
    }

    [Fact]
    public void Embedding_Initialise_HasTheDeviationAndAnEmptyUnknownWord()
    {
        Embedding embedding = new(500, 20);
        embedding.Initialise(1, 0, 0.5f);
        Assert.Equal(-1, embedding.Table.Matrix.Row(0).IndexOfAnyExcept(0f));
        float[] values = embedding.Table.Value[20..].ToArray();
        Assert.InRange(Math.Sqrt(values.Average(value => (double)value * value)), 0.49, 0.51);
        Assert.InRange(values.Average(), -0.02f, 0.02f);
    }

    [Fact]
    public void TouchedRows_ManyRows_HoldsEachOnceInOrderOfUse()
    {
        TouchedRows touched = new(1000);
        int[] order = [.. Enumerable.Range(0, 1000).Select(i => i * 7 % 1000)];
        foreach (int row in order) touched.Add(row);
        foreach (int row in order) touched.Add(row);
        Assert.Equal(order, touched.Rows);
        touched.Sort();
        Assert.Equal(Enumerable.Range(0, 1000), touched.Rows.ToArray());
        touched.Clear();
        Assert.Equal(0, touched.Rows.Length);
        touched.Add(5);
        Assert.Equal([5], touched.Rows);
    }

    [Fact]
    public void Parameter_ShapeOutOfRange_NamesTensorAndShape()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Parameter("weight", 3, 0));
        Assert.Contains("'weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 0]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Parameter("weight", 50_000, 50_000));
        Assert.Throws<ArgumentException>(() => new Parameter("weight", 1 << 30, 1 << 30, 1 << 4));
    }
}
