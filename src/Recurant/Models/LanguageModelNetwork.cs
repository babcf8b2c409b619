namespace Recurant.Models;

/// <summary>What a language model keeps of a window; one per thread of control.</summary>
internal sealed class LanguageModelMemory
{
    public required RecurrentMemory Recurrent { get; init; }

    public WordMemory Words { get; } = new();

    public DistinctWords Distinct { get; } = new();

    public RowStore Input { get; } = new();

    public RowStore DInput { get; } = new();

    public RowStore Read { get; } = new();

    public RowStore DRead { get; } = new();

    public RowStore Projected { get; } = new();

    public RowStore DProjected { get; } = new();

    public RowStore OutputMask { get; } = new();

    public DenseMemory Projection { get; } = new();

    public SoftmaxOutputMemory Output { get; } = new();

    public SampledSoftmaxMemory Sampled { get; } = new();
}

/// <summary>
/// Many to many, shifted: at every step the probabilities of the token to come.
/// <code>
/// (1) x_t = E[w_t]                          vectors of the tokens (or one-hot vectors)
/// (2) h_1 .. h_T = recurrent(x_1 .. x_T), from the states after the window before
/// (3) g_t = h_t, or P h_t + b_P             where tied vectors are not as wide as the layers
/// (4) y_t = softmax(V g_t + b), V = E if tied
/// (5) J = -(1/T) sum_t ln y_t[w_(t+1)]
/// </code>
/// </summary>
internal sealed class LanguageModelNetwork
{
    private readonly LanguageModelSpec _spec;
    private readonly Embedding? _embedding;
    private readonly WordReader? _words;
    private readonly Dense? _projection;
    private readonly Parameter _outputWeights, _outputBias;
    private readonly SoftmaxOutput _output;
    private readonly SampledSoftmax _sampled;

