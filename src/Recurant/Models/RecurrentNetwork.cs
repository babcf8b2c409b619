namespace Recurant.Models;

/// <summary>
/// Many to one: the words of a text in order, one answer at the end.
/// <code>
/// (1) x_t = E[w_t]                      word vectors (or one-hot vectors)
/// (1) x_t = [E[w_t]; characters(w_t)]   with the characters of words
/// (2) h_1 .. h_T = recurrent(x_1 .. x_T)
/// (3) p = pool(h_1 .. h_T)
/// (4) y = softmax(V p + b)
/// </code>
/// </summary>
internal sealed class RecurrentNetwork : ClassifierNetwork, IVectorNetwork
{
    private readonly ClassifierSpec _spec;
    private readonly WordsInput _words;
    private readonly RecurrentBody _body;
    private readonly LabelHead _head;

    public RecurrentNetwork(ClassifierSpec spec)
    {
        _spec = spec;
        _words = new WordsInput(
            spec.EmbeddingSize > 0 ? new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize) : null, null,
            spec.CharacterSize > 0 ? new CharacterEncoder(spec.CharacterVocabularySize, spec.CharacterStack) : null);
        _body = new RecurrentBody(_words, new RecurrentStack(spec.Stack));
        _head = new LabelHead(
            spec.Pooling, spec.Classes, spec.Stack,
            spec.DirectBuckets > 0 ? new DirectConnections(spec.VocabularySize, spec.DirectBuckets, spec.Classes) : null);
        Parameters = [.. _body.Parameters, .. _head.Parameters];
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public Embedding? Embedding => _words.Words;

    public override RecurrentNetwork Recurrent => this;

    public RecurrentStack Stack => _body.Stack;

    public override IEnumerable<RecurrentCell> Cells => Stack.Cells;

    /// <summary>V and b.</summary>
    public Dense Output => _head.Output;

    /// <summary>Where words and pairs are connected to the output directly.</summary>
    public DirectConnections? Direct => _head.Direct;

    public override void Initialise(ulong seed)
    {
        _body.Initialise(seed);
        _head.Initialise(seed);
    }

    public override IReadOnlyList<LayerDescription> Describe() => [.. _body.Describe(), .. _head.Describe()];

    public override ClassifierMemory CreateMemory() => new Memory(this);

    public override Matrix Forward(Workers workers, BatchLayout batch, ClassifierMemory memory, DropoutPlan? dropout)
    {
        var own = (Memory)memory;
        own.Batch = batch;
        if (memory.Recomputes)
        {
            _words.Begin(batch, own.Words, dropout);
            own.Body.Recurrent.InputRows = default;
            SegmentedTexts segments = SegmentsOf(own, dropout);
            segments.Pooled = _head.Pooled(batch, own.Head);
            segments.Forward(workers, batch, memory.KeepsHistory);
        }
        else
        {
            _head.Pool(workers, batch, _body.Forward(workers, batch, own.Body, dropout), own.Head);
        }

        Matrix logits = memory.Logits.Reserve(batch.Sequences, _spec.Classes).Rows(batch.Sequences);
        _head.Forward(workers, batch, own.Head, dropout, logits);
        return logits;
    }

    public override void Backward(
        Workers workers, BatchLayout batch, ClassifierMemory memory, Matrix dLogits, DropoutPlan? dropout)
    {
        var own = (Memory)memory;
        _head.Backward(workers, batch, own.Head, dropout, dLogits);
        if (memory.Recomputes)
        {
            SegmentsOf(own, dropout).Backward(workers, batch);
            return;
        }

        Matrix h = own.Body.Recurrent.Outputs[^1].Rows(batch.Rows);
        _body.Backward(workers, batch, own.Body, _head.PoolBackward(workers, batch, h, own.Head), dropout);
    }

    private SegmentedTexts SegmentsOf(Memory memory, DropoutPlan? dropout)
    {
        SegmentedTexts segments = memory.Segments ??= new SegmentedTexts(
            Stack, _words, _spec.Pooling, memory.Body.Recurrent, memory.Words, memory.Head.Pooling);
        (segments.Dropout, segments.DPooled) = (dropout, memory.Head.DPooled);
        return segments;
    }

    /// <summary>The recurrent layers' part of what <see cref="CreateMemory"/> made.</summary>
    public RecurrentMemory RecurrentMemory(ClassifierMemory memory) => ((Memory)memory).Body.Recurrent;

    /// <summary>What the first layer read of a batch that keeps its history [rows, I]; nothing with one-hot input.</summary>
    public Matrix InputOf(ClassifierMemory memory, BatchLayout batch) => ((Memory)memory).Words.Rows;

    /// <summary>After the backward pass: the gradient of the last layer's output [rows, D H].</summary>
    public Matrix OutputGradientOf(ClassifierMemory memory, BatchLayout batch) => ((Memory)memory).Head.DHidden.Rows(batch.Rows);

