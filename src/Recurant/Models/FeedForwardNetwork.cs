namespace Recurant.Models;

/// <summary>
/// The feed-forward network the chapter starts from, over the mean of a text's word vectors: it cannot know their order.
/// <code>
/// (1) X = (1/T) sum_t E[w_t]
/// (2) H_1 = act(W_1 X + b_1),  H_2 = act(W_2 H_1 + b_2), ...      any number of hidden layers, none included
/// (3) y = softmax(W_y H_n + b_y)
/// </code>
/// </summary>
internal sealed class FeedForwardNetwork : ClassifierNetwork, IVectorNetwork
{
    private readonly ClassifierSpec _spec;
    private readonly Embedding _embedding;
    private readonly Dense[] _hidden;
    private readonly Dense _output;

    public FeedForwardNetwork(ClassifierSpec spec)
    {
        _spec = spec;
        _embedding = new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize);
        _hidden = new Dense[spec.Recurrent.Layers];
        int width = spec.EmbeddingSize;
        for (int i = 0; i < _hidden.Length; i++, width = spec.Recurrent.HiddenSize)
        {
            _hidden[i] = new Dense($"hidden.{i}", width, spec.Recurrent.HiddenSize);
        }

        _output = new Dense("output", width, spec.Classes);
        Parameters = [_embedding.Table, .. _hidden.SelectMany(layer => layer.Parameters), .. _output.Parameters];
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public override void Initialise(ulong seed)
    {
        _embedding.Initialise(seed, 0, deviation: 0.1f);
        for (int i = 0; i < _hidden.Length; i++) _hidden[i].Initialise(seed, 1000 + (uint)i);
        _output.Initialise(seed, 200);
    }

    public override IReadOnlyList<LayerDescription> Describe()
    {
        var layers = new List<LayerDescription>
        {
            LayerDescription.Of(
                "mean of word vectors", $"[T] -> [{_embedding.Size}]", ["X = (1/T) sum_t E[w_t]"], [_embedding.Table]),
        };
        string act = _spec.Recurrent.Activation.ToString().ToLowerInvariant();
        for (int i = 0; i < _hidden.Length; i++)
        {
            string below = i == 0 ? "X" : $"H_{i}";
            layers.Add(LayerDescription.Of(
                $"hidden layer {i}", $"[{_hidden[i].Weights.Shape[1]}] -> [{_spec.Recurrent.HiddenSize}]",
                [$"H_{i + 1} = {act}(W_{i + 1} {below} + b_{i + 1})"], _hidden[i].Parameters));
        }

        string top = _hidden.Length == 0 ? "X" : $"H_{_hidden.Length}";
        layers.Add(LayerDescription.Of(
            "softmax", $"[{_output.Weights.Shape[1]}] -> [{_spec.Classes}]", [$"y = softmax(W_y {top} + b_y)"],
            _output.Parameters));
        return layers;
    }

    public override ClassifierMemory CreateMemory() => new Memory(_hidden.Length);

    public override Matrix Forward(Workers workers, BatchLayout batch, ClassifierMemory memory, DropoutPlan? dropout)
    {
        var own = (Memory)memory;
        if (dropout is { Word: > 0 } word) WordDropout.ReadAsUnknown(batch, word);
        Matrix words = own.Words.Reserve(batch.Rows, _embedding.Size).Rows(batch.Rows);
        _embedding.Forward(workers, batch.TokenMemory, words);
        return Run(workers, batch, own, words, dropout);
    }

    /// <summary>(1) to (3), the vectors of the words being there.</summary>
    private Matrix Run(Workers workers, BatchLayout batch, Memory own, Matrix words, DropoutPlan? dropout)
    {
        Matrix h = own.Levels[0].Reserve(batch.Sequences, _embedding.Size).Rows(batch.Sequences);
        FixedPooling.Forward(workers, Pooling.Mean, batch, 1, words, h, own.Pooling);                                    // (1)
        Drop(batch, own, 0, h, dropout?.Input ?? 0, dropout);
        for (int i = 0; i < _hidden.Length; i++)
        {
            Matrix next = own.Levels[i + 1].Reserve(batch.Sequences, _spec.Recurrent.HiddenSize).Rows(batch.Sequences);
            _hidden[i].Forward(workers, h, next, own.Dense[i]);
            ActivationKernels.Apply(_spec.Recurrent.Activation, next.Span, next.Span);                                    // (2)
            // What the activation gave is kept as it is for the backward pass; the dropped copy is what goes on.
            next.Span.CopyTo(own.Activated[i].Reserve(batch.Sequences, _spec.Recurrent.HiddenSize).Rows(batch.Sequences).Span);
            Drop(batch, own, i + 1, next, dropout?.Layers ?? 0, dropout);
            h = next;
        }

        own.Batch = batch;
        Matrix logits = own.Logits.Reserve(batch.Sequences, _spec.Classes).Rows(batch.Sequences);
        _output.Forward(workers, h, logits, own.Output);                                                        // (3)
        return logits;
    }

