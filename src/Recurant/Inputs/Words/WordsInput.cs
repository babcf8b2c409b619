namespace Recurant.Inputs;

/// <summary>What the reading of words keeps of a batch.</summary>
internal sealed class WordMemory : InputMemory
{
    /// <summary>The words as they were read last; -1 for one whose vector is hidden.</summary>
    public int[] Tokens { get; set; } = [];

    /// <summary>The words that share rows of X, each once.</summary>
    public DistinctWords Distinct { get; } = new();

    /// <summary>[B, I]: the dropout of the columns of what is read.</summary>
    public RowStore Mask { get; } = new();

    /// <summary>What the numbers of the batch speak of, where words are read with shapes or characters.</summary>
    public WordForms? Forms { get; set; }

    /// <summary>The forms of the batch, each once.</summary>
    public DistinctWords DistinctForms { get; } = new();

    public int[] Shapes { get; set; } = [];

    public CharacterMemory? Characters { get; init; }
}

/// <summary>
/// Words or other tokens, as vectors, or as one-hot vectors where there is no table.
/// <code>
/// (1) x_t = [E[w_t]; S[shape of w_t]; characters(w_t)]      shapes and characters where they are read
/// </code>
/// Dropouts: words read as unknown, all occurrences of a word hidden, columns of x. A batch of words without shapes and
/// characters may be read in segments: what is drawn once a text is drawn for the whole batch.
/// </summary>
/// <param name="words">E [V, E]; null for one-hot vectors.</param>
/// <param name="shapes">S, if shapes are read.</param>
/// <param name="characters">Reads the characters, if they are read.</param>
internal sealed class WordsInput(Embedding? words, Embedding? shapes = null, CharacterEncoder? characters = null) : Input
{
    private readonly bool _spells = shapes is not null || characters is not null;

    /// <summary>E [V, E]; null for one-hot vectors.</summary>
    public Embedding? Words => words;

    public CharacterEncoder? Characters => characters;

    /// <summary>What a token is called: "word".</summary>
    public string Token { get; init; } = "word";

    /// <summary>What the vectors are called in descriptions; null for "word vectors" after <see cref="Token"/>.</summary>
    public string? Title { get; init; }

    /// <summary>Whether the numbers of a batch are those of forms. Default: where characters or shapes are read.</summary>
    public bool ReadsForms { get; init; } = shapes is not null || characters is not null;

    /// <summary>
    /// Whether a word read as unknown is drawn by how often it was seen in training: one that was seen n times with the
    /// probability a / (a + n), where a gives the plan's rate to words seen once. The rarer a word, the more its spelling has to
    /// tell.
    /// </summary>
    public bool DropsRareWords { get; init; }

    /// <summary>The ordinal of the table among the random numbers of the start.</summary>
    public uint Ordinal { get; init; }

    /// <summary>I, the width of what is read of a word; 0 of one-hot vectors.</summary>
    public int Size => ShapesAt + (shapes?.Size ?? 0) + (characters?.Size ?? 0);

    private int ShapesAt => words?.Size ?? 0;

    private int CharactersAt => ShapesAt + (shapes?.Size ?? 0);

    public override IEnumerable<Parameter> Parameters =>
        [.. words is null ? [] : new[] { words.Table }, .. shapes is null ? [] : new[] { shapes.Table }, .. characters?.Parameters
            ?? []];

    public override bool NeedsGradient => words?.Table.IsTrainable == true || _spells;

    public override InputMemory CreateMemory() => new WordMemory { Characters = characters?.CreateMemory() };

    public override void Initialise(ulong seed)
    {
        words?.Initialise(seed, Ordinal, deviation: 0.1f);
        shapes?.Initialise(seed, 1, deviation: 0.1f);
        characters?.Initialise(seed, 2000);
    }

    public override IEnumerable<LayerDescription> Describe()
    {
        if (words is null) yield break;
        yield return LayerDescription.Of(
            Title ?? $"{Token} vectors", $"[T] -> [T, {words.Size}]", [_spells ? "e_t = E[w_t]" : "x_t = E[w_t]"], [words.Table]);
        if (shapes is not null)
        {
            yield return LayerDescription.Of(
                "word shapes", $"[T] -> [T, {shapes.Size}]",
                ["s_t = S[shape of w_t]", .. characters is null ? ["x_t = [e_t, s_t]"] : Array.Empty<string>()], [shapes.Table]);
        }

        if (characters is null) yield break;
        yield return LayerDescription.Of(
            $"characters of words: {CellCatalogue.TitleOf(characters.Stack.Spec)}, both directions",
            $"[T, characters] -> [T, {characters.Size}]",
            [
                "c_t = [last state forward, last state backward]", shapes is null ? "x_t = [e_t, c_t]" : "x_t = [e_t, s_t, c_t]",
                .. characters.Stack.Cells.First().Equations,
            ],
            characters.Parameters);
    }

    /// <summary>
    /// Draws the words that are read as unknown, and the columns. Where forms are read the numbers of the batch are theirs, and
    /// those of their words stand in their places afterwards: word vectors and direct connections go by words.
    /// </summary>
    public override void Begin(BatchLayout batch, InputMemory memory, DropoutPlan? dropout)
    {
        var own = (WordMemory)memory;
        if (ReadsForms) FindForms(batch, own, DropsRareWords ? dropout : null);
        if (dropout is { Word: > 0 } plan && !DropsRareWords) WordDropout.ReadAsUnknown(batch, plan);
        if (dropout is not { Input: > 0 } columns || words is null) return;
        Dropout.MakeMask(own.Mask, batch, Size, columns.Input, columns.Stream(RandomPurpose.InputDropout));
    }

