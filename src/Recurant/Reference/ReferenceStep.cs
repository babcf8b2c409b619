namespace Recurant.Reference;

/// <summary>Everything that one layer and direction computed at one time step.</summary>
public abstract record ReferenceStep
{
    private protected ReferenceStep()
    {
    }

    /// <summary>x_t [I]: what the step read, after dropout.</summary>
    public required double[] Input { get; init; }

    /// <summary>The state before the step [H]: h_{t-1}, or s_{t-1} in the preactivation form.</summary>
    public required double[] PreviousState { get; init; }

    /// <summary>m [H]: the mask of the recurrent dropout; null for none.</summary>
    public double[]? Mask { get; init; }

    /// <summary>The state after the step [H]: h_t, or s_t in the preactivation form.</summary>
    public required double[] State { get; init; }

    /// <summary>The memory cell c_t of an LSTM [H]; empty for other cells.</summary>
    public double[] Cell { get; init; } = [];

    /// <summary>What the layer above reads [H]: h_t, or f(s_t) in the preactivation form.</summary>
    public required double[] Output { get; init; }
}

/// <summary>A step of an Elman cell.</summary>
public sealed record ElmanStep : ReferenceStep
{
    internal ElmanStep()
    {
    }

    /// <summary>What W_hh was multiplied with [H]: h_{t-1} or f(s_{t-1}), times the mask of the recurrent dropout.</summary>
    public required double[] Recurrent { get; init; }

    /// <summary>The sum before the activation, z_t or s_t [H].</summary>
    public required double[] Preactivation { get; init; }
}

/// <summary>A step of an LSTM cell.</summary>
public sealed record LstmStep : ReferenceStep
{
    internal LstmStep()
    {
    }

    /// <summary>c_{t-1} [H].</summary>
    public required double[] PreviousCell { get; init; }

    /// <summary>The input gate i_t [H].</summary>
    public required double[] InputGate { get; init; }

    /// <summary>The forget gate f_t [H].</summary>
    public required double[] ForgetGate { get; init; }

    /// <summary>The candidate g_t [H].</summary>
    public required double[] Candidate { get; init; }

    /// <summary>The output gate o_t [H].</summary>
    public required double[] OutputGate { get; init; }
}

/// <summary>A step of a GRU cell.</summary>
public sealed record GruStep : ReferenceStep
{
    internal GruStep()
    {
    }

    /// <summary>The reset gate r_t [H].</summary>
    public required double[] ResetGate { get; init; }

    /// <summary>The update gate z_t [H].</summary>
    public required double[] UpdateGate { get; init; }

    /// <summary>The candidate n_t [H].</summary>
    public required double[] Candidate { get; init; }

    /// <summary>
    /// The hidden part of the candidate [H]: W_hn h + b_hn (reset inside) or W_hn (r * h) + b_hn (reset outside).
    /// </summary>
    public required double[] CandidateHiddenPart { get; init; }
}
