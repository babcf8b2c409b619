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
internal sealed partial class RecurrentNetwork : ClassifierNetwork, IVectorNetwork
{
    private readonly ClassifierSpec _spec;
    private readonly Embedding? _embedding;
    private readonly WordReader? _words;
    private readonly CharacterEncoder? _characters;
    private readonly RecurrentStack _stack;
    private readonly AttentionPooling? _attention;
    private readonly Dense _output;
    private readonly DirectConnections? _direct;

    public RecurrentNetwork(ClassifierSpec spec)
    {
        _spec = spec;
        _embedding = spec.EmbeddingSize > 0 ? new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize) : null;
        _characters = spec.CharacterSize > 0
            ? new CharacterEncoder(spec.CharacterVocabularySize, spec.CharacterStack)
            : null;
        _words = _embedding is null ? null : new WordReader(_embedding, _characters);
        _stack = new RecurrentStack(spec.Stack);
        _attention = spec.Pooling == Pooling.Attention
            ? new AttentionPooling(_stack.Spec.OutputSize, spec.Recurrent.HiddenSize) : null;
        _output = new Dense("output", _stack.Spec.OutputSize, spec.Classes);
        _direct = spec.DirectBuckets > 0 ? new DirectConnections(spec.VocabularySize, spec.DirectBuckets, spec.Classes) : null;
        Parameters =
        [
            .. _embedding is null ? [] : new[] { _embedding.Table },
            .. _characters?.Parameters ?? [],
            .. _stack.Parameters,
            .. _attention?.Parameters ?? [],
            .. _output.Parameters,
            .. _direct is null ? [] : new[] { _direct.Weights },
        ];
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    public override RecurrentNetwork Recurrent => this;

    public Embedding? Embedding => _embedding;

    public RecurrentStack Stack => _stack;

    public override void Initialise(ulong seed)
    {
        _embedding?.Initialise(seed, 0, deviation: 0.1f);
        _characters?.Initialise(seed, 2000);
        _stack.Initialise(seed, 1000);
        _attention?.Initialise(seed, 100);
        _output.Initialise(seed, 200);
    }

    public override IReadOnlyList<LayerDescription> Describe()
    {
        StackSpec recurrent = _stack.Spec;
        var layers = new List<LayerDescription>();
        if (_embedding is not null)
        {
            layers.Add(LayerDescription.Of(
                "word vectors", $"[T] -> [T, {_embedding.Size}]",
                [_characters is null ? "x_t = E[w_t]" : "e_t = E[w_t]"], [_embedding.Table]));
        }

        if (_characters is not null)
        {
            layers.Add(LayerDescription.Of(
                $"characters of words: {CellCatalogue.TitleOf(recurrent)}, both directions",
                $"[T, characters] -> [T, {_characters.Size}]",
                [
                    "c_t = [last state forward, last state backward]", "x_t = [e_t, c_t]",
                    .. _characters.Stack.Cells.First().Equations,
                ],
                _characters.Parameters));
        }

        RecurrentCell[] cells = [.. _stack.Cells];
        for (int layer = 0; layer < recurrent.Layers; layer++)
        {
            RecurrentCell[] ofLayer = cells[(layer * recurrent.Directions)..((layer + 1) * recurrent.Directions)];
            string directions = recurrent.Bidirectional ? ", both directions" : "";
            int inputSize = ofLayer[0].InputSize;
            layers.Add(LayerDescription.Of(
                $"{ofLayer[0].Name} layer {layer}{directions}", $"[T, {inputSize}] -> [T, {recurrent.OutputSize}]", ofLayer[0].Equations,
                ofLayer.SelectMany(cell => cell.Parameters)));
        }

        string equation = _spec.Pooling switch
        {
            Pooling.Last => recurrent.Bidirectional ? "p = [h_T forward, h_1 backward]" : "p = h_T",
            Pooling.Mean => "p = (1/T) sum_t h_t",
            Pooling.Max => "p_j = max_t h_(t,j)",
            _ => "u_t = tanh(W_a h_t + b_a); a = softmax_t(q . u_t); p = sum_t a_t h_t",
        };
        layers.Add(LayerDescription.Of(
            $"pooling ({_spec.Pooling.ToString().ToLowerInvariant()})",
            $"[T, {recurrent.OutputSize}] -> [{recurrent.OutputSize}]", [equation], _attention?.Parameters ?? []));
        if (_direct is not null)
        {
            layers.Add(LayerDescription.Of(
                "direct connections", $"[T] -> [{_spec.Classes}]",
                ["d = (1 / sqrt(2T + 1)) (sum_t D[w_t] + sum_t D[V + hash(w_(t-1), w_t)])"], [_direct.Weights]));
        }

        layers.Add(LayerDescription.Of(
            "softmax", $"[{recurrent.OutputSize}] -> [{_spec.Classes}]",
            [_direct is null ? "y = softmax(V p + b)" : "y = softmax(V p + b + d)"], _output.Parameters));
        return layers;
    }

