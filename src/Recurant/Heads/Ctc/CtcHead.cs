namespace Recurant.Heads;

/// <summary>What a <see cref="CtcHead"/> keeps of a batch.</summary>
internal sealed class CtcMemory
{
    public DroppedRows Read { get; } = new();

    /// <summary>[rows, D H].</summary>
    public RowStore DHidden { get; } = new();

    /// <summary>[rows, K]; gradients after the loss.</summary>
    public RowStore Logits { get; } = new();

    public DenseMemory Output { get; } = new();

    public TemporalClassificationMemory Classification { get; } = new();
}

/// <summary>
/// A text whose symbols come in the order of the frames, while nobody says when.
/// <code>
/// (1) z_t = V h_t + b
/// (2) p(text) by connectionist temporal classification
/// </code>
/// </summary>
/// <param name="size">The width of h.</param>
/// <param name="classes">K: the symbols and the blank.</param>
/// <param name="blank">The index of the blank. Default: 0.</param>
internal sealed class CtcHead(int size, int classes, int blank = 0)
{
    private readonly Dense _output = new("output", size, classes);
    private readonly ConnectionistTemporalClassification _classification = new(classes, blank);

    public IEnumerable<Parameter> Parameters => _output.Parameters;

    public void Initialise(ulong seed) => _output.Initialise(seed, 200);

    public IEnumerable<LayerDescription> Describe()
    {
        yield return LayerDescription.Of(
            "symbols and blank", $"[T, {size}] -> [T, {classes}]", ["y_t = softmax(V h_t + b)"], _output.Parameters);
        yield return LayerDescription.Of(
            "connectionist temporal classification", $"[T, {classes}] -> text",
            ["p(l) = sum over the alignments a that spell l of prod_t y_(t, a_t)"], []);
    }

    /// <summary>(1): z [rows, K]. Dropout only while training.</summary>
    public Matrix Forward(Workers workers, BatchLayout batch, Matrix h, CtcMemory memory, DropoutPlan? dropout)
    {
        Matrix read = memory.Read.Drop(workers, batch, h, dropout?.Output ?? 0, dropout);
        Matrix logits = memory.Logits.Reserve(batch.Rows, classes).Rows(batch.Rows);
        _output.Forward(workers, read, logits, memory.Output);
        return logits;
    }

    /// <summary>
    /// The sum of the utterances' losses (2) of the last forward pass; the logits become their gradients, divided by the number
    /// of utterances.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The layout of the rows.</param>
    /// <param name="right">The symbols of each utterance, in the order in which the batch was asked for.</param>
    /// <param name="memory">What the forward pass left.</param>
    /// <param name="blankShare">
    /// The share of the frames whose best class is the blank, 0 to 1: near 1 for long, a network has not begun to tell symbols
    /// apart.
    /// </param>
    /// <exception cref="ArgumentException">An utterance has fewer frames than its text needs.</exception>
    public double Loss(
        Workers workers, BatchLayout batch, IReadOnlyList<int[]> right, CtcMemory memory, out double blankShare)
    {
        double loss = _classification.Apply(
            workers, batch, memory.Logits.Rows(batch.Rows), right, memory.Classification);
        blankShare = memory.Classification.BlankShare;
        return loss;
    }

    /// <summary>
    /// The loss of each utterance of the last forward pass, in the batch's order, into the memory; no gradients.
    /// </summary>
    public void UtteranceLosses(Workers workers, BatchLayout batch, IReadOnlyList<int[]> right, CtcMemory memory) =>
        _classification.Loss(workers, batch, memory.Logits.Rows(batch.Rows), right, memory.Classification);

    /// <summary>(1'): dh, given the gradients of the logits that the loss left.</summary>
    public Matrix Backward(Workers workers, BatchLayout batch, CtcMemory memory)
    {
        Matrix dh = memory.DHidden.Reserve(batch.Rows, size).Rows(batch.Rows);
        _output.Backward(workers, memory.Read.Rows, memory.Logits.Rows(batch.Rows), dh, memory.Output);
        memory.Read.DropGradient(workers, batch, dh);
        return dh;
    }

    /// <summary>The symbols of the best path of each utterance with their frames, in the order asked for.</summary>
    public IReadOnlyList<CtcSymbol>[] BestPaths(BatchLayout batch, CtcMemory memory)
    {
        Matrix logits = Finite(batch, memory);
        var symbols = new IReadOnlyList<CtcSymbol>[batch.Sequences];
        for (int b = 0; b < symbols.Length; b++) symbols[batch.Order[b]] = CtcBestPath.Decode(batch, b, logits, blank);
        return symbols;
    }

    /// <summary>
    /// The best texts of each utterance, the best first, in the order asked for. The utterances are dealt out to the threads, so
    /// a language model is called by several at once.
    /// </summary>
    public IReadOnlyList<CtcHypothesis>[] Search(
        Workers workers, BatchLayout batch, CtcMemory memory, CtcSearchOptions options)
    {
        var work = new SearchWork
        {
            Batch = batch, Logits = Finite(batch, memory), Options = options with { Blank = blank },
            Found = new IReadOnlyList<CtcHypothesis>[batch.Sequences],
        };
        workers.Run(ref work);
        return work.Found;
    }

    private static Matrix Finite(BatchLayout batch, CtcMemory memory)
    {
        Matrix logits = memory.Logits.Rows(batch.Rows);
        return logits.IsFinite ? logits : throw Answers.NotFinite();
    }

    private struct SearchWork : IParallelWork
    {
        public BatchLayout Batch;
        public Matrix Logits;
        public CtcSearchOptions Options;
        public IReadOnlyList<CtcHypothesis>[] Found;

        public readonly void Execute(int part, int parts)
        {
            for (int b = part; b < Batch.Sequences; b += parts)
            {
                Found[Batch.Order[b]] = CtcBeamSearch.Search(Batch, b, Logits, Options);
            }
        }
    }
}
