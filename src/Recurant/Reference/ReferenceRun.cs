namespace Recurant.Reference;

/// <summary>One sequence, its right answer, and what else a run may be given.</summary>
public sealed record ReferenceExample
{
    /// <summary>The tokens [T]; used with embedding and one-hot input.</summary>
    public int[] Tokens { get; init; } = [];

    /// <summary>The vectors [T,I]; used with <see cref="ReferenceInput.Vectors"/>.</summary>
    public double[] Vectors { get; init; } = [];

    /// <summary>The right classes: one, or with <see cref="ReferencePooling.EveryStep"/> one for each time step [T].</summary>
    public required int[] Labels { get; init; }

    /// <summary>h_0 (s_0 in the preactivation form) [L D, H]; null for zeros. Default: null.</summary>
    public double[]? InitialState { get; init; }

    /// <summary>c_0 of an LSTM [L D, H]; null for zeros. Default: null.</summary>
    public double[]? InitialCell { get; init; }

    /// <summary>Dropout masks; null for none. Default: null.</summary>
    public ReferenceMasks? Masks { get; init; }
}

/// <summary>What a network computed on one example.</summary>
public sealed class ReferenceRun
{
    internal ReferenceRun(ReferenceExample example, double[] inputs, ReferenceStackRun stack, double[] pooled,
        double[] attention, double[][] attentionHidden, double[][] probabilities, double[] losses)
    {
        Example = example;
        Inputs = inputs;
        Stack = stack;
        Pooled = pooled;
        Attention = attention;
        AttentionHidden = attentionHidden;
        Probabilities = probabilities;
        Losses = losses;
    }

    /// <summary>The example.</summary>
    public ReferenceExample Example { get; }

    /// <summary>What the first layer reads, before dropout [T,I].</summary>
    public double[] Inputs { get; }

    /// <summary>What the recurrent layers computed.</summary>
    public ReferenceStackRun Stack { get; }

    /// <summary>The pooled vector [D H]; empty with a label for every step.</summary>
    public double[] Pooled { get; }

    /// <summary>The weight of each time step [T]; empty unless the pooling is attention.</summary>
    public double[] Attention { get; }

    /// <summary>yhat: class probabilities [C] for the sequence, or for each time step.</summary>
    public IReadOnlyList<double[]> Probabilities { get; }

    /// <summary>E_t = -log yhat of the right class: one for the sequence, or one for each time step.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>J = (1/T) sum_t E_t; for one label, E.</summary>
    public double Loss => Losses.Sum() / Losses.Count;

    internal double[][] AttentionHidden { get; }
}
