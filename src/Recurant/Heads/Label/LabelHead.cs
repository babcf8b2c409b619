namespace Recurant.Heads;

/// <summary>What a head that gives labels keeps of a batch.</summary>
internal sealed class LabelMemory
{
    public PoolingMemory Pooling { get; } = new();

    /// <summary>[B, D H], after dropout.</summary>
    public RowStore Pooled { get; } = new();

    public RowStore DPooled { get; } = new();

    /// <summary>[rows, D H]: the gradient of the states.</summary>
    public RowStore DHidden { get; } = new();

    public RowStore Mask { get; } = new();

    public DenseMemory Output { get; } = new();
}

/// <summary>
/// One label for a sequence.
/// <code>
/// (1) p = pool(h_1 .. h_T)
/// (2) y = softmax(V p + b), with direct connections y = softmax(V p + b + d)
/// </code>
/// </summary>
internal sealed class LabelHead
{
    private readonly Pooling _pooling;
    private readonly int _classes;
    private readonly StackSpec _below;
    private readonly AttentionPooling? _attention;

    /// <param name="pooling">How the outputs of all steps become one vector.</param>
    /// <param name="classes">C.</param>
    /// <param name="below">The recurrent layers below.</param>
    /// <param name="direct">Connections from words to the output, if there are to be any.</param>
    public LabelHead(Pooling pooling, int classes, StackSpec below, DirectConnections? direct)
    {
        (_pooling, _classes, _below, Direct) = (pooling, classes, below, direct);
        _attention = pooling == Pooling.Attention ? new AttentionPooling(below.OutputSize, below.HiddenSize) : null;
        Output = new Dense("output", below.OutputSize, classes);
    }

    /// <summary>V and b.</summary>
    public Dense Output { get; }

    /// <summary>Where words and pairs are connected to the output directly.</summary>
    public DirectConnections? Direct { get; }

    public IEnumerable<Parameter> Parameters =>
        [.. PoolingParameters, .. Output.Parameters, .. Direct is null ? [] : new[] { Direct.Weights }];

    /// <summary>Those of the attention, if it pools.</summary>
    public IReadOnlyList<Parameter> PoolingParameters => _attention?.Parameters ?? [];

    public void Initialise(ulong seed)
    {
        _attention?.Initialise(seed, 100);
        Output.Initialise(seed, 200);
    }

    public IEnumerable<LayerDescription> Describe()
    {
        string equation = _pooling switch
        {
            Pooling.Last => _below.Bidirectional ? "p = [h_T forward, h_1 backward]" : "p = h_T",
            Pooling.Mean => "p = (1/T) sum_t h_t",
            Pooling.Max => "p_j = max_t h_(t,j)",
            _ => "u_t = tanh(W_a h_t + b_a); a = softmax_t(q . u_t); p = sum_t a_t h_t",
        };
        yield return LayerDescription.Of(
            $"pooling ({_pooling.ToString().ToLowerInvariant()})", $"[T, {_below.OutputSize}] -> [{_below.OutputSize}]",
                [equation],
            PoolingParameters);
        if (Direct is not null)
        {
            yield return LayerDescription.Of(
                "direct connections", $"[T] -> [{_classes}]",
                ["d = (1 / sqrt(2T + 1)) (sum_t D[w_t] + sum_t D[V + hash(w_(t-1), w_t)])"], [Direct.Weights]);
        }

        yield return LayerDescription.Of(
            "softmax", $"[{_below.OutputSize}] -> [{_classes}]",
            [Direct is null ? "y = softmax(V p + b)" : "y = softmax(V p + b + d)"], Output.Parameters);
    }

    /// <summary>The memory of the pooled vectors, for those who pool a batch piece by piece.</summary>
    public Matrix Pooled(BatchLayout batch, LabelMemory memory) =>
        memory.Pooled.Reserve(batch.Sequences, _below.OutputSize).Rows(batch.Sequences);

    /// <summary>(1) of all steps.</summary>
    public void Pool(Workers workers, BatchLayout batch, Matrix h, LabelMemory memory)
    {
        Matrix pooled = Pooled(batch, memory);
        if (_attention is not null)
        {
            _attention.Forward(workers, batch, h, pooled, memory.Pooling.Attention);
        }
        else
        {
            FixedPooling.Forward(workers, _pooling, batch, _below.Directions, h, pooled, memory.Pooling);
        }
    }

    /// <summary>(2) without the softmax, given the pooled vectors in the memory.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="memory">Holds the pooled vectors.</param>
    /// <param name="dropout">Only while training.</param>
    /// <param name="logits">[B, C], written.</param>
    /// <param name="readsWords">Whether direct connections play their part: they go by the words of the batch.</param>
    public void Forward(
        Workers workers, BatchLayout batch, LabelMemory memory, DropoutPlan? dropout, Matrix logits, bool readsWords = true)
    {
        Matrix pooled = memory.Pooled.Rows(batch.Sequences);
        if (dropout is { Output: > 0 } plan)
        {
            Dropout.MakeMask(memory.Mask, batch, pooled.Columns, plan.Output, plan.Stream(RandomPurpose.OutputDropout));
            Elementwise.Multiply(pooled.Span, memory.Mask.Rows(batch.Sequences).Span, pooled.Span);
        }

        Output.Forward(workers, pooled, logits, memory.Output);
        if (readsWords) Direct?.Forward(batch, logits);
    }

    /// <summary>(2'): the gradient of the pooled vectors, in memory.DPooled.</summary>
    public void Backward(
        Workers workers, BatchLayout batch, LabelMemory memory, DropoutPlan? dropout, Matrix dLogits, bool readsWords = true)
    {
        Matrix pooled = memory.Pooled.Rows(batch.Sequences);
        Matrix dPooled = memory.DPooled.Reserve(batch.Sequences, pooled.Columns).Rows(batch.Sequences);
        Output.Backward(workers, pooled, dLogits, dPooled, memory.Output);
        if (readsWords) Direct?.Backward(batch, dLogits);
        if (dropout is not { Output: > 0 }) return;
        Elementwise.Multiply(dPooled.Span, memory.Mask.Rows(batch.Sequences).Span, dPooled.Span);
    }

    /// <summary>(1'): dh of every step, given memory.DPooled.</summary>
    public Matrix PoolBackward(Workers workers, BatchLayout batch, Matrix h, LabelMemory memory)
    {
        Matrix dPooled = memory.DPooled.Rows(batch.Sequences);
        memory.DHidden.Reserve(batch.Rows, h.Columns).Clear();
        Matrix dh = memory.DHidden.Rows(batch.Rows);
        if (_attention is not null)
        {
            _attention.Backward(workers, batch, h, dPooled, dh, memory.Pooling.Attention);
        }
        else
        {
            FixedPooling.Backward(workers, _pooling, batch, _below.Directions, dPooled, dh, memory.Pooling);
        }

        return dh;
    }
}
