namespace Recurant.Models;

/// <summary>What a tagger keeps of a batch; one per thread of control.</summary>
internal sealed class TaggerMemory
{
    public required RecurrentMemory Recurrent { get; init; }

    public CharacterMemory? Characters { get; init; }

    /// <summary>Whether a way back will follow, for which every step is kept. Default: yes.</summary>
    public bool KeepsHistory { get; set; } = true;

    public DistinctWords Distinct { get; } = new();

    /// <summary>[rows]: what the word vectors were read with.</summary>
    public int[] Words { get; set; } = [];

    public int[] Shapes { get; set; } = [];

    /// <summary>[rows, X].</summary>
    public RowStore Input { get; } = new();

    public RowStore DInput { get; } = new();

    public RowStore InputMask { get; } = new();

    /// <summary>[rows, 2 H] after dropout.</summary>
    public RowStore Dropped { get; } = new();

    public RowStore DHidden { get; } = new();

    public RowStore OutputMask { get; } = new();

    /// <summary>[rows, K].</summary>
    public RowStore Scores { get; } = new();

    public DenseMemory Output { get; } = new();

    public FieldMemory Field { get; } = new();
}

/// <summary>
/// Many to many, aligned: every word gets a tag, from all words of its sentence.
/// <code>
/// (1) x_t = [E[w_t]; S[shape of w_t]; characters(w_t)]
/// (2) h_1 .. h_T = recurrent(x_1 .. x_T)                  both directions
/// (3) z_t = V h_t + b
/// (4) p(y_t) = softmax(z_t), or a conditional random field over the sequence of tags
/// </code>
/// </summary>
internal sealed class TaggerNetwork
{
    private readonly TaggerSpec _spec;
    private readonly Embedding _words;
    private readonly Embedding? _shapes;
    private readonly CharacterEncoder? _characters;
    private readonly RecurrentStack _stack;
    private readonly Dense _output;

