namespace Recurant.Models;

/// <summary>What a classifier's network keeps of a batch.</summary>
internal abstract class ClassifierMemory : NetworkMemory
{
    /// <summary>Whether a backward pass will follow, for which every step is kept. Default: yes.</summary>
    public virtual bool KeepsHistory { get; set; } = true;

    /// <summary>
    /// Whether recurrent layers run in segments and compute them a second time in the backward pass; networks without recurrent
    /// layers have nothing to do for it. Default: no.
    /// </summary>
    public bool Recomputes { get; set; }

    /// <summary>
    /// What the numbers of a batch speak of, where the network reads characters; it leaves the numbers of words in the batch.
    /// Null: they are those of words. Default: null.
    /// </summary>
    public virtual WordForms? Forms { get; set; }

    /// <summary>The batch of the last forward pass.</summary>
    public BatchLayout Batch { get; set; } = new();

    /// <summary>[B, C], in the batch's order.</summary>
    public RowStore Logits { get; } = new();

    public override IEnumerable<LayerValues> Values(bool afterBackward) => [LogitValues(afterBackward)];

    protected LayerValues LogitValues(bool afterBackward) => new(
        "output layer", afterBackward ? "gradient of the logits" : "logits", Logits.Rows(Batch.Sequences), RowMeaning.Sequences,
        Batch);
}

/// <summary>A network that gives every sequence of a batch one row of logits.</summary>
internal abstract class ClassifierNetwork
{
    /// <summary>All tensors, in the order of the model file.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The layers in the order the data passes them, each with its equation.</summary>
    public abstract IReadOnlyList<LayerDescription> Describe();

    /// <summary>The cells of the recurrent layers. Default: none.</summary>
    public virtual IEnumerable<RecurrentCell> Cells => [];

    /// <summary>This network, where its layers are recurrent; else null.</summary>
    public virtual RecurrentNetwork? Recurrent => null;

    public abstract void Initialise(ulong seed);

    public abstract ClassifierMemory CreateMemory();

    /// <summary>The logits [B, C] of a batch, in the batch's order. Dropout only while training.</summary>
    public abstract Matrix Forward(Workers workers, BatchLayout batch, ClassifierMemory memory, DropoutPlan? dropout);

    /// <summary>Adds the gradients of all parameters, given those of the logits.</summary>
    public abstract void Backward(
        Workers workers, BatchLayout batch, ClassifierMemory memory, Matrix dLogits, DropoutPlan? dropout);

    /// <summary>The network of a specification, its parameters zero.</summary>
    public static ClassifierNetwork Create(ClassifierSpec spec)
    {
        spec.Validate();
        return spec.Model switch
        {
            ModelKind.Recurrent => new RecurrentNetwork(spec),
            ModelKind.FeedForward => new FeedForwardNetwork(spec),
            _ => new BagOfWordsNetwork(spec),
        };
    }
}
