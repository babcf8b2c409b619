namespace Recurant.Tests.Layers;

/// <summary>The fading of values that are missing, against its equations in double precision.</summary>
public class InputDecayTests
{
    // Single precision of a product of three; a missing factor gives more than 1e-2.
    private const double Tolerance = 1e-6;

    // Differences of the double precision forward pass at 1e-5: the error of the method is below 1e-8.
    private const double GradientTolerance = 1e-5, Step = 1e-5;
    private const int Width = 8, Columns = 2;

    private static readonly int[] s_lengths = [3, 1, 5];

    /// <summary>Two columns, the second in two steps of a row; a number stands before and behind them.</summary>
    private static readonly (int Value, int Mask, int Age, int Column)[] s_places = [(1, 2, 3, 0), (4, 5, 6, 1)];

    /// <summary>The second rate is below 0: there the value does not fade at first.</summary>
    private static readonly float[] s_rates = [0.3f, -0.2f], s_biases = [0.1f, 0.9f];

    [Fact]
    public void Forward_Values_FadeWhereTheyAreMissing()
    {
        float[] x = Numbers();
        (_, float[] y, _) = Run(x, null);
        Near.AssertEqual(Expected(Doubles(x), Doubles(s_rates), Doubles(s_biases)), y, Tolerance, "y");
        // By hand: known, as it is; missing for two steps, e^(-0.3 * 2 - 0.1) = 0.4966 of it.
        (_, y, _) = Run(Row(0.5f, isKnown: true, age: 7).Concat(Row(0.5f, isKnown: false, age: 2)).ToArray(), null, [2]);
        Assert.Equal(0.5f, y[1]);
        Assert.Equal(0.24829f, y[Width + 1], 1e-5);
        Assert.Equal(1.09861f, y[Width + 3], 1e-5);
    }

    [Fact]
    public void Backward_AnyValues_IsTheSlopeInDoublePrecision()
    {
        float[] x = Numbers(), dy = Bits.Random(x.Length, 17);
        (InputDecay layer, _, float[] dx) = Run(x, dy);
        (double[] values, double[] rates, double[] biases) = (Doubles(x), Doubles(s_rates), Doubles(s_biases));
        double Loss() => Expected(values, rates, biases).Select((value, i) => value * dy[i]).Sum();
        double[] slopes = Slopes(values, Loss);
        for (int i = 0; i < slopes.Length; i++)
        {
            // Masks and ages are given.
            if (i % Width is 2 or 3 or 5 or 6) slopes[i] = 0;
        }

        Near.AssertEqual(slopes, dx, GradientTolerance, "dx");
        Near.AssertEqual(Slopes(rates, Loss), layer.Rate.Gradient, GradientTolerance, "dw");
        Near.AssertEqual(Slopes(biases, Loss), layer.Bias.Gradient, GradientTolerance, "db");
        Assert.All(layer.Rate.Gradient.ToArray(), value => Assert.NotEqual(0f, value));
    }

    private static double[] Expected(double[] x, double[] rates, double[] biases)
    {
        double[] y = [.. x];
        for (int row = 0; row < x.Length; row += Width)
        {
            foreach ((int value, int mask, int age, int k) in s_places)
            {
                double decay = Math.Exp(-Math.Max(0, rates[k] * x[row + age] + biases[k]));
                y[row + value] = x[row + mask] * x[row + value] + (1 - x[row + mask]) * decay * x[row + value];
                y[row + age] = Math.Log(1 + x[row + age]);
            }
        }

        return y;
    }

    private static (InputDecay Layer, float[] Y, float[] Dx) Run(float[] x, float[]? dy, int[]? lengths = null)
    {
        var layer = new InputDecay(Width, s_places);
        s_rates.CopyTo(layer.Rate.Value);
        s_biases.CopyTo(layer.Bias.Value);
        SequenceBatch input = SequenceBatch.Of(lengths ?? s_lengths, x, Width);
        input.WantsGradient = true;
        var pass = new Pass(threads: 1);
        pass.Begin();
        SequenceBatch output = layer.Forward(pass, input);
        (float[] y, float[] dx) = (new float[x.Length], new float[x.Length]);
        Each(lengths ?? s_lengths, (i, t, at) => output[i, t].CopyTo(y.AsSpan(at)));
        if (dy is null) return (layer, y, dx);
        Each(s_lengths, (i, t, at) => dy.AsSpan(at, Width).CopyTo(output.GradientOf(i, t)));
        pass.Backward();
        Each(s_lengths, (i, t, at) => input.GradientOf(i, t).CopyTo(dx.AsSpan(at)));
        return (layer, y, dx);
    }

    private static void Each(int[] lengths, Action<int, int, int> act)
    {
        for (int i = 0, at = 0; i < lengths.Length; i++)
        {
            for (int t = 0; t < lengths[i]; t++, at += Width) act(i, t, at);
        }
    }

    private static float[] Row(float value, bool isKnown, float age) => [9, value, isKnown ? 1 : 0, age, 0, 1, 0, 9];

    /// <summary>Values, masks and ages 0 to 8, for which the second column is on both sides of its bend.</summary>
    private static float[] Numbers()
    {
        float[] x = Bits.Random(s_lengths.Sum() * Width, 5);
        for (int row = 0, at = 0; at < x.Length; row++, at += Width)
        {
            (x[at + 2], x[at + 5]) = (row % 3 == 0 ? 1 : 0, row % 2);
            (x[at + 3], x[at + 6]) = (row, (row * 5) % 9);
        }

        return x;
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];

    private static double[] Slopes(double[] at, Func<double> loss)
    {
        var slopes = new double[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            double kept = at[i];
            at[i] = kept + Step;
            double above = loss();
            at[i] = kept - Step;
            slopes[i] = (above - loss()) / (2 * Step);
            at[i] = kept;
        }

        return slopes;
    }
}
