namespace Recurant.Tests.Layers;

/// <summary>Pooling against the reference, for sequences of unequal lengths.</summary>
public class PoolingTests
{
    // A few roundings in single precision.
    private const double Tolerance = 2e-6;
    private const int Width = 38;
    private static readonly int[] s_lengths = [4, 6, 1, 3, 6];

    [Theory]
    [InlineData(Pooling.Last, 1)]
    [InlineData(Pooling.Last, 2)]
    [InlineData(Pooling.Mean, 2)]
    [InlineData(Pooling.Max, 2)]
    public void FixedPooling_UnequalLengths_EqualsTheReference(Pooling pooling, int directions)
    {
        ReferencePooling kind = Enum.Parse<ReferencePooling>(pooling.ToString());
        Example example = new();
        BatchLayout batch = example.Batch;
        Matrix pooled = Bits.RandomMatrix(batch.Sequences, Width, 9);
        PoolingMemory memory = new();
        FixedPooling.Forward(Workers.ForThreads(2), pooling, batch, directions, example.Hidden, pooled, memory);
        Matrix dHidden = Bits.RandomMatrix(batch.Rows, Width, 4), before = Bits.RandomMatrix(batch.Rows, Width, 4);
        FixedPooling.Backward(Workers.ForThreads(2), pooling, batch, directions, example.DPooled, dHidden, memory);

        for (int b = 0; b < batch.Sequences; b++)
        {
            double[] h = example.Sequence(example.Hidden, b), dp = Doubles(example.DPooled.Row(b));
            Near.AssertEqual(PoolingEquations.Forward(kind, h, batch.Lengths[b], directions), pooled.Row(b), Tolerance,
                $"pooled {b}");
            double[] dh = PoolingEquations.Backward(kind, h, batch.Lengths[b], directions, dp);
            example.AssertAdded(dh, before, dHidden, b);
        }
    }

    [Fact]
    public void Max_EqualValues_GivesTheGradientToTheFirst()
    {
        BatchLayout batch = new();
        batch.Fill([3]);
        Matrix hidden = new(Bits.Buffer([1, 5, 5, 2, 5, 5]), 0, 3, 2), pooled = Bits.Zeros(1, 2), dHidden = Bits.Zeros(3, 2);
        PoolingMemory memory = new();
        FixedPooling.Forward(Workers.ForThreads(2), Pooling.Max, batch, 1, hidden, pooled, memory);
        FixedPooling.Backward(Workers.ForThreads(2), Pooling.Max, batch, 1, new(Bits.Buffer([7, 8]), 0, 1, 2), dHidden, memory);
        Assert.Equal([5f, 5], pooled.Span);
        Assert.Equal([0f, 8, 7, 0, 0, 0], dHidden.Span);
    }

    [Fact]
    public void Attention_UnequalLengths_EqualsTheReference()
    {
        const int Keys = 7;
        AttentionPooling attention = new(Width, Keys);
        ReferenceTensors weights = new();
        ulong seed = 30;
        foreach (Parameter parameter in attention.Parameters)
        {
            parameter.InitialiseUniform(seed++, 0, 0.5f);
            weights.Set(parameter.Name, parameter.Value);
        }

        Example example = new();
        BatchLayout batch = example.Batch;
        Matrix pooled = Bits.RandomMatrix(batch.Sequences, Width, 9);
        AttentionMemory memory = new();
        Workers workers = Workers.ForThreads(1);
        attention.Forward(workers, batch, example.Hidden, pooled, memory);
        Matrix dHidden = Bits.RandomMatrix(batch.Rows, Width, 4), before = Bits.RandomMatrix(batch.Rows, Width, 4);
        attention.Backward(workers, batch, example.Hidden, example.DPooled, dHidden, memory);

        ReferenceTensors gradients = new();
        foreach (Parameter parameter in attention.Parameters) gradients[parameter.Name] = new double[parameter.Count];
        for (int b = 0; b < batch.Sequences; b++)
        {
            double[] h = example.Sequence(example.Hidden, b);
            (double[] expected, double[] a, double[][] u) = AttentionEquations.Forward(weights, h, batch.Lengths[b]);
            Near.AssertEqual(expected, pooled.Row(b), Tolerance, $"pooled {b}");
            for (int t = 0; t < a.Length; t++) Assert.Equal(a[t], memory.Weights.Row(batch.RowStart(t) + b)[0], Tolerance);
            double[] dh = AttentionEquations.Backward(weights, gradients, h, a, u, Doubles(example.DPooled.Row(b)));
            example.AssertAdded(dh, before, dHidden, b);
        }

        foreach (Parameter parameter in attention.Parameters)
        {
            Assert.Contains(gradients[parameter.Name], value => Math.Abs(value) > 1e-2);
            Near.AssertEqual(gradients[parameter.Name], parameter.Gradient, Tolerance, "gradient of " + parameter.Name);
        }
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private sealed class Example
    {
        public Example()
        {
            Batch.Fill(s_lengths);
            Hidden = Bits.RandomMatrix(Batch.Rows, Width, 1);
            DPooled = Bits.RandomMatrix(Batch.Sequences, Width, 2);
        }

        public BatchLayout Batch { get; } = new();

        public Matrix Hidden { get; }

        public Matrix DPooled { get; }

        /// <summary>The rows of one sequence, in the order of time.</summary>
        public double[] Sequence(Matrix rows, int b) =>
            [.. Enumerable.Range(0, Batch.Lengths[b]).SelectMany(t => Doubles(rows.Row(Batch.RowStart(t) + b)))];

        /// <summary>Backward passes add to what stands in the gradient.</summary>
        public void AssertAdded(double[] gradient, Matrix before, Matrix after, int b)
        {
            double[] expected = [.. gradient.Zip(Sequence(before, b), (x, y) => x + y)];
            float[] actual = Array.ConvertAll(Sequence(after, b), value => (float)value);
            Near.AssertEqual(expected, actual, Tolerance, $"gradient of sequence {b}");
        }
    }
}
