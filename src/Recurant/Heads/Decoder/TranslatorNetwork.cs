namespace Recurant.Heads;

/// <summary>What an encoder-decoder keeps of a batch.</summary>
internal sealed class TranslatorMemory(TranslatorNetwork network) : NetworkMemory
{
    public EncoderMemory Encoder { get; } = network.Encoder.CreateMemory();

    public DecoderMemory Decoder { get; } = network.Decoder.CreateMemory();

    public SoftmaxOutputMemory Output { get; } = new();

    /// <summary>The target of the last batch.</summary>
    public BatchLayout Target { get; set; } = new();

    /// <summary>The encoder, and the decoder, whose layers above the attention are a stack of their own.</summary>
    public override IReadOnlyList<RecurrentPart> Parts =>
    [
        new RecurrentPart("encoder", 0, network.Encoder.Stack, Encoder.Recurrent, Encoder.Body.Batch),
        new RecurrentPart("decoder", 0, network.Decoder.Lower, Decoder.Lower, Target),
        .. network.Decoder.Upper is { } upper
            ? [new RecurrentPart("decoder", 1, upper, Decoder.Upper!, Target)] : Array.Empty<RecurrentPart>(),
    ];

    public override IEnumerable<LayerValues> Values(bool afterBackward)
    {
        foreach (LayerValues values in network.Encoder.Body.Values(Encoder.Body, afterBackward)) yield return values;
        if (afterBackward) yield break;
        BatchLayout source = Encoder.Body.Batch;
        yield return new("bridge", "states", Encoder.Start.Rows(source.Sequences), RowMeaning.Other, source);
        yield return OfTarget("decoder's word vectors", Decoder.Input);
        yield return OfTarget("decoder or its attention", Decoder.Joined);
        if (Decoder.Upper is not null) yield return OfTarget("decoder's upper layers", Decoder.Read);
        yield return OfTarget("readout", Decoder.Result);
    }

    private LayerValues OfTarget(string layer, RowStore rows) =>
        new(layer, "output", rows.Rows(Target.Rows), RowMeaning.Steps, Target);
}

/// <summary>
/// Many to many, unaligned: an encoder reads the source, a decoder says the target, and attention tells it where to look.
/// <code>
/// (1) e_1 .. e_S = encoder(source)
/// (2) r_1 .. r_T = decoder(mark, y_1 .. y_(T-1); e)
/// (3) p(y_t) = softmax(V r_t + b)
/// </code>
/// The mark ends every sentence of both sides, and is what the decoder reads first. It has the last number.
/// </summary>
internal sealed class TranslatorNetwork
{
    private readonly TranslatorSpec _spec;
    private readonly Embedding? _sourceVectors;
    private readonly Embedding _targetVectors;
    private readonly Dense? _ownOutput;
    private readonly Parameter _outputBias;

    public TranslatorNetwork(TranslatorSpec spec)
    {
        spec.Validate();
        _spec = spec;
        _targetVectors = new Embedding(
            "embedding", spec.TargetVocabularySize, spec.EmbeddingSize, isShared: spec.Tied != TiedVectors.None);
        _targetVectors.Table.Name = spec.Tied == TiedVectors.All ? "embedding.weight" : "decoder.embedding.weight";
        if (spec.Tied == TiedVectors.All)
        {
            _sourceVectors = _targetVectors;
        }
        else if (spec.SourceVocabularySize > 0)
        {
            _sourceVectors = new Embedding("embedding", spec.SourceVocabularySize, spec.EmbeddingSize);
            _sourceVectors.Table.Name = "encoder.embedding.weight";
        }

        Decoder = new TranslatorDecoder(spec, _targetVectors);
        Encoder = new TranslatorEncoder(spec, _sourceVectors, Decoder.StateSize);
        _ownOutput = spec.Tied == TiedVectors.None ? new Dense("output", spec.ReadoutSize, spec.TargetVocabularySize) : null;
        _outputBias = _ownOutput?.Bias ?? new Parameter("output.bias", spec.TargetVocabularySize);
        Output = new SoftmaxOutput(_ownOutput?.Weights ?? _targetVectors.Table, _outputBias);
        Parameters =
        [
            .. _sourceVectors is null || spec.Tied == TiedVectors.All ? [] : new[] { _sourceVectors.Table },
            _targetVectors.Table,
            .. Encoder.Parameters,
            .. Decoder.Parameters,
            .. _ownOutput is null ? [] : new[] { _ownOutput.Weights },
            _outputBias,
        ];
    }

