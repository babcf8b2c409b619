namespace Recurant.Models;

/// <summary>What a network keeps of a batch from the forward to the backward pass; one per thread of control.</summary>
internal abstract class NetworkMemory
{
    /// <summary>Whether a way back will follow, for which every step is kept. Default: yes.</summary>
    public bool KeepsHistory { get; set; } = true;

    /// <summary>
    /// Whether recurrent layers run in segments and compute them a second time on the way back; networks without recurrent
    /// layers have nothing to do for it. Default: no.
    /// </summary>
    public bool Recomputes { get; set; }

    /// <summary>
    /// What the numbers of a batch speak of, where the network reads characters; it leaves the numbers of words in the batch.
    /// Null: they are those of words. Default: null.
    /// </summary>
    public WordForms? Forms { get; set; }

    /// <summary>[B, C], in the batch's order.</summary>
    public RowStore Logits { get; } = new();

    public DenseMemory Output { get; } = new();
}

/// <summary>A network that gives every sequence of a batch one row of logits.</summary>
internal abstract class ClassifierNetwork
{
    /// <summary>All tensors, in the order of the model file.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The layers in the order the data passes them, each with its equation.</summary>
    public abstract IReadOnlyList<LayerDescription> Describe();

    /// <summary>This network, where its layers are recurrent; else null.</summary>
    public virtual RecurrentNetwork? Recurrent => null;

    public abstract void Initialise(ulong seed);

    public abstract NetworkMemory CreateMemory();

    /// <summary>The logits [B, C] of a batch, in the batch's order. Dropout only while training.</summary>
    public abstract Matrix Forward(Workers workers, BatchLayout batch, NetworkMemory memory, DropoutPlan? dropout);

    /// <summary>Adds the gradients of all parameters, given those of the logits.</summary>
    public abstract void Backward(
        Workers workers, BatchLayout batch, NetworkMemory memory, Matrix dLogits, DropoutPlan? dropout);

    /// <summary>The first layer of the last forward pass whose output holds NaN or infinity; null if all are finite.</summary>
    public abstract string? FirstNonFinite(NetworkMemory memory, BatchLayout batch);

    /// <summary>What the layers left in the memory of a batch, in the order it was computed.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="afterBackward">Whether the way back has been gone: then gradients stand where values were.</param>
    public virtual IEnumerable<LayerValues> Values(NetworkMemory memory, BatchLayout batch, bool afterBackward) =>
        [LogitValues(memory, batch, afterBackward)];

    protected static LayerValues LogitValues(NetworkMemory memory, BatchLayout batch, bool afterBackward) => new(
        "output layer", afterBackward ? "gradient of the logits" : "logits", memory.Logits.Rows(batch.Sequences),
        RowMeaning.Sequences, batch);

    internal static bool IsFinite(Matrix matrix)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            foreach (float value in matrix.Row(row))
            {
                if (!float.IsFinite(value)) return false;
            }
        }

        return true;
    }

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

/// <summary>One layer as a person would describe it.</summary>
/// <param name="Name">What it is, for example "LSTM, both directions".</param>
/// <param name="Shape">What goes in and out, for example "[T, 100] -> [T, 256]".</param>
/// <param name="Equations">Its equations in plain ASCII.</param>
/// <param name="Tensors">The names of its tensors.</param>
/// <param name="ParameterCount">The number of its parameters.</param>
public sealed record LayerDescription(
    string Name, string Shape, IReadOnlyList<string> Equations, IReadOnlyList<string> Tensors, int ParameterCount)
{
    internal static LayerDescription Of(
        string name, string shape, IReadOnlyList<string> equations, IEnumerable<Parameter> parameters)
    {
        Parameter[] list = [.. parameters];
        return new LayerDescription(name, shape, equations, [.. list.Select(p => p.Name)], list.Sum(p => p.Count));
    }
}
