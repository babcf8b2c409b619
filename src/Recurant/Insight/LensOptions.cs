namespace Recurant.Insight;

/// <summary>What <see cref="GradientLens"/> looks at.</summary>
public sealed record LensOptions : InsightRecord
{
    /// <summary>
    /// The number of sequences, 1 to 4096: the first of the data; of running text as many windows, evenly apart. Default: 32.
    /// </summary>
    public int Sequences { get; init; } = 32;

    /// <summary>
    /// Of language models: the tokens of a window, which is read from zero states. Default: null, what training would take, 35
    /// words or subwords or 100 characters.
    /// </summary>
    public int? Window { get; init; }

    /// <summary>
    /// Whether to split the gradient of the weights by t - k for every step t at which the loss reads the last layer, which takes
    /// time and products in the order of T^2. Where the loss reads one step it is exact without that. Default: no.
    /// </summary>
    public bool IsExact { get; init; }

    /// <summary>
    /// How many steps back the Jacobians dh_t/dh_k of one sequence are followed; 0 for none. Default: null, as many as
    /// <see cref="StateJacobians.Budget"/> multiplications allow, and none of a state of more than
    /// <see cref="StateJacobians.MostNumbers"/> numbers.
    /// </summary>
    public int? JacobianSteps { get; init; }

    /// <summary>Of fresh weights: what W_hh is multiplied by after the usual start. Default: 1.</summary>
    public float Gain { get; init; } = 1f;

    /// <summary>The number of threads; 0 for one a core. Default: 0.</summary>
    public int Threads { get; init; }

    internal Workers Workers => Workers.Asked(Threads);

    internal void Validate()
    {
        Require(Sequences is >= 1 and <= 4096, Sequences, "1 to 4096");
        Require(Window is null or >= 1, Window, "1 or more");
        Require(JacobianSteps is null or >= 0, JacobianSteps, "0 or more");
        Require(Gain > 0 && float.IsFinite(Gain), Gain, "above 0");
    }
}
