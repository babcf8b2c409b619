namespace Recurant.Samples.Tests;

/// <summary>
/// The network of the sample ByHand, computed here once more without the library: the forward pass from its equations, the
/// gradients as slopes of the loss.
/// </summary>
internal static class ThreeWords
{
    /// <summary>The sample prints six decimals; a slope over 2e-6 adds an error of about 1e-10.</summary>
    private const double Rounding = 0.6e-6;

    private const double Step = 1e-6;
    private const int Units = 2, Words = 3, Classes = 2;

    private static readonly int[] s_right = [1, 1, 0];
    private static readonly double[] s_u = [0.5, 0.1, -0.3, -0.2, 0.4, 0.7];
    private static readonly double[] s_w = [0.6, -0.4, 0.3, 0.2];
    private static readonly double[] s_v = [-1.0, 0.8, 0.9, -0.7];

    /// <summary>Holds every number that the sample printed against the numbers found here.</summary>
    public static void Check(string[] lines)
    {
        List<double[]> steps = Forward(out double loss);
        for (int t = 0; t < Words; t++) Equal([.. steps[t], -Math.Log(steps[t][Units + s_right[t]])], lines[t]);
        Equal([loss], Line(lines, "J = "));
        Equal(Slopes(s_u), Line(lines, "dJ/dU = "));
        Equal(Slopes(s_w), Line(lines, "dJ/dW = "));
        Equal(Slopes(s_v), Line(lines, "dJ/dV = "));
        double slope = Slopes(s_w)[1];
        Equal([slope, slope], Line(lines, "dJ/dW[1,2]: "));
        double[] lags = SampleProgram.Numbers(Line(lines, "|dE_3/dH_k|"));
        Assert.Equal(3, lags.Length);
        Assert.True(lags[0] > lags[1] && lags[1] > lags[2] && lags[2] > 0, "The gradient should shrink in its backward pass.");
    }

    /// <summary>H_t and y_t of every step, one after the other, and J.</summary>
    private static List<double[]> Forward(out double loss)
    {
        var steps = new List<double[]>();
        double[] h = new double[Units];
        loss = 0;
        for (int t = 0; t < Words; t++)
        {
            double[] before = h;
            h = [.. Enumerable.Range(0, Units).Select(j =>
                Math.Tanh(s_u[j * Words + t] + s_w[j * Units] * before[0] + s_w[j * Units + 1] * before[1]))];
            double[] scores = [.. Enumerable.Range(0, Classes).Select(c =>
                Math.Exp(s_v[c * Units] * h[0] + s_v[c * Units + 1] * h[1]))];
            double[] y = [.. scores.Select(score => score / scores.Sum())];
            loss -= Math.Log(y[s_right[t]]) / Words;
            steps.Add([.. h, .. y]);
        }

        return steps;
    }

    private static double[] Slopes(double[] weights)
    {
        double[] slopes = new double[weights.Length];
        for (int i = 0; i < slopes.Length; i++)
        {
            double start = weights[i];
            weights[i] = start + Step;
            Forward(out double above);
            weights[i] = start - Step;
            Forward(out double below);
            weights[i] = start;
            slopes[i] = (above - below) / (2 * Step);
        }

        return slopes;
    }

    private static string Line(string[] lines, string start) =>
        lines.Single(line => line.StartsWith(start, StringComparison.Ordinal));

    private static void Equal(double[] expected, string line)
    {
        double[] printed = SampleProgram.Numbers(line);
        Assert.True(
            printed.Length == expected.Length && printed.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) < Rounding),
            $"Expected {string.Join(" ", expected)} in the line:\n{line}");
    }
}
