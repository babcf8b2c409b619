namespace Recurant.Models;

/// <summary>What a tagger keeps of a batch.</summary>
internal sealed class TaggerMemory(TaggerNetwork network) : NetworkMemory
{
    public BodyMemory Body { get; } = network.Body.CreateMemory();

    public TagMemory Head { get; } = new();

    /// <summary>Whether a backward pass will follow, for which every step is kept. Default: yes.</summary>
    public bool KeepsHistory { get => Body.KeepsHistory; set => Body.KeepsHistory = value; }

    public RecurrentMemory Recurrent => Body.Recurrent;

    /// <summary>[rows, X].</summary>
    public RowStore Input => Body.Input.Read;

    /// <summary>[rows, 2 H]: the gradient of the states.</summary>
    public RowStore DHidden => Head.DHidden;

    public FieldMemory Field => Head.Field;

    public override IReadOnlyList<RecurrentPart> Parts =>
        [new RecurrentPart(null, 0, network.Stack, Body.Recurrent, Body.Batch)];

    public override IEnumerable<LayerValues> Values(bool afterBackward)
    {
        var output = new LayerValues(
            "output layer", afterBackward
                ? "gradient of the scores" : "scores", Head.Scores.Rows(Body.Batch.Rows), RowMeaning.Steps,
            Body.Batch);
        IEnumerable<LayerValues> layers = network.Body.Values(Body, afterBackward);
        return afterBackward ? layers.Prepend(output) : layers.Append(output);
    }
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
    private readonly WordsInput _words;
    private readonly TagHead _head;

    public TaggerNetwork(TaggerSpec spec)
    {
        spec.Validate();
        Embedding? shapes = spec.ShapeSize > 0 ? new Embedding("embedding", WordShapes.Count, spec.ShapeSize) : null;
        if (shapes is not null) shapes.Table.Name = "shapes.weight";
        _words = new WordsInput(
            new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize), shapes,
            spec.CharacterSize > 0 ? new CharacterEncoder(spec.CharacterVocabularySize, spec.CharacterStack) : null)
        {
            DropsRareWords = true, ReadsForms = true,
        };
        Body = new RecurrentBody(_words, new RecurrentStack(spec.Stack));
        _head = new TagHead(spec.Stack.OutputSize, spec.Tags, spec.RandomField);
        Parameters = [.. Body.Parameters, .. _head.Parameters];
    }

    /// <summary>All tensors, in the order of the model file.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    public RecurrentBody Body { get; }

    /// <summary>E [V, E].</summary>
    public Parameter WordVectors => _words.Words!.Table;

    public ConditionalRandomField? Field => _head.Field;

    /// <summary>The layers that read the words.</summary>
    public RecurrentStack Stack => Body.Stack;

    /// <summary>The layers in the order the data passes them, each with its shape and equations.</summary>
    public IReadOnlyList<LayerDescription> Describe() => [.. Body.Describe(), .. _head.Describe()];

    public TaggerMemory CreateMemory() => new(this);

    public void Initialise(ulong seed)
    {
        Body.Initialise(seed);
        _head.Initialise(seed);
    }

    /// <summary>
    /// The scores z [rows, K] of a batch whose tokens are numbers of forms; afterwards they are those of words. Dropout only
    /// while training.
    /// </summary>
    public Matrix Forward(Workers workers, BatchLayout batch, WordForms forms, TaggerMemory memory, DropoutPlan? dropout)
    {
        ((WordMemory)memory.Body.Input).Forms = forms;
        Matrix h = Body.Forward(workers, batch, memory.Body, dropout);
        return _head.Forward(workers, batch, h, memory.Head, dropout);
    }

    /// <summary>
    /// The sum of the words' losses (4) of the last forward pass; the scores become their gradients, divided by the number of
    /// words, and the random field's own gradients are added. Smoothing is for softmax alone.
    /// </summary>
    public double Loss(
        Workers workers, BatchLayout batch, ReadOnlyMemory<int> tags, TaggerMemory memory, out int correct,
        float smoothing = 0f) => _head.Loss(workers, batch, tags, memory.Head, smoothing, out correct);

    /// <summary>
    /// The loss of each sentence of the last forward pass, in the batch's order, into memory.Field; no gradients.
    /// </summary>
    public void SequenceLosses(Workers workers, BatchLayout batch, ReadOnlyMemory<int> tags, TaggerMemory memory) =>
        _head.SequenceLosses(workers, batch, tags, memory.Head);

    /// <summary>Adds the gradients of all parameters below the scores, given those of the scores.</summary>
    public void Backward(Workers workers, BatchLayout batch, TaggerMemory memory, DropoutPlan? dropout) =>
        Body.Backward(workers, batch, memory.Body, _head.Backward(workers, batch, memory.Head), dropout);
}