    /// <param name="spec">What it is made of.</param>
    /// <param name="predicted">How many tokens the output knows, if vectors are not tied; null: all.</param>
    /// <param name="partner">
    /// A network of the same specification whose vectors and output this one shares; only its layers are its own.
    /// </param>
    public LanguageModelNetwork(LanguageModelSpec spec, int? predicted = null, LanguageModelNetwork? partner = null)
    {
        spec.Validate();
        _spec = spec;
        _embedding = partner is not null ? partner._embedding
            : spec.EmbeddingSize > 0 ? new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize, spec.Tied && !spec.IsLarge) : null;
        _words = _embedding is null ? null : new WordReader(_embedding);
        Stack = new RecurrentStack(spec.Stack);
        _projection = partner is not null ? partner._projection
            : spec.HasProjection ? new Dense("projection", spec.Recurrent.HiddenSize, spec.EmbeddingSize) : null;
        int tokens = spec.Tied ? spec.VocabularySize : predicted ?? spec.VocabularySize;
        _outputWeights = spec.Tied ? _embedding!.Table
            : partner?._outputWeights ?? new Parameter("output.weight", tokens, spec.Recurrent.HiddenSize)
            {
                Touched = spec.IsLarge && predicted is null ? new TouchedRows(tokens) : null,
            };
        _outputBias = partner?._outputBias ?? new Parameter("output.bias", tokens);
        _output = new SoftmaxOutput(_outputWeights, _outputBias);
        _sampled = new SampledSoftmax(_outputWeights, _outputBias);
        Parameters =
        [
            .. _embedding is null ? [] : new[] { _embedding.Table },
            .. Stack.Parameters,
            .. _projection?.Parameters ?? [],
            .. spec.Tied ? [] : new[] { _outputWeights },
            _outputBias,
        ];
    }

    /// <summary>All tensors, in the order of the model file.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    public RecurrentStack Stack { get; }

    /// <summary>The tokens' vectors; null with one-hot input.</summary>
    public Embedding? Embedding => _embedding;

    public void Initialise(ulong seed)
    {
        _embedding?.Initialise(seed, 0, deviation: 0.1f);
        Stack.Initialise(seed, 1000);
        _projection?.Initialise(seed, 300);
        if (!_spec.Tied) _outputWeights.InitialiseUniform(seed, 200, 1f / MathF.Sqrt(_spec.Recurrent.HiddenSize));
    }

    public LanguageModelMemory CreateMemory() => new() { Recurrent = Stack.CreateMemory() };

    public IReadOnlyList<LayerDescription> Describe()
    {
        var layers = new List<LayerDescription>();
        if (_embedding is not null)
        {
            layers.Add(LayerDescription.Of($"vectors of {_spec.UnitName}", $"[T] -> [T, {_embedding.Size}]", ["x_t = E[w_t]"], [_embedding.Table]));
        }

        RecurrentCell[] cells = [.. Stack.Cells];
        for (int layer = 0; layer < cells.Length; layer++)
        {
            layers.Add(LayerDescription.Of(
                $"{CellCatalogue.TitleOf(Stack.Spec)} layer {layer}",
                $"[T, {cells[layer].InputSize}] -> [T, {_spec.Recurrent.HiddenSize}]",
                cells[layer].Equations, cells[layer].Parameters));
        }

        int width = _spec.HasProjection ? _spec.EmbeddingSize : _spec.Recurrent.HiddenSize;
        if (_projection is not null)
        {
            layers.Add(LayerDescription.Of(
                "projection", $"[T, {_spec.Recurrent.HiddenSize}] -> [T, {width}]", ["g_t = P h_t + b_P"],
                _projection.Parameters));
        }

        string read = _projection is null ? "h_t" : "g_t";
        layers.Add(LayerDescription.Of(
            "softmax", $"[T, {width}] -> [T, {_spec.VocabularySize}]",
            [_spec.Tied ? $"y_t = softmax(E {read} + b)" : $"y_t = softmax(V {read} + b)"],
            _spec.Tied ? [_outputBias] : [_outputWeights, _outputBias]));
        return layers;
    }

    /// <summary>(1) to (5) of a window, the states of the window before standing in the memory.</summary>
    /// <returns>The sum, not the mean, of the losses of its tokens.</returns>
    /// <param name="workers">The threads.</param>
    /// <param name="window">The tokens read.</param>
    /// <param name="targets">The tokens to come, one a row.</param>
    /// <param name="memory">The workspace.</param>
    /// <param name="dropout">Only while training.</param>
    /// <param name="withGradient">Whether to go back and add the gradients of the mean loss (5).</param>
    /// <param name="draw">If given, (4) is taken over so many words drawn, and the way back goes along.</param>
    public double Loss(
        Workers workers, BatchLayout window, ReadOnlyMemory<int> targets, LanguageModelMemory memory, DropoutPlan? dropout,
        bool withGradient, SampleDraw? draw = null)
    {
        memory.Recurrent.KeepsHistory = withGradient;
        Stack.RequireRoom(window, withGradient);
        Matrix input = default;
        memory.Distinct.Clear();
        if (_words is not null) input = ReadTokens(workers, window, memory, dropout);
        memory.Recurrent.InputRows = memory.Distinct.Rows;

        Matrix h = Stack.Forward(workers, window, input, memory.Recurrent, dropout), read = h;
        if (dropout is { Output: > 0 } plan)
        {
            Dropout.MakeMask(memory.OutputMask, window, h.Columns, plan.Output, plan.Stream(RandomPurpose.OutputDropout));
            read = memory.Read.Reserve(window.Rows, h.Columns).Rows(window.Rows);
            Dropout.Apply(workers, window, memory.OutputMask, h, read);
        }

        Matrix last = read;
        if (_projection is not null)
        {
            last = memory.Projected.Reserve(window.Rows, _spec.EmbeddingSize).Rows(window.Rows);
            _projection.Forward(workers, read, last, memory.Projection);
        }

        Matrix? dLast = null;
        if (withGradient)
        {
            RowStore store = _projection is null ? memory.DRead : memory.DProjected;
            dLast = store.Reserve(window.Rows, last.Columns).Rows(window.Rows);
        }

        float scale = 1f / window.Rows;
        double loss = draw is { } words && dLast is { } dSampled
            ? _sampled.Loss(workers, last, targets, words, scale, dSampled, memory.Sampled)
            : _output.Loss(workers, last, targets, smoothing: 0f, scale, dLast, memory.Output, out _);
        if (withGradient && double.IsFinite(loss)) Backward(workers, window, input, read, dLast!.Value, memory, dropout);
        return loss;
    }

    private void Backward(
        Workers workers, BatchLayout window, Matrix input, Matrix read, Matrix dLast, LanguageModelMemory memory,
        DropoutPlan? dropout)
    {
        Matrix dRead = dLast;
        if (_projection is not null)
        {
            dRead = memory.DRead.Reserve(window.Rows, _spec.Recurrent.HiddenSize).Rows(window.Rows);
            _projection.Backward(workers, read, dLast, dRead, memory.Projection);
        }

        if (dropout is { Output: > 0 }) Dropout.Apply(workers, window, memory.OutputMask, dRead, dRead);
        Stack.ResetFinalGradient(memory.Recurrent, window.Sequences);
        if (_words is not { NeedsGradient: true })
        {
            Stack.Backward(workers, window, input, dRead, null, memory.Recurrent, dropout);
            return;
        }

        memory.DInput.Reserve(input.Rows, _spec.EmbeddingSize).Clear();
        Matrix dInput = memory.DInput.Rows(input.Rows);
        Stack.Backward(workers, window, input, dRead, dInput, memory.Recurrent, dropout);
        if (memory.Recurrent.InputRows.IsEmpty)
        {
            _words.AddGradient(workers, window, memory.Words, dropout, dInput);
            return;
        }

        _embedding!.Backward(workers, memory.Distinct.Words, dInput);
    }

    /// <summary>
    /// (1), of each token once if tokens occur often and no dropout makes their vectors differ: 50 x 50 characters are 60 vectors.
    /// </summary>
    private Matrix ReadTokens(Workers workers, BatchLayout window, LanguageModelMemory memory, DropoutPlan? dropout)
    {
        bool differ = dropout is { Input: > 0 } or { Embedding: > 0 };
        bool mayShare = Stack.MayShareInput || !memory.Recurrent.KeepsHistory;
        if (!differ && mayShare && memory.Distinct.Find(window, _spec.VocabularySize))
        {
            ReadOnlyMemory<int> distinct = memory.Distinct.Words;
            Matrix vectors = memory.Input.Reserve(distinct.Length, _spec.EmbeddingSize).Rows(distinct.Length);
            _embedding!.Forward(workers, distinct, vectors);
            return vectors;
        }

        _words!.DrawMask(window, memory.Words, dropout);
        Matrix input = memory.Input.Reserve(window.Rows, _spec.EmbeddingSize).Rows(window.Rows);
        _words.Read(workers, window, memory.Words, dropout, input);
        return input;
    }

    /// <summary>The vector of a token, what the layers read at a step; empty with one-hot input.</summary>
    public ReadOnlySpan<float> VectorOf(int token) => _embedding is null ? [] : _embedding.Table.Matrix.Row(token);

    /// <summary>(3) and (4) without the softmax: the logits [1, V] after one step's output [1, H].</summary>
    public Matrix Logits(Workers workers, Matrix output, LanguageModelMemory memory)
    {
        if (_projection is null) return _output.Forward(workers, output, memory.Output);
        Matrix projected = memory.Projected.Reserve(1, _spec.EmbeddingSize).Rows(1);
        _projection.Forward(workers, output, projected, memory.Projection);
        return _output.Forward(workers, projected, memory.Output);
    }

    /// <summary>What the layers left in the memory, in the order it was computed.</summary>
    public IEnumerable<LayerValues> Values(LanguageModelMemory memory, BatchLayout window, bool afterBackward)
    {
        IEnumerable<LayerValues> layers = Stack.Values(memory.Recurrent, window, afterBackward);
        if (_projection is not null && !afterBackward)
        {
            layers = layers.Append(
                new LayerValues("projection", "output", memory.Projected.Rows(window.Rows), RowMeaning.Steps, window));
        }

        if (_embedding is null || afterBackward) return layers;
        bool isShared = !memory.Distinct.Rows.IsEmpty;
        int read = isShared ? memory.Distinct.Words.Length : window.Rows;
        return layers.Prepend(new LayerValues(
            "token vectors", "output", memory.Input.Rows(read), isShared ? RowMeaning.Other : RowMeaning.Steps, window));
    }

    /// <summary>The first layer of the last window whose output holds NaN or infinity; null if all are finite.</summary>
    public string? FirstNonFinite(LanguageModelMemory memory, BatchLayout window)
    {
        int read = memory.Distinct.Rows.IsEmpty ? window.Rows : memory.Distinct.Words.Length;
        if (_embedding is not null && !ClassifierNetwork.IsFinite(memory.Input.Rows(read))) return "the token vectors";
        for (int layer = 0; layer < Stack.Spec.Layers; layer++)
        {
            if (!ClassifierNetwork.IsFinite(memory.Recurrent.Outputs[layer].Rows(window.Rows))) return $"recurrent layer {layer}";
        }

        return null;
    }
}
