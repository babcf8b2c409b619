namespace Recurant.Reference;

/// <summary>The activation functions and their derivatives, written in terms of their own output.</summary>
internal static class ActivationEquations
{
    /// <summary>f(z).</summary>
    public static double Apply(ReferenceActivation activation, double z) => activation switch
    {
        ReferenceActivation.Tanh => Math.Tanh(z),
        ReferenceActivation.Relu => Math.Max(0, z),
        ReferenceActivation.Sigmoid => Sigmoid(z),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Expected tanh, relu or sigmoid."),
    };

    /// <summary>f applied to every element of a vector.</summary>
    public static double[] Apply(ReferenceActivation activation, ReadOnlySpan<double> z)
    {
        double[] y = new double[z.Length];
        for (int j = 0; j < y.Length; j++) y[j] = Apply(activation, z[j]);
        return y;
    }

    /// <summary>
    /// f'(z), computed from y = f(z): tanh gives 1 - y^2, sigmoid y (1 - y), relu 1 where y > 0 and 0 elsewhere
    /// (at its kink, z = 0, the derivative is taken as 0, as PyTorch does).
    /// </summary>
    public static double GradientFromOutput(ReferenceActivation activation, double y) => activation switch
    {
        ReferenceActivation.Tanh => 1 - y * y,
        ReferenceActivation.Relu => y > 0 ? 1 : 0,
        ReferenceActivation.Sigmoid => y * (1 - y),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Expected tanh, relu or sigmoid."),
    };

    /// <summary>1 / (1 + exp(-z)), arranged so that exp never overflows.</summary>
    public static double Sigmoid(double z)
    {
        double e = Math.Exp(-Math.Abs(z));
        return z >= 0 ? 1 / (1 + e) : e / (1 + e);
    }
}
