namespace Recurant.Layers;

/// <summary>What a stack keeps of a batch.</summary>
internal sealed class RecurrentMemory
{
    public required CellMemory[] Cells { get; init; }

    /// <summary>[rows, D H] for each layer.</summary>
    public required RowStore[] Outputs { get; init; }

    /// <summary>The outputs after dropout, where a layer above reads them.</summary>
    public required RowStore[] Dropped { get; init; }

    public required RowStore[] DOutputs { get; init; }

    public required RowStore[] Masks { get; init; }

    public bool HasInitialState { get; set; }

    /// <summary>
    /// Whether the backward pass computes the gradients of initial states that nobody has given. Without it
    /// memory.Cells[i].DHidden
    /// and DCell hold nothing of use after the backward pass, and the first step is spared a product.
    /// </summary>
    public bool WantsInitialGradient { get; set; }

    /// <summary>
    /// If not empty, the input of the lowest layer has fewer rows than the batch, and row r of the batch reads row
    /// InputRows[r] of it; its gradient has as many rows. Where a backward pass follows, only if
    /// <see cref="RecurrentStack.MayShareInput"/>.
    /// </summary>
    public ReadOnlyMemory<int> InputRows { get; set; }

    /// <summary>
    /// Whether the initial states are those after a step before (h and c of a segment's first step) instead of states given
    /// from outside. They differ in the pre-activation form alone, where a given state is s and not h.
    /// </summary>
    public bool Continues { get; set; }

    /// <summary>
    /// Whether a backward pass will follow, for which every step is kept; otherwise only the outputs are. Default: yes.
    /// </summary>
    public bool KeepsHistory { get; set; } = true;
}
