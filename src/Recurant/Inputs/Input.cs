namespace Recurant.Inputs;

/// <summary>What an input keeps of a batch.</summary>
internal class InputMemory
{
    /// <summary>X: [rows, I], or [distinct tokens, I] where rows of the batch share them.</summary>
    public RowStore Read { get; } = new();

    /// <summary>dX, as many rows.</summary>
    public RowStore DRead { get; } = new();

    /// <summary>The rows of X that were read last.</summary>
    public Matrix Rows { get; set; }

    /// <summary>If not empty, row r of the batch reads row Shared[r] of X.</summary>
    public ReadOnlyMemory<int> Shared { get; set; }
}

/// <summary>
/// What comes in: the items of a batch become the rows X that recurrent layers read, and gradients of the rows those of the
/// input's own parameters.
/// </summary>
internal abstract class Input
{
    /// <summary>All tensors, in the order of the model file.</summary>
    public virtual IEnumerable<Parameter> Parameters => [];

    /// <summary>Whether anything that is read is trained.</summary>
    public virtual bool NeedsGradient => false;

    public virtual InputMemory CreateMemory() => new();

    public virtual void Initialise(ulong seed)
    {
    }

    /// <summary>The layers in the order the data passes them.</summary>
    public virtual IEnumerable<LayerDescription> Describe() => [];

    /// <summary>
    /// Draws what is drawn once a batch, whether it is then read at once or in segments. Dropout only while training.
    /// </summary>
    public virtual void Begin(BatchLayout batch, InputMemory memory, DropoutPlan? dropout)
    {
    }

    /// <summary>X of a batch that has begun; nothing where the batch's tokens are read as one-hot vectors.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="memory">Keeps what the backward pass needs.</param>
    /// <param name="dropout">Only while training.</param>
    /// <param name="keepsHistory">Whether a backward pass will follow.</param>
    /// <param name="mayShare">Whether rows of the batch may share rows of X though a backward pass will follow.</param>
    public abstract Matrix Read(
        Workers workers, BatchLayout batch, InputMemory memory, DropoutPlan? dropout, bool keepsHistory, bool mayShare);

    /// <summary>Adds the gradients of the parameters, given dX of what was read last; dX is changed.</summary>
    public virtual void AddGradient(Workers workers, BatchLayout batch, InputMemory memory, DropoutPlan? dropout, Matrix dRead)
    {
    }

    /// <summary>What was read last, with what its rows are; nothing where there is nothing to look at.</summary>
    public virtual IEnumerable<LayerValues> Values(InputMemory memory, BatchLayout batch) => [];
}

/// <summary>Vectors that are there already, such as numbers or the strips of an image.</summary>
internal sealed class VectorsInput : Input
{
    /// <summary>What was set as <see cref="InputMemory.Rows"/>.</summary>
    public override Matrix Read(
        Workers workers, BatchLayout batch, InputMemory memory, DropoutPlan? dropout, bool keepsHistory,
            bool mayShare) => memory.Rows;
}
