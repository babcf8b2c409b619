using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

/// <summary>One row times weights in strips of units, against the plain loop in the order of k.</summary>
public unsafe class UnitStripsTests
{
    private const int Guard = 40;

    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int, int>();
            foreach ((int gates, int hidden) in new[] { (1, 128), (1, 256), (3, 32), (3, 96), (4, 32), (4, 160) })
            {
                foreach (int inputs in new[] { 0, 1, 7, 300 }) shapes.Add(gates, hidden, inputs);
            }

            return shapes;
        }
    }

    /// <summary>Strip by strip in any order; what belongs to other strips stays as it was until their turn.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_EveryStrip_EqualsThePlainLoop(int gates, int hidden, int inputs)
    {
        var data = new Data(gates, hidden, inputs);
        Check(data, data.Sums(data.Input, data.Hidden), (strips, strip, start, target) =>
            strips.Multiply(strip, start, data.Input.At(0), data.Hidden.At(0), target));
        Check(data, data.Sums(data.Input, null), (strips, strip, start, target) =>
            strips.Multiply(strip, start, data.Input.At(0), Address.None, target));
        Check(data, data.Sums(data.Input, null), (strips, strip, start, target) =>
            strips.MultiplyInput(strip, start, data.Input.At(0), target));
        Check(data, data.Sums(null, data.Hidden), (strips, strip, start, target) =>
            strips.MultiplyHidden(strip, start, data.Hidden.At(0), target));
        Check(data, data.Sums(null, null), (strips, strip, start, target) =>
            strips.MultiplyHidden(strip, start, Address.None, target));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Multiply_EveryVectorWidth_GivesTheSameBits(int panels)
    {
        foreach ((int first, int second) in new[] { (0, 0), (1, 0), (0, 5), (31, 64) })
        {
            if (panels == 3) CheckWidths<ThreePanels>(first, second); else CheckWidths<FourPanels>(first, second);
        }
    }

    [Theory]
    [InlineData(1, 96)]
    [InlineData(2, 128)]
    [InlineData(3, 48)]
    [InlineData(4, 33)]
    public void Pack_UnitsThatFillNoPanels_IsRefused(int gates, int hidden)
    {
        Assert.False(UnitStrips.Fits(gates, hidden));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new UnitStrips().Pack(Bits.Zeros(gates * hidden, 3), Bits.Zeros(gates * hidden, hidden)));
        Assert.Contains($"{gates} gates of {hidden} units", error.Message, StringComparison.Ordinal);
    }

    private delegate void Product(UnitStrips strips, int strip, Address start, Address target);

    private static void Check(Data data, float[] expected, Product multiply)
    {
        var strips = new UnitStrips();
        strips.Pack(data.InputWeights, data.HiddenWeights);
        Assert.Equal(data.HiddenSize, strips.Count * strips.Units);
        FloatBuffer target = new(data.Columns + 2 * Guard);
        target.Span.Fill(Bits.Sentinel);
        float[] all = [.. target.Span];
        for (int i = 0; i < strips.Count; i++)
        {
            int strip = strips.Count - 1 - i;
            multiply(strips, strip, data.Start.At(0), target.At(Guard));
            for (int gate = 0; gate < data.Gates; gate++)
            {
                int first = gate * data.HiddenSize + strip * strips.Units;
                expected.AsSpan(first, strips.Units).CopyTo(all.AsSpan(Guard + first));
            }

            Bits.AssertEqual(all, target.Span, $"strip {strip}");
        }

        GC.KeepAlive(strips);
    }

    private static void CheckWidths<TPanels>(int first, int second) where TPanels : struct, IPanelCount
    {
        int columns = TPanels.Value * PackedMatrix.PanelWidth, depth = first + second, panelStep = PackedMatrix.PanelWidth + 16;
        FloatBuffer weights = Bits.RandomBuffer(Math.Max(1, depth * columns), 41), left = Bits.RandomBuffer(depth + 1, 42);
        FloatBuffer start = Bits.RandomBuffer(TPanels.Value * panelStep, 43);
        float[] expected = new float[TPanels.Value * panelStep];
        Array.Fill(expected, Bits.Sentinel);
        for (int column = 0; column < columns; column++)
        {
            int place = column / PackedMatrix.PanelWidth * panelStep + column % PackedMatrix.PanelWidth;
            float sum = start.Span[place];
            for (int k = 0; k < depth; k++) sum = MathF.FusedMultiplyAdd(left.Span[k], weights.Span[k * columns + column], sum);
            expected[place] = sum;
        }

        foreach (int lanes in new[] { 16, 8, 4 })
        {
            FloatBuffer target = new(expected.Length);
            target.Span.Fill(Bits.Sentinel);
            var run = new StripRun
            {
                Weights = weights.Pointer, First = left.Pointer, FirstDepth = first, Second = left.Pointer + first,
                SecondDepth = second, Initial = start.Pointer, Target = target.Pointer, PanelStep = panelStep,
            };
            switch (lanes)
            {
                case 16: StripTile<Width512, Vector512<float>, TPanels>.Multiply(ref run); break;
                case 8: StripTile<Width256, Vector256<float>, TPanels>.Multiply(ref run); break;
                default: StripTile<Width128, Vector128<float>, TPanels>.Multiply(ref run); break;
            }

            Bits.AssertEqual(expected, target.Span, $"{lanes} lanes, depth {first} and {second}");
        }

        GC.KeepAlive(weights);
        GC.KeepAlive(left);
        GC.KeepAlive(start);
    }

    private sealed class Data(int gates, int hidden, int inputs)
    {
        public int Gates => gates;

        public int HiddenSize => hidden;

        public int Columns => gates * hidden;

        public Matrix InputWeights { get; } = Bits.RandomMatrix(gates * hidden, inputs, 51);

        public Matrix HiddenWeights { get; } = Bits.RandomMatrix(gates * hidden, hidden, 52);

        public FloatBuffer Start { get; } = Bits.RandomBuffer(gates * hidden, 53);

        public FloatBuffer Input { get; } = Bits.RandomBuffer(inputs, 54);

        public FloatBuffer Hidden { get; } = Bits.RandomBuffer(hidden, 55);

        /// <summary>The sums by a plain loop; without the products of a factor that is null.</summary>
        public float[] Sums(FloatBuffer? input, FloatBuffer? state)
        {
            float[] sums = [.. Start.Span];
            for (int column = 0; column < Columns; column++)
            {
                if (input != null) Add(ref sums[column], input.Span, InputWeights.Row(column));
                if (state != null) Add(ref sums[column], state.Span, HiddenWeights.Row(column));
            }

            return sums;
        }

        private static void Add(ref float sum, ReadOnlySpan<float> left, ReadOnlySpan<float> right)
        {
            for (int k = 0; k < left.Length; k++) sum = MathF.FusedMultiplyAdd(left[k], right[k], sum);
        }
    }
}
