namespace Recurant.Models;

/// <summary>What an encoder keeps of a batch.</summary>
internal sealed class EncoderMemory
{
    public required RecurrentMemory Recurrent { get; init; }

    public WordMemory Words { get; } = new();

    public RowStore Input { get; } = new();

    public RowStore DInput { get; } = new();

    public RowStore StateMask { get; } = new();

    /// <summary>[rows, D]: the states after dropout.</summary>
    public RowStore Dropped { get; } = new();

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

    private readonly Embedding? _embedding;
    private readonly WordReader? _words;
    private readonly RecurrentStack _stack;
    private readonly Dense _bridge;

    /// <param name="spec">What it is made of.</param>
    /// <param name="embedding">The word vectors; null where the source is vectors.</param>
    /// <param name="startSize">S, the numbers in the decoder's first states.</param>
    public TranslatorEncoder(TranslatorSpec spec, Embedding? embedding, int startSize)
    {
        _embedding = embedding;
        _words = embedding is null ? null : new WordReader(embedding);
        _stack = new RecurrentStack(spec.Encoder);
        _bridge = new Dense("bridge", spec.StateSize, startSize);
        foreach (Parameter parameter in _stack.Parameters) parameter.Name = "encoder." + parameter.Name;
    }

    public RecurrentStack Stack => _stack;

    public Dense Bridge => _bridge;

    /// <summary>All tensors but the word vectors.</summary>
    public IEnumerable<Parameter> Parameters => [.. _stack.Parameters, .. _bridge.Parameters];

    public EncoderMemory CreateMemory() => new() { Recurrent = _stack.CreateMemory() };

    public void Initialise(ulong seed, uint ordinal)
    {
        _stack.Initialise(seed, ordinal);
        _bridge.Initialise(seed, ordinal + 900);
    }

    /// <summary>The states e [rows, D], after dropout; the decoder's first states stand in memory.Start.</summary>
    public Matrix Forward(
        Workers workers, BatchLayout batch, Matrix vectors, EncoderMemory memory, bool keepsHistory, DropoutPlan? dropout)
    {
        _stack.RequireRoom(batch, keepsHistory);
        Matrix input = vectors;
        if (_words is not null)
        {
            input = memory.Input.Reserve(batch.Rows, _embedding!.Size).Rows(batch.Rows);
            _words.DrawMask(batch, memory.Words, dropout);
            _words.Read(workers, batch, memory.Words, dropout, input);
        }

        memory.Recurrent.KeepsHistory = keepsHistory;
        _stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        Matrix states = _stack.Forward(workers, batch, input, memory.Recurrent, dropout);
        Matrix final = memory.Final.Reserve(batch.Sequences, states.Columns).Rows(batch.Sequences);
        FixedPooling.Forward(workers, Pooling.Last, batch, _stack.Spec.Directions, states, final, memory.Pooling);
        int startSize = _bridge.Bias.Count;
        Matrix start = memory.Start.Reserve(batch.Sequences, startSize).Rows(batch.Sequences);
        _bridge.Forward(workers, final, start, memory.Bridge);
        Elementwise.Tanh(start.Span, start.Span);                                                       // (3)
        if (dropout is not { Layers: > 0 } plan) return states;
        Dropout.MakeMask(
            memory.StateMask, batch, states.Columns, plan.Layers, plan.Stream(RandomPurpose.LayerDropout, StatePart));
        Matrix dropped = memory.Dropped.Reserve(batch.Rows, states.Columns).Rows(batch.Rows);
        Dropout.Apply(workers, batch, memory.StateMask, states, dropped);
        return dropped;
    }

    /// <summary>
    /// Adds the gradients of all parameters, given those of the states in memory.DStates and of the decoder's first states in
    /// memory.DStart.
    /// </summary>
    public void Backward(Workers workers, BatchLayout batch, Matrix vectors, EncoderMemory memory, DropoutPlan? dropout)
    {
        Matrix dStates = memory.DStates.Rows(batch.Rows);
        if (dropout is { Layers: > 0 }) Dropout.Apply(workers, batch, memory.StateMask, dStates, dStates);
        Matrix start = memory.Start.Rows(batch.Sequences), dStart = memory.DStart.Rows(batch.Sequences);
        ActivationKernels.GradientFromOutput(Activation.Tanh, start.Span, dStart.Span, dStart.Span);   // (3')
        Matrix final = memory.Final.Rows(batch.Sequences);
        Matrix dFinal = memory.DFinal.Reserve(batch.Sequences, final.Columns).Rows(batch.Sequences);
        _bridge.Backward(workers, final, dStart, dFinal, memory.Bridge);
        FixedPooling.Backward(workers, Pooling.Last, batch, _stack.Spec.Directions, dFinal, dStates, memory.Pooling);
        _stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        if (_words is null)
        {
            _stack.Backward(workers, batch, vectors, dStates, null, memory.Recurrent, dropout);
            return;
        }

        memory.DInput.Reserve(batch.Rows, _embedding!.Size).Clear();
        Matrix dInput = memory.DInput.Rows(batch.Rows);
        _stack.Backward(workers, batch, memory.Input.Rows(batch.Rows), dStates, dInput, memory.Recurrent, dropout);
        _words.AddGradient(workers, batch, memory.Words, dropout, dInput);
    }
}
