namespace Recurant.Tests.Numerics;

public class ReductionsTests
{
    // 64 running sums of up to 64 additions and a tree of six: 70 roundings of half a unit at the worst, a few in practice.
    private const double Tolerance = 70 * 6e-8;

    [Fact]
    public void Sum_EveryLength_IsCloseToDoubleAndAddsInTheDocumentedOrder()
    {
        float[] values = Bits.Random(9000, 7);
        foreach (int length in Lengths())
        {
            ReadOnlySpan<float> part = values.AsSpan(0, length);
            double sum = 0, squares = 0, magnitude = 0;
            foreach (float value in part)
            {
                sum += value;
                squares += (double)value * value;
                magnitude += Math.Abs(value);
            }

            Assert.InRange(Reductions.Sum(part), sum - Tolerance * magnitude, sum + Tolerance * magnitude);
            Assert.InRange(Reductions.SumOfSquares(part), squares * (1 - Tolerance), squares * (1 + Tolerance));
            Assert.Equal(InDocumentedOrder(part, part, isProduct: false), Reductions.Sum(part));
            Assert.Equal(InDocumentedOrder(part, part, isProduct: true), Reductions.SumOfSquares(part));
        }
    }

    [Fact]
    public void Dot_EveryLength_IsCloseToDouble()
    {
        float[] left = Bits.Random(600, 8), right = Bits.Random(600, 9);
        for (int length = 0; length <= 600; length++)
        {
            double sum = 0, magnitude = 0;
            for (int i = 0; i < length; i++)
            {
                sum += (double)left[i] * right[i];
                magnitude += Math.Abs((double)left[i] * right[i]);
            }

            Assert.InRange(Reductions.Dot(left.AsSpan(0, length), right.AsSpan(0, length)), sum - Tolerance * magnitude,
                sum + Tolerance * magnitude);
            Assert.Equal(
                (float)InDocumentedOrder(left.AsSpan(0, length), right.AsSpan(0, length), isProduct: true),
                Reductions.Dot(left.AsSpan(0, length), right.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Dot_UnequalLengths_Throws() =>
        Assert.Throws<ArgumentException>(() => Reductions.Dot(new float[3], new float[4]));

    [Fact]
    public void Max_AnyPlace_IsFound()
    {
        float[] values = Bits.Random(37, 10);
        for (int i = 0; i < values.Length; i++)
        {
            float[] changed = [.. values];
            changed[i] = 2;
            Assert.Equal(2f, Reductions.Max(changed));
            changed[i] = float.NaN;
            Assert.True(float.IsNaN(Reductions.Max(changed)));
        }

        Assert.Equal(-3f, Reductions.Max([-5f, -3f, -4f]));
        Assert.Equal(float.NegativeInfinity, Reductions.Max([]));
    }

    [Fact]
    public void AddColumnSums_MatrixWithWideRows_AddsEachColumnInOrder()
    {
        const int Rows = 29, Columns = 21, Step = 40;
        var matrix = new Matrix(Bits.RandomBuffer(Rows * Step, 11), 3, Rows - 1, Columns, Step);
        float[] expected = Bits.Random(Columns, 12), actual = [.. expected];
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int j = 0; j < Columns; j++) expected[j] += matrix.Row(row)[j];
        }

        Reductions.AddColumnSums(matrix, actual);
        Bits.AssertEqual(expected, actual, "column sums");
    }

    [Fact]
    public void Softmax_EveryLength_IsCloseToDouble()
    {
        // exp is right to a unit or so, the sum and the division add a few more.
        const double Relative = 1e-6;
        for (int length = 1; length <= 70; length++)
        {
            float[] logits = Array.ConvertAll(Bits.Random(length, 13), x => 20 * x + 300), probabilities = new float[length];
            double largest = logits.Max(), sum = logits.Sum(z => Math.Exp(z - largest));
            float logSum = Softmax.Apply(logits, probabilities);
            Assert.Equal(largest + Math.Log(sum), logSum, 1e-4);
            for (int j = 0; j < length; j++)
            {
                double expected = Math.Exp(logits[j] - largest) / sum;
                Assert.InRange(probabilities[j], expected * (1 - Relative), expected * (1 + Relative));
            }

            Softmax.Apply(logits, logits);
            Bits.AssertEqual(probabilities, logits, "in place");
        }
    }

    [Fact]
    public void Softmax_NumbersThatOverflowExp_StaysFinite()
    {
        float[] probabilities = new float[3];
        Assert.Equal(3e38f, Softmax.Apply([3e38f, 0, -3e38f], probabilities));
        Assert.Equal(1f, probabilities[0]);
    }

    [Fact]
    public void Softmax_OfNaNOrInfinity_ReportsNaN()
    {
        for (int i = 0; i < 20; i++)
        {
            float[] logits = Bits.Random(20, 14);
            logits[i] = float.NaN;
            Assert.True(float.IsNaN(Softmax.Apply(logits, logits)));
            Assert.Contains(float.NaN, logits);
        }

        Assert.True(float.IsNaN(Softmax.Apply([float.PositiveInfinity, 0], new float[2])));
    }

    /// <summary>Element i to running sum i mod 64, the 64 sums pairwise, blocks of 4,096 in double.</summary>
    private static double InDocumentedOrder(ReadOnlySpan<float> left, ReadOnlySpan<float> right, bool isProduct)
    {
        double total = 0;
        for (int start = 0; start < left.Length; start += 4096)
        {
            float[] sums = new float[64];
            for (int i = start; i < Math.Min(left.Length, start + 4096); i++)
            {
                ref float sum = ref sums[i % 64];
                sum = isProduct ? MathF.FusedMultiplyAdd(left[i], right[i], sum) : sum + left[i];
            }

            for (int half = 32; half > 0; half /= 2)
            {
                for (int i = 0; i < half; i++) sums[i] += sums[i + half];
            }

            total += sums[0];
        }

        return total;
    }

    private static IEnumerable<int> Lengths() => [.. Enumerable.Range(0, 300), 4095, 4096, 4097, 4160, 8191, 8192, 8193, 9000];
}
