namespace Recurant.Models;

/// <summary>What a language model keeps of a window.</summary>
internal sealed class LanguageModelMemory(LanguageModelNetwork network) : NetworkMemory
{
    public BodyMemory Body { get; } = network.Body.CreateMemory();

    public NextTokenMemory Head { get; } = new();

    public RecurrentMemory Recurrent => Body.Recurrent;

    /// <summary>The words that share rows of <see cref="Input"/>, if any do.</summary>
    public DistinctWords Distinct => ((WordMemory)Body.Input).Distinct;

    /// <summary>[rows, E], or of each token once.</summary>
    public RowStore Input => Body.Input.Read;

    /// <summary>After the backward pass: the gradient of the states [rows, H].</summary>
    public RowStore DRead => Head.DRead;

    public SoftmaxOutputMemory Output => Head.Output;

    public override IReadOnlyList<RecurrentPart> Parts => [new RecurrentPart(null, 0, network.Stack, Recurrent, Body.Batch)];

    public override IEnumerable<LayerValues> Values(bool afterBackward)
    {
        IEnumerable<LayerValues> layers = network.Body.Values(Body, afterBackward);
        return afterBackward ? layers : layers.Concat(network.Head.Values(Head, Body.Batch));
    }
}

/// <summary>
/// Many to many, shifted: at every step the probabilities of the token to come.
/// <code>
/// (1) x_t = E[w_t]                          vectors of the tokens (or one-hot vectors)
/// (2) h_1 .. h_T = recurrent(x_1 .. x_T), from the states after the window before
/// (3) y_t = head(h_t), see <see cref="NextTokenHead"/>
/// </code>
/// </summary>
internal sealed class LanguageModelNetwork
{
    private readonly WordsInput _tokens;

    /// <param name="spec">What it is made of.</param>
    /// <param name="predicted">How many tokens the output knows, if vectors are not tied; null: all.</param>
    /// <param name="partner">
    /// A network of the same specification whose vectors and output this one shares; only its layers are its own.
    /// </param>
    public LanguageModelNetwork(LanguageModelSpec spec, int? predicted = null, LanguageModelNetwork? partner = null)
    {
        spec.Validate();
        Embedding? table = partner is not null ? partner.Embedding
            : spec.EmbeddingSize > 0
            ? new Embedding("embedding", spec.VocabularySize, spec.EmbeddingSize, spec.Tied && !spec.IsLarge) : null;
        _tokens = new WordsInput(table) { Token = "token", Title = $"vectors of {spec.UnitName}" };
        Body = new RecurrentBody(_tokens, new RecurrentStack(spec.Stack)) { SharesInTraining = true };
        Head = partner?.Head ?? new NextTokenHead(
            spec.Recurrent.HiddenSize, spec.Tied ? spec.VocabularySize : predicted ?? spec.VocabularySize,
            spec.Tied ? table!.Table : null, spec.IsLarge && predicted is null);
        Parameters = [.. Body.Parameters, .. Head.Parameters];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public RecurrentBody Body { get; }

    public NextTokenHead Head { get; }

    public RecurrentStack Stack => Body.Stack;

    /// <summary>E [V, E]; null with one-hot input.</summary>
    public Embedding? Embedding => _tokens.Words;

    public void Initialise(ulong seed)
    {
        Body.Initialise(seed);
        Head.Initialise(seed);
    }

    public LanguageModelMemory CreateMemory() => new(this);

    public IReadOnlyList<LayerDescription> Describe() => [.. Body.Describe(), .. Head.Describe()];

    /// <summary>(1) to (3) of a window, the states of the window before standing in the memory.</summary>
    /// <returns>The sum, not the mean, of the losses of its tokens.</returns>
    /// <param name="workers">The threads.</param>
    /// <param name="window">The tokens read.</param>
    /// <param name="targets">The tokens to come, one a row.</param>
    /// <param name="memory">The workspace.</param>
    /// <param name="dropout">Only while training.</param>
    /// <param name="withGradient">Whether to go back and add the gradients of the mean loss.</param>
    /// <param name="draw">If given, the loss is taken over so many words drawn, and the backward pass goes along.</param>
    public double Loss(
        Workers workers, BatchLayout window, ReadOnlyMemory<int> targets, LanguageModelMemory memory, DropoutPlan? dropout,
        bool withGradient, SampleDraw? draw = null)
    {
        memory.Body.KeepsHistory = withGradient;
        Matrix h = Body.Forward(workers, window, memory.Body, dropout, hasStates: true);
        double loss = Head.Loss(workers, window, h, targets, memory.Head, dropout, withGradient, draw);
        if (!withGradient || !double.IsFinite(loss)) return loss;
        Body.Backward(workers, window, memory.Body, Head.Backward(workers, window, memory.Head), dropout);
        return loss;
    }

    /// <summary>The vector of a token, what the layers read at a step; empty with one-hot input.</summary>
    public ReadOnlySpan<float> VectorOf(int token) => Embedding is null ? [] : Embedding.Table.Matrix.Row(token);

    /// <summary>(3) without the softmax: the logits [1, V] after one step's output [1, H].</summary>
    public Matrix Logits(Workers workers, Matrix output, LanguageModelMemory memory) => Head.Logits(workers, output, memory.Head);
}