    public override void Backward(
        Workers workers, BatchLayout batch, ClassifierMemory memory, Matrix dLogits, DropoutPlan? dropout)
    {
        var own = (Memory)memory;
        Matrix d = BackToMean(workers, batch, own, dLogits, dropout);
        if (_embedding.Table.IsTrainable)
        {
            own.DWords.Reserve(batch.Rows, _embedding.Size).Clear();
            Matrix dWords = own.DWords.Rows(batch.Rows);
            FixedPooling.Backward(workers, Pooling.Mean, batch, 1, d, dWords, own.Pooling);                              // (1')
            _embedding.Backward(workers, batch.TokenMemory, dWords);
        }
    }

    /// <summary>(3') and (2'): the gradient [B, E] of the mean vectors.</summary>
    private Matrix BackToMean(Workers workers, BatchLayout batch, Memory own, Matrix dLogits, DropoutPlan? dropout)
    {
        int top = _hidden.Length;
        Matrix d = own.Gradients[top].Reserve(batch.Sequences, _output.Weights.Shape[1]).Rows(batch.Sequences);
        _output.Backward(workers, own.Levels[top].Rows(batch.Sequences), dLogits, d, own.Output);
        for (int i = top - 1; i >= 0; i--)
        {
            Undrop(own, i + 1, d, dropout?.Layers ?? 0);
            Span<float> activated = own.Activated[i].Rows(batch.Sequences).Span;
            ActivationKernels.GradientFromOutput(_spec.Recurrent.Activation, activated, d.Span, d.Span);                  // (2')
            Matrix below = own.Gradients[i].Reserve(batch.Sequences, _hidden[i].Weights.Shape[1]).Rows(batch.Sequences);
            _hidden[i].Backward(workers, own.Levels[i].Rows(batch.Sequences), d, below, own.Dense[i]);
            d = below;
        }

        Undrop(own, 0, d, dropout?.Input ?? 0);
        return d;
    }

    int IVectorNetwork.VectorSize => _embedding.Size;

    Matrix IVectorNetwork.ReadVectors(Workers workers, BatchLayout batch, ClassifierMemory memory)
    {
        Matrix words = ((Memory)memory).Words.Reserve(batch.Rows, _embedding.Size).Rows(batch.Rows);
        _embedding.Forward(workers, batch.TokenMemory, words);
        return words;
    }

    Matrix IVectorNetwork.ForwardVectors(Workers workers, BatchLayout batch, Matrix vectors, ClassifierMemory memory) =>
        Run(workers, batch, (Memory)memory, vectors, dropout: null);

    void IVectorNetwork.BackwardVectors(
        Workers workers, BatchLayout batch, Matrix vectors, ClassifierMemory memory, Matrix dLogits, Matrix dVectors)
    {
        Matrix dMean = BackToMean(workers, batch, (Memory)memory, dLogits, dropout: null);
        FixedPooling.Backward(workers, Pooling.Mean, batch, 1, dMean, dVectors, ((Memory)memory).Pooling);
    }

    private static void Drop(BatchLayout batch, Memory memory, int level, Matrix values, float rate, DropoutPlan? dropout)
    {
        if (rate > 0 && dropout is { } plan)
        {
            Philox stream = plan.Stream(RandomPurpose.LayerDropout, (uint)level);
            Dropout.MakeMask(memory.Masks[level], batch, values.Columns, rate, stream);
            Undrop(memory, level, values, rate);
        }
    }

    private static void Undrop(Memory memory, int level, Matrix values, float rate)
    {
        if (rate > 0) Elementwise.Multiply(values.Span, memory.Masks[level].Rows(values.Rows).Span, values.Span);
    }

    private sealed class Memory(int hiddenLayers) : ClassifierMemory
    {
        public RowStore Words { get; } = new();

        public RowStore DWords { get; } = new();

        public PoolingMemory Pooling { get; } = new();

        public RowStore[] Levels { get; } = Stores(hiddenLayers + 1);

        public RowStore[] Activated { get; } = Stores(hiddenLayers);

        public RowStore[] Gradients { get; } = Stores(hiddenLayers + 1);

        public RowStore[] Masks { get; } = Stores(hiddenLayers + 1);

        public DenseMemory[] Dense { get; } = [.. Enumerable.Range(0, hiddenLayers).Select(_ => new DenseMemory())];

        public DenseMemory Output { get; } = new();

        public override IEnumerable<LayerValues> Values(bool afterBackward) => afterBackward ? [LogitValues(true)] :
        [
            .. Levels.Select((values, i) => new LayerValues(
                i == 0 ? "word vectors"
                    : $"hidden layer {i - 1}", "output", values.Rows(Batch.Sequences), RowMeaning.Sequences, Batch)),
            LogitValues(false),
        ];

        private static RowStore[] Stores(int count) => [.. Enumerable.Range(0, count).Select(_ => new RowStore())];
    }
}
