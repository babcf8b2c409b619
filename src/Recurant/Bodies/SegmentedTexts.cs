namespace Recurant.Bodies;

/// <summary>
/// Texts read, run through recurrent layers and pooled segment by segment, so that a long text takes memory of about
/// sqrt(T) steps: see <see cref="SegmentedStack"/>. Word vectors of a segment are read when it is computed, and
/// their gradients are added to the table at once.
/// </summary>
internal sealed class SegmentedTexts : ISegmentSource
{
    private readonly SegmentedStack _stack;
    private readonly SegmentMemory _memory;
    private readonly WordReader? _words;
    private readonly WordMemory _wordMemory;
    private readonly Pooling _pooling;
    private readonly PoolingMemory _poolingMemory;
    private int _sequences;

    /// <param name="stack">The recurrent layers.</param>
    /// <param name="words">Reads the word vectors; null for one-hot input.</param>
    /// <param name="pooling">Last, mean or max.</param>
    /// <param name="recurrent">The memory of the layers.</param>
    /// <param name="wordMemory">The memory of the words.</param>
    /// <param name="poolingMemory">The memory of the pooling.</param>
    /// <exception cref="ArgumentException">Attention needs all steps at once, or the stack reads both directions.</exception>
    public SegmentedTexts(
        RecurrentStack stack, WordReader? words, Pooling pooling, RecurrentMemory recurrent, WordMemory wordMemory,
        PoolingMemory poolingMemory)
    {
        if (pooling == Pooling.Attention)
        {
            throw new ArgumentException(
                "Attention pooling needs the outputs of all steps at once and cannot run in segments. Use Last, Mean or Max.",
                nameof(pooling));
        }

        _stack = new SegmentedStack(stack);
        _memory = _stack.CreateMemory(recurrent);
        _words = words;
        _wordMemory = wordMemory;
        _pooling = pooling;
        _poolingMemory = poolingMemory;
    }

    public bool NeedsInputGradient => _words is { NeedsGradient: true };

    public DropoutPlan? Dropout { get; set; }

    /// <summary>[B, H], written on the way forward.</summary>
    public RowStore Pooled { get; set; } = new();

    /// <summary>[B, H], read on the way back.</summary>
    public RowStore DPooled { get; set; } = new();

    public void Forward(Workers workers, BatchLayout batch, bool keepsHistory)
    {
        _sequences = batch.Sequences;
        _memory.KeepsHistory = keepsHistory;
        _stack.Forward(workers, batch, this, _memory, Dropout);
    }

    public void Backward(Workers workers, BatchLayout batch) => _stack.Backward(workers, batch, this, _memory, Dropout);

    /// <summary>
    /// The first layer with NaN or infinity in what is still there of its outputs: the states between the segments, the last
    /// segment that was computed, and the pooled outputs.
    /// </summary>
    public string? FirstNonFinite()
    {
        int rows = _memory.Segment.Rows;
        for (int layer = 0; layer < _memory.Hidden.Length; layer++)
        {
            bool isFinite = ClassifierNetwork.IsFinite(_memory.Hidden[layer].Rows(_memory.States))
                && ClassifierNetwork.IsFinite(_memory.Recurrent.Outputs[layer].Rows(rows));
            if (!isFinite) return $"recurrent layer {layer}";
        }

        return ClassifierNetwork.IsFinite(Pooled.Rows(_sequences)) ? null : "the recurrent layers or the pooling";
    }

    public void ReadInput(Workers workers, BatchLayout segment, Matrix input) =>
        _words!.Read(workers, segment, _wordMemory, Dropout, input);

    public void TakeOutput(Workers workers, BatchLayout segment, Matrix output) =>
        FixedPooling.Forward(workers, _pooling, segment, 1, output, Pooled.Rows(_sequences), _poolingMemory);

    public void ReadOutputGradient(Workers workers, BatchLayout segment, Matrix dOutput) =>
        FixedPooling.Backward(workers, _pooling, segment, 1, DPooled.Rows(_sequences), dOutput, _poolingMemory);

    public void TakeInputGradient(Workers workers, BatchLayout segment, Matrix dInput) =>
        _words!.AddGradient(workers, segment, _wordMemory, Dropout, dInput);
}
