namespace Recurant.Tests.Losses;

public class ConditionalRandomFieldTests
{
    // Scores up to 6 in magnitude; exp and log are right to a few units in the last place, and each word adds some.
    private const double Tolerance = 5e-6;

    // Central differences in double with a step of 1e-5.
    private const double Step = 1e-5, DifferenceTolerance = 1e-8;

    [Theory]
    [InlineData(2, 1f)]
    [InlineData(3, 2f)]
    [InlineData(4, 0.1f)]
    public void Reference_Loss_EqualsTheSumOverAllPaths(int tags, float scale)
    {
        FieldCase field = new(tags, [5, 1, 3, 2], scale, seed: 3);
        for (int b = 0; b < field.Batch.Sequences; b++)
        {
            double[][] z = field.ScoresOf(b);
            double sum = field.Paths(z.Length)
                .Sum(path => Math.Exp(RandomFieldEquations.Score(z, field.Transitions, field.Start, field.End, path)));
            double score = RandomFieldEquations.Score(z, field.Transitions, field.Start, field.End, field.TagsOf(b));
            Assert.Equal(Math.Log(sum) - score, field.Reference(b).Loss, 1e-10);
        }
    }

    [Fact]
    public void Reference_Gradients_EqualFiniteDifferences()
    {
        FieldCase field = new(4, [6, 3, 1], scale: 1f, seed: 5);
        for (int b = 0; b < field.Batch.Sequences; b++)
        {
            double[][] z = field.ScoresOf(b);
            double[] a = field.Transitions, start = field.Start, end = field.End;
            int[] tags = field.TagsOf(b);
            RandomFieldGradients gradients = field.Reference(b);
            double Loss() => RandomFieldEquations.Gradients(z, a, start, end, tags).Loss;
            for (int t = 0; t < z.Length; t++) AssertDifferences(gradients.Scores[t], z[t], Loss);
            AssertDifferences(gradients.Transitions, a, Loss);
            AssertDifferences(gradients.Start, start, Loss);
            AssertDifferences(gradients.End, end, Loss);
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(13, 2)]
    [InlineData(16, 3)]
    [InlineData(17, 2)]
    [InlineData(37, 1)]
    public void Apply_LossAndGradients_EqualTheReference(int tags, int threads)
    {
        FieldCase field = new(tags, [7, 1, 12, 7, 2, 30], scale: 1f, seed: (ulong)tags);
        int sequences = field.Batch.Sequences, rows = field.Batch.Rows;
        RandomFieldGradients[] reference = [.. Enumerable.Range(0, sequences).Select(field.Reference)];
        double total = field.Field.Apply(
            Workers.ForThreads(threads), field.Batch, field.Scores, field.Tags, new FieldMemory(), out int correct);

        Assert.Equal(reference.Sum(sequence => sequence.Loss), total, reference.Sum(sequence => sequence.Loss) * Tolerance);
        int right = 0;
        for (int b = 0; b < sequences; b++)
        {
            for (int t = 0; t < field.Batch.Lengths[b]; t++)
            {
                int row = field.Batch.RowStart(t) + b;
                double[] expected = reference[b].Scores[t];
                Near.AssertEqual(Divided(expected, rows), field.Scores.Row(row), Tolerance, $"dz of {b} at {t}");
                double[] probabilities = [.. expected.Select((value, j) => value + (j == field.Tags[row] ? 1 : 0))];
                if (Array.IndexOf(probabilities, probabilities.Max()) == field.Tags[row]) right++;
            }
        }

        Assert.Equal(right, correct);
        AssertSum(reference, sequence => sequence.Transitions, field.Field.Transitions, rows);
        AssertSum(reference, sequence => sequence.Start, field.Field.Start, rows);
        AssertSum(reference, sequence => sequence.End, field.Field.End, rows);
    }

    [Fact]
    public void Apply_LongSentence_KeepsItsPrecision()
    {
        // The sum over all paths of 3,000 words is about e^9000.
        FieldCase field = new(9, [3000], scale: 1f, seed: 8);
        RandomFieldGradients reference = field.Reference(0);
        double loss = field.Field.Apply(
            Workers.ForThreads(2), field.Batch, field.Scores, field.Tags, new FieldMemory(), out _);
        Assert.Equal(reference.Loss, loss, reference.Loss * Tolerance);
        Elementwise.Scale(field.Scores.Span, 3000);
        for (int t = 0; t < 3000; t += 7)
        {
            Near.AssertEqual(reference.Scores[t], field.Scores.Row(t), 1e-5, $"dz at {t}");
        }
    }

    [Fact]
    public void Apply_LargeScores_StaysFinite()
    {
        FieldCase field = new(3, [4, 2], scale: 300f, seed: 2);
        double expected = field.Reference(0).Loss + field.Reference(1).Loss;
        double loss = field.Field.Apply(
            Workers.ForThreads(1), field.Batch, field.Scores, field.Tags, new FieldMemory(), out _);
        Assert.Equal(expected, loss, expected * Tolerance);
        foreach (float value in field.Scores.Span) Assert.True(float.IsFinite(value));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Apply_ScoreThatIsNotFinite_LossIsNotFinite(float wrong)
    {
        for (int row = 0; row < 5; row++)
        {
            FieldCase field = new(4, [3, 2], scale: 1f, seed: 2);
            field.Scores.Row(row)[row % 4] = wrong;
            Assert.False(double.IsFinite(field.Field.Apply(
                Workers.ForThreads(1), field.Batch, field.Scores, field.Tags, new FieldMemory(), out _)));
        }
    }

    [Fact]
    public void Apply_AnyNumberOfThreads_GivesTheSameBits()
    {
        (float[] Scores, float[] Gradients, double Loss) Run(int threads)
        {
            FieldCase field = new(19, [9, 4, 4, 21, 1, 13, 2], scale: 1f, seed: 11);
            double loss = field.Field.Apply(
                Workers.ForThreads(threads), field.Batch, field.Scores, field.Tags, new FieldMemory(), out _);
            float[] gradients = [.. field.Field.Parameters.SelectMany(parameter => parameter.Gradient.ToArray())];
            return (field.Scores.Span.ToArray(), gradients, loss);
        }

        var one = Run(1);
        foreach (int threads in (int[])[2, 3, 8])
        {
            var many = Run(threads);
            Bits.AssertEqual(one.Scores, many.Scores, "dz");
            Bits.AssertEqual(one.Gradients, many.Gradients, "gradients");
            Assert.Equal(BitConverter.DoubleToInt64Bits(one.Loss), BitConverter.DoubleToInt64Bits(many.Loss));
        }
    }

    private static void AssertDifferences(double[] gradient, double[] values, Func<double> loss)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double at = values[i];
            values[i] = at + Step;
            double above = loss();
            values[i] = at - Step;
            double difference = (above - loss()) / (2 * Step);
            values[i] = at;
            Assert.Equal(difference, gradient[i], DifferenceTolerance);
        }
    }

    private static void AssertSum(
        RandomFieldGradients[] reference, Func<RandomFieldGradients, double[]> part, Parameter parameter, int rows)
    {
        double[] sum = new double[parameter.Count];
        foreach (RandomFieldGradients sequence in reference)
        {
            for (int i = 0; i < sum.Length; i++) sum[i] += part(sequence)[i];
        }

        Near.AssertEqual(Divided(sum, rows), parameter.Gradient, Tolerance, parameter.Name);
    }

    private static double[] Divided(double[] values, int by) => [.. values.Select(value => value / by)];
}