    /// <summary>All tensors, in the order of the model file.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    public TranslatorSpec Spec => _spec;

    public TranslatorEncoder Encoder { get; }

    public TranslatorDecoder Decoder { get; }

    /// <summary>The cells of the encoder and of the decoder.</summary>
    public IEnumerable<RecurrentCell> Cells =>
        [.. Encoder.Stack.Cells, .. Decoder.Lower.Cells, .. Decoder.Upper?.Cells ?? []];

    public SoftmaxOutput Output { get; }

    /// <summary>The number of the mark that begins and ends a target.</summary>
    public int Mark => _spec.TargetVocabularySize - 1;

    public TranslatorMemory CreateMemory() => new(this);

    public void Initialise(ulong seed)
    {
        _sourceVectors?.Initialise(seed, 0, deviation: 0.1f);
        _targetVectors.Initialise(seed, 1, deviation: 0.1f);
        Encoder.Initialise(seed, 1000);
        Decoder.Initialise(seed, 3000);
        _ownOutput?.Initialise(seed, 5000);
    }

    /// <summary>
    /// Starts the output from how often each word occurs: b_j = ln((1 - s) count_j / N + s / V). The network need not learn first
    /// which words are rare, and does not drive its readout into saturation by it.
    /// </summary>
    /// <param name="targets">What there is to say, each with the mark.</param>
    /// <param name="smoothing">s, the share that is spread over all words.</param>
    public void StartOutput(IReadOnlyList<int[]> targets, float smoothing)
    {
        // Without smoothing a word that does not occur would begin at minus infinity.
        const float LeastSmoothing = 0.001f;
        float share = Math.Max(smoothing, LeastSmoothing);
        Span<float> bias = _outputBias.Value;
        bias.Clear();
        long total = 0;
        foreach (int[] target in targets)
        {
            foreach (int word in target) bias[word]++;
            total += target.Length;
        }

        float scale = (1 - share) / Math.Max(1, total), spread = share / bias.Length;
        foreach (ref float value in bias) value = Elementwise.Log(MathF.FusedMultiplyAdd(value, scale, spread));
        _outputBias.MarkChanged();
    }

    /// <summary>The network in one line.</summary>
    public string Summary
    {
        get
        {
            string cell = _spec.Cell.ToString().ToUpperInvariant();
            string attention = _spec.Attention.ToString().ToLowerInvariant();
            return $"encoder {cell}, {Layers(_spec.EncoderLayers)} of {_spec.EncoderSize} units, both directions; "
                + $"decoder {cell}, "
                + $"{Layers(_spec.DecoderLayers)} of {_spec.DecoderSize} units, {attention} attention";

            static string Layers(int count) => count == 1 ? "1 layer" : $"{count} layers";
        }
    }

