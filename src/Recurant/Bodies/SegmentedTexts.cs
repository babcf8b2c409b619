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
    private readonly WordsInput _words;
    private readonly WordMemory _wordMemory;
    private readonly Pooling _pooling;
    private readonly PoolingMemory _poolingMemory;
    private int _sequences;

    /// <param name="stack">The recurrent layers.</param>
    /// <param name="words">Reads the words.</param>
    /// <param name="pooling">Last, mean or max.</param>
    /// <param name="recurrent">The memory of the layers.</param>
    /// <param name="wordMemory">The memory of the words.</param>
    /// <param name="poolingMemory">The memory of the pooling.</param>
    /// <exception cref="ArgumentException">Attention needs all steps at once, or the stack reads both directions.</exception>
    public SegmentedTexts(
        RecurrentStack stack, WordsInput words, Pooling pooling, RecurrentMemory recurrent, WordMemory wordMemory,
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

    public bool NeedsInputGradient => _words.NeedsGradient;

    public DropoutPlan? Dropout { get; set; }

    /// <summary>[B, H], written in the forward pass.</summary>
    public Matrix Pooled { get; set; }

    /// <summary>[B, H], read in the backward pass.</summary>
    public RowStore DPooled { get; set; } = new();

    public void Forward(Workers workers, BatchLayout batch, bool keepsHistory)
    {
        _sequences = batch.Sequences;
        _memory.KeepsHistory = keepsHistory;
        _stack.Forward(workers, batch, this, _memory, Dropout);
    }

    public void Backward(Workers workers, BatchLayout batch) => _stack.Backward(workers, batch, this, _memory, Dropout);

    /// <summary>
    /// What is still there of each layer's outputs: the states between the segments, and the last segment that was computed.
    /// </summary>
    public IEnumerable<LayerValues> Values(BatchLayout batch)
    {
        for (int layer = 0; layer < _memory.Hidden.Length; layer++)
        {
            Matrix states = _memory.Hidden[layer].Rows(_memory.States), last = _memory.Recurrent.Outputs[layer].Rows(
                _memory.Segment.Rows);
            yield return new LayerValues($"recurrent layer {layer}", "states", states, RowMeaning.Other, batch);
            yield return new LayerValues($"recurrent layer {layer}", "output", last, RowMeaning.Other, batch);
        }
    }

    public void ReadInput(Workers workers, BatchLayout segment, Matrix input) =>
        _words.ReadInto(workers, segment, _wordMemory, Dropout, keepsHistory: false, input);

    public void TakeOutput(Workers workers, BatchLayout segment, Matrix output) =>
        FixedPooling.Forward(workers, _pooling, segment, 1, output, Pooled, _poolingMemory);

    public void ReadOutputGradient(Workers workers, BatchLayout segment, Matrix dOutput) =>
        FixedPooling.Backward(workers, _pooling, segment, 1, DPooled.Rows(_sequences), dOutput, _poolingMemory);

    public void TakeInputGradient(Workers workers, BatchLayout segment, Matrix dInput) =>
        _words.AddGradient(workers, segment, _wordMemory, Dropout, dInput);
}
