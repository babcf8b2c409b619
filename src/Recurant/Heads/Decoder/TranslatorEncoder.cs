namespace Recurant.Heads;

/// <summary>What an encoder keeps of a batch.</summary>
internal sealed class EncoderMemory(RecurrentBody body)
{
    public BodyMemory Body { get; } = body.CreateMemory();

    public RecurrentMemory Recurrent => Body.Recurrent;

    /// <summary>[rows, I].</summary>
    public RowStore Input => Body.Input.Read;

    /// <summary>The states after dropout.</summary>
    public DroppedRows States { get; } = new();

    public RowStore DStates { get; } = new();

    public PoolingMemory Pooling { get; } = new();

    /// <summary>[B, D]: the last state of each direction.</summary>
    public RowStore Final { get; } = new();

    public RowStore DFinal { get; } = new();

    public DenseMemory Bridge { get; } = new();

    /// <summary>[B, S]: what the decoder's states start from.</summary>
    public RowStore Start { get; } = new();

    public RowStore DStart { get; } = new();
}

/// <summary>
/// Reads the source in both directions.
/// <code>
/// (1) x_s = E[w_s], or vectors that were given
/// (2) e_1 .. e_S = recurrent(x_1 .. x_S)
/// (3) start = tanh(W_b [e_S forward, e_1 backward] + b_b), cut into the first states of the decoder's layers
/// </code>
/// </summary>
internal sealed class TranslatorEncoder
{
    private const uint StatePart = 200;

    private readonly Dense _bridge;

    /// <param name="spec">What it is made of.</param>
    /// <param name="embedding">The word vectors; null where the source is vectors.</param>
    /// <param name="startSize">S, the numbers in the decoder's first states.</param>
    public TranslatorEncoder(TranslatorSpec spec, Embedding? embedding, int startSize)
    {
        Body = new RecurrentBody(
            embedding is null ? new VectorsInput() : new WordsInput(embedding) { Token = "encoder's word" },
            new RecurrentStack(spec.Encoder)) { LayerName = "encoder layer" };
        _bridge = new Dense("bridge", spec.StateSize, startSize);
        foreach (Parameter parameter in Stack.Parameters) parameter.Name = "encoder." + parameter.Name;
    }

    /// <summary>(1) and (2).</summary>
    public RecurrentBody Body { get; }

    public RecurrentStack Stack => Body.Stack;

    public Dense Bridge => _bridge;

    /// <summary>All tensors but the word vectors.</summary>
    public IEnumerable<Parameter> Parameters => [.. Stack.Parameters, .. _bridge.Parameters];

    public EncoderMemory CreateMemory() => new(Body);

    public void Initialise(ulong seed, uint ordinal)
    {
        Stack.Initialise(seed, ordinal);
        _bridge.Initialise(seed, ordinal + 900);
    }

    /// <summary>The states e [rows, D], after dropout; the decoder's first states stand in memory.Start.</summary>
    public Matrix Forward(
        Workers workers, BatchLayout batch, Matrix vectors, EncoderMemory memory, bool keepsHistory, DropoutPlan? dropout)
    {
        memory.Body.Input.Rows = vectors;
        memory.Body.KeepsHistory = keepsHistory;
        Matrix states = Body.Forward(workers, batch, memory.Body, dropout);
        Matrix final = memory.Final.Reserve(batch.Sequences, states.Columns).Rows(batch.Sequences);
        FixedPooling.Forward(workers, Pooling.Last, batch, Stack.Spec.Directions, states, final, memory.Pooling);
        int startSize = _bridge.Bias.Count;
        Matrix start = memory.Start.Reserve(batch.Sequences, startSize).Rows(batch.Sequences);
        _bridge.Forward(workers, final, start, memory.Bridge);
        Elementwise.Tanh(start.Span, start.Span);                                                       // (3)
        return memory.States.Drop(
            workers, batch, states, dropout?.Layers ?? 0, dropout, RandomPurpose.LayerDropout, StatePart);
    }

    /// <summary>
    /// Adds the gradients of all parameters, given those of the states in memory.DStates and of the decoder's first states in
    /// memory.DStart.
    /// </summary>
    public void Backward(Workers workers, BatchLayout batch, EncoderMemory memory, DropoutPlan? dropout)
    {
        Matrix dStates = memory.DStates.Rows(batch.Rows);
        memory.States.DropGradient(workers, batch, dStates);
        Matrix start = memory.Start.Rows(batch.Sequences), dStart = memory.DStart.Rows(batch.Sequences);
        ActivationKernels.GradientFromOutput(Activation.Tanh, start.Span, dStart.Span, dStart.Span);   // (3')
        Matrix final = memory.Final.Rows(batch.Sequences);
        Matrix dFinal = memory.DFinal.Reserve(batch.Sequences, final.Columns).Rows(batch.Sequences);
        _bridge.Backward(workers, final, dStart, dFinal, memory.Bridge);
        FixedPooling.Backward(workers, Pooling.Last, batch, Stack.Spec.Directions, dFinal, dStates, memory.Pooling);
        Body.Backward(workers, batch, memory.Body, dStates, dropout);
    }
}
