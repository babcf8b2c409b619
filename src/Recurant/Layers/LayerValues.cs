namespace Recurant.Layers;

/// <summary>What the rows of a matrix of a batch stand for.</summary>
internal enum RowMeaning
{
    /// <summary>A step of a sequence, time-major as in <see cref="BatchLayout"/>.</summary>
    Steps,

    /// <summary>A sequence, in the batch's order.</summary>
    Sequences,

    /// <summary>Something else, such as the distinct words of a batch.</summary>
    Other,
}

/// <summary>Numbers that a layer left in its memory, with all that is needed to say what each of them is.</summary>
/// <param name="Layer">The layer as people call it: "recurrent layer 0, forward".</param>
/// <param name="What">What the numbers are: "gates", "cell state", "output", "gradient of the gates".</param>
/// <param name="Values">The numbers, a row each.</param>
/// <param name="Rows">What a row is.</param>
/// <param name="Batch">The batch that the rows belong to.</param>
internal sealed record LayerValues(string Layer, string What, Matrix Values, RowMeaning Rows, BatchLayout Batch)
{
    /// <summary>The layer in a sentence: "the word vectors", "recurrent layer 0".</summary>
    public string Place
    {
        get
        {
            string layer = Layer.Split(',')[0];
            return char.IsAsciiDigit(layer[^1]) ? layer : "the " + layer;
        }
    }

    /// <summary>The gates that lie beside one another in a row, each as wide as the others; empty for one vector.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Whether the numbers were computed from the last step to the first.</summary>
    public bool IsBackInTime { get; init; }

    /// <summary>The recurrent layer and direction, counted together as in the stack; below 0 for others.</summary>
    public int Direction { get; init; } = -1;
}
