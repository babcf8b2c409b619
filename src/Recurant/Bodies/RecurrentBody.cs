namespace Recurant.Bodies;

/// <summary>What an input and the recurrent layers over it keep of a batch.</summary>
internal sealed class BodyMemory
{
    public required InputMemory Input { get; init; }

    public required RecurrentMemory Recurrent { get; init; }

    /// <summary>The batch of the last forward pass.</summary>
    public BatchLayout Batch { get; set; } = new();

    /// <summary>Whether a backward pass will follow, for which every step is kept. Default: yes.</summary>
    public bool KeepsHistory { get; set; } = true;
}

/// <summary>
/// An input, and recurrent layers that read it.
/// <code>
/// (1) x_1 .. x_T = input(items)
/// (2) h_1 .. h_T = recurrent(x_1 .. x_T)
/// </code>
/// </summary>
/// <param name="input">What comes in.</param>
/// <param name="stack">The layers.</param>
internal sealed class RecurrentBody(Input input, RecurrentStack stack)
{
    public Input Input => input;

    public RecurrentStack Stack => stack;

    /// <summary>What "recurrent layer 0" is called in reports.</summary>
    public string LayerName { get; init; } = "recurrent layer";

    /// <summary>Whether rows that are learnt from may share rows of the input where the cells allow it. Default: no.</summary>
    public bool SharesInTraining { get; init; }

    public IEnumerable<Parameter> Parameters => input.Parameters.Concat(stack.Parameters);

    public BodyMemory CreateMemory() => new() { Input = input.CreateMemory(), Recurrent = stack.CreateMemory() };

    public void Initialise(ulong seed)
    {
        input.Initialise(seed);
        stack.Initialise(seed, 1000);
    }

    /// <summary>The layers in the order the data passes them, each with its equations.</summary>
    public IEnumerable<LayerDescription> Describe()
    {
        foreach (LayerDescription layer in input.Describe()) yield return layer;
        StackSpec spec = stack.Spec;
        RecurrentCell[] cells = [.. stack.Cells];
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            RecurrentCell[] ofLayer = cells[(layer * spec.Directions)..((layer + 1) * spec.Directions)];
            yield return LayerDescription.Of(
                $"{CellCatalogue.TitleOf(spec)} layer {layer}{(spec.Bidirectional ? ", both directions" : "")}",
                $"[T, {ofLayer[0].InputSize}] -> [T, {spec.OutputSize}]", ofLayer[0].Equations,
                ofLayer.SelectMany(cell => cell.Parameters));
        }
    }

    /// <summary>h [rows, D H] of a batch. Dropout only while training.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="memory">Keeps what the backward pass needs.</param>
    /// <param name="dropout">Only while training.</param>
    /// <param name="hasStates">Whether the first states stand in the memory; otherwise they are zero.</param>
    public Matrix Forward(Workers workers, BatchLayout batch, BodyMemory memory, DropoutPlan? dropout, bool hasStates = false)
    {
        stack.RequireRoom(batch, memory.KeepsHistory);
        input.Begin(batch, memory.Input, dropout);
        Matrix read = input.Read(
            workers, batch, memory.Input, dropout, memory.KeepsHistory, SharesInTraining && stack.MayShareInput);        // (1)
        return Run(workers, batch, memory, read, dropout, hasStates);
    }

    /// <summary>(2), given X.</summary>
    public Matrix Run(
        Workers workers, BatchLayout batch, BodyMemory memory, Matrix read, DropoutPlan? dropout, bool hasStates = false)
    {
        memory.Batch = batch;
        memory.Recurrent.InputRows = memory.Input.Shared;
        memory.Recurrent.KeepsHistory = memory.KeepsHistory;
        if (!hasStates) stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        return stack.Forward(workers, batch, read, memory.Recurrent, dropout);
    }

    /// <summary>Adds the gradients of all parameters, given dh [rows, D H].</summary>
    public void Backward(Workers workers, BatchLayout batch, BodyMemory memory, Matrix dHidden, DropoutPlan? dropout)
    {
        Matrix read = memory.Input.Rows;
        stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        if (!input.NeedsGradient)
        {
            stack.Backward(workers, batch, read, dHidden, null, memory.Recurrent, dropout);                             // (2')
            return;
        }

        memory.Input.DRead.Reserve(read.Rows, read.Columns).Clear();
        Matrix dRead = memory.Input.DRead.Rows(read.Rows);
        stack.Backward(workers, batch, read, dHidden, dRead, memory.Recurrent, dropout);
        input.AddGradient(workers, batch, memory.Input, dropout, dRead);                                                // (1')
    }

    /// <summary>
    /// What was left in the memory, in the order it was computed; after the backward pass gradients, from the top.
    /// </summary>
    public IEnumerable<LayerValues> Values(BodyMemory memory, bool afterBackward)
    {
        IEnumerable<LayerValues> layers = stack.Values(memory.Recurrent, memory.Batch, afterBackward, LayerName);
        return afterBackward ? layers : input.Values(memory.Input, memory.Batch).Concat(layers);
    }
}