    /// <summary>The layers in the order the data passes them.</summary>
    public IReadOnlyList<LayerDescription> Describe()
    {
        int state = _spec.StateSize, hidden = _spec.DecoderSize, size = _spec.EmbeddingSize;
        bool attendsBefore = _spec.Attention == AttentionKind.Bahdanau;
        string source = _spec.SourceVocabularySize > 0 ? $"[S, {size}]" : $"[S, {_spec.SourceVectorSize}]";
        var layers = new List<LayerDescription>();
        if (_sourceVectors is not null)
        {
            string shared = _spec.Tied == TiedVectors.All ? ", of source, target and output" : "";
            layers.Add(
                LayerDescription.Of($"word vectors{shared}", $"[S] -> {source}", ["x_s = E[w_s]"], [_sourceVectors.Table]));
        }

        string encoder = "encoder " + _spec.Cell.ToString().ToUpperInvariant() + ", both directions";
        layers.Add(LayerDescription.Of(
            encoder, $"{source} -> [S, {state}]", Encoder.Stack.Cells.First().Equations, Encoder.Stack.Parameters));
        layers.Add(LayerDescription.Of(
            "bridge", $"[{state}] -> [{Decoder.StateSize}]", ["start = tanh(W_b [e_S forward, e_1 backward] + b_b)"],
            Encoder.Bridge.Parameters));
        if (_spec.Tied != TiedVectors.All)
        {
            string shared = _spec.Tied == TiedVectors.Output ? ", of target and output" : ", of the target";
            layers.Add(LayerDescription.Of(
                $"word vectors{shared}", $"[T] -> [T, {size}]", ["y_t = E[w_(t-1)]"], [_targetVectors.Table]));
        }

        layers.Add(LayerDescription.Of(
            "decoder " + _spec.Cell.ToString().ToUpperInvariant(),
            $"[T, {Decoder.Lower.Spec.InputSize}] -> [T, {hidden}]",
            [attendsBefore ? "h_t = cell([y_t; c_t], h_(t-1))" : "h_t = cell(y_t, h_(t-1)), h_0 from start",
                .. Decoder.Lower.Cells.First().Equations],
            Decoder.Lower.Parameters));
        string query = attendsBefore ? "h_(t-1)" : "h_t";
        string score = _spec.Attention switch
        {
            AttentionKind.Dot => $"g_ts = {query} . e_s",
            AttentionKind.General => $"g_ts = {query} . W_a e_s",
            _ => $"g_ts = v . tanh(W_q {query} + W_a e_s + b_a)",
        };
        layers.Add(LayerDescription.Of(
            "attention", $"[T, {hidden}], [S, {state}] -> [T, {state}]",
            [score, "a_t = softmax over s of g_ts", "c_t = sum_s a_ts e_s"], Decoder.Attention.Parameters));
        if (Decoder.Upper is { } upper)
        {
            layers.Add(LayerDescription.Of(
                "upper decoder " + _spec.Cell.ToString().ToUpperInvariant(), $"[T, {hidden + state}] -> [T, {hidden}]",
                ["u_t = cell([h_t; c_t], u_(t-1))"], upper.Parameters));
        }

        string top = Decoder.Upper is null ? "h_t" : "u_t";
        layers.Add(LayerDescription.Of(
            "readout", $"[T, {hidden + state}] -> [T, {_spec.ReadoutSize}]", [$"r_t = tanh(W_r [{top}; c_t] + b_r)"],
            Decoder.Readout.Parameters));
        layers.Add(LayerDescription.Of(
            "softmax", $"[T, {_spec.ReadoutSize}] -> [T, {_spec.TargetVocabularySize}]",
            [_ownOutput is null ? "y_t = softmax(E r_t + b)" : "y_t = softmax(V r_t + b)"],
            _ownOutput is null ? [_outputBias] : [_ownOutput.Weights, _outputBias]));
        return layers;
    }

    /// <summary>
    /// The sum of the target words' losses; where the network learns, also the gradients of all parameters of the mean loss of a
    /// word, smoothed.
    /// </summary>
    public double Loss(
        Workers workers, TranslationBatch batch, TranslatorMemory memory, bool learns, DropoutPlan? dropout, float smoothing,
        out int correct)
    {
        DropoutPlan? ofDecoder = OfDecoder(dropout);
        memory.Target = batch.Target;
        Matrix states = Encoder.Forward(workers, batch.Source, batch.Vectors, memory.Encoder, learns, dropout);
        Decoder.Attention.Prepare(workers, states, memory.Decoder.Attention);
        Decoder.SetStates(
            memory.Encoder.Start.Rows(batch.Source.Sequences), batch.Pairs.SourceOf.Span, memory.Decoder, continues: false);
        Matrix result = Decoder.Forward(workers, batch.Pairs, states, memory.Decoder, learns, ofDecoder);
        int rows = result.Rows;
        Matrix? dResult = learns ? memory.Decoder.DResult.Reserve(rows, result.Columns).Rows(rows) : null;
        double loss = Output.Loss(workers, result, batch.Right, smoothing, 1f / rows, dResult, memory.Output, out correct);
        // A loss that is not finite ends the run: its gradients are of no use.
        if (dResult is not { } gradient || !double.IsFinite(loss)) return loss;
        memory.Encoder.DStates.Reserve(states.Rows, states.Columns).Clear();
        Matrix dStates = memory.Encoder.DStates.Rows(states.Rows);
        int sequences = batch.Source.Sequences;
        Matrix dStart = memory.Encoder.DStart.Reserve(sequences, Decoder.StateSize).Rows(sequences);
        Decoder.Backward(workers, batch.Pairs, states, gradient, dStates, dStart, memory.Decoder, ofDecoder);
        Encoder.Backward(workers, batch.Source, memory.Encoder, dropout);
        return loss;
    }

    /// <summary>The decoder draws other numbers than the encoder, whose purposes are the same.</summary>
    internal static DropoutPlan? OfDecoder(DropoutPlan? dropout) =>
        dropout is { } plan ? plan with { Seed = plan.Seed ^ 0x9E3779B97F4A7C15UL } : null;
}