    public override NetworkMemory CreateMemory() => new Memory
    {
        Recurrent = _stack.CreateMemory(), Words = new WordMemory { Characters = _characters?.CreateMemory() },
    };

    /// <summary>The recurrent layers' part of what <see cref="CreateMemory"/> made.</summary>
    public RecurrentMemory RecurrentMemory(NetworkMemory memory) => ((Memory)memory).Recurrent;

    /// <summary>What the first layer read of a batch that keeps its history [rows, I]; nothing with one-hot input.</summary>
    public Matrix InputOf(NetworkMemory memory, BatchLayout batch) =>
        _words is null ? default : ((Memory)memory).Input.Rows(batch.Rows);

    /// <summary>After the way back: the gradient of the last layer's output [rows, D H].</summary>
    public Matrix OutputGradientOf(NetworkMemory memory, BatchLayout batch) => ((Memory)memory).DHidden.Rows(batch.Rows);

    public override Matrix Forward(Workers workers, BatchLayout batch, NetworkMemory memory, DropoutPlan? dropout)
    {
        var own = (Memory)memory;
        if (_characters is not null)
        {
            WordForms forms = own.Forms ?? throw new InvalidOperationException("The characters of words are missing.");
            _words!.FindForms(batch, forms, own.Words);
        }

        if (dropout is { Word: > 0 } word) WordDropout.ReadAsUnknown(batch, word);
        _words?.DrawMask(batch, own.Words, dropout);
        own.Distinct.Clear();
        own.Recurrent.InputRows = default;
        Matrix pooled = own.Pooled.Reserve(batch.Sequences, _stack.Spec.OutputSize).Rows(batch.Sequences);
        if (memory.Recomputes)
        {
            SegmentsOf(own, dropout).Forward(workers, batch, memory.KeepsHistory);
        }
        else
        {
            ForwardAtOnce(workers, batch, own, pooled, dropout);
        }

        if (dropout is { Output: > 0 } plan)
        {
            Dropout.MakeMask(own.OutputMask, batch, pooled.Columns, plan.Output, plan.Stream(RandomPurpose.OutputDropout));
            Elementwise.Multiply(pooled.Span, own.OutputMask.Rows(batch.Sequences).Span, pooled.Span);
        }

        Matrix logits = memory.Logits.Reserve(batch.Sequences, _spec.Classes).Rows(batch.Sequences);
        _output.Forward(workers, pooled, logits, memory.Output);
        _direct?.Forward(batch, logits);
        return logits;
    }

    private void ForwardAtOnce(Workers workers, BatchLayout batch, Memory memory, Matrix pooled, DropoutPlan? dropout)
    {
        _stack.RequireRoom(batch, memory.KeepsHistory);
        Run(workers, batch, memory, ReadWords(workers, batch, memory, dropout), pooled, dropout);
    }

    /// <summary>(2) and (3).</summary>
    private void Run(
        Workers workers, BatchLayout batch, Memory memory, Matrix input, Matrix pooled, DropoutPlan? dropout)
    {
        memory.Recurrent.InputRows = memory.Distinct.Rows;
        memory.Recurrent.KeepsHistory = memory.KeepsHistory;
        _stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        Matrix h = _stack.Forward(workers, batch, input, memory.Recurrent, dropout);
        if (_attention is not null)
        {
            _attention.Forward(workers, batch, h, pooled, memory.Pooling.Attention);
        }
        else
        {
            FixedPooling.Forward(workers, _spec.Pooling, batch, _stack.Spec.Directions, h, pooled, memory.Pooling);
        }
    }

    public override void Backward(
        Workers workers, BatchLayout batch, NetworkMemory memory, Matrix dLogits, DropoutPlan? dropout)
    {
        var own = (Memory)memory;
        Matrix pooled = own.Pooled.Rows(batch.Sequences);
        Matrix dPooled = own.DPooled.Reserve(batch.Sequences, pooled.Columns).Rows(batch.Sequences);
        _output.Backward(workers, pooled, dLogits, dPooled, memory.Output);
        _direct?.Backward(batch, dLogits);
        if (dropout is { Output: > 0 })
        {
            Elementwise.Multiply(dPooled.Span, own.OutputMask.Rows(batch.Sequences).Span, dPooled.Span);
        }

        if (memory.Recomputes)
        {
            SegmentsOf(own, dropout).Backward(workers, batch);
        }
        else
        {
            BackwardAtOnce(workers, batch, own, dPooled, dropout);
        }
    }