    /// <summary>The pooled vectors [B, D H] of the last forward pass, in the batch's order.</summary>
    public Matrix PooledOf(ClassifierMemory memory, BatchLayout batch) => ((Memory)memory).Head.Pooled.Rows(batch.Sequences);

    int IVectorNetwork.VectorSize => _words.Size;

    Matrix IVectorNetwork.ReadVectors(Workers workers, BatchLayout batch, ClassifierMemory memory)
    {
        var own = (Memory)memory;
        _words.Begin(batch, own.Words, dropout: null);
        Matrix vectors = own.Words.Read.Reserve(batch.Rows, _words.Size).Rows(batch.Rows);
        _words.ReadInto(workers, batch, own.Words, dropout: null, keepsHistory: false, vectors);
        return vectors;
    }

    Matrix IVectorNetwork.ForwardVectors(Workers workers, BatchLayout batch, Matrix vectors, ClassifierMemory memory)
    {
        var own = (Memory)memory;
        own.Words.Shared = default;
        _head.Pool(workers, batch, _body.Run(workers, batch, own.Body, vectors, dropout: null), own.Head);
        Matrix logits = memory.Logits.Reserve(batch.Sequences, _spec.Classes).Rows(batch.Sequences);
        _head.Forward(workers, batch, own.Head, dropout: null, logits, readsWords: false);
        return logits;
    }

    void IVectorNetwork.BackwardVectors(
        Workers workers, BatchLayout batch, Matrix vectors, ClassifierMemory memory, Matrix dLogits, Matrix dVectors)
    {
        var own = (Memory)memory;
        _head.Backward(workers, batch, own.Head, dropout: null, dLogits, readsWords: false);
        Matrix dh = _head.PoolBackward(workers, batch, own.Body.Recurrent.Outputs[^1].Rows(batch.Rows), own.Head);
        Stack.ResetFinalGradient(own.Body.Recurrent, batch.Sequences);
        Stack.Backward(workers, batch, vectors, dh, dVectors, own.Body.Recurrent, dropout: null);
    }

    /// <summary>
    /// A network of vectors that answers texts of a few words as this one of one-hot input does: its vectors are one-hot too, of
    /// those words alone.
    /// </summary>
    /// <param name="words">The distinct words; at least one.</param>
    public RecurrentNetwork ForVectorsOf(IReadOnlyList<int> words)
    {
        // As wide as the layers, some cells would carry their input past the recurrence.
        int width = words.Count == _spec.Recurrent.HiddenSize ? words.Count + 1 : words.Count;
        var network = new RecurrentNetwork(_spec with
        {
            EmbeddingSize = width, VocabularySize = width, DirectBuckets = 0, Models = 1,
        });
        RecurrentCell[] from = [.. Stack.Cells], to = [.. network.Stack.Cells];
        for (int c = 0; c < from.Length; c++)
        {
            Parameter[] source = [.. from[c].Parameters], target = [.. to[c].Parameters];
            for (int p = 0; p < source.Length; p++)
            {
                if (!ReferenceEquals(source[p], from[c].InputWeights) || !from[c].OneHotInput)
                {
                    source[p].Value.CopyTo(target[p].Value);
                }
                else
                {
                    Matrix columns = source[p].Matrix, dense = target[p].Matrix;
                    for (int word = 0; word < words.Count; word++)
                    {
                        for (int gate = 0; gate < dense.Rows; gate++) dense.Row(gate)[word] = columns.Row(words[word])[gate];
                    }
                }

                target[p].MarkChanged();
            }
        }

        IEnumerable<Parameter> output = [.. _head.PoolingParameters, .. Output.Parameters];
        foreach ((Parameter source, Parameter target) in output.Zip(
            [.. network._head.PoolingParameters, .. network.Output.Parameters]))
        {
            source.Value.CopyTo(target.Value);
            target.MarkChanged();
        }

        return network;
    }

    private sealed class Memory(RecurrentNetwork network) : ClassifierMemory
    {
        public BodyMemory Body { get; } = network._body.CreateMemory();

        public WordMemory Words => (WordMemory)Body.Input;

        public LabelMemory Head { get; } = new();

        public SegmentedTexts? Segments { get; set; }

        public override bool KeepsHistory { get => Body.KeepsHistory; set => Body.KeepsHistory = value; }

        public override WordForms? Forms { get => Words.Forms; set => Words.Forms = value; }

        public override IReadOnlyList<RecurrentPart> Parts =>
            Recomputes ? [] : [new RecurrentPart(null, 0, network.Stack, Body.Recurrent, Batch)];

        public override IEnumerable<LayerValues> Values(bool afterBackward)
        {
            if (afterBackward)
            {
                return Recomputes ? [LogitValues(true)] : network._body.Values(Body, true).Prepend(LogitValues(true));
            }

            IEnumerable<LayerValues> below = Recomputes ? Segments!.Values(Batch) : network._body.Values(Body, false);
            return
            [
                .. below,
                new LayerValues("pooling", "output", Head.Pooled.Rows(Batch.Sequences), RowMeaning.Sequences, Batch),
                LogitValues(false),
            ];
        }
    }
}