    public TaggerNetwork(TaggerSpec spec)
    {
        spec.Validate();
        _spec = spec;
        _words = new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize);
        _shapes = spec.ShapeSize > 0 ? new Embedding("embedding", WordShapes.Count, spec.ShapeSize) : null;
        if (_shapes is not null) _shapes.Table.Name = "shapes.weight";
        _characters = spec.CharacterSize > 0
            ? new CharacterEncoder(spec.CharacterVocabularySize, spec.CharacterStack)
            : null;
        _stack = new RecurrentStack(spec.Stack);
        _output = new Dense("output", _stack.Spec.OutputSize, spec.Tags);
        Field = spec.RandomField ? new ConditionalRandomField(spec.Tags) : null;
        Parameters =
        [
            _words.Table,
            .. _shapes is null ? [] : new[] { _shapes.Table },
            .. _characters?.Parameters ?? [],
            .. _stack.Parameters,
            .. _output.Parameters,
            .. Field?.Parameters ?? [],
        ];
    }

    /// <summary>All tensors, in the order of the model file.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>E [V, E].</summary>
    public Parameter WordVectors => _words.Table;

    public ConditionalRandomField? Field { get; }

    /// <summary>The layers that read the words.</summary>
    public RecurrentStack Stack => _stack;

    /// <summary>The layers in the order the data passes them, each with its shape and equations.</summary>
    public IReadOnlyList<LayerDescription> Describe()
    {
        StackSpec recurrent = _stack.Spec;
        string cell = CellCatalogue.TitleOf(recurrent);
        var layers = new List<LayerDescription>
        {
            LayerDescription.Of("word vectors", $"[T] -> [T, {_spec.EmbeddingSize}]", ["e_t = E[w_t]"], [_words.Table]),
        };
        if (_shapes is not null)
        {
            layers.Add(LayerDescription.Of(
                "word shapes", $"[T] -> [T, {_spec.ShapeSize}]", ["s_t = S[shape of w_t]"], [_shapes.Table]));
        }

        if (_characters is not null)
        {
            layers.Add(LayerDescription.Of(
                $"characters of words: {cell}, both directions", $"[T, characters] -> [T, {_characters.Size}]",
                ["c_t = [last state forward, last state backward]", .. _characters.Stack.Cells.First().Equations],
                _characters.Parameters));
        }

        RecurrentCell[] cells = [.. _stack.Cells];
        for (int layer = 0; layer < recurrent.Layers; layer++)
        {
            RecurrentCell[] ofLayer = cells[(2 * layer)..(2 * layer + 2)];
            layers.Add(LayerDescription.Of(
                $"{cell} layer {layer}, both directions", $"[T, {ofLayer[0].InputSize}] -> [T, {recurrent.OutputSize}]",
                [.. layer == 0 ? ["x_t = [e_t, s_t, c_t]"] : Array.Empty<string>(), .. ofLayer[0].Equations],
                ofLayer.SelectMany(part => part.Parameters)));
        }

        string shape = $"[T, {recurrent.OutputSize}] -> [T, {_spec.Tags}]";
        layers.Add(LayerDescription.Of(
            Field is null ? "softmax" : "scores of tags", shape,
            [Field is null ? "y_t = softmax(V h_t + b)" : "z_t = V h_t + b"], _output.Parameters));
        if (Field is not null)
        {
            layers.Add(LayerDescription.Of(
                "conditional random field", $"[T, {_spec.Tags}] -> [T]",
                ["s(y) = a_(y_1) + sum_t z_(t,y_t) + sum_(t>1) A_(y_(t-1),y_t) + e_(y_T)", "p(y) = exp s(y) / sum_y' exp s(y')"],
                Field.Parameters));
        }

        return layers;
    }

    public TaggerMemory CreateMemory() => new()
    {
        Recurrent = _stack.CreateMemory(), Characters = _characters?.CreateMemory(),
    };

    public void Initialise(ulong seed)
    {
        _words.Initialise(seed, 0, deviation: 0.1f);
        _shapes?.Initialise(seed, 1, deviation: 0.1f);
        _characters?.Initialise(seed, 2000);
        _stack.Initialise(seed, 1000);
        _output.Initialise(seed, 200);
        Field?.Initialise(seed, 300);
    }

    /// <summary>
    /// The scores z [rows, K] of a batch whose tokens are numbers of forms. Dropout only while training.
    /// </summary>
    public Matrix Forward(Workers workers, BatchLayout batch, WordForms forms, TaggerMemory memory, DropoutPlan? dropout)
    {
        _stack.RequireRoom(batch, memory.KeepsHistory);
        Matrix input = Read(workers, batch, forms, memory, dropout);
        memory.Recurrent.KeepsHistory = memory.KeepsHistory;
        _stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        Matrix h = _stack.Forward(workers, batch, input, memory.Recurrent, dropout);
        if (dropout is { Output: > 0 } plan)
        {
            Dropout.MakeMask(memory.OutputMask, batch, h.Columns, plan.Output, plan.Stream(RandomPurpose.OutputDropout));
            Matrix dropped = memory.Dropped.Reserve(batch.Rows, h.Columns).Rows(batch.Rows);
            Dropout.Apply(workers, batch, memory.OutputMask, h, dropped);
            h = dropped;
        }

        Matrix scores = memory.Scores.Reserve(batch.Rows, _spec.Tags).Rows(batch.Rows);
        _output.Forward(workers, h, scores, memory.Output);
        return scores;
    }

    /// <summary>
    /// The sum of the words' losses (4) of the last forward pass; the scores become their gradients, divided by the number of
    /// words, and the random field's own gradients are added. Smoothing is for softmax alone.
    /// </summary>
    public double Loss(
        Workers workers, BatchLayout batch, ReadOnlyMemory<int> tags, TaggerMemory memory, out int correct,
        float smoothing = 0f)
    {
        Matrix scores = memory.Scores.Rows(batch.Rows);
        return Field is null
            ? CrossEntropy.Apply(scores, tags.Span, smoothing, out correct)
            : Field.Apply(workers, batch, scores, tags, memory.Field, out correct);
    }

    /// <summary>
    /// The loss of each sentence of the last forward pass, in the batch's order, into the memory of the random field; no
    /// gradients.
    /// </summary>
    public void SequenceLosses(Workers workers, BatchLayout batch, ReadOnlyMemory<int> tags, TaggerMemory memory)
    {
        Matrix scores = memory.Scores.Rows(batch.Rows);
        if (Field is not null)
        {
            Field.Loss(workers, batch, scores, tags, memory.Field);
            return;
        }

        memory.Field.Losses = Workspace.Reserve(memory.Field.Losses, batch.Sequences);
        for (int b = 0; b < batch.Sequences; b++)
        {
            double loss = 0;
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                Span<float> row = scores.Row(batch.RowStart(t) + b);
                float right = row[tags.Span[batch.RowStart(t) + b]];
                loss += Softmax.Apply(row, row) - right;
            }

            memory.Field.Losses[b] = loss;
        }
    }

    /// <summary>Adds the gradients of all parameters below the scores, given those of the scores.</summary>
    public void Backward(Workers workers, BatchLayout batch, TaggerMemory memory, DropoutPlan? dropout)
    {
        bool drops = dropout is { Output: > 0 };
        Matrix h = (drops ? memory.Dropped : memory.Recurrent.Outputs[^1]).Rows(batch.Rows);
        Matrix dh = memory.DHidden.Reserve(batch.Rows, h.Columns).Rows(batch.Rows);
        _output.Backward(workers, h, memory.Scores.Rows(batch.Rows), dh, memory.Output);
        if (drops) Dropout.Apply(workers, batch, memory.OutputMask, dh, dh);

        _stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        memory.DInput.Reserve(batch.Rows, _spec.InputSize).Clear();
        Matrix dInput = memory.DInput.Rows(batch.Rows);
        _stack.Backward(workers, batch, memory.Input.Rows(batch.Rows), dh, dInput, memory.Recurrent, dropout);
        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, memory.InputMask, dInput, dInput);

        int shapes = _spec.EmbeddingSize, characters = shapes + _spec.ShapeSize;
        _words.Backward(workers, memory.Words.AsMemory(0, batch.Rows), dInput.Column(0, shapes));
        _shapes?.Backward(workers, memory.Shapes.AsMemory(0, batch.Rows), dInput.Column(shapes, _spec.ShapeSize));
        _characters?.Backward(workers, dInput.Column(characters, _characters.Size), memory.Characters!,
            CharacterEncoder.PlanFor(dropout));
    }

    /// <summary>(1) of all rows.</summary>
    private Matrix Read(Workers workers, BatchLayout batch, WordForms forms, TaggerMemory memory, DropoutPlan? dropout)
    {
        LookUp(batch, forms, memory, dropout);
        Matrix input = memory.Input.Reserve(batch.Rows, _spec.InputSize).Rows(batch.Rows);
        int shapes = _spec.EmbeddingSize, characters = shapes + _spec.ShapeSize;
        _words.Forward(workers, memory.Words.AsMemory(0, batch.Rows), input.Column(0, shapes));
        _shapes?.Forward(workers, memory.Shapes.AsMemory(0, batch.Rows), input.Column(shapes, _spec.ShapeSize));
        if (_characters is not null)
        {
            memory.Distinct.FindAll(batch, forms.Count);
            _characters.Forward(
                workers, forms.Characters, memory.Distinct.Words.Span, memory.Distinct.Rows.Span,
                input.Column(characters, _characters.Size), memory.Characters!, memory.KeepsHistory,
                CharacterEncoder.PlanFor(dropout));
        }

        if (dropout is { Input: > 0 } plan)
        {
            Dropout.MakeMask(memory.InputMask, batch, _spec.InputSize, plan.Input, plan.Stream(RandomPurpose.InputDropout));
            Dropout.Apply(workers, batch, memory.InputMask, input, input);
        }

        return input;
    }

    /// <summary>
    /// Words and shapes of all rows. While training a word that was seen n times is read as unknown with the probability
    /// a / (a + n), where a gives the plan's rate to words seen once: the rarer a word, the more its spelling has to tell.
    /// </summary>
    private static void LookUp(BatchLayout batch, WordForms forms, TaggerMemory memory, DropoutPlan? dropout)
    {
        memory.Words = Workspace.Reserve(memory.Words, batch.Rows);
        memory.Shapes = Workspace.Reserve(memory.Shapes, batch.Rows);
        ReadOnlySpan<int> tokens = batch.Tokens;
        for (int row = 0; row < tokens.Length; row++)
        {
            memory.Words[row] = forms.WordOf(tokens[row]);
            memory.Shapes[row] = forms.ShapeOf(tokens[row]);
        }

        if (dropout is not { Word: > 0 } plan) return;
        float a = plan.Word / (1f - plan.Word);
        for (int b = 0; b < batch.Sequences; b++)
        {
            // Keyed by the sequence's place in the list the batch was made from and by the step.
            Philox stream = plan.Stream(RandomPurpose.WordDropout, (uint)batch.Order[b]);
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                int row = batch.RowStart(t) + b;
                if (stream.Uniform((uint)t) < a / (a + forms.TimesSeen(tokens[row]))) memory.Words[row] = Vocabulary.Unknown;
            }
        }
    }

    /// <summary>What the layers left in the memory, in the order it was computed.</summary>
    public IEnumerable<LayerValues> Values(TaggerMemory memory, BatchLayout batch, bool afterBackward)
    {
        var output = new LayerValues(
            "output layer", afterBackward ? "gradient of the scores" : "scores", memory.Scores.Rows(batch.Rows), RowMeaning.Steps,
            batch);
        IEnumerable<LayerValues> layers = _stack.Values(memory.Recurrent, batch, afterBackward);
        if (afterBackward) return layers.Prepend(output);
        var words = new LayerValues("words' vectors", "output", memory.Input.Rows(batch.Rows), RowMeaning.Steps, batch);
        return layers.Prepend(words).Append(output);
    }

    /// <summary>The first layer of the last forward pass whose output holds NaN or infinity; null if all are finite.</summary>
    public string? FirstNonFinite(TaggerMemory memory, BatchLayout batch)
    {
        if (!ClassifierNetwork.IsFinite(memory.Input.Rows(batch.Rows))) return "the words' vectors";
        for (int layer = 0; layer < _stack.Spec.Layers; layer++)
        {
            if (!ClassifierNetwork.IsFinite(memory.Recurrent.Outputs[layer].Rows(batch.Rows))) return $"recurrent layer {layer}";
        }

        return ClassifierNetwork.IsFinite(memory.Scores.Rows(batch.Rows)) ? null : "the output layer";
    }
}