    private void BackwardAtOnce(Workers workers, BatchLayout batch, Memory memory, Matrix dPooled, DropoutPlan? dropout)
    {
        Matrix dh = BackThroughPooling(workers, batch, memory, dPooled);
        Matrix input = _words is null ? default : memory.Input.Rows(batch.Rows);
        if (_words is not { NeedsGradient: true })
        {
            _stack.Backward(workers, batch, input, dh, null, memory.Recurrent, dropout);
            return;
        }

        memory.DInput.Reserve(batch.Rows, _spec.InputSize).Clear();
        Matrix dInput = memory.DInput.Rows(batch.Rows);
        _stack.Backward(workers, batch, input, dh, dInput, memory.Recurrent, dropout);
        _words.AddGradient(workers, batch, memory.Words, dropout, dInput);
    }

    /// <summary>(3'): dh of every step; the gradients of the final states are cleared.</summary>
    private Matrix BackThroughPooling(Workers workers, BatchLayout batch, Memory memory, Matrix dPooled)
    {
        Matrix h = memory.Recurrent.Outputs[^1].Rows(batch.Rows);
        memory.DHidden.Reserve(batch.Rows, h.Columns).Clear();
        Matrix dh = memory.DHidden.Rows(batch.Rows);
        if (_attention is not null)
        {
            _attention.Backward(workers, batch, h, dPooled, dh, memory.Pooling.Attention);
        }
        else
        {
            FixedPooling.Backward(workers, _spec.Pooling, batch, _stack.Spec.Directions, dPooled, dh, memory.Pooling);
        }

        _stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        return dh;
    }

    private SegmentedTexts SegmentsOf(Memory memory, DropoutPlan? dropout)
    {
        SegmentedTexts segments = memory.Segments ??= new SegmentedTexts(
            _stack, _words, _spec.Pooling, memory.Recurrent, memory.Words, memory.Pooling);
        (segments.Dropout, segments.Pooled, segments.DPooled) = (dropout, memory.Pooled, memory.DPooled);
        return segments;
    }

    public override string? FirstNonFinite(NetworkMemory memory, BatchLayout batch)
    {
        var own = (Memory)memory;
        if (own.Segments is { } segments && memory.Recomputes)
        {
            return segments.FirstNonFinite() ?? (IsFinite(memory.Logits.Rows(batch.Sequences)) ? null : "the output layer");
        }

        if (_embedding is not null && !IsFinite(own.Input.Rows(batch.Rows))) return "the word vectors";
        for (int layer = 0; layer < _stack.Spec.Layers; layer++)
        {
            if (!IsFinite(own.Recurrent.Outputs[layer].Rows(batch.Rows))) return $"recurrent layer {layer}";
        }

        if (!IsFinite(own.Pooled.Rows(batch.Sequences))) return "the pooling";
        return IsFinite(memory.Logits.Rows(batch.Sequences)) ? null : "the output layer";
    }

    public override IEnumerable<LayerValues> Values(NetworkMemory memory, BatchLayout batch, bool afterBackward)
    {
        var own = (Memory)memory;
        if (afterBackward) yield return LogitValues(memory, batch, afterBackward);
        if (!memory.Recomputes)
        {
            if (_embedding is not null && !afterBackward)
            {
                yield return new LayerValues("word vectors", "output", own.Input.Rows(batch.Rows), RowMeaning.Steps, batch);
            }

            foreach (LayerValues values in _stack.Values(own.Recurrent, batch, afterBackward)) yield return values;
        }

        if (afterBackward) yield break;
        yield return new LayerValues("pooling", "output", own.Pooled.Rows(batch.Sequences), RowMeaning.Sequences, batch);
        yield return LogitValues(memory, batch, afterBackward);
    }

    /// <summary>(1) of a whole batch; where no way back follows, of each of its words once.</summary>
    private Matrix ReadWords(Workers workers, BatchLayout batch, Memory memory, DropoutPlan? dropout)
    {
        if (_words is null) return default;
        if (_characters is null && !memory.KeepsHistory && dropout is null && memory.Distinct.Find(batch, _spec.VocabularySize))
        {
            ReadOnlyMemory<int> distinct = memory.Distinct.Words;
            Matrix words = memory.Input.Reserve(distinct.Length, _spec.EmbeddingSize).Rows(distinct.Length);
            _embedding!.Forward(workers, distinct, words);
            return words;
        }

        Matrix input = memory.Input.Reserve(batch.Rows, _spec.InputSize).Rows(batch.Rows);
        memory.Words.KeepsHistory = memory.KeepsHistory;
        _words.Read(workers, batch, memory.Words, dropout, input);
        return input;
    }

    private sealed class Memory : NetworkMemory
    {
        public required RecurrentMemory Recurrent { get; init; }

        public SegmentedTexts? Segments { get; set; }

        public required WordMemory Words { get; init; }

        public DistinctWords Distinct { get; } = new();

        public RowStore Input { get; } = new();

        public RowStore DInput { get; } = new();

        public RowStore DHidden { get; } = new();

        public RowStore Pooled { get; } = new();

        public RowStore DPooled { get; } = new();

        public RowStore OutputMask { get; } = new();

        public PoolingMemory Pooling { get; } = new();
    }
}
