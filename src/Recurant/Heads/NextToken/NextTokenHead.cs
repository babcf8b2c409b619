namespace Recurant.Heads;

/// <summary>What a head that predicts tokens keeps of a window.</summary>
internal sealed class NextTokenMemory
{
    public DroppedRows Read { get; } = new();

    /// <summary>[rows, H]: the gradient of the states.</summary>
    public RowStore DRead { get; } = new();

    public RowStore Projected { get; } = new();

    public RowStore DProjected { get; } = new();

    public DenseMemory Projection { get; } = new();

    public SoftmaxOutputMemory Output { get; } = new();

    public SampledSoftmaxMemory Sampled { get; } = new();
}

/// <summary>
/// At every step the probabilities of the token to come.
/// <code>
/// (1) g_t = h_t, or P h_t + b_P             where tied vectors are not as wide as the layers
/// (2) y_t = softmax(V g_t + b), V = E if tied
/// (3) J = -(1/T) sum_t ln y_t[w_(t+1)]
/// </code>
/// </summary>
internal sealed class NextTokenHead
{
    private readonly int _size;
    private readonly Dense? _projection;
    private readonly Parameter _weights, _bias;
    private readonly bool _isTied;
    private readonly SoftmaxOutput _output;
    private readonly SampledSoftmax _sampled;

    /// <param name="size">H, the width of h.</param>
    /// <param name="tokens">V, how many tokens the output knows.</param>
    /// <param name="tied">The table of the input's vectors, if they are V; it is as wide as g.</param>
    /// <param name="isLarge">Whether only the rows of V that have a gradient are updated.</param>
    public NextTokenHead(int size, int tokens, Parameter? tied, bool isLarge)
    {
        _size = size;
        _isTied = tied is not null;
        _projection = tied is not null && tied.Shape[1] != size ? new Dense("projection", size, tied.Shape[1]) : null;
        _weights = tied
            ?? new Parameter("output.weight", tokens, size) { Touched = isLarge ? new TouchedRows(tokens) : null };
        _bias = new Parameter("output.bias", tokens);
        _output = new SoftmaxOutput(_weights, _bias);
        _sampled = new SampledSoftmax(_weights, _bias);
    }

    public IEnumerable<Parameter> Parameters =>
        [.. _projection?.Parameters ?? [], .. _isTied ? [] : new[] { _weights }, _bias];

    public void Initialise(ulong seed)
    {
        _projection?.Initialise(seed, 300);
        if (!_isTied) _weights.InitialiseUniform(seed, 200, 1f / MathF.Sqrt(_size));
    }

    public IEnumerable<LayerDescription> Describe()
    {
        int width = _weights.Shape[1];
        if (_projection is not null)
        {
            yield return LayerDescription.Of(
                "projection", $"[T, {_size}] -> [T, {width}]", ["g_t = P h_t + b_P"], _projection.Parameters);
        }

        yield return LayerDescription.Of(
            "softmax", $"[T, {width}] -> [T, {_weights.Shape[0]}]",
            [$"y_t = softmax({(_isTied ? "E" : "V")} {(_projection is null ? "h_t" : "g_t")} + b)"],
            _isTied ? [_bias] : [_weights, _bias]);
    }

    /// <summary>(1) to (3) of a window.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="window">The window.</param>
    /// <param name="h">[rows, H].</param>
    /// <param name="targets">The tokens to come, one a row.</param>
    /// <param name="memory">The workspace.</param>
    /// <param name="dropout">Only while training.</param>
    /// <param name="withGradient">Whether the gradients of the mean loss are wanted.</param>
    /// <param name="draw">If given, the loss is taken over so many words drawn, and the gradients are its own.</param>
    /// <returns>The sum, not the mean, of the losses of the tokens.</returns>
    public double Loss(
        Workers workers, BatchLayout window, Matrix h, ReadOnlyMemory<int> targets, NextTokenMemory memory, DropoutPlan? dropout,
        bool withGradient, SampleDraw? draw)
    {
        Matrix last = memory.Read.Drop(workers, window, h, dropout?.Output ?? 0, dropout);
        if (_projection is not null)
        {
            Matrix projected = memory.Projected.Reserve(window.Rows, _weights.Shape[1]).Rows(window.Rows);
            _projection.Forward(workers, last, projected, memory.Projection);
            last = projected;
        }

        RowStore gradients = _projection is null ? memory.DRead : memory.DProjected;
        Matrix? dLast = withGradient ? gradients.Reserve(window.Rows, last.Columns).Rows(window.Rows) : null;
        float scale = 1f / window.Rows;
        return draw is { } words && dLast is { } dSampled
            ? _sampled.Loss(workers, last, targets, words, scale, dSampled, memory.Sampled)
            : _output.Loss(workers, last, targets, smoothing: 0f, scale, dLast, memory.Output, out _);
    }

    /// <summary>(1'): dh, after a loss with gradients.</summary>
    public Matrix Backward(Workers workers, BatchLayout window, NextTokenMemory memory)
    {
        if (_projection is not null)
        {
            Matrix dRead = memory.DRead.Reserve(window.Rows, _size).Rows(window.Rows);
            _projection.Backward(workers, memory.Read.Rows, memory.DProjected.Rows(window.Rows), dRead, memory.Projection);
        }

        Matrix dh = memory.DRead.Rows(window.Rows);
        memory.Read.DropGradient(workers, window, dh);
        return dh;
    }

    /// <summary>(1) and (2) without the softmax: the logits [1, V] after one step's output [1, H].</summary>
    public Matrix Logits(Workers workers, Matrix output, NextTokenMemory memory)
    {
        if (_projection is null) return _output.Forward(workers, output, memory.Output);
        Matrix projected = memory.Projected.Reserve(1, _weights.Shape[1]).Rows(1);
        _projection.Forward(workers, output, projected, memory.Projection);
        return _output.Forward(workers, projected, memory.Output);
    }

    /// <summary>What was left in the memory of a window before the backward pass.</summary>
    public IEnumerable<LayerValues> Values(NextTokenMemory memory, BatchLayout window) => _projection is null ? [] :
        [new LayerValues("projection", "output", memory.Projected.Rows(window.Rows), RowMeaning.Steps, window)];
}