    private void FindForms(BatchLayout batch, WordMemory memory, DropoutPlan? dropout)
    {
        WordForms forms = memory.Forms ?? throw new InvalidOperationException("The forms of words are missing.");
        Span<int> tokens = batch.Tokens;
        if (characters is not null) memory.DistinctForms.FindAll(batch, forms.Count);
        if (shapes is not null)
        {
            memory.Shapes = Workspace.Reserve(memory.Shapes, batch.Rows);
            for (int row = 0; row < tokens.Length; row++) memory.Shapes[row] = forms.ShapeOf(tokens[row]);
        }

        if (dropout is { Word: > 0 } plan) DropRareWords(batch, forms, plan);
        else for (int row = 0; row < tokens.Length; row++) tokens[row] = forms.WordOf(tokens[row]);
    }

    private static void DropRareWords(BatchLayout batch, WordForms forms, DropoutPlan plan)
    {
        float a = plan.Word / (1f - plan.Word);
        for (int b = 0; b < batch.Sequences; b++)
        {
            // Keyed by the sequence's place in the list the batch was made from and by the step.
            Philox stream = plan.Stream(RandomPurpose.WordDropout, (uint)batch.Order[b]);
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                ref int token = ref batch.Tokens[batch.RowStart(t) + b];
                bool isUnknown = stream.Uniform((uint)t) < a / (a + forms.TimesSeen(token));
                token = isUnknown ? Vocabulary.Unknown : forms.WordOf(token);
            }
        }
    }

    public override Matrix Read(
        Workers workers, BatchLayout batch, InputMemory memory, DropoutPlan? dropout, bool keepsHistory, bool mayShare)
    {
        var own = (WordMemory)memory;
        own.Shared = default;
        if (words is null) return own.Rows = default;
        bool differ = _spells || dropout is { Input: > 0 } or { Embedding: > 0 };
        if (!differ && (mayShare || !keepsHistory) && own.Distinct.Find(batch, words.Table.Shape[0]))
        {
            ReadOnlyMemory<int> distinct = own.Distinct.Words;
            own.Shared = own.Distinct.Rows;
            own.Rows = own.Read.Reserve(distinct.Length, Size).Rows(distinct.Length);
            words.Forward(workers, distinct, own.Rows);
            return own.Rows;
        }

        own.Rows = own.Read.Reserve(batch.Rows, Size).Rows(batch.Rows);
        ReadInto(workers, batch, own, dropout, keepsHistory, own.Rows);
        return own.Rows;
    }

    /// <summary>Writes X [rows, I] of a batch, or of a segment of it, each row for itself.</summary>
    public void ReadInto(
        Workers workers, BatchLayout batch, WordMemory memory, DropoutPlan? dropout, bool keepsHistory, Matrix read)
    {
        Embedding table = words ?? throw new InvalidOperationException("One-hot vectors are not written.");
        memory.Tokens = Workspace.Reserve(memory.Tokens, batch.Rows);
        Span<int> tokens = memory.Tokens.AsSpan(0, batch.Rows);
        batch.Tokens.CopyTo(tokens);
        if (dropout is { Embedding: > 0 } types) WordDropout.HideTypes(tokens, types);
        Matrix vectors = read.Column(0, table.Size);
        table.Forward(workers, memory.Tokens.AsMemory(0, batch.Rows), vectors);
        if (dropout is { Embedding: > 0 } scaled) Scale(vectors, 1f / (1f - scaled.Embedding));
        shapes?.Forward(workers, memory.Shapes.AsMemory(0, batch.Rows), read.Column(ShapesAt, shapes.Size));
        characters?.Forward(
            workers, memory.Forms!.Characters, memory.DistinctForms.Words.Span, memory.DistinctForms.Rows.Span,
            read.Column(CharactersAt, characters.Size), memory.Characters!, keepsHistory, CharacterEncoder.PlanFor(dropout));
        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, memory.Mask, read, read);
    }

    public override void AddGradient(Workers workers, BatchLayout batch, InputMemory memory, DropoutPlan? dropout, Matrix dRead)
    {
        var own = (WordMemory)memory;
        if (words is null) return;
        if (!own.Shared.IsEmpty)
        {
            words.Backward(workers, own.Distinct.Words, dRead);
            return;
        }

        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, own.Mask, dRead, dRead);
        Matrix dWords = dRead.Column(0, words.Size);
        if (dropout is { Embedding: > 0 } plan) Scale(dWords, 1f / (1f - plan.Embedding));
        words.Backward(workers, own.Tokens.AsMemory(0, batch.Rows), dWords);
        shapes?.Backward(workers, own.Shapes.AsMemory(0, batch.Rows), dRead.Column(ShapesAt, shapes.Size));
        characters?.Backward(
            workers, dRead.Column(CharactersAt, characters.Size), own.Characters!, CharacterEncoder.PlanFor(dropout));
    }

    public override IEnumerable<LayerValues> Values(InputMemory memory, BatchLayout batch) => words is null ? [] :
    [
        new LayerValues(
            $"{Token} vectors", "output", memory.Rows, memory.Shared.IsEmpty ? RowMeaning.Steps : RowMeaning.Other, batch),
    ];

    private static void Scale(Matrix matrix, float factor)
    {
        for (int row = 0; row < matrix.Rows; row++) Elementwise.Scale(matrix.Row(row), factor);
    }
}
